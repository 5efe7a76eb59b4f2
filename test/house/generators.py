#!/usr/bin/env python3
"""What the generators and the include rule must refuse, each with its reason; and that they take what is right. Prints TAP.

    generators.py SOURCE_ROOT
"""
import pathlib
import subprocess
import sys
import tempfile

TOOLS = pathlib.Path(sys.argv[1]) / "tools"
KIND = "A  http 400  exit 1\n  zh  错。\n  en  Wrong.\n"
LIST = "-- x :many\n--   in: a text\n--   out: b int\n"

ERR = [
    ("a kind in both languages", KIND, None),
    ("a sentence that goes on", "A  http 400  exit 1\n  zh  错，\n      请改。\n  en  Wrong.\n      Mend it.\n", None),
    ("a missing language", "A  http 400  exit 1\n  zh  错。\n", "no sentence in en"),
    ("a code twice", KIND + "\n" + KIND, "twice"),
    ("values of one language only", "A  http 400  exit 1\n  zh  错“{file}”。\n  en  Wrong.\n", "one language only"),
    ("an unknown format", "A  http 400  exit 1\n  zh  {n:hex}。\n  en  {n:hex}.\n", "names no value"),
    ("an open brace", "A  http 400  exit 1\n  zh  {n。\n  en  {n.\n", "names no value"),
    ("an exit code that does not exist", KIND.replace("exit 1", "exit 7"), "neither"),
    ("a line without a kind", "  zh  错。\n", "neither"),
    ("too many values", "A  http 400  exit 1\n  zh  " + "".join(f"{{v{i}}}" for i in range(9)) + "。\n  en  "
     + "".join(f"{{v{i}}}" for i in range(9)) + ".\n", "more than"),
]
SQL = [
    ("a statement", LIST + "SELECT b FROM t WHERE a = :a;\n", None),
    ("colons in quoted text", LIST + "SELECT b FROM t WHERE a = :a AND c = '12:30 :b';\n", None),
    ("a parameter that is not declared", LIST + "SELECT b FROM t WHERE a = :a AND c = :c;\n", "differ"),
    ("a declared one that is not used", LIST + "SELECT b FROM t;\n", "differ"),
    ("an unknown type", LIST.replace("text", "float") + "SELECT b FROM t WHERE a = :a;\n", "no `name type`"),
    ("rows without columns", "-- x :one\nSELECT 1;\n", "`out` is needed"),
    ("columns without rows", "-- x :exec\n--   out: a int\nDELETE FROM t;\n", "`out` is needed"),
    ("two statements", "-- x :exec\nDELETE FROM t; DELETE FROM u;\n", "one statement"),
    ("no semicolon", "-- x :exec\nDELETE FROM t\n", "one statement"),
    ("a statement without a name", "DELETE FROM t;\n", "without a name"),
]
LAYERS = "base:\nstore: base\nengine/a: base, store\nengine/b: base\nforbid base: threads.h\nonly sqlite3.h: store/sqlite.c\n"
SOURCES = [
    ("what is right", {"store/store.c": '#include "base/x.h"\n'}, None),
    ("an include backwards", {"base/x.c": '#include "store/store.h"\n'}, "may not include store/store.h"),
    ("an include sideways", {"engine/b/b.c": '#include "engine/a/a.h"\n'}, "may not include engine/a/a.h"),
    ("an include past the door", {"engine/a/a.c": '#include "store/backend.h"\n'}, "no door of store"),
    ("an include without a module", {"engine/a/a.c": '#include "a.h"\n'}, "does not name its module"),
    ("threads in base", {"base/x.c": "#include <threads.h>\n"}, "may not include <threads.h>"),
    ("the database elsewhere", {"engine/a/a.c": "#include <sqlite3.h>\n"}, "may not include <sqlite3.h>"),
    ("a module that is not listed", {"engine/c/c.c": "\n"}, "does not stand in layers.txt"),
    ("a file that is too long", {"base/x.c": "\n" * 601}, "601 lines"),
    ("a function that is too long", {"base/x.c": "void f(void)\n{\n" + ";\n" * 61 + "}\n"}, "function of 61 lines"),
    ("something unfinished", {"base/x.c": "/* TO" + "DO */\n"}, "base/x.c:1"),
]


def run(tool, *words):
    done = subprocess.run([sys.executable, TOOLS / tool, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode()


def generate(folder, tool, suffix, text, words):
    source = folder / "src" / "m" / f"m.{suffix}"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(text, encoding="utf-8")
    return run(tool, *words, source, folder / "out.h", folder / "out.c")


def layers(folder, files):
    for name, text in {"layers.txt": LAYERS, **files}.items():
        path = folder / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return run("layers.py", folder)


def migrations(folder, names):
    for name in names:
        (folder / name).write_text("SELECT 1;\n")
    return run("migration.py", folder / "out.c", *(folder / name for name in names))


def cases():
    for what, text, why in ERR:
        yield "err.py: " + what, why, lambda folder, text=text: generate(folder, "err.py", "err", text, ["kinds"])
    for what, text, why in SQL:
        yield "sql.py: " + what, why, lambda folder, text=text: generate(folder, "sql.py", "sql", text, [])
    for what, files, why in SOURCES:
        yield "layers.py: " + what, why, lambda folder, files=files: layers(folder, files)
    for what, names, why in [("in any order", ["0002-b.sql", "0001-a.sql"], None), ("a number twice", ["0001-a.sql", "0001-b.sql"], "the number 0001"),
                             ("another name", ["first.sql"], "is named")]:
        yield "migration.py: " + what, why, lambda folder, names=names: migrations(folder, names)


def main():
    bad, all_cases = 0, list(cases())
    print(f"1..{len(all_cases)}")
    for number, (what, why, attempt) in enumerate(all_cases, 1):
        with tempfile.TemporaryDirectory() as folder:
            code, output = attempt(pathlib.Path(folder))
        good = code == 0 if why is None else code != 0 and why in output and "Traceback" not in output
        bad += not good
        print(f"{'ok' if good else 'not ok'} {number} - {what}" + ("" if good else f"\n#   exit {code}: {output.strip()}"))
    return 1 if bad else 0


sys.exit(main())
