-- Until when callers of a class are told that too many ring about it.
CREATE TABLE surges (
    class TEXT NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL
);
