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

-- What is sealed beside an entry may be erased (a person's right); nothing else of it ever changes. REPLACE comes
-- through the same triggers, because the store has recursive_triggers on.
CREATE TRIGGER journal_entry_update BEFORE UPDATE ON journal_entry
WHEN new.sealed IS NOT NULL OR new.county <> old.county OR new.position <> old.position OR new.record <> old.record
    OR new.leaf <> old.leaf OR new.entry <> old.entry
BEGIN
    SELECT RAISE(ABORT, 'journal entries do not change');
END;
CREATE TRIGGER journal_entry_delete BEFORE DELETE ON journal_entry
BEGIN
    SELECT RAISE(ABORT, 'journal entries are not deleted');
END;
CREATE TRIGGER journal_head_update BEFORE UPDATE ON journal_head
BEGIN
    SELECT RAISE(ABORT, 'journal heads do not change');
END;
CREATE TRIGGER journal_head_delete BEFORE DELETE ON journal_head
BEGIN
    SELECT RAISE(ABORT, 'journal heads are not deleted');
END;
CREATE TRIGGER journal_state_delete BEFORE DELETE ON journal_state
BEGIN
    SELECT RAISE(ABORT, 'the state of the journal is not deleted');
END;
