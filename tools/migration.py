#!/usr/bin/env python3
"""Puts the migrations into the program.

    migration.py OUT.c NNNN-name.sql...

The number is the schema's version. Files of one number belong together: NNNN-name.sql for both engines, then
NNNN-name.sqlite.sql and NNNN-name.postgres.sql for one. The order in the list does not matter.
"""
import pathlib
import re
import sys

NAME = re.compile(r"(\d{4})-([a-z0-9-]+)(?:\.(sqlite|postgres))?\.sql$")


def read(path):
    m = NAME.match(pathlib.Path(path).name)
    if not m:
        sys.exit(f"{path}: a migration is named NNNN-name.sql")
    return int(m.group(1)), m.group(2), m.group(3) or "", pathlib.Path(path).read_bytes()


def bytes_of(content):
    """An array and no string: ISO C promises only 4095 characters for one."""
    lines = []
    for at in range(0, len(content), 20):
        lines.append("    " + ", ".join(str(b if b < 128 else b - 256) for b in content[at:at + 20]) + ",\n")
    return "".join(lines)


def main(words):
    if len(words) < 2:
        sys.exit(__doc__)
    versions = {}
    for version, name, engine, content in map(read, words[1:]):
        known, parts = versions.setdefault(version, (name, {}))
        if known != name or engine in parts:
            sys.exit(f"two migrations have the number {version:04}: {known} and {name}")
        parts[engine] = content
    with open(words[0], "w", encoding="utf-8") as out:
        out.write('/* Made by tools/migration.py. */\n#include "store/migrate.h"\n\n')
        for version, (_, parts) in sorted(versions.items()):
            for engine, content in parts.items():
                out.write(f"static const char sql_{version:04}{engine}[] = {{\n{bytes_of(content)}}};\n")
        out.write("\nconst struct migration migrations[] = {\n")
        for version, (name, parts) in sorted(versions.items()):
            text = lambda e: f"{{sql_{version:04}{e}, sizeof sql_{version:04}{e}}}" if e in parts else "{NULL, 0}"
            out.write(f'    {{{version}, "{name}", {text("")},\n     {{[STORE_SQLITE] = {text("sqlite")}, [STORE_POSTGRES] = {text("postgres")}}}}},\n')
        out.write("};\nconst size_t migration_count = sizeof migrations / sizeof migrations[0];\n")


if __name__ == "__main__":
    main(sys.argv[1:])
