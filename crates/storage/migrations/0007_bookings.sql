-- Times that citizens booked, or that are kept while a form is filled, as the journal tells of them. Whoever has the link
-- is known by its key, which tells nothing of the link. The citizen's own words are payloads of the contact.
CREATE TABLE bookings (
    booking BIGINT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    queue TEXT NOT NULL,
    area TEXT NOT NULL,
    desk TEXT,
    slot BIGINT NOT NULL,
    hold_until BIGINT NOT NULL,
    matter BIGINT,
    contact BIGINT,
    link_key TEXT,
    record TEXT NOT NULL
);
CREATE INDEX bookings_slot ON bookings (slot);
CREATE INDEX bookings_link ON bookings (link_key);
CREATE INDEX bookings_contact ON bookings (contact);
CREATE INDEX bookings_state ON bookings (state);
