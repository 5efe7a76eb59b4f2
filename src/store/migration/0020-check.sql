-- Findings and their life: open, explained (not raised again while the digest of what the rule saw is explained_digest),
-- gone. Days count from 1970.
CREATE TABLE finding (
    county           TEXT NOT NULL,
    id               TEXT NOT NULL,
    rule             TEXT NOT NULL,
    version          TEXT NOT NULL,
    v                TEXT NOT NULL,
    level            TEXT NOT NULL,
    entity           TEXT NOT NULL,
    record           TEXT NOT NULL,
    village          TEXT NOT NULL,
    household        TEXT,
    person           TEXT,
    year             INTEGER,
    digest           TEXT NOT NULL,
    seen             TEXT NOT NULL,
    message_zh       TEXT NOT NULL,
    message_en       TEXT NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('open', 'explained', 'gone')),
    as_of            INTEGER NOT NULL,
    run              TEXT NOT NULL,
    first_seen_ms    INTEGER NOT NULL,
    last_seen_ms     INTEGER NOT NULL,
    reason           TEXT,
    explained_by     TEXT,
    explained_ms     INTEGER,
    explained_digest TEXT,
    PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX finding_by_id ON finding (id);
CREATE INDEX finding_by_village ON finding (village, household, rule);
CREATE INDEX finding_by_rule ON finding (rule, village);

-- The attention grades of a household: a row for each change of grade or of its reasons.
CREATE TABLE grade_change (
    county       TEXT NOT NULL,
    household    TEXT NOT NULL,
    village      TEXT NOT NULL,
    as_of        INTEGER NOT NULL,
    grade        TEXT,
    reasons      TEXT NOT NULL,
    policy       TEXT NOT NULL,
    visit_months INTEGER NOT NULL,
    next_review  INTEGER,
    written_ms   INTEGER NOT NULL,
    PRIMARY KEY (county, household, as_of)
) STRICT;
CREATE INDEX grade_change_by_village ON grade_change (village);
