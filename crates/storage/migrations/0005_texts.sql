-- Text messages that callers were promised: what became of each, as the journal tells it, and how far sending it has
-- come, which it does not tell. Number and words are payloads of the contact.
CREATE TABLE texts (
    contact BIGINT NOT NULL PRIMARY KEY,
    form TEXT NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    owed BIGINT NOT NULL,
    settled BIGINT,
    attempts BIGINT NOT NULL,
    next_attempt BIGINT NOT NULL,
    last_error TEXT
);
CREATE INDEX texts_due ON texts (state, next_attempt);
