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


def an_old_system_s_characters_become_today_s():
    office = Office("old-system", books / "01-户信息.xlsx", area=AREA)
    household = office.ask("list", "household", "--limit", 1)["items"][0]["户编号"]
    table = TMP / "人口信息.csv"
    rows = (("户编号", "人编号", "姓名"), (household, household + "77", "张\ue863"), (household, household + "78", "张\ue000"), (household, household + "79", "张䶮"))
    table.write_text("\n".join(map(",".join, rows)), encoding="utf-8")
    answer = office.ask("import", table)
    told = {(p["row"], p["code"], p["level"]) for p in answer["problems"]}
    hold(told == {(2, "IMPORT_PRIVATE_REPLACED", "note"), (3, "IMPORT_PRIVATE_LEFT", "note")} and sums(answer)["inserted"] == 3, "noted, not refused", answer)
    names = {i["人编号"][-2:]: i["姓名"] for i in office.ask("list", "person")["items"]}
    hold(names == {"77": "张䶮", "78": "张\ue000", "79": "张䶮"}, "a known one is the standard's, an unknown one stays", names)


tell(tables_come_in_like_workbooks, an_old_system_s_characters_become_today_s)
