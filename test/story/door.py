"""The program as a server on a free port, and those who come to its door: what the stories over HTTP need."""
import concurrent.futures
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time

from story import AREA, CRASH, SLOW, TMP, Office, command, hold, small_town, surroundings

FAST = 10 if SLOW else 1  # how much longer anything may take
BOUNDARY = "----a-boundary-of-no-file"


class Reply:
    def __init__(self, status, heads, body):
        self.status, self.heads, self.body = status, heads, body

    @property
    def json(self):
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {"": value}

    def __repr__(self):
        return f"{self.status} {self.body[:300].decode('utf-8', 'replace')}"


class Door:
    """An office with accounts, served. `seen` gathers every byte that any answer held."""

    def __init__(self, name, households=40, accounts=(("clerk", "clerk"), ("auditor", "auditor"), ("leaver", "clerk"))):
        self.books = small_town(name + "-books", households)
        self.office = Office(name, self.books, area=AREA)
        self.token, self.password, self.seen = {}, {}, bytearray()
        self.temporary = self.office.folder / "temporary"
        self.temporary.mkdir()
        for number, (account, role) in enumerate(accounts, 3):
            self.password[account] = f"Kiesel {number} Lorbeer {number * number} Amsel Pfad"
            secret = self.office.folder / "password"
            secret.write_text(self.password[account] + "\n", encoding="utf-8")
            secret.chmod(0o600)
            self.office.run("account", "add", account, "--role", role, "--area", AREA, "--password-file", secret, wanted=0)
            secret.unlink()
            self.token[account] = self.office.ask("account", "token", account)["token"]
        self.log = self.office.folder / "serve.log"
        self.server = None

    def open(self, *words):
        """Starts the server and waits until it says where it is."""
        said = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(command("--db", self.office.db, *self.office.named_key(), "serve", "--listen", "127.0.0.1:0", "--lang", "en", *words),
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=surroundings(TMPDIR=str(self.temporary)))
        for _ in range(600 * FAST):
            found = re.search(rb"Serving at http://127.0.0.1:(\d+)/\n", self.log.read_bytes()[said:])
            if found:
                self.port = int(found.group(1))
                return self
            if self.server.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError("no server: " + self.log.read_text(errors="replace")[-2000:])

    def close(self):
        """SIGTERM; exit code and how long it took."""
        begun = time.monotonic()
        self.server.send_signal(signal.SIGTERM)
        try:
            code = self.server.wait(60 * FAST)
        except subprocess.TimeoutExpired:
            self.server.kill()
            code = "it did not end"
        return code, time.monotonic() - begun

    def kill(self):
        self.server.kill()
        self.server.wait()

    def call(self, method, path, who=None, body=None, heads=None, timeout=60):
        """One request on a connection of its own; status 0 where no answer came."""
        path = path if path.startswith("/") else "/api/v1/" + path
        sent = {"Authorization": "Bearer " + self.token[who]} if who else {}
        if isinstance(body, (dict, list)):
            body, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout * FAST)
        try:
            connection.request(method, path, body, {**sent, **(heads or {})})
            answer = connection.getresponse()
            reply = Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        except (OSError, http.client.HTTPException) as error:
            return Reply(0, {}, repr(error).encode())
        finally:
            connection.close()
        self.seen += reply.body + repr(reply.heads).encode()
        return reply

    def raw(self, data, wait=10, end=True):
        """Bytes as they are, then all that comes back."""
        got = b""
        with socket.create_connection(("127.0.0.1", self.port), wait * FAST) as s:
            try:
                s.sendall(data)
                while end and (piece := s.recv(65536)):
                    got += piece
            except OSError:
                pass
        self.seen += got
        return got

    def own_page(self, **more):
        return {"Origin": f"http://127.0.0.1:{self.port}", "Sec-Fetch-Site": "same-origin", **more}

    def log_in(self, account, password=None, **heads):
        return self.call("POST", "session", None, {"account": account, "password": password or self.password[account]}, {**self.own_page(), **heads})

    def upload(self, who, *files, heads=None, cut=0, **fields):
        body = parts(files, fields)
        body = body[:len(body) - cut]
        return self.call("POST", "import", who, body, {"Content-Type": "multipart/form-data; boundary=" + BOUNDARY, **(heads or {})})

    def ended(self, reply, who):
        """The record of a job at its end."""
        for _ in range(1200):
            job = self.call("GET", "job/" + reply.json["id"], who).json
            if job.get("state") not in ("queued", "running"):
                break
            time.sleep(0.05)
        return job

    def ids(self, entity):
        """Field ids by their Chinese labels."""
        reply = self.call("GET", "catalog/" + entity, "clerk").json
        return {field["label"]["zh"]: field["id"] for one in reply["entities"] if one["id"] == entity for field in one["fields"]}

    def left_over(self):
        """Files (no folders) below the server's TMPDIR."""
        return [os.path.join(folder, name) for folder, _, names in os.walk(self.temporary) for name in names]

    def is_well(self):
        """It lives, and neither an assertion nor a sanitizer has spoken."""
        said = self.log.read_text(encoding="utf-8", errors="replace")
        found = CRASH.search(said)
        return hold(self.server.returncode in (None, 0, -signal.SIGKILL) and not found, "the server neither crashed nor complained", said[found.start():found.start() + 3000] if found else said[-500:])


def parts(files, fields):
    """A multipart body of files (name, bytes) and fields."""
    pieces = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
    for name, data in files:
        pieces.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode() + data + b"\r\n")
    return b"".join(pieces) + f"--{BOUNDARY}--\r\n".encode()


def at_once(count, work):
    """work(0) to work(count - 1), each on a thread; an exception is its result."""
    def one(number):
        try:
            return work(number)
        except Exception as error:
            return error
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
