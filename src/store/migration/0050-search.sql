-- Finding names by a part of them: each character and each pair of neighbours of a name, with the record that bears it.
-- Chinese given names are one or two characters, which full-text indexes of three characters answer with nothing.
-- place: 0 the gram is the whole name, 1 the name begins with it, 2 it stands further behind. parent: what the record hangs
-- below, empty where that is nothing. The rows follow from the entities' tables and are kept in step by engine/record.
CREATE TABLE search_gram (
    county  TEXT NOT NULL,
    gram    TEXT NOT NULL,
    entity  TEXT NOT NULL,
    place   INTEGER NOT NULL,
    village TEXT NOT NULL,
    id      TEXT NOT NULL,
    parent  TEXT NOT NULL,
    PRIMARY KEY (county, gram, entity, place, village, id)
) STRICT, WITHOUT ROWID;
