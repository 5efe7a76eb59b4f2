"""Where things lie: the build, the data made once, the peers installed once."""
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)


class House:
    """Folders and settings of one run of the measurements."""

    def __init__(self, build, quick=False, runs=3, by_cpu=False, peers=True):
        self.build = os.path.abspath(build)
        self.data = os.path.join(self.build, "bench-data")
        self.node = os.path.join(self.data, "node")
        self.quick, self.runs, self.by_cpu, self.with_peers = quick, runs, by_cpu, peers
        self.rows = int(os.environ.get("BENCH_ROWS", "20000" if quick else "100000"))
        self.columns = 40
        self.households = int(os.environ.get("BENCH_HOUSEHOLDS", "100000" if quick else "1000000"))
        self.complaints = []
        os.makedirs(self.data, exist_ok=True)

    # ---- programs ----

    def program(self, name):
        """A measuring program of bench/, or honghua itself."""
        return os.path.join(self.build, name if name == "honghua" else os.path.join("bench", name))

    def environment(self):
        return {**os.environ, "HONGHUA_DATA": ROOT, "LC_ALL": "C.UTF-8"}

    def make_programs(self):
        self.progress("building")
        done = subprocess.run(["ninja", "-C", self.build, "honghua", "bench"], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            sys.exit(done.stdout[-3000:] + done.stderr)

    def run_once(self, command, cwd=None):
        done = subprocess.run([str(word) for word in command], env=self.environment(), capture_output=True, text=True,
                              check=False, cwd=cwd)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        return done.stdout

    # ---- data ----

    def path(self, name):
        return os.path.join(self.data, name)

    def made(self, name, make):
        """The file `name`, made by make(path) when it is not there; whole or absent."""
        path = self.path(name)
        if not os.path.exists(path):
            self.progress(f"making {name} (once)")
            beside = self.path("new-" + name)
            self.forget(beside)
            make(beside)
            os.rename(beside, path)
        return path

    def forget(self, path):
        """Removes a database with what lies beside it, or a folder."""
        if os.path.isdir(path):
            shutil.rmtree(path)
        for ending in ("", "-wal", "-shm", "-journal", ".key", ".wal"):
            if os.path.exists(path + ending):
                os.unlink(path + ending)

    def copy_database(self, source, target):
        self.forget(target)
        shutil.copyfile(source, target)
        shutil.copyfile(source + ".key", target + ".key")
        os.chmod(target + ".key", 0o600)

    # ---- peers ----

    def peers(self):
        """The folder with the peers from npm; None where they cannot be had."""
        if not self.with_peers:
            return None
        source = os.path.join(HERE, "peers")
        os.makedirs(self.node, exist_ok=True)
        with open(os.path.join(source, "package-lock.json"), encoding="utf-8") as file:
            wanted = file.read()
        stamp = os.path.join(self.node, "installed")
        for name in os.listdir(source):
            shutil.copy(os.path.join(source, name), self.node)
        if os.path.exists(stamp) and open(stamp, encoding="utf-8").read() == wanted:
            return self.node
        if shutil.which("npm") is None:
            self.complain("npm is not here, so the peers from npm are left out (apt-get install npm, or nodejs)")
            self.with_peers = False
            return None
        self.progress("installing the peers from npm (once)")
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=self.node, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            self.complain(f"the peers could not be installed from npm and are left out: {done.stderr[-300:]}")
            self.with_peers = False
            return None
        with open(stamp, "w", encoding="utf-8") as file:
            file.write(wanted)
        return self.node

    # ---- words ----

    def progress(self, text):
        if sys.stderr.isatty():
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    def complain(self, text):
        self.complaints.append(text)
        print(f"{text}", file=sys.stderr)
