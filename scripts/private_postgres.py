"""A PostgreSQL 15 of one's own: in a temporary folder, on a socket there, as an unprivileged user, gone with the program.

    with private_postgres.Server() as server:
        server.sql("CREATE DATABASE a OWNER office")
        server.url("a")            postgresql:///a?host=FOLDER&user=office

The server is a child that gets a signal when this program dies, however it dies, and its folder is removed by a small
process that outlives both.
"""
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile
import time

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
SETTINGS = ["listen_addresses=", "max_connections=200", "shared_buffers=64MB", "max_wal_size=2GB", "wal_level=minimal",
            "max_wal_senders=0", "autovacuum_naptime=60s"]
QUICK = ["autovacuum=off", "fsync=off", "full_page_writes=off", "synchronous_commit=off"]  # for tests that pull no plug
# Waits for the end of its standard input, which only this program holds open, and removes the folder.
SWEEP = "import shutil, sys, time; sys.stdin.read(); time.sleep(1); shutil.rmtree(sys.argv[1], ignore_errors=True)"


def environment():
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")}


def room():
    """In memory, where there is enough of it: hundreds of databases are made and dropped."""
    try:
        free = shutil.disk_usage("/dev/shm").free
    except OSError:
        free = 0
    return "/dev/shm" if free > 2 << 30 and os.access("/dev/shm", os.W_OK) else "/tmp"


class Server:
    def __init__(self, settings=(), surroundings=None):
        """`surroundings`: more of the environment, for the server alone."""
        self.surroundings = surroundings or {}
        self.folder = tempfile.mkdtemp(prefix="hh-pg.", dir=os.environ.get("TMPDIR") or room())
        self.data, self.process = os.path.join(self.folder, "data"), None
        self.settings = [*SETTINGS, *settings]
        self.sweep = subprocess.Popen([sys.executable, "-c", SWEEP, self.folder], stdin=subprocess.PIPE, start_new_session=True)
        self.other = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.getuid() == 0 else []
        if self.other:
            os.chown(self.folder, pwd.getpwnam("nobody").pw_uid, -1)

    def tool(self, *words):
        return subprocess.run(["setpriv", *self.other, str(BIN / words[0]), *words[1:]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=environment(), cwd="/", timeout=120)

    def __enter__(self):
        made = self.tool("initdb", "-D", self.data, "-U", "boss", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        if made.returncode:
            self.__exit__()
            raise OSError("initdb: " + made.stdout.decode("utf-8", "replace")[-300:])
        self.start()
        self.sql("CREATE ROLE office LOGIN")
        self.sql("CREATE ROLE reader LOGIN")
        return self

    def start(self):
        words = [w for s in self.settings for w in ("-c", s)]
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(["setpriv", *self.other, "--pdeathsig=INT", str(BIN / "postgres"), "-D", self.data, "-k", self.folder, *words],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**environment(), **self.surroundings}, cwd="/")
        for _ in range(600):
            if self.process.poll() is not None:
                break
            if self.tool("pg_isready", "-q", "-h", self.folder).returncode == 0:
                return
            time.sleep(0.1)
        raise OSError("PostgreSQL does not start: " + pathlib.Path(self.folder, "log").read_text(errors="replace")[-300:])

    def stop(self, mode="immediate"):
        if self.process and self.process.poll() is None:
            self.tool("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait(60)
        self.process = None

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.sweep.stdin.close()
        self.sweep.wait(30)

    def sql(self, query, database="postgres", user="boss"):
        done = subprocess.run([str(BIN / "psql"), "-XAtqw", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", user, "-d", database, "-c", query],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), timeout=300)
        if done.returncode:
            raise OSError("psql: " + done.stderr.decode("utf-8", "replace")[:300])
        return done.stdout.decode("utf-8").strip()

    def url(self, name, user="office"):
        return f"postgresql:///{name}?host={self.folder}&user={user}"


def main(command):
    """private_postgres.py COMMAND...: runs it with HONGHUA_TEST_POSTGRES set to the server's own database."""
    with Server(QUICK) as server:
        server.sql("ALTER ROLE office CREATEDB")
        return subprocess.run(command, env={**os.environ, "HONGHUA_TEST_POSTGRES": server.url("postgres")}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
