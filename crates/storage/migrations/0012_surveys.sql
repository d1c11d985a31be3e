-- What citizens are to be asked about how they were met, were asked, and answered, by the contact that it is about. Ratings
-- are 1 (very bad) to 5 (very good).
CREATE TABLE surveys (
    contact BIGINT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    region TEXT,
    due BIGINT NOT NULL,
    asked BIGINT,
    treatment BIGINT,
    handling BIGINT,
    accessibility BIGINT,
    record TEXT NOT NULL
);
CREATE INDEX surveys_state ON surveys (state);
CREATE INDEX surveys_asked ON surveys (asked);
