#!/usr/bin/env python3
"""Has PostgreSQL prepare every statement of every .sql file, on a database that the program has made. Prints TAP.

    statements_on_postgres.py SOURCE_ROOT
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root / "tools"))
import sql  # noqa: E402

server, name = os.environ["HONGHUA_TEST_POSTGRES"], f"statements_{os.getpid()}"
address = re.sub(r"///[^?]*", "///" + name, server)


def psql(where, *words, text=None):
    return subprocess.run(["psql", "-XAtq", "-d", where, *words], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                          text=True, check=False).stdout


def prepared(statement):
    text = sql.numbered(statement, "$")[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return f"PREPARE p AS {text}"


statements = [s for path in sorted((root / "src").rglob("*.sql")) if path.parent.name != "migration" for s in sql.read(path)]
print(f"1..{len(statements) + 1}")
psql(server, "-c", f"CREATE DATABASE {name}")
bad = 0
with tempfile.TemporaryDirectory() as folder:
    made = subprocess.run([os.environ["HONGHUA"], "--db", address, "--key-file", f"{folder}/key", "init"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=240, text=True, check=False)
    bad += made.returncode != 0
    print(f"{'not ok' if made.returncode else 'ok'} 1 - the program makes the database" + (f"\n#   {made.stdout}" if made.returncode else ""))
    for number, statement in enumerate(statements, 2):
        said = psql(address, "-c", "SET search_path TO honghua", "-c", prepared(statement)).strip()
        bad += said != ""
        print(f"{'not ok' if said else 'ok'} {number} - {statement.name}" + (f"\n#   {statement.place}: {said}" if said else ""))
psql(server, "-c", f"DROP DATABASE {name} WITH (FORCE)")
sys.exit(1 if bad else 0)
