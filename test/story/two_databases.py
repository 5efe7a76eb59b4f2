"""A town's register on a server and in a file: the same answers, moved from one to the other, read by a role that has an area
of its own, spread by county, and used by many at once."""
import contextlib
import re
import select
import socket
import subprocess
import threading
import time

from story import DAY, SAMPLES, TMP, Office, address_of, ask, command, database_of, hold, on_server, os, run, small_town, surroundings, tell

SECONDS = float(os.environ.get("CROWD_SECONDS") or 6)
CROWD = int(os.environ.get("CROWD") or 8)
office = Office("server", SAMPLES / "honghuaji")
other = TMP / "file.db"
BACK, SPREAD = database_of(TMP / "back"), database_of(TMP / "spread")


def reader():
    return office.db.replace("user=office", "user=reader")


def it_moves_to_a_file_and_back():
    moved = ask("copy", "--from", office.db, "--to", other, "--key-file", office.key)
    hold(moved["household"] > 2000 and moved["journal_entry"] > 30000, "the counts are told table by table", moved)
    for words in (["report", "town", "--area", "411622104", "--as-of", DAY], ["check", "--as-of", DAY], ["list", "person", "--reveal"],
                  ["journal", "list", "--limit", "50"], ["get", "household", "4116221042050001"]):
        here, there = (run("--db", db, "--key-file", office.key, *words, "--json") for db in (office.db, other))
        hold(here.out == there.out or words[0] == "check" and here.json["findings"] == there.json["findings"], f"{words[0]} answers the same on both")
    on_server(f"CREATE DATABASE {BACK}")
    back = address_of(BACK)
    hold(run("copy", "--from", other, "--to", back, "--key-file", office.key).code == 0, "and back again")
    hold(run("--db", back, "--key-file", office.key, "journal", "verify").code == 0, "where its journal verifies")
    refused = run("copy", "--from", other, "--to", back, "--key-file", office.key)
    hold(refused.code == 3, "a target that is not empty is left alone", refused)


def a_role_reads_its_own_area_and_no_other():
    office.run("grant", "reader", "--area", "411622104205", wanted=0)
    listed = run("--db", reader(), "list", "household", "--json").json
    own = office.ask("list", "household", "--area", "411622104205")
    hold(listed["total"] == own["total"] > 0, "it lists its village's households alone", listed["total"])
    hold(run("--db", reader(), "journal", "list").code == 3, "the journal is not for it")
    wide = "SET honghua.area_lo TO ''; SET honghua.area_hi TO ':'; SELECT count(*) FROM honghua.household"
    done = subprocess.run(["psql", "-XAtq", "-d", reader(), "-c", wide], stdout=subprocess.PIPE, text=True, check=False)
    hold(done.stdout.strip() == str(own["total"]), "setting itself more gives it no more", done.stdout)
    hold(office.run("grant", "nobody_at_all", "--area", "411622104205").code == 3, "a role that is not there is told")


def large_tables_lie_by_county():
    on_server(f"CREATE DATABASE {SPREAD}")
    db, key = address_of(SPREAD), TMP / "spread.key"
    hold(run("--db", db, "--key-file", key, "init", "--distributed").code == 0, "init --distributed")
    town = small_town("little", 60)
    first = ask("--db", db, "--key-file", key, "import", town, code=(0, 1))
    again = ask("--db", db, "--key-file", key, "import", town, code=(0, 1))
    hold(first["batch"] is not None and again["batch"] is None, "an import and the same again", again["sheets"])
    parts = on_server("SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r'", SPREAD)
    hold(int(parts[0]) > 100, "in partitions", parts)
    hold(run("--db", db, "--key-file", key, "journal", "verify").code == 0, "the journal verifies")
    hold(run("--db", TMP / "no.db", "init", "--distributed").code == 2 and not (TMP / "no.db").exists(), "a file cannot be spread")


class Cutting:
    """A socket before the server's; it ends a connection as a COMMIT that leaves a mark goes by: before its answer or just after."""
    def __init__(self, folder, after):
        self.server, self.after, self.met = re.search("host=([^&]*)", office.db)[1], after, False
        self.folder, self.listener = folder, socket.socket(socket.AF_UNIX)
        folder.mkdir()
        self.listener.bind(str(folder / ".s.PGSQL.5432"))
        self.listener.listen(20)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, server = self.listener.accept()[0], socket.socket(socket.AF_UNIX)
                server.connect(self.server + "/.s.PGSQL.5432")
                threading.Thread(target=self.pass_on, args=(client, server), daemon=True).start()

    def pass_on(self, client, server):
        marked = committed = False
        while not committed:
            for one in select.select([client, server], [], [])[0]:
                data = one.recv(1 << 16)
                marked = marked or one is client and b"INTO store_commit" in data
                committed = not data or one is client and marked and not self.met and b"COMMIT\0" in data
                self.met = self.met or committed and bool(data)
                if data:
                    (server if one is client else client).sendall(data)
        if data:
            answer = server.recv(1 << 16)
            if self.after:
                client.sendall(answer)
        client.close()
        server.close()


def what_was_committed_is_not_denied():
    for after in (False, True):
        cutting = Cutting(TMP / f"cut{int(after)}", after)
        db = office.db.replace(cutting.server, str(cutting.folder))
        path = TMP / f"cut{int(after)}.csv"
        path.write_text(f"户编号,村编码,户主姓名,家庭人口,帮扶责任人\nCUT{int(after)},411622104205,王一,3,无名氏\n", encoding="utf-8")
        done = run("--db", db, "--key-file", office.key, "import", path, "--json")
        there = office.run("get", "household", f"CUT{int(after)}").code == 0
        hold(cutting.met and done.code == 0 and there and done.json["batch"], "a COMMIT whose connection breaks is told as it ended", (done, there))


def many_at_once():
    """Some import towns of their own, the others read; every import that was acknowledged stands, once."""
    ended, failed, kept = time.monotonic() + SECONDS, [], []

    def work(number):
        turn = 0
        while time.monotonic() < ended:
            words = [["list", "household", "--limit", "20"], ["get", "household", "4116221042050001"],
                     ["indicator", "roster.households", "--as-of", DAY]][turn % 3]
            if number % 4 == 0:
                path = TMP / f"crowd-{number}-{turn}.csv"
                path.write_text(f"户编号,村编码,户主姓名,家庭人口\nC{number:02}{turn:04},411622104205,王一,3\n", encoding="utf-8")
                words = ["import", path]
            done = subprocess.run(command("--db", office.db, "--key-file", office.key, *words, "--json"), stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings(), check=False)
            if done.returncode != 0:
                failed.append((words, done.returncode, done.stderr.decode()[:200]))
            elif words[0] == "import":
                kept.append(f"C{number:02}{turn:04}")
            turn += 1

    workers = [threading.Thread(target=work, args=(n,)) for n in range(CROWD)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    hold(not failed and kept, f"{CROWD} processes, {len(kept)} imports, no error", failed[:3])
    there = [row["户编号"] for row in office.ask("list", "household")["items"]]
    hold(all(there.count(number) == 1 for number in kept), "every acknowledged import stands, once")
    hold(office.run("journal", "verify").code == 0, "the journal verifies")


tell(it_moves_to_a_file_and_back, a_role_reads_its_own_area_and_no_other, large_tables_lie_by_county,
     what_was_committed_is_not_denied, many_at_once)
