#!/usr/bin/env python3
"""Two clerks import at the same moment: the second waits or is told so, and nothing doubles; readers go on reading."""
import subprocess

from story import AREA, Office, SAMPLES, command, few, hold, small_town, surroundings, tell

COUNT = 3


def begin(office, books):
    return subprocess.Popen(command("--db", office.db, "import", books, "--lang", "en"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings())


def finished(process):
    out, err = (text.decode("utf-8", "replace") for text in process.communicate(timeout=240))
    return process.returncode, out, err


def the_same_workbooks_at_once():
    books = small_town("books", households=len(few(range(300), 50)))
    office = Office("both", area=AREA)
    done = [finished(p) for p in [begin(office, books) for _ in range(COUNT)]]
    codes = [code for code, _, _ in done]
    hold(set(codes) <= {0, 3} and 0 in codes, "each is done or told to wait", codes)
    hold(all("another" in err or "again" in err for code, _, err in done if code == 3), "who is turned away is told why", done)
    alone = Office("alone", books, area=AREA)
    hold(office.counts() == alone.counts() and office.digest() == alone.digest(), "the register is as after one import")
    entries = [e for e in office.ask("journal", "list")["entries"] if e["why"] and "导入" in e["why"] and e["entity"] == "household"]
    hold(len(entries) == alone.counts("household")[0], "each household entered the journal once", len(entries))
    hold(office.run("journal", "verify").code == 0, "the journal is whole")


def different_workbooks_at_once_while_others_read():
    office = Office("apart", SAMPLES / "honghuaji" / "09-村情况.xlsx", SAMPLES / "honghuaji" / "01-户信息.xlsx", area=AREA)
    running = [begin(office, SAMPLES / "honghuaji" / name) for name in ("02-人口信息.xlsx", "03-年度收入.xlsx")]
    seen = []
    while any(p.poll() is None for p in running) and len(seen) < len(few(range(50), 3)):
        seen.append(office.totals("person", "household_year"))
    done = [finished(p) for p in running]
    hold(all(code == 0 for code, _, _ in done), "both are in", [(code, err) for code, _, err in done])
    hold(all(pair[0] in (0, 7830) and pair[1] in (0, 11232) for pair in seen), "a reader sees whole imports only", seen)
    hold(office.totals("person", "household_year") == [7830, 11232], "nothing doubles and nothing is lost")
    hold(office.run("journal", "verify").code == 0, "the journal is whole")


tell(the_same_workbooks_at_once, different_workbooks_at_once_while_others_read)
