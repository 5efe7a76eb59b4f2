-- The journal: one log a county, its entries in order, a head for every batch that touched it, and what the newest
-- heads are (so that a log which was cut off together with its heads is seen).
CREATE TABLE journal_entry (
    county   TEXT NOT NULL,
    position INTEGER NOT NULL,
    record   TEXT NOT NULL,
    leaf     BLOB NOT NULL,
    entry    TEXT NOT NULL,
    sealed   BLOB,
    PRIMARY KEY (county, position)
) STRICT;
CREATE INDEX journal_entry_record ON journal_entry (record);

CREATE TABLE journal_head (
    county TEXT NOT NULL,
    size   INTEGER NOT NULL,
    batch  TEXT NOT NULL,
    at_ms  INTEGER NOT NULL,
    root   BLOB NOT NULL,
    edge   BLOB NOT NULL,
    mac    BLOB NOT NULL,
    PRIMARY KEY (county, size)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal_state (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    heads TEXT NOT NULL,
    mac   BLOB
) STRICT;
INSERT INTO journal_state (id, heads, mac) VALUES (1, '[]', NULL);
