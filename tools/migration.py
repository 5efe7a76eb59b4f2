#!/usr/bin/env python3
"""Puts the migrations into the program.

    migration.py OUT.c NNNN-name.sql...

The number is the schema's version; numbers must be different, the order in the list does not matter.
"""
import pathlib
import re
import sys

NAME = re.compile(r"(\d{4})-([a-z0-9-]+)\.sql$")


def read(path):
    m = NAME.match(pathlib.Path(path).name)
    if not m:
        sys.exit(f"{path}: a migration is named NNNN-name.sql")
    return int(m.group(1)), m.group(2), pathlib.Path(path).read_bytes()


def bytes_of(content):
    """An array and no string: ISO C promises only 4095 characters for one."""
    lines = []
    for at in range(0, len(content), 20):
        lines.append("    " + ", ".join(str(b if b < 128 else b - 256) for b in content[at:at + 20]) + ",\n")
    return "".join(lines)


def main(words):
    if len(words) < 2:
        sys.exit(__doc__)
    files = sorted(map(read, words[1:]))
    for one, two in zip(files, files[1:]):
        if one[0] == two[0]:
            sys.exit(f"two migrations have the number {one[0]:04}: {one[1]} and {two[1]}")
    with open(words[0], "w", encoding="utf-8") as out:
        out.write('/* Made by tools/migration.py. */\n#include "store/migrate.h"\n\n')
        for version, _, content in files:
            out.write(f"static const char sql_{version:04}[] = {{\n{bytes_of(content)}}};\n")
        out.write("\nconst struct migration migrations[] = {\n")
        for version, name, _ in files:
            out.write(f'    {{{version}, "{name}", sql_{version:04}, sizeof sql_{version:04}}},\n')
        out.write("};\nconst size_t migration_count = sizeof migrations / sizeof migrations[0];\n")


if __name__ == "__main__":
    main(sys.argv[1:])
