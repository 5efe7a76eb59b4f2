"""What every story needs: the built program run as a clerk runs it, a folder of its own, and results as TAP.

A story is a script: functions whose names are what happens, in order, told by `tell()`. The program under test stands in
HONGHUA; it never may crash, whatever it is given, so each run is watched for that and a crash is a failed check.
"""
import atexit
import contextlib
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES, DATA = ROOT / "samples", ROOT / "test/data/story"
HONGHUA = os.environ.get("HONGHUA") or str(ROOT / "build/honghua")
AREA, DAY = "411622104", "2019-12-31"
ENTITIES = ("village", "household", "person", "household_year", "measure", "project", "duty", "problem", "fund", "payment", "pairing")
CRASH = re.compile(r"Sanitizer|runtime error:|[Aa]ssert|core dumped|Traceback|\.c:\d+")
LIMIT_S = 240  # one run, in the build with sanitizers on a loaded machine
# On a server (scripts/check.py starts one and names its address): each office has a database there, its key beside us.
SERVER = os.environ.get("HONGHUA_TEST_POSTGRES") if os.environ.get("HONGHUA_TEST_ENGINE") == "postgres" else None
SLOW = re.search(rb"AddressSanitizer|ThreadSanitizer|__tsan_init|__asan_init", pathlib.Path(HONGHUA).read_bytes()) is not None  # each run takes ten times as long

TMP = pathlib.Path(tempfile.mkdtemp(prefix="honghua-story-"))
TMP.chmod(0o755)  # some stories go on as another user
_told = {"count": 0, "failed": 0}


def _leave():
    for folder, _, _ in os.walk(TMP):
        os.chmod(folder, 0o700)
    shutil.rmtree(TMP, ignore_errors=True)


atexit.register(_leave)


class Done:
    """One run: exit code and what it said."""

    def __init__(self, words, code, out, err):
        self.words, self.code, self.out, self.err = words, code, out, err

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"{' '.join(map(str, self.words))}: exit {self.code}; {self.err.strip()[:400]} | {self.out[:200]}"


def hold(true, what, more=""):
    """One check. `more` is shown when it fails."""
    _told["count"] += 1
    _told["failed"] += not true
    print(f"{'ok' if true else 'not ok'} {_told['count']} - {what}", flush=True)
    if not true and more != "":
        print("\n".join("# " + line for line in str(more)[:2000].splitlines()), flush=True)
    return bool(true)


def command(*words):
    return [HONGHUA, *map(str, words)]


