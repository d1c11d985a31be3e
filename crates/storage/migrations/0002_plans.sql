-- Every text of a plan that was adopted or is to be, by the digest that the journal names it by.
CREATE TABLE plans (
    digest TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL,
    kept BIGINT NOT NULL
);

-- Which plan was asked for, by whom, from when on, and what became of it. No account: a start found it in
-- the deployment's folder.
CREATE TABLE plan_changes (
    change BIGINT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    due BIGINT NOT NULL,
    asked BIGINT NOT NULL,
    account BIGINT,
    reason TEXT NOT NULL,
    ended BIGINT,
    outcome TEXT
);
