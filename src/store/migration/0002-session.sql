-- The policy packs that were ever in force, file by file, and the office's own settings.
CREATE TABLE policy_version (
    digest    TEXT PRIMARY KEY,
    policy    TEXT NOT NULL,
    loaded_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE policy_file (
    digest  TEXT NOT NULL REFERENCES policy_version (digest),
    name    TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (digest, name)
) STRICT;
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