def surroundings(lang="en", **more):
    return {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HONGHUA_LANG": "", "TZ": "Asia/Shanghai", **more}


def run(*words, lang="en", text=None, cwd=None, before=None, prefix=(), **more):
    """Runs the program to its end."""
    words = list(words) if lang is None else [*words, "--lang", lang]
    done = subprocess.run([*prefix, *command(*words)], input=text, stdin=None if text is not None else subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_S, cwd=cwd or TMP, preexec_fn=before,
                          env=surroundings(**more))
    done = Done(words, done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
    if done.code not in (0, 1, 2, 3) or CRASH.search(done.err):
        hold(False, "the program does not crash", done)
    return done


def ask(*words, code=0, **how):
    """The JSON value of a run that ends with `code`."""
    done = run(*words, "--json", **how)
    if done.code != code and done.code not in (code if isinstance(code, tuple) else (code,)):
        raise RuntimeError(f"unexpected: {done}")
    return done.json


def on_server(query, database=None):
    """Rows of a query as a stranger asks it; `database`: not the server's own."""
    address = SERVER if database is None else address_of(database)
    done = subprocess.run(["psql", "-XAtqw", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", query], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_S, env={**os.environ, "PGOPTIONS": "-c client_min_messages=error"})
    if done.returncode:
        raise RuntimeError(f"{query}: {done.stderr.decode()}")
    return done.stdout.decode().splitlines()


def database_of(folder):
    return "s" + hashlib.sha256(str(folder).encode()).hexdigest()[:20]


def address_of(database):
    return re.sub(r"///[^?]*", "///" + database, SERVER)


class Office:
    """One database with its key in a folder of its own."""

    def __init__(self, name, *samples, area=None):
        self.folder = TMP / name
        self.folder.mkdir()
        self.db = self.folder / "office.db"
        self.key = self.folder / "office.db.key"
        if SERVER:
            on_server(f"CREATE DATABASE {database_of(self.folder)}")
            self.db = address_of(database_of(self.folder))
        self.run("init", *(["--area", area] if area else []), wanted=0)
        for sample in samples:
            self.run("import", sample, wanted=0)

    def run(self, *words, wanted=None, **how):
        done = run("--db", self.db, *self.named_key(), *words, **how)
        if wanted is not None and done.code != wanted:
            raise RuntimeError(f"unexpected: {done}")
        return done

    def ask(self, *words, **how):
        return ask("--db", self.db, *self.named_key(), *words, **how)

    def named_key(self):
        return ["--key-file", self.key] if SERVER else []

    def copy(self, name):
        """Another office that starts from this one's state."""
        other = object.__new__(Office)
        other.folder = TMP / name
        shutil.copytree(self.folder, other.folder)
        other.key = other.folder / self.key.name
        if SERVER:
            on_server(f"CREATE DATABASE {database_of(other.folder)} TEMPLATE {database_of(self.folder)}")
            other.db = address_of(database_of(other.folder))
        else:
            other.db = other.folder / self.db.name
        return other

    def remove(self):
        shutil.rmtree(self.folder)
        if SERVER:
            on_server(f"DROP DATABASE {database_of(self.folder)} WITH (FORCE)")

    def totals(self, *entities):
        """Numbers of records, as the program tells them."""
        return [self.ask("list", entity, "--limit", 1)["total"] for entity in entities or ENTITIES]

    def counts(self, *entities):
        """The same, straight from the tables: after the program itself has opened the database."""
        if SERVER:
            return [int(on_server(f"SELECT count(*) FROM honghua.{entity}", database_of(self.folder))[0]) for entity in entities or ENTITIES]
        with contextlib.closing(sqlite3.connect(self.db)) as db:
            return [db.execute(f"SELECT count(*) FROM {entity}").fetchone()[0] for entity in entities or ENTITIES]

    def bytes_held(self):
        """A digest of every row of every table but the journal's, which grows when secrets are shown."""
        sum_ = hashlib.sha256()
        if SERVER:
            for table in on_server("SELECT relname FROM pg_class WHERE relnamespace = 'honghua'::regnamespace AND relkind IN ('r', 'p') AND relname !~ '^(journal|store)' ORDER BY 1", database_of(self.folder)):
                sum_.update("".join(sorted(on_server(f"SELECT t::text FROM honghua.{table} t", database_of(self.folder)))).encode())
            return sum_.hexdigest()
        with contextlib.closing(sqlite3.connect(self.db)) as db:
            for table, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'journal%' ORDER BY name").fetchall():
                for row in db.execute(f"SELECT * FROM {table}"):
                    sum_.update(repr((table, row)).encode())
        return sum_.hexdigest()

    def digest(self, entities=ENTITIES):
        """What the register holds, in full, as the program shows it."""
        sum_ = hashlib.sha256()
        for entity in few(entities, 3):
            sum_.update(json.dumps(self.ask("list", entity, "--reveal"), sort_keys=True).encode())
        return sum_.hexdigest()


def few(cases, count=1):
    """All cases; the first of them in the slow build, which looks for errors of memory and not for wrong words."""
    return list(cases)[:count] if SLOW else list(cases)


def small_town(name, households, seed=7):
    """Ten workbooks of an invented town, small enough to be read again and again."""
    folder = TMP / name
    ask("synth", "--households", households, "--seed", seed, "--area", AREA, "--out", folder)
    return folder


def sums(answer):
    return {k: sum(sheet[k] or 0 for sheet in answer["sheets"]) for k in ("rows", "inserted", "updated", "unchanged", "rejected")}


def seed():
    """A seed, told so that a failure can be repeated: SEED=N."""
    value = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"# SEED={value}", flush=True)
    return random.Random(value)


def tell(*chapters):
    """Runs the chapters in order; each is told by its own checks, a chapter that breaks off is a failed one."""
    for chapter in chapters:
        print(f"# {chapter.__name__.replace('_', ' ')}", flush=True)
        try:
            chapter()
        except Exception:
            hold(False, chapter.__name__.replace("_", " "), traceback.format_exc())
    print(f"1..{_told['count']}", flush=True)
    sys.exit(1 if _told["failed"] else 0)
