#!/usr/bin/env python3
"""Certificate numbers, telephones and accounts never stand in the clear: not in the files, not on the screen, not in errors."""
import os
import re
import sqlite3

import book
from story import AREA, DAY, Office, TMP, ask, few, hold, small_town, tell

books = small_town("books", households=40)
office = Office("secret", area=AREA)
LABELS = {"household": ("户主证件号码", "银行账号", "联系电话"), "person": ("证件号码",), "payment": ("收款账号",), "duty": ("联系电话",),
          "pairing": ("联系电话",)}


def secrets():
    """Every sensitive value of the workbooks, as the clerk typed it."""
    found = set()
    for file in sorted(books.glob("*.xlsx")):
        for sheet in ask("sheet", "dump", file)["sheets"]:
            rows = book.rows_of(sheet)
            head = next((row for _, row in sorted(rows.items()) if len([c for c in row if c]) > 2), [])
            for index, label in enumerate(head):
                if label in sum(LABELS.values(), ()):
                    found |= {row[index] for row in rows.values() if len(row) > index and row[index] not in (None, label)}
    return found


values = secrets()


def clear(text):
    """Those that stand in a text."""
    runs = set(re.findall(r"\d{11,19}[Xx]?", text))
    return sorted(v for v in values if v in runs or (len(v) > 12 and v in text))


def an_import_with_progress_tells_none():
    done = office.run("import", books, "--progress")
    hold(len(values) > 200, "the workbooks hold many", len(values))
    hold(done.code == 0 and "%" in done.err and not clear(done.out + done.err), "nor does the progress", clear(done.out + done.err)[:2])


def the_files_hold_none():
    log = office.db.with_name(office.db.name + "-wal")
    with sqlite3.connect(office.db) as reader:  # while somebody reads, what is written stays in the write-ahead log
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        office.run("import", book.mend(books / "01-户信息.xlsx", TMP / "01-户信息.xlsx", {"A3": "红花集村", "D3": "换了名字"}), wanted=0)
        hold(log.exists() and log.stat().st_size > 4096, "there is a write-ahead log to look at")
        for file in [*office.folder.iterdir()]:
            if file != office.key:
                found = clear(file.read_bytes().decode("latin-1"))
                hold(not found, f"{file.name}: no value in the clear", found[:2])
    reader.close()
    hold(office.key.stat().st_mode & 0o777 == 0o600 and office.db.stat().st_mode & 0o077 == 0, "key and database are the owner's alone")


def nothing_shows_them_unasked():
    household = ask("--db", office.db, "list", "household", "--limit", 1)["items"][0]["户编号"]
    page, book_, note = (TMP / f"report.{form}" for form in ("html", "xlsx", "md"))
    for words in (("list", "household"), ("list", "person"), ("list", "payment"), ("list", "household_year"), ("get", "household", household),
                  ("check", "--as-of", DAY), ("finding", "list"), ("grade", "--as-of", DAY), ("journal", "list"), ("journal", "verify"),
                  ("indicator", "registry.households", "--as-of", DAY, "--rows"), ("report", "town", "--as-of", DAY), ("import", books)):
        for form in few(((), ("--json",))):
            done = office.run(*words, *form, lang="zh")
            hold(done.code in (0, 1) and not clear(done.out + done.err), f"{' '.join(map(str, words[:2]))} {' '.join(form)}", (done.code, clear(done.out + done.err)[:2]))
    for file in (page, note, book_):
        office.run("report", "town", "--as-of", DAY, "--format", file.suffix[1:], "--out", file, wanted=0)
    texts = page.read_text() + note.read_text() + str([c[2] for s in ask("sheet", "dump", book_)["sheets"] for c in s["cells"]])
    hold(not clear(texts), "the report as html, md and xlsx", clear(texts)[:2])


def asked_for_they_are_shown_and_that_is_journalled():
    before = office.ask("journal", "verify")["entries"]
    shown = {str(item[label]) for entity, labels in LABELS.items() for item in office.ask("list", entity, "--reveal")["items"] for label in labels if item[label]}
    hold(shown == values, "--reveal shows all of them as they were typed", len(shown ^ values))
    hold(office.ask("journal", "verify")["entries"] >= before + len(LABELS), "each showing is an entry of its own")


def a_refused_number_is_masked_where_it_is_named():
    persons = book.rows_of(ask("sheet", "dump", books / "02-人口信息.xlsx")["sheets"][0])
    head, first, second = persons[2], list(persons[3]), list(persons[4])
    number = head.index("证件号码")
    twice = first[number][:17] + ("1" if first[number][17] != "1" else "2")
    cases = {"twice with two numbers": [first, [*first[:number], twice, *first[number + 1:]]],
             "in the column of the sex": [[*second[:head.index("性别")], second[number], *second[head.index("性别") + 1:]]],
             "in the column of the birth": [[*second[:head.index("出生日期")], second[number], *second[head.index("出生日期") + 1:]]],
             "no number at all": [[*second[:number], first[number] + "/" + second[number], *second[number + 1:]]]}
    for name, rows in cases.items():
        path = book.write(TMP / "refused.xlsx", "人口信息", [head, *rows])
        for form in few((("--json",), ())):
            done = office.run("import", path, "--dry-run", *form, lang="zh")
            told = done.out + done.err
            hold(not clear(told) and twice not in told, f"a number {name} {' '.join(form)}", told[:600])


def without_the_key_all_stays_masked():
    os.rename(office.key, office.folder / "away")
    done = office.run("list", "person", "--json")
    hold(done.code == 0 and not clear(done.out) and "*" in done.out, "records are shown masked", done)
    revealed = office.run("list", "person", "--reveal", "--json")
    hold(revealed.code == 3 and not clear(revealed.out + revealed.err), "and --reveal is exit 3", revealed)
    os.rename(office.folder / "away", office.key)


tell(an_import_with_progress_tells_none, the_files_hold_none, nothing_shows_them_unasked, asked_for_they_are_shown_and_that_is_journalled,
     a_refused_number_is_masked_where_it_is_named, without_the_key_all_stays_masked)
