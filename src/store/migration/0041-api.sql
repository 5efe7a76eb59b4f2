-- What the server keeps of requests: long work with its result, and which request was done under which key.
CREATE TABLE job (
    id        TEXT PRIMARY KEY,
    account   TEXT NOT NULL,
    operation TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    begun_ms  INTEGER NOT NULL,
    ended_ms  INTEGER,
    result    TEXT,
    problem   TEXT
) STRICT;
CREATE INDEX job_account ON job (account, begun_ms);
CREATE TABLE request_key (
    account TEXT NOT NULL,
    key     TEXT NOT NULL,
    digest  TEXT NOT NULL,
    made_ms INTEGER NOT NULL,
    status  INTEGER,
    type    TEXT,
    etag    TEXT,
    body    TEXT,
    PRIMARY KEY (account, key)
) STRICT;
