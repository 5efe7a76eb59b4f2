#!/usr/bin/env python3
"""Holds that every statement of every .sql file names the county where it touches a table whose key begins with it, so that
a server which spreads those tables asks one machine or partition; what asks them all says `all counties: why` in its comment.
Prints TAP.

    county_named.py SOURCE_ROOT
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root / "tools"))
import sql  # noqa: E402

TABLE = re.compile(r"CREATE TABLE (\w+) \((.*?)\n\)", re.S)
large = {name for path in (root / "src/store/migration").glob("*.sql") for name, body in TABLE.findall(path.read_text(encoding="utf-8"))
         if re.search(r"PRIMARY KEY \(county\b", body)}


def fault(statement):
    """The county must stand in a condition, or among the values of what is inserted."""
    touched = sorted(large & set(re.findall(r"\w+", statement.sql)))
    if not touched or "all counties:" in statement.comment:
        return None
    asked = statement.sql.partition(" WHERE ")[2] if not statement.sql.startswith("INSERT") else statement.sql
    return None if re.search(r"\bcounty\b", asked) else f"touches {', '.join(touched)} without its county"


statements = [s for path in sorted((root / "src").rglob("*.sql")) if path.parent.name != "migration" for s in sql.read(path)]
print(f"1..{len(statements) + 1}")
bad = not {"finding", "grade_change", "journal_entry", "journal_head"} <= large
print(f"{'not ok' if bad else 'ok'} 1 - the large tables are found" + (f"\n#   {sorted(large)}" if bad else ""))
for number, statement in enumerate(statements, 2):
    why = fault(statement)
    bad += why is not None
    print(f"{'ok' if why is None else 'not ok'} {number} - {statement.name}" + (f"\n#   {statement.place}: {why}" if why else ""))
sys.exit(1 if bad else 0)
