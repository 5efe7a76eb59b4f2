"""Rows about the two databases: the same command on a file and on a server, side by side."""
import atexit
import os
import sys

from house import ROOT
from sampling import Contender, rounds
from table import Result

sys.path.insert(0, os.path.join(ROOT, "scripts"))
import private_postgres  # noqa: E402

TOWN, DAY, HOUSEHOLD = "411622104", "2019-12-31", "4116221042050001"
SAMPLE = os.path.join(ROOT, "samples", "honghuaji")


class Engines:
    """The sample town on both; a server of our own, as it is set up for offices (it syncs), in the build folder."""

    def __init__(self, house):
        self.house, self.file = house, house.path("engine.db")
        os.environ.setdefault("TMPDIR", "/tmp")
        self.server = private_postgres.Server()
        atexit.register(self.server.__exit__)
        self.server.__enter__()
        self.key = self.file + ".key"
        self.filled_file, self.filled = house.path("engine-town.db"), self.server.url("town")
        house.forget(self.filled_file)
        self.program("--db", self.filled_file, "init")
        self.program("--db", self.filled_file, "import", SAMPLE)
        self.fresh("town")
        self.program("--db", self.filled, "--key-file", self.filled_file + ".key", "init")
        self.program("--db", self.filled, "--key-file", self.filled_file + ".key", "import", SAMPLE)

    def program(self, *words):
        self.house.run_once([self.house.program("honghua"), *words])

    def fresh(self, name):
        self.server.sql(f"DROP DATABASE IF EXISTS {name}")
        self.server.sql(f"CREATE DATABASE {name} OWNER office")

    def empty_file(self):
        self.house.forget(self.file)
        self.program("--db", self.file, "init")

    def empty_server(self):
        self.fresh("import_here")
        self.program("--db", self.server.url("import_here"), "--key-file", self.filled_file + ".key", "init")


def engines(house):
    if not hasattr(house, "engines"):
        house.progress("filling both databases")
        house.engines = Engines(house)
    return house.engines


def both(house, name, title, words, on_file=None, on_server=None, expect=(0,), before=(None, None)):
    e = engines(house)
    program, key = house.program("honghua"), e.filled_file + ".key"
    one = [program, "--db", on_file or e.filled_file, *words, "--json"]
    two = [program, "--db", on_server or e.filled, "--key-file", key, *words, "--json"]
    result = Result(name, title, rounds(house, [
        Contender("sqlite", "SQLite", "ours", one, before=before[0], expect=expect, keep_output=False),
        Contender("postgres", "PostgreSQL 15, on this machine", "ours", two, before=before[1], expect=expect, keep_output=False),
    ], house.runs), house.by_cpu)
    result.remarks.append("CPU and memory are the program's own; what the server takes is not in them")
    return result


def import_both(house):
    e = engines(house)
    return both(house, "engine-import", "the sample town's ten workbooks, 33,000 rows", ["import", SAMPLE],
                e.file, e.server.url("import_here"), (0, 1), (e.empty_file, e.empty_server))


def file_both(house):
    return both(house, "engine-file", "one household's whole file", ["get", "household", HOUSEHOLD])


def check_both(house):
    return both(house, "engine-check", "all rules on the sample town", ["check", "--as-of", DAY], expect=(0, 1))


def report_both(house):
    return both(house, "engine-report", "the town's report", ["report", "town", "--area", TOWN, "--as-of", DAY])
