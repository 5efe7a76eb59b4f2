#!/usr/bin/env python3
"""What cannot be done is refused: exit 3, one sentence that says what to do, and the data is as before."""
import contextlib
import os
import resource
import shutil
import sqlite3
import subprocess

from story import AREA, DAY, HONGHUA, Office, TMP, few, hold, run, small_town, tell

books = small_town("books", households=30)
more = small_town("more", households=60, seed=8)
office = Office("steady", books, area=AREA)
known = office.digest(("household",)), office.bytes_held()


def refused(done, what, *words):
    """Exit 3, one sentence for a person, nothing on standard output."""
    told = done.err.strip()
    good = done.code == 3 and 20 < len(told) < 700 and "\n" not in told and not done.out and told[-1] in ".。"
    return hold(good and all(word in told for word in words), what, done)


def unchanged(one, what="the data is as before"):
    now = one.digest(("household",)), one.bytes_held()
    return hold(now == known and one.run("journal", "verify").code == 0, what, (now, known))


def left_behind(one):
    """Files beside the database that a refused run should have taken away."""
    return sorted(p.name for p in one.folder.iterdir() if p.name not in ("office.db", "office.db.key", "office.db-wal", "office.db-shm"))


def a_file_of_the_wrong_kind():
    good = (books / "09-村情况.xlsx").read_bytes()
    cases = {"empty.xlsx": b"", "text.xlsx": b"hello", "cut.xlsx": good[:len(good) // 2], "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096),
             "locked.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "page.pdf": b"%PDF-1.4\n", "picture.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(99),
             "empty.csv": b"", "notes.csv": "今天下雨\n".encode(), "zeros.xlsx": bytes(5000), "list.txt": b"a,b\n"}
    for name, data in cases.items():
        (TMP / name).write_bytes(data)
        for lang in few(("zh", "en")):
            refused(office.run("import", TMP / name, lang=lang), f"{name} ({lang})", name)
    refused(office.run("import", TMP / "nowhere.xlsx"), "a file that is not there", "nowhere.xlsx")
    (TMP / "bare").mkdir()
    refused(office.run("import", TMP / "bare"), "a folder without workbooks", "bare")
    refused(office.run("import", books / "01-户信息.xlsx", TMP / "text.xlsx"), "a sound file and a broken one: neither is taken", "text.xlsx")
    refused(office.run("sheet", "dump", TMP / "cut.xlsx"), "sheet dump of a cut file")
    refused(office.run("import", more, "--errors", TMP / "no/such/place.xlsx"), "a place for --errors that is not there", "place.xlsx")
    unchanged(office)


def another_user(folder):
    """What makes a run that of another user, where we are root; else nothing is needed."""
    if os.geteuid() != 0:
        return ()
    folder.chmod(0o700)
    os.chown(folder, 65534, 65534)
    for file in folder.iterdir():
        os.chown(file, 65534, 65534)
    return ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all")


@contextlib.contextmanager
def rights(path, mode):
    before = path.stat().st_mode & 0o777
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


def a_folder_without_permission():
    other = office.copy("forbidden")
    prefix = another_user(other.folder)
    if prefix and subprocess.run([*prefix, HONGHUA, "--help"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
        hold(True, "a folder without permission # skip the program lies where no other user can run it")
        return
    with rights(other.folder, 0o000):
        refused(other.run("import", more, prefix=prefix, cwd="/"), "import into a folder that may not be entered", "office.db")
        refused(other.run("list", "village", prefix=prefix, cwd="/"), "reading from it", "office.db")
        refused(run("--db", other.folder / "new.db", "init", prefix=prefix, cwd="/"), "init in it", "new.db")
    with rights(other.folder, 0o500):
        refused(run("--db", other.folder / "new.db", "init", prefix=prefix, cwd="/"), "init in a folder that may not be written", "new.db")
    with rights(other.db, 0o400):
        refused(other.run("import", more, prefix=prefix, cwd="/"), "a database that may only be read: import", "office.db")
    with rights(other.db, 0o000):
        refused(other.run("list", "village", prefix=prefix, cwd="/"), "a database that may not be read", "office.db")
    with rights(other.key, 0o000):
        refused(other.run("import", more, prefix=prefix, cwd="/"), "a key that may not be read", "office.db.key")
    hold(left_behind(other) == [], "nothing is left behind", left_behind(other))
    unchanged(other)


@contextlib.contextmanager
def small_disk(size):
    """A file system of so many bytes, where we may make one; else None."""
    place = TMP / "disk"
    place.mkdir(exist_ok=True)
    made = os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", place], stderr=subprocess.DEVNULL).returncode == 0
    try:
        yield place if made else None
    finally:
        if made:
            subprocess.run(["umount", place], check=True)


def a_full_disk():
    room = office.db.stat().st_size + (3 << 18)
    with small_disk(room) as place:
        if place is None:
            hold(True, "a full disk # skip no file system can be mounted here")
        else:
            other = office.copy("disk/office")
            refused(other.run("import", more), "a full disk: import", "office.db")
            hold(left_behind(other) == [], "nothing is left behind", left_behind(other))
            hold(other.bytes_held() == office.bytes_held(), "the data is as before")
            (place / "filler").write_bytes(bytes(64))
            refused(run("--db", place / "new.db", "init"), "a full disk: init", "new.db")
            hold(not list(place.glob("new.db*")), "and no half-made database", list(place.glob("new.db*")))
            refused(other.run("report", "town", "--as-of", DAY, "--format", "html", "--out", fill(place) / "report.html"), "a full disk: report")
            hold(not (place / "report.html").exists(), "and no half report")
    other = office.copy("limited")
    for limit in (1 << 18, other.db.stat().st_size + (1 << 18)):  # too small for the log; for the database when the log is moved over
        done = other.run("import", more, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        if done.code == 0:
            hold(limit > 1 << 18 and other.counts("household") == [60], "files that may hardly grow: what was acknowledged is there")
        else:
            refused(done, "files that may not grow: import", "office.db")
            unchanged(other)
    hold(other.run("journal", "verify").code == 0, "files that may not grow: the journal is whole")


def fill(place):
    """Leaves no room in a small file system."""
    with contextlib.suppress(OSError), open(place / "filler", "ab", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))
    return place


def a_database_of_a_newer_version():
    other = office.copy("newer")
    with contextlib.closing(sqlite3.connect(other.db)) as db:
        db.execute("INSERT INTO schema_migration (version, name, applied_ms) VALUES (9999, 'later', 0)")
        db.commit()
    before = other.db.read_bytes()
    for words in few((("import", more), ("list", "village"), ("check",)), 2):
        refused(other.run(*words), f"a newer version: {words[0]}", "office.db")
    hold(other.db.read_bytes() == before, "its bytes are as before")


def a_database_of_somebody_else():
    place = TMP / "elsewhere"
    place.mkdir()
    other = place / "other.db"
    with contextlib.closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE person (name TEXT)")
        db.commit()
    note, folder = place / "note.db", place / "folder.db"
    note.write_text("not a database, but it is long enough to be looked at " * 40)
    folder.mkdir()
    for path in (other, note, folder):
        before = path.read_bytes() if path.is_file() else sorted(path.iterdir())
        for words in few((("import", books), ("list", "village"), ("journal", "verify"), ("init",))):
            refused(run("--db", path, *words), f"{path.name}: {words[0]}", path.name)
        hold((path.read_bytes() if path.is_file() else sorted(path.iterdir())) == before, f"{path.name} is untouched")
    hold(not list(place.glob("*.key")), "and no key was made", list(place.glob("*.key")))


def a_wrong_or_missing_key():
    other = office.copy("keyless")
    stranger = Office("stranger", area=AREA)
    shutil.copy(stranger.key, other.folder / "strange.key")
    for words in few((("import", more), ("list", "person", "--reveal"), ("list", "village"), ("finding", "explain", "0" * 32, "--reason", "x")), 2):
        refused(other.run(*words, "--key-file", other.folder / "strange.key"), f"a wrong key: {words[0]}", "strange.key")
    (other.folder / "short.key").write_bytes(b"abc")
    refused(other.run("list", "village", "--key-file", other.folder / "short.key"), "a key that is none", "short.key")
    refused(other.run("list", "village", "--key-file", other.folder), "a folder as a key")
    other.key.rename(other.folder / "away.key")
    refused(other.run("import", more), "no key: import", "office.db.key")
    refused(other.run("list", "person", "--reveal"), "no key: --reveal", "office.db.key")
    hold(other.run("list", "person").code == 0, "no key: masked records are still shown")
    (other.folder / "away.key").rename(other.key)
    unchanged(other)


def flip(path, offset, count):
    with open(path, "r+b") as file:
        file.seek(offset)
        data = bytes(b ^ 0xFF for b in file.read(count))
        file.seek(offset)
        file.write(data)


def a_damaged_database():
    for name, offset, count in (("header", 0, 16), ("page size", 16, 2), ("schema", 100, 60)):
        other = office.copy("damaged-" + name.replace(" ", "-"))
        flip(other.db, offset, count)
        for words in few((("list", "household"), ("import", more), ("journal", "verify"))):
            refused(other.run(*words), f"bytes flipped in the {name}: {words[0]}", "office.db")
    other = office.copy("damaged-middle")
    size = other.db.stat().st_size
    for offset in range(8192, size, 16384):
        flip(other.db, offset, 64)
    for words in (("list", "person", "--reveal"), ("journal", "verify"), ("check", "--as-of", DAY), ("import", more), ("report", "town")):
        done = other.run(*words)
        hold(done.code in (1, 3) if words[0] == "journal" else done.code == 3, f"bytes flipped all over: {words[0]}", done)
        hold(len(done.err.strip().splitlines()) <= 1, f"{words[0]}: one sentence", done)
    other = office.copy("damaged-cut")
    os.truncate(other.db, size // 2)
    for words in (("list", "person"), ("import", more), ("check", "--as-of", DAY)):
        done = other.run(*words)
        refused(done, f"a database cut in half: {words[0]}", "office.db")


tell(a_file_of_the_wrong_kind, a_folder_without_permission, a_full_disk, a_database_of_a_newer_version, a_database_of_somebody_else,
     a_wrong_or_missing_key, a_damaged_database)
