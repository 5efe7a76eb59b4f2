"""Rows about the server: pages of a list, a household's file, searching, beside fastify with better-sqlite3 on the same database."""
import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import time
import urllib.request

from house import HERE
from table import Goal

CONNECTIONS = 16
COLUMNS = "number,name,sex,ethnic,relation,education,health,labour"
PASSWORD = "Kiesel Lorbeer Amsel Pfad\n"


def register(house):
    """An invented register of about 2,000,000 persons, made once."""
    households = int(os.environ.get("BENCH_HTTP_HOUSEHOLDS", "20000" if house.quick else "571429"))

    def make(path):
        house.run_once([house.program("honghua"), "init", "--db", path, "--area", "41"])
        house.run_once([house.program("honghua"), "synth", "--households", households, "--db", path, "--area", "41"])
        os.rename(path + ".key", house.path(name + ".key"))
    name = f"http-{households}.db"
    return house.made(name, make)


def token_of(house, db):
    """Of an account that may read the whole register; made anew, because a token is told once."""
    file, name = house.path("password"), f"bench{int(time.time())}"
    with open(file, "w", encoding="utf-8") as out:
        out.write(PASSWORD)
    os.chmod(file, 0o600)
    house.run_once([house.program("honghua"), "--db", db, "account", "add", name, "--role", "clerk", "--area", "41",
                    "--password-file", file])
    return json.loads(house.run_once([house.program("honghua"), "--db", db, "account", "token", name, "--json"]))["token"]


def asked(house, db):
    """The paths of each row: villages, households and names that are there, spread over the register."""
    with contextlib.closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as base:
        some = base.execute("SELECT village, household, name FROM person WHERE abs(random() % 1000) = 0 LIMIT 400").fetchall()
    names = sorted({name[1:1 + size] for _, _, name in some for size in (1, 2) if len(name) > size})
    page = [f"/api/v1/person?area={village}&limit=50" for village, _, _ in some]
    lists = {"list": [f"{line}&columns={COLUMNS}" for line in page], "list-all": page,
             "file": [f"/api/v1/household/{household}" for _, household, _ in some],
             "search": [json.dumps({"text": name, "limit": 20}, ensure_ascii=False) for name in names]}
    for key, lines in lists.items():
        with open(house.path(f"http-{key}.txt"), "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
    return lists


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Served:
    """A server while it is measured."""

    def __init__(self, house, label, command, port, token, cwd=None):
        self.label, self.port, self.token = label, port, token
        self.process = subprocess.Popen([str(word) for word in command], cwd=cwd, env=house.environment(),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait(self, path):
        for _ in range(300):
            with contextlib.suppress(OSError):
                ask = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {self.token}"})
                with urllib.request.urlopen(ask, timeout=30) as answer:
                    return answer.read()
            time.sleep(0.1)
        raise RuntimeError(f"{self.label} does not answer")

    def memory(self):
        """Peak of its own memory in MiB: what it shares with the page cache is not in it."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            found = dict(line.split(":", 1) for line in file)
        return int(found["RssAnon"].split()[0]) / 1024

    def load(self, house, row, seconds):
        environment = {**os.environ, "PATHS": house.path(f"http-{row}.txt"), "TOKEN": self.token, "POST_PATH": "/api/v1/person/search"}
        done = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", os.path.join(HERE, "wrk.lua"),
                               f"http://127.0.0.1:{self.port}/"], env=environment, capture_output=True, text=True, check=False)
        found = json.loads(done.stdout.strip().splitlines()[-1])
        found.update(rate=found["requests"] / found["seconds"], memory=self.memory())
        return found

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def middle(found):
    """The run in the middle by its rate."""
    return sorted(found, key=lambda one: one["rate"])[len(found) // 2]


class HttpResult:
    """A table of its own: rates and times of answering."""

    def __init__(self, found):
        self.found, self.goals = found, []
        ours, peer = found.get(("honghua", "list")), found.get(("fastify", "list"))
        self.goals += [Goal("list page, requests a second against fastify", ours["rate"] / peer["rate"] if peer else None, 2.0),
                       Goal("list page, p99", ours["p99"] / 1000, 5, at_least=False, unit=" ms"),
                       Goal("memory", max(o["memory"] for (who, _), o in found.items() if who == "honghua"), 100, at_least=False, unit=" MB"),
                       Goal("search, p95", found["honghua", "search"]["p95"] / 1000, 5, at_least=False, unit=" ms")]

    def text(self):
        lines = [f"http: {CONNECTIONS} connections, access checks on",
                 f"  {'':28}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'KB each':>9}{'MB':>7}{'failed':>8}"]
        for (who, row), o in self.found.items():
            times = "".join(f"{o[p] / 1000:9.2f}" for p in ("p50", "p95", "p99"))
            lines.append(f"  {who + ', ' + row:28}{o['rate']:10.0f}{times}{o['bytes'] / max(1, o['requests']) / 1024:9.1f}{o['memory']:7.0f}"
                         f"{o['failed'] + o['broken']:8}")
        return "\n".join(lines + [goal.line() for goal in self.goals])

    def json(self):
        return {"name": "http", "found": [{"who": who, "row": row, **o} for (who, row), o in self.found.items()],
                "goals": [goal.json() for goal in self.goals]}


def servers(house, db, token):
    port = free_port()
    yield "honghua", Served(house, "honghua", [house.program("honghua"), "serve", "--db", db, "--listen", f"127.0.0.1:{port}"], port, token)
    node = house.peers()
    if node is not None:
        port = free_port()
        yield "fastify", Served(house, "fastify", ["node", "fastify.mjs", db, port, token], port, token, cwd=node)


def http(house):
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not here (apt-get install wrk)")
    db, found = register(house), {}
    token, lists = token_of(house, db), asked(house, db)
    served = list(servers(house, db, token))
    try:
        for _, server in served:
            server.wait(lists["list"][0])
        for row in lists:
            for who, server in served * house.runs:
                house.progress(f"{who}: {row}")
                if (who, row) != ("fastify", "list-all"):
                    found.setdefault((who, row), []).append(server.load(house, row, 3 if house.quick else 6))
    finally:
        for _, server in served:
            server.stop()
    return HttpResult({key: middle(runs) for key, runs in found.items()})
