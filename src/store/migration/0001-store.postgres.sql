-- A mark for each commit of the last day, to be looked for when the answer to the COMMIT was lost (store/postgres.c).
CREATE TABLE store_commit (
    at_ms INTEGER NOT NULL,
    mark  TEXT NOT NULL,
    PRIMARY KEY (at_ms, mark)
) STRICT;
