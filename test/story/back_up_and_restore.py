#!/usr/bin/env python3
"""A backup is made while others work, tried out, and everything that is wrong with one is found before anything is made of it."""
import os
import sqlite3
import subprocess

from story import AREA, Office, SERVER, TMP, address_of, command, contextlib, database_of, few, hold, on_server, run, small_town, surroundings, tell

books = small_town("books", households=60)
office = Office("town", books, area=AREA)
backup = TMP / "town.bak"
made = office.ask("backup", backup)


def restored(name, file=backup, key=office.key):
    """Where it went, and how the attempt ended."""
    folder = TMP / name
    folder.mkdir()
    where = folder / "office.db"
    if SERVER:
        on_server(f"CREATE DATABASE {database_of(folder)}")
        where = address_of(database_of(folder))
    return where, run("--db", where, "--key-file", key, "restore", file, "--json")


def is_empty(where):
    if SERVER:
        return on_server("SELECT count(*) FROM pg_class WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'honghua')", where.split("///")[1].split("?")[0]) == ["0"]
    return os.listdir(where.parent) == []


def it_comes_back_as_it_was():
    hold(made["rows"] > 500 and len(made["digest"]) == 64 and made["file"] == str(backup), "it says what it holds", made)
    hold(backup.stat().st_mode & 0o777 == 0o600, "nobody else may read it", oct(backup.stat().st_mode))
    where, done = restored("back")
    hold(done.code == 0 and done.json["digest"] == made["digest"] and done.json["entries"] > 60, "restored, its journal verified", done)
    for words in (["list", "person", "--reveal"], ["get", "household", office.ask("list", "household")["items"][0]["户编号"]]):
        there = run("--db", where, "--key-file", office.key, *words, "--json")
        hold(there.out == office.run(*words, "--json").out, f"{words[0]} answers the same")
    again = run("--db", restored("twice")[0], "--key-file", office.key, "backup", TMP / "again.bak", "--json")
    hold(again.json["digest"] == made["digest"] and again.json["rows"] == made["rows"], "backed up again: the same digest", again)
    hold(run("--db", where, "--key-file", office.key, "journal", "verify").code == 0, "its journal goes on verifying")
    entry = [e for e in office.ask("journal", "list")["entries"] if e["entity"] == "backup"]
    hold(len(entry) == 1 and entry[0]["record"] == str(backup) and entry[0]["changes"][0]["new"] == made["digest"], "the journal knows of it", entry)
    hold(not [f for f in os.listdir(TMP) if f.endswith(".part")], "nothing unfinished is left")


def it_goes_to_the_other_kind_of_database():
    where, done = restored("other")
    if not SERVER:
        hold(done.code == 0, "on the same kind", done)
        return
    file = TMP / "file.db"
    done = run("--db", file, "--key-file", office.key, "restore", backup, "--json")
    hold(done.code == 0 and done.json["digest"] == made["digest"], "from a server into a file", done)
    done = run("--db", file, "--key-file", office.key, "backup", TMP / "file.bak", "--json")
    hold(done.json["digest"] == made["digest"], "which says the same")


def nothing_secret_lies_in_it():
    person = next(i for i in office.ask("list", "person", "--reveal")["items"] if i["证件号码"])
    held = backup.read_bytes()
    hold(person["证件号码"].encode() not in held, "no certificate in plain")
    hold(office.key.read_text().split()[-1].encode() not in held, "not the key")


