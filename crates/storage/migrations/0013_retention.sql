-- Matters that nobody may erase: by whom and why, and how each hold ended. Reasons are personal data, and forgotten when the
-- matter is erased.
CREATE TABLE holds (
    matter BIGINT NOT NULL,
    since BIGINT NOT NULL,
    account BIGINT NOT NULL,
    reason TEXT,
    lifted BIGINT,
    lifted_by BIGINT,
    lifted_reason TEXT,
    PRIMARY KEY (matter, since)
);
CREATE INDEX holds_lifted ON holds (lifted, matter);

-- When a matter that was closed then is due to be erased, as the plan was when it was last looked at; without `due` not by itself.
CREATE TABLE keeping (
    matter BIGINT NOT NULL PRIMARY KEY,
    closed BIGINT NOT NULL,
    class TEXT NOT NULL,
    due BIGINT,
    erased BIGINT
);
CREATE INDEX keeping_due ON keeping (erased, due, matter);

-- What was erased: a whole matter after its time, or one contact by an account.
CREATE TABLE erasures (
    at BIGINT NOT NULL,
    matter BIGINT NOT NULL,
    contact BIGINT,
    class TEXT,
    account BIGINT
);
CREATE INDEX erasures_at ON erasures (at);

CREATE INDEX access_log_matter ON access_log (matter, at);
