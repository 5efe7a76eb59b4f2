-- What the tables of the catalogue's entities hold: each field with the type it was made with, and whether any import
-- has ever given it a value. The tables themselves are made by engine/record from the pack.
CREATE TABLE record_field (
    entity TEXT NOT NULL,
    field  TEXT NOT NULL,
    type   TEXT NOT NULL,
    given  INTEGER NOT NULL,
    PRIMARY KEY (entity, field)
) STRICT, WITHOUT ROWID;

-- Do all ids of an entity begin with the id of their parent, and are those of one length? Then the order by id is that by
-- parent, and reading by parent needs no index. parent_size: that length; -1: no.
CREATE TABLE record_entity (
    entity      TEXT PRIMARY KEY,
    parent_size INTEGER NOT NULL
) STRICT;
