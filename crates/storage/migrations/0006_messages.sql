-- Messages that citizens were promised, by text message or mail: what became of each, as the journal tells it, and how far
-- sending it has come, which it does not tell. Where they go and what they say are payloads of the contact.
CREATE TABLE messages (
    contact BIGINT NOT NULL,
    message BIGINT NOT NULL,
    medium TEXT NOT NULL,
    template TEXT NOT NULL,
    form TEXT,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    owed BIGINT NOT NULL,
    settled BIGINT,
    attempts BIGINT NOT NULL,
    next_attempt BIGINT NOT NULL,
    last_error TEXT,
    PRIMARY KEY (contact, message)
);
CREATE INDEX messages_due ON messages (state, medium, next_attempt);
INSERT INTO messages (contact, message, medium, template, form, language, state, owed, settled, attempts, next_attempt, last_error)
    SELECT contact, 1, 'text', 'form', form, language, state, owed, settled, attempts, next_attempt, last_error FROM texts;
DROP TABLE texts;
