-- Pictures, film, sound and documents that citizens send about a matter. The bytes lie in a folder, sealed under a key of
-- their own, which stands here sealed under the deployment's secret: without it they are lost. What was never sent to us
-- has no contact. Name, key and what a picture says of itself are forgotten when it is removed.
CREATE TABLE evidence (
    evidence TEXT NOT NULL PRIMARY KEY,
    matter BIGINT NOT NULL,
    visit TEXT NOT NULL,
    contact BIGINT,
    name TEXT NOT NULL,
    declared BIGINT,
    received BIGINT NOT NULL,
    pieces BIGINT NOT NULL,
    media_type TEXT,
    sha256 TEXT,
    proposed TEXT,
    state TEXT NOT NULL,
    made BIGINT NOT NULL,
    touched BIGINT NOT NULL,
    completed BIGINT,
    sealed_key TEXT
);
CREATE INDEX evidence_matter ON evidence (matter);
CREATE INDEX evidence_contact ON evidence (contact);
CREATE INDEX evidence_state ON evidence (state, touched);

-- Who did what with each of them. Only ever appended to; each step holds the hash of the one before.
CREATE TABLE evidence_custody (
    evidence TEXT NOT NULL,
    step BIGINT NOT NULL,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    act TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (evidence, step)
);
