#!/usr/bin/env python3
"""Prepares every statement of every .sql file on the schema that the migrations make, and reads its query plan: a scan
of a table needs `scan: why` in the statement's comment. Prints TAP.

    sql_plans.py SOURCE_ROOT
"""
import pathlib
import sqlite3
import sys

root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root / "tools"))
import sql  # noqa: E402


def schema():
    db = sqlite3.connect(":memory:")
    for path in sorted((root / "src/store/migration").glob("*.sql")):
        if path.name.endswith(".postgres.sql"):
            continue
        db.executescript(path.read_text(encoding="utf-8"))
    return db


def fault(db, statement):
    text = sql.NAME.sub(lambda m: "?" if m.group(1) else m.group(0), statement.sql)
    count = sum(1 for m in sql.NAME.finditer(statement.sql) if m.group(1))
    try:
        plan = [row[3] for row in db.execute("EXPLAIN QUERY PLAN " + text, [None] * count)]
    except sqlite3.Error as error:
        return str(error)
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    scans = [step for step in plan if step.startswith("SCAN ") and step.split()[1] in tables]
    return f"{'; '.join(scans)} without `scan: why`" if scans and "scan:" not in statement.comment else None


db = schema()
statements = [s for path in sorted((root / "src").rglob("*.sql")) if path.parent.name != "migration" for s in sql.read(path)]
names = [s.name for s in statements]
print(f"1..{len(statements) + 1}")
bad = 0
for number, statement in enumerate(statements, 1):
    why = fault(db, statement)
    bad += why is not None
    print(f"{'ok' if why is None else 'not ok'} {number} - {statement.name}" + (f"\n#   {statement.place}: {why}" if why else ""))
twice = sorted({name for name in names if names.count(name) > 1})
bad += bool(twice)
print(f"{'not ok' if twice else 'ok'} {len(statements) + 1} - every name stands once" + (f"\n#   {twice}" if twice else ""))
sys.exit(1 if bad else 0)
