#!/usr/bin/env python3
"""The same tables as text, in every encoding and with every separator that offices send, come in like the workbooks."""
import csv
import io

import book
from story import AREA, Office, TMP, ask, few, hold, small_town, sums, tell

books = small_town("books", households=25)
FILES = ("01-户信息", "02-人口信息", "03-年度收入", "04-帮扶措施", "09-村情况")
KINDS = ("village", "household", "person", "household_year", "measure")
FORMS = (("GB18030 with semicolons", "gb18030", ";"), ("UTF-16", "utf-16", "\t"), ("UTF-16 big end first", "utf-16-be", ","), ("utf-8", "utf-8", ","),
         ("utf-8 with a mark", "utf-8-sig", ","), ("GB18030 with tabs", "gb18030", "\t"))


def text_of(value):
    return "" if value is None else ("是" if value is True else "否" if value is False else str(value))


def written(folder, encoding, separator):
    folder.mkdir()
    for name in FILES:
        rows = book.rows_of(ask("sheet", "dump", books / f"{name}.xlsx")["sheets"][0])
        table = io.StringIO()
        writer = csv.writer(table, delimiter=separator, lineterminator="\r\n")
        width = max(map(len, rows.values()))
        for _, row in sorted(rows.items()):
            writer.writerow([text_of(c) for c in row] + [""] * (width - len(row)))
        mark = "\ufeff" if encoding == "utf-16-be" else ""
        (folder / f"{name}.csv").write_bytes((mark + table.getvalue()).encode(encoding))
    return folder


def tables_come_in_like_workbooks():
    office = Office("workbooks", *(books / f"{name}.xlsx" for name in ("09-村情况", "01-户信息", "02-人口信息", "03-年度收入", "04-帮扶措施")), area=AREA)
    known = office.digest(KINDS)
    for name, encoding, separator in few(FORMS, 2):
        folder = written(TMP / f"csv-{encoding}-{ord(separator)}", encoding, separator)
        other = Office("office-" + folder.name, area=AREA)
        answer = other.ask("import", folder)
        hold(sums(answer)["rejected"] == 0 and sums(answer)["inserted"] == sums(answer)["rows"] > 300, f"{name}: every row is taken",
             (sums(answer), [p for p in answer["problems"] if p["level"] == "error"][:2]))
        hold(other.digest(KINDS) == known, f"{name}: the register is the same to the letter")
        other.remove()
    again = office.ask("import", folder)
    hold(sums(again)["unchanged"] == sums(again)["rows"] and again["batch"] is None, "after the workbooks the tables change nothing", sums(again))


tell(tables_come_in_like_workbooks)
