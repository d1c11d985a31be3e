-- Forms that citizens are filling in, or have set aside to go on later. The code that opens one is kept by nobody: the row
-- is found by its digest, and its answers are encrypted under a key that only the code gives. Gone after its time.
CREATE TABLE form_drafts (
    digest TEXT NOT NULL PRIMARY KEY,
    form TEXT NOT NULL,
    revision BIGINT NOT NULL,
    touched BIGINT NOT NULL,
    sealed TEXT NOT NULL
);
CREATE INDEX form_drafts_touched ON form_drafts (touched);
