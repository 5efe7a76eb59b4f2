"""Rows about workbooks: reading one, importing one, writing one."""
import os

from sampling import Contender, rounds
from table import Result


def calamine(house):
    """The converter of npm xlsx-to-csv; the program itself, without Node around it."""
    return os.path.join(house.peers(), "node_modules/xlsx-to-csv/dist/xlsx-to-csv-linux")


def exceljs(house, *words):
    return ["node", os.path.join(house.peers(), "exceljs.mjs"), *words]


def readers(house, book):
    """The peers that read a workbook, whatever they do with it."""
    if house.peers() is None:
        return []
    return [
        Contender("calamine", "xlsx-to-csv 2.0.1 (calamine)", "peer",
                  [calamine(house), "--file", book, "--dest", house.path("calamine.csv")], keep_output=False),
        Contender("exceljs", "exceljs 4.4 streaming", "peer", exceljs(house, "read", book)),
    ]


def read(house):
    book = house.made(f"wide-{house.rows}.xlsx",
                      lambda path: house.run_once([house.program("wide_workbook"), path, house.rows, house.columns]))
    floor = house.program("sheet_floor")
    contenders = [
        Contender("ours", "honghua (format/sheet)", "ours", [house.program("sheet_bench"), book]),
        *readers(house, book),
        Contender("dump", "honghua sheet dump --json", "ours", [house.program("honghua"), "sheet", "dump", book,
                                                                 "--json"], keep_output=False),
        Contender("inflate", "inflate alone", "floor", [floor, "inflate", book]),
        Contender("expat", "expat, cells taken", "floor", [floor, "expat", book]),
    ]
    result = Result("read", f"every cell of a {house.rows:,} × {house.columns} workbook",
                    rounds(house, contenders, house.runs), house.by_cpu)
    result.faster("times as fast as exceljs", "ours", "exceljs", 4.5)
    result.faster("times as fast as calamine", "ours", "calamine", 1.6)
    result.memory("memory", "ours", 32)
    ours, expat = result.find("ours"), result.find("expat")
    if ours and expat and ours.answer()["text_bytes"] != expat.answer()["text_bytes"]:
        result.remarks.append("the two readers do not agree on the cells")
    return result


def import_database(house, households):
    """An office with the households of the persons that will be imported."""
    def make(path):
        house.run_once([house.program("honghua"), "init", "--db", path, "--area", "411622104"])
        house.run_once([house.program("honghua"), "import", households, "--db", path, "--as-of", "2019-12-31"])
        os.rename(path + ".key", house.path(f"office-{house.rows}.db.key"))
    return house.made(f"office-{house.rows}.db", make)


def import_rows(house):
    households = house.path(f"households-{house.rows}.xlsx")
    persons = house.made(f"persons-{house.rows}.xlsx",
                         lambda path: house.run_once([house.program("person_workbook"), households, path, house.rows]))
    office, work = import_database(house, households), house.path("import.db")
    command = [house.program("honghua"), "import", persons, "--db", work, "--as-of", "2019-12-31", "--json"]
    contenders = [
        Contender("first", "honghua import, new rows", "ours", command,
                  before=lambda: house.copy_database(office, work)),
        Contender("again", "honghua import again, unchanged", "ours", command),
        *readers(house, persons),
    ]
    result = Result("import", f"a {house.rows:,} × {house.columns} workbook of persons: parse, validate, encrypt, "
                    "compare, journal, commit (peers only parse)", rounds(house, contenders, house.runs), house.by_cpu)
    result.faster("times as fast as exceljs parses", "first", "exceljs", 4)
    result.within("against calamine's parse", "first", "calamine", 1)
    result.within("again, against the first time", "again", "first", 1)
    result.memory("memory", "first", 100)
    result.memory("memory, again", "again", 100)
    check_import(house, result)
    return result


def check_import(house, result):
    for key, member in (("first", "inserted"), ("again", "unchanged")):
        contender = result.find(key)
        if contender and sum(s[member] for s in contender.answer()["sheets"]) != house.rows:
            result.remarks.append(f"not every row was {member}")


def write(house):
    program, out = house.program("write_bench"), house.path("written.xlsx")
    words = [house.rows, house.columns]
    contenders = [
        Contender("ours", "honghua (format/sheet writer)", "ours", [program, "ours", out, *words]),
        Contender("floor", "libxlsxwriter alone", "floor", [program, "floor", out, *words]),
    ]
    if house.peers() is not None:
        contenders.append(Contender("exceljs", "exceljs 4.4 streaming", "peer", exceljs(house, "write", out, *words)))
    result = Result("write", f"a {house.rows:,} × {house.columns} workbook", rounds(house, contenders, house.runs),
                    house.by_cpu)
    result.within("against libxlsxwriter alone", "ours", "floor", 1.15)
    return result
