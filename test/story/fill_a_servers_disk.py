"""The disk of the server fills up while an import is under way: nothing of it is kept, and the clerk is told what to do. With room
again the same import goes through.

    fill_a_servers_disk.py SHIM     SHIM: test/fault/disk_full.c as it was built
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import private_postgres  # noqa: E402
from story import SAMPLES, TMP, hold, run, tell  # noqa: E402

KEY = TMP / "office.key"


def office(server, *words):
    return run("--db", server.url("office"), "--key-file", KEY, *words)


def counts(server):
    tables = ("household", "person", "measure", "journal_entry", "journal_head")
    return [server.sql(f"SELECT count(*) FROM honghua.{t}", "office", "office").strip() for t in tables]


def the_disk_fills_up_and_is_freed_again():
    flag = TMP / "disk-full"
    surroundings = {"LD_PRELOAD": sys.argv[1], "DISK_FULL_FLAG": str(flag)}
    with private_postgres.Server(private_postgres.QUICK, surroundings) as server:
        server.sql("CREATE DATABASE office OWNER office")
        hold(office(server, "init").code == 0, "an office on a server")
        flag.write_text("")
        refused = office(server, "import", SAMPLES / "honghuaji")
        flag.unlink()
        hold(refused.code == 3 and refused.out == "", "the import could not be done", refused)
        hold(refused.err.count("\n") == 1 and "disk is full" in refused.err and "Free some space" in refused.err,
             "one sentence says why, and what to do next", refused)
        hold(counts(server) == ["0"] * 5, "nothing of it is there", counts(server))
        hold(office(server, "journal", "verify").code == 0, "the journal verifies")
        hold(office(server, "import", SAMPLES / "honghuaji").code == 0, "with room again the same import goes through")
        hold(int(counts(server)[0]) > 2000, "all of it is there", counts(server))
        hold(office(server, "journal", "verify").code == 0, "and its journal verifies")


tell(the_disk_fills_up_and_is_freed_again)