def what_is_there_is_not_touched():
    where, done = restored("mine")
    before = run("--db", where, "--key-file", office.key, "list", "household", "--json").out
    done = run("--db", where, "--key-file", office.key, "restore", backup)
    hold(done.code == 3 and run("--db", where, "--key-file", office.key, "list", "household", "--json").out == before, "a database is not replaced", done)
    held = backup.read_bytes()
    done = office.run("backup", backup)
    hold(done.code == 3 and "exists" in done.err and backup.read_bytes() == held, "nor is a backup", done)
    if not SERVER:
        left = TMP / "left.db"
        (TMP / "left.db-wal").write_bytes(b"old")
        done = run("--db", left, "--key-file", office.key, "restore", backup)
        hold(done.code == 3 and not left.exists(), "a log that was left there is not taken for the new database's", done)
    done = office.run("backup", TMP / "no" / "such.bak")
    hold(done.code == 3 and "such.bak" in done.err and ".part" not in done.err, "a folder that is not there", done)


def refused(name, data, word, key=office.key):
    file = TMP / f"{name}.bak"
    file.write_bytes(data)
    where, done = restored(name, file, key)
    hold(done.code == 3 and word in done.err and name in done.err and not done.out, f"{name}: refused", done)
    hold(is_empty(where), f"{name}: nothing was made")


def what_is_wrong_is_found():
    held = backup.read_bytes()
    for at in few([0, 97, len(held) // 2, len(held) - 161, len(held) - 100, len(held) - 1], 2):
        refused(f"flipped{at}", held[:at] + bytes([held[at] ^ 0x41]) + held[at + 1:], "damaged")
    refused("short", held[:-4096], "damaged")
    refused("shorter", held[:len(held) // 2], "damaged")
    refused("longer", held + b"\0", "damaged")
    refused("joined", held[:4096] + held[8192:], "damaged")
    refused("foreign", b"PK\3\4" + os.urandom(9000), "no backup")
    refused("empty", b"", "no backup")
    refused("newer", held[:-1] + b"2", "newer")
    with contextlib.closing(sqlite3.connect(TMP / "plain.db")) as db:
        db.execute("CREATE TABLE t (a)")
    refused("plain", (TMP / "plain.db").read_bytes(), "damaged")
    other = Office("other-key", area=AREA)
    refused("key", held, "key", other.key)
    where, done = restored("keyless", backup, TMP / "no.key")
    hold(done.code == 3 and "no.key" in done.err and is_empty(where), "without the key nothing is restored", done)


def it_is_made_while_others_import():
    more = small_town("more", households=150, seed=8)
    importing = subprocess.Popen(command("--db", office.db, *office.named_key(), "import", more), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=surroundings())
    seen = []
    while importing.poll() is None and len(seen) < 4:
        file = TMP / f"during{len(seen)}.bak"
        done = office.run("backup", file, "--json")
        if done.code == 0:
            where, back = restored(f"during{len(seen)}", file)
            total = run("--db", where, "--key-file", office.key, "list", "household", "--json").json["total"] if back.code == 0 else None
            seen.append((back.code, total))
        else:
            hold(done.code == 3 and "writing" in done.err, "or it is told who is writing", done)
            seen.append((0, None))
    error = importing.communicate()[1].decode()
    whole = office.ask("list", "household")["total"]
    hold(importing.returncode in (0, 1), "the import goes on", error)
    hold(seen and all(code == 0 and total in (60, whole, None) for code, total in seen), "each backup holds one whole state", (seen, whole))
    hold(any(total for _, total in seen), "at least one was made meanwhile", seen)
    hold(office.run("journal", "verify").code == 0, "the journal verifies")


def an_account_may_not():
    words = TMP / "password"
    words.write_text("Kiesel Lorbeer Amsel Pfad\n")
    words.chmod(0o600)
    office.run("account", "add", "li", "--role", "clerk", "--area", AREA, "--password-file", words, wanted=0)
    for name in ("backup", "restore"):
        done = office.run("--as", "li", name, TMP / "li.bak")
        hold(done.code == 3 and "right" in done.err and not (TMP / "li.bak").exists(), f"{name} is the owner's", done)


tell(it_comes_back_as_it_was, it_goes_to_the_other_kind_of_database, nothing_secret_lies_in_it, what_is_there_is_not_touched,
     what_is_wrong_is_found, it_is_made_while_others_import, an_account_may_not)
