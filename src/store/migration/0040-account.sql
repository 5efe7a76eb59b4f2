-- Who may log in: accounts with their role and area, what they prove themselves by (hashes alone), wrong guesses, and what
-- the administrators are shown.
CREATE TABLE account (
    name        TEXT PRIMARY KEY,
    role        TEXT NOT NULL,
    area        TEXT NOT NULL,
    password    TEXT,
    totp        BLOB,
    totp_step   INTEGER NOT NULL,
    failures    INTEGER NOT NULL,
    disabled    INTEGER NOT NULL,
    made_ms     INTEGER NOT NULL,
    changed_ms  INTEGER NOT NULL
) STRICT;
CREATE TABLE account_token (
    hash       BLOB PRIMARY KEY,
    account    TEXT NOT NULL,
    made_ms    INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX account_token_by_account ON account_token (account);
CREATE TABLE account_session (
    hash     BLOB PRIMARY KEY,
    account  TEXT NOT NULL,
    source   BLOB NOT NULL,
    begun_ms INTEGER NOT NULL,
    used_ms  INTEGER NOT NULL
) STRICT;
CREATE INDEX account_session_by_account ON account_session (account);
CREATE INDEX account_session_by_begun ON account_session (begun_ms);
-- Wrong guesses by account and source, both hashed: names that nobody has are counted, too.
CREATE TABLE account_guess (
    hash     BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    last_ms  INTEGER NOT NULL
) STRICT;
CREATE INDEX account_guess_by_last ON account_guess (last_ms);
CREATE TABLE account_notice (
    id      TEXT PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    who     TEXT NOT NULL,
    what    TEXT NOT NULL,
    account TEXT NOT NULL
) STRICT;
CREATE INDEX account_notice_by_time ON account_notice (at_ms);
