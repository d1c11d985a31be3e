-- One text for SQLite and PostgreSQL: ids, times (epoch ms) and yes/no as BIGINT, the rest as TEXT,
-- hashes in hexadecimal.

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Who may append: checked and touched in every journal transaction, so that a node with an old term
-- can write nothing.
CREATE TABLE lease (
    id BIGINT NOT NULL PRIMARY KEY,
    term BIGINT NOT NULL,
    node TEXT NOT NULL,
    held_until BIGINT NOT NULL,
    beats BIGINT NOT NULL
);
INSERT INTO lease (id, term, node, held_until, beats) VALUES (1, 0, '', 0, 0);

-- The highest id of each kind ever seen in the journal, so that none is given twice.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    highest BIGINT NOT NULL
);

CREATE TABLE journal (
    seq BIGINT NOT NULL PRIMARY KEY,
    term BIGINT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    payload_hashes TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX journal_at ON journal (at, seq);

-- Personal data beside the chain. Erasing empties body, salt and caller_key; the hash stays.
CREATE TABLE payloads (
    seq BIGINT NOT NULL,
    place BIGINT NOT NULL,
    contact BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    hash TEXT NOT NULL,
    salt TEXT,
    body TEXT,
    caller_key TEXT,
    erased BIGINT,
    PRIMARY KEY (seq, place)
);
CREATE INDEX payloads_contact ON payloads (contact, seq);
CREATE INDEX payloads_caller_key ON payloads (caller_key, contact);

CREATE TABLE contacts (
    contact BIGINT NOT NULL PRIMARY KEY,
    matter BIGINT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    region TEXT,
    queue TEXT,
    intent TEXT,
    operator BIGINT,
    arrived BIGINT NOT NULL,
    closed BIGINT,
    outcome TEXT,
    record TEXT NOT NULL
);
CREATE INDEX contacts_matter ON contacts (matter);
CREATE INDEX contacts_closed ON contacts (closed, contact);
CREATE INDEX contacts_operator ON contacts (operator, contact);

CREATE TABLE matters (
    matter BIGINT NOT NULL PRIMARY KEY,
    reference TEXT NOT NULL,
    opened BIGINT NOT NULL,
    closed BIGINT
);
CREATE INDEX matters_reference ON matters (reference);
CREATE INDEX matters_closed ON matters (closed, matter);

CREATE TABLE promises (
    promise BIGINT NOT NULL PRIMARY KEY,
    matter BIGINT NOT NULL,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    made BIGINT NOT NULL,
    due BIGINT NOT NULL,
    settled BIGINT,
    settlement TEXT
);
CREATE INDEX promises_matter ON promises (matter);
CREATE INDEX promises_open ON promises (settled, due, promise);

CREATE TABLE reports (
    contact BIGINT NOT NULL,
    version BIGINT NOT NULL,
    operator BIGINT NOT NULL,
    at BIGINT NOT NULL,
    draft TEXT NOT NULL,
    PRIMARY KEY (contact, version)
);

CREATE TABLE accounts (
    id BIGINT NOT NULL PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    site TEXT,
    skills TEXT NOT NULL,
    languages TEXT NOT NULL,
    sip_address TEXT,
    password_hash TEXT,
    disabled BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    idle_ms_max BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account);

CREATE TABLE api_tokens (
    label TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    created BIGINT NOT NULL
);

-- Every reading of personal data. Only ever appended to.
CREATE TABLE access_log (
    at BIGINT NOT NULL,
    reader TEXT NOT NULL,
    contact BIGINT,
    matter BIGINT,
    what TEXT NOT NULL,
    why TEXT NOT NULL
);
CREATE INDEX access_log_contact ON access_log (contact, at);
CREATE INDEX access_log_at ON access_log (at);
