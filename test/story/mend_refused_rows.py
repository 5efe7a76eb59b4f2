#!/usr/bin/env python3
"""Rows are refused; the clerk mends the red cells in the workbook that comes back, imports that, and all is in."""
import book
from story import AREA, Office, TMP, ask, hold, small_town, sums, tell

books = small_town("books", households=30)
office = Office("mend", books / "01-户信息.xlsx", books / "09-村情况.xlsx", area=AREA)
persons = book.rows_of(ask("sheet", "dump", books / "02-人口信息.xlsx")["sheets"][0])
head = persons[2]
COLUMN = {name: book.letter(i) for i, name in enumerate(head)}
sound = [persons[n] for n in range(3, 3 + 8)]
back = TMP / "back.xlsx"
# What stands in the clerk's workbook (row, column, value), the code of the refusal, and what she types instead.
WRONG = ((4, "性别", "男女", "COERCE_CODE"), (4, "出生日期", "去年春天", "COERCE_DATE"), (6, "证件号码", 4.19922198001e17, "COERCE_IDENTIFIER_ROUNDED"),
         (8, "务工时间(月)", "半年多", "COERCE_NUMBER"), (9, "是否参加大病保险", "大概", "COERCE_BOOL"))


def spoiled(path):
    rows = [["红花集镇家庭成员信息表"], head, *map(list, sound)]
    for row, name, value, _ in WRONG:
        rows[row - 1][head.index(name)] = value
    return book.write(path, "人口信息", rows)


def wrong_cells_are_named_one_by_one():
    done = office.run("import", spoiled(TMP / "人口.xlsx"), "--errors", back, "--json")
    answer = done.json
    hold(done.code == 1, "exit 1: rows were refused", done)
    told = {(p["row"], p["column"], p["code"]) for p in answer["problems"] if p["level"] == "error"}
    hold(told == {(row, COLUMN[name], code) for row, name, _, code in WRONG}, "every refused cell by file, row, column and reason", told)
    hold((sums(answer)["inserted"], sums(answer)["rejected"]) == (4, 4), "the sound rows are in, the others whole outside", sums(answer))
    hold(all(p["sheet"] == "人口信息" and p["file"] == "人口.xlsx" and len(p["message"]) > 15 for p in answer["problems"]), "each with a sentence")
    for lang, word in (("zh", "第4行"), ("en", "row 4")):
        read = office.run("import", TMP / "人口.xlsx", "--dry-run", lang=lang)
        hold(read.code == 1 and word in read.out and "{" not in read.out, f"a person reads them, too ({lang})", read.out[:500])


def the_workbook_comes_back_as_it_was_with_the_cells_marked():
    sheet = ask("sheet", "dump", back)["sheets"][0]
    rows = book.rows_of(sheet)
    hold(sheet["name"] == "人口信息" and rows[1] == ["红花集镇家庭成员信息表"] and rows[2][:len(head)] == head,
         "under the clerk's own sheet name, title and headers", (rows[1], rows[2]))
    hold(len(rows) == 6 and [row[len(head)] for n, row in sorted(rows.items()) if n > 2] == [4, 6, 8, 9],
         "the refused rows and no other, each with its old row number at the end", [r[-1] for r in rows.values()])
    hold(rows[3][head.index("性别")] == "男女" and rows[3][head.index("姓名")] == sound[1][head.index("姓名")], "values as they were written")
    notes = "".join(book.texts(back, "xl/comments1.xml"))
    hold("男女" in notes and "去年春天" in notes and "半年多" in notes, "a comment in each refused cell", notes[:200])


def mended_it_is_taken():
    places = {4: 3, 6: 4, 8: 5, 9: 6}
    values = {f"{COLUMN[name]}{places[row]}": str(sound[row - 3][head.index(name)] or "6") for row, name, _, _ in WRONG}
    answer = office.ask("import", book.mend(back, TMP / "mended.xlsx", values))
    hold((sums(answer)["inserted"], sums(answer)["rejected"]) == (4, 0), "all four rows are in", (sums(answer), answer["problems"][:3]))
    items = office.ask("list", "person")["items"]
    hold([i["人编号"] for i in items] == sorted(row[head.index("人编号")] for row in sound), "the register has the eight persons")
    whole = office.ask("import", books / "02-人口信息.xlsx")
    hold(sums(whole)["updated"] <= 1, "and they are those of the sound workbook", sums(whole))


def where_nothing_is_refused_there_is_no_workbook():
    nothing = TMP / "nothing.xlsx"
    office.run("import", books / "01-户信息.xlsx", "--errors", nothing, wanted=0)
    hold(not nothing.exists(), "no empty workbook is left")


tell(wrong_cells_are_named_one_by_one, the_workbook_comes_back_as_it_was_with_the_cells_marked, mended_it_is_taken,
     where_nothing_is_refused_there_is_no_workbook)
