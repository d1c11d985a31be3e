-- Promises that wait for the citizen, since when, and those that are kept when the citizen of a contact rings again.
ALTER TABLE promises ADD COLUMN paused BIGINT;
ALTER TABLE promises ADD COLUMN ring_back BIGINT;
