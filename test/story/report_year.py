#!/usr/bin/env python3
"""The year's end: ten workbooks become the town's report, and every figure opens to who stands behind it."""
import json
import re

from story import AREA, DATA, DAY, Office, SAMPLES, ask, hold, sums, tell

office = Office("year")
COUNTS = {"village": 26, "household": 2241, "person": 7830, "household_year": 11232, "measure": 6080, "project": 23,
          "duty": 130, "problem": 26, "fund": 4, "payment": 1622, "pairing": 2098}
TOWN = ("report", "town", "--area", AREA, "--as-of", DAY)


def the_ten_workbooks_come_in():
    answer = office.ask("import", SAMPLES / "honghuaji")
    total = sums(answer)
    hold(total["rows"] == total["inserted"] == sum(COUNTS.values()), "every row is new", total)
    hold(total["rejected"] == 0 and all(p["level"] == "note" for p in answer["problems"]), "no row is refused", answer["problems"][:3])
    hold(answer["batch"] is not None and answer["dry_run"] is False, "the batch has a number", answer["batch"])
    hold(dict(zip(COUNTS, office.totals(*COUNTS))) == COUNTS, "each kind is read back in its number", office.totals(*COUNTS))
    first = answer["sheets"][0]
    hold((first["file"], first["sheet"], first["entity"], first["as_of"]) == ("01-户信息.xlsx", "户信息", "household", DAY),
         "the day of the facts is read from the title", first)


def the_report_has_the_known_figures():
    got = office.ask(*TOWN)
    grades = got.pop("grades")
    for part, figures in json.loads((DATA / "report.json").read_text()).items():
        hold(got.get(part) == figures, f"report town: {part}", (figures, got.get(part)))
    hold(set(grades) == {"focus", "routine", "periodic"} and sum(grades.values()) >= 1872 and min(grades.values()) > 0,
         "every household of the roll has a grade", grades)
    hold(office.ask("grade", "--as-of", DAY)["counts"] == grades, "and `grade` counts the same", grades)


def each_figure_of_the_page_leads_to_a_list():
    for lang in ("zh", "en"):
        page = office.folder / f"report-{lang}.html"
        done = office.run(*TOWN, "--format", "html", "--out", page, lang=lang)
        text = page.read_bytes().decode("utf-8")  # garbage in a name is no UTF-8 and fails here
        links, places = re.findall(r'href="#([^"]+)"', text), set(re.findall(r'id="([^"]+)"', text))
        hold(done.code == 0 and len(links) > 60 and set(links) <= places, f"html ({lang}): no link leads nowhere",
             sorted(set(links) - places)[:5])
        hold(not re.search(r"https?://(?!www\.w3\.org)|<script src|<link ", text), f"html ({lang}): one file, nothing from elsewhere")
    page = (office.folder / "report-zh.html").read_text()
    paragraphs = re.findall(r"<p>.*?</p>", page, re.S)
    bare = [p for p in paragraphs if re.search(r"(?<![\d年月至第.])\d+(?:\.\d+)?(?:户|人|万元|元|个)", re.sub(r"<a .*?</a>|<[^>]+>", "", p))]
    hold(len(paragraphs) > 10 and not bare, "html: no figure in a sentence stands without its list", bare[:2])
    head = office.ask("list", "household", "--limit", 1, "--where", "kind == '脱贫户'")["items"][0]
    row = re.search(rf"{head['户编号']}.*", page)
    hold(row and head["户主姓名"] in row.group(0), "html: a list names the head of the household", row and row.group(0)[:200])


def the_report_opens_elsewhere():
    note, book = office.folder / "report.md", office.folder / "report.xlsx"
    hold(office.run(*TOWN, "--format", "md", "--out", note, lang="zh").code == 0 and note.read_text().startswith("# 红花集镇2019年"),
         "md: begins with the town's name and the year")
    hold("1872户6930人" in note.read_text(), "md: the roll stands in a sentence")
    done = office.run(*TOWN, "--format", "xlsx", "--out", book, lang="zh")
    dump = ask("sheet", "dump", book)
    names = [sheet["name"] for sheet in dump["sheets"]]
    hold(done.code == 0 and len(names) > 20 and len(set(names)) == len(names), "xlsx: opens again, figures and lists", names[:5])
    cells = {tuple(c[1:]) for c in dump["sheets"][0]["cells"]}
    hold(("n", 1872) in cells and ("n", 1739) in cells, "xlsx: the first sheet has the figures as numbers", sorted(cells, key=str)[:9])
    roll = [s for s in dump["sheets"][1:] if sum(1 for c in s["cells"] if re.fullmatch(r"4116221042\d{8}|4116221042\d{6}", str(c[2]))) == 1872]
    hold(roll, "xlsx: one of its sheets lists the 1,872 households")


def an_earlier_year_is_told_from_the_same_register():
    got = office.ask("report", "town", "--area", AREA, "--as-of", "2018-12-31")["registry"]
    hold([got[k] for k in ("lifted_households", "lifted_persons", "remaining_households", "remaining_persons")] == [1594, 6094, 278, 836],
         "at the end of 2018: 1594/6094 lifted, 278/836 remained", got)
    hold([y["year"] for y in got["by_year"]] == [2014, 2015, 2016, 2017, 2018], "and 2019 is not told yet", got["by_year"])


tell(the_ten_workbooks_come_in, the_report_has_the_known_figures, each_figure_of_the_page_leads_to_a_list,
     the_report_opens_elsewhere, an_earlier_year_is_told_from_the_same_register)
