#!/usr/bin/env python3
"""Looking things up: list, get, indicator, catalog, for people and for programs, in both languages; help; what a wrong word gives."""
import json
import re

from story import AREA, DAY, HONGHUA, Office, ROOT, TMP, ask, few, hold, run, small_town, tell

books = small_town("books", households=60)
office = Office("lookup", books, area=AREA)
COMMANDS = ("init", "policy show", "policy load", "catalog", "list", "get", "journal list", "journal verify", "import", "check",
            "finding list", "finding explain", "grade", "indicator", "report town", "synth", "sheet dump", "cel", "bench", "copy", "grant",
            "browse", "search", "reveal", "create", "change", "judge", "member join", "member leave", "household head", "household move",
            "household split", "household merge", "import undo", "account add", "account list", "account password", "account disable",
            "account token", "account totp", "account notice", "backup", "restore", "serve")
HAN = re.compile(r"[\u4e00-\u9fff]")


def records_are_listed():
    answer = office.ask("list", "household")
    keys = [item["户编号"] for item in answer["items"]]
    hold(answer["entity"] == "household" and answer["total"] == len(keys) == 60, "all of them, with their number", answer["total"])
    hold(keys == sorted(keys), "ordered by key")
    hold(len(office.ask("list", "household", "--limit", 7)["items"]) == 7, "--limit gives so many")
    some = office.ask("list", "household", "--where", "kind == '脱贫户' && farmland > 3.0")["items"]
    want = [i for i in answer["items"] if i["户类型"] == "脱贫户" and float(i["耕地面积"] or 0) > 3]
    hold(some and some == want, "--where gives those of the condition and no other", (len(some), len(want)))
    village = keys[0][:12]
    near = office.ask("list", "household", "--area", village)["items"]
    hold(near and [i["户编号"] for i in near] == [k for k in keys if k.startswith(village)], "--area gives those of one village")
    income = office.ask("list", "household_year", "--limit", 1)["items"][0]
    hold(re.fullmatch(r"-?\d+\.\d\d", income["工资性收入"]) and isinstance(income["年度"], int), "money is a string of yuan, a year a number", income)
    for lang, total in (("zh", "共 60 条"), ("en", "60")):
        table = office.run("list", "household", "--limit", 3, lang=lang)
        hold(table.code == 0 and keys[0] in table.out and total in table.out and "{" not in table.out, f"a person reads a table ({lang})", table.out)


def a_household_s_file_is_opened():
    key = office.ask("list", "household", "--limit", 1, "--where", "kind == '脱贫户'")["items"][0]["户编号"]
    whole = office.ask("get", "household", key)
    hold(whole["户编号"] == key and whole["person"] and whole["household_year"], "with its persons and years", list(whole))
    hold(all(p["人编号"].startswith(key) for p in whole["person"]), "its own persons")
    read = office.run("get", "household", key, lang="zh").out
    hold(key in read and whole["户主姓名"] in read and whole["person"][-1]["姓名"] in read, "a person reads it line by line", read[:300])
    found = office.ask("check", "--as-of", DAY, code=(0, 1))["findings"]
    hold(whole["findings"] == [] and whole["grade"] is None, "before the first check it has no findings and no grade", whole["findings"])
    office.ask("grade", "--as-of", DAY)
    graded = office.ask("grade", "--as-of", "2021-12-31")["households"]
    for one in graded[:3]:
        file = office.ask("get", "household", one["household"])
        hold(file["grade"]["grade"] == one["grade"] and file["grade"]["reasons"] == one["reasons"], "then its grade with the reasons", file["grade"])
        days = [g["since"] for g in file["grade_history"]]
        hold(days == sorted(set(days)) and days[-1] == file["grade"]["since"], "and how it came to it", days)
        want = sorted(f["id"] for f in found if f["household"] == one["household"])
        hold(sorted(f["id"] for f in file["findings"]) == want, "and its own findings", file["findings"])
    doubted = next(f["household"] for f in found if f["household"])
    read = office.run("get", "household", doubted, lang="zh").out
    hold("核查发现的问题" in read and "待核实" in read, "a person reads them", read[-600:])
    missing = office.run("get", "household", "4116221042999999")
    hold(missing.code == 3 and "4116221042999999" in missing.err and not missing.out, "a number that nobody has: exit 3, and it says so", missing)


def an_indicator_opens_to_its_rows():
    every = office.ask("indicator")
    hold(len(every["indicators"]) > 100 and all(i["id"] and i["label"] for i in every["indicators"]), "without an id: the list", list(every))
    one = office.ask("indicator", "industry.base_households", "--as-of", DAY, "--by", "village", "--rows")
    hold(one["value"] == len(one["rows"]) == len(set(one["rows"])) == sum(b["value"] for b in one["by"]) > 0, "value, split and rows agree", one)
    hold(one["value"] == office.ask("report", "town", "--as-of", DAY)["industry"]["base_households"], "the report prints the same number")
    for lang in ("zh", "en"):
        read = office.run("indicator", "industry.base_households", "--as-of", DAY, "--by", "village", lang=lang)
        hold(read.code == 0 and f" {one['value']} " in read.out.replace("\n", " "), f"a person reads it ({lang})", read.out)


def the_catalogue_explains_the_fields():
    catalog = office.ask("catalog")
    kinds = {e["id"]: e for e in catalog["entities"]}
    hold({"household", "person", "village", "payment"} <= set(kinds), "all kinds of records", list(kinds))
    hold(all(f["label"]["zh"] and f["label"]["en"] and f["type"] for e in kinds.values() for f in e["fields"]),
         "each field with its label in both languages and its type")


def help_stands_in_both_languages():
    for words in few(("", *COMMANDS), 6):
        zh, en = (run(*words.split(), "--help", lang=lang) for lang in ("zh", "en"))
        good = zh.code == en.code == 0 and HAN.search(zh.out) and len(en.out) > 200 and not re.search(r"\w…", zh.out + en.out)
        plain = re.sub(r"'[^']*'|\"[^\"]*\"", "", en.out)
        hold(good and not HAN.search(plain) and words in zh.out, f"honghua {words} --help", (zh, en))
    listed = set(re.findall(r"^   ([a-z]+(?: [a-z]+)?)  ", run("--help").out, re.M))
    hold(listed == set(COMMANDS), "the list of commands is the one tested here", listed ^ set(COMMANDS))
    for lang in ("zh_CN.UTF-8", "en_US.UTF-8"):
        hold(bool(HAN.search(run("init", "--help", lang=None, LANG=lang, LC_ALL=lang).out)) == lang.startswith("zh"),
             f"without --lang the environment decides: {lang}")


def options_stand_before_or_after_the_command():
    ways = [["--db", office.db, "--json", "list", "village", "--limit", 2], ["list", "--limit", 2, "village", "--json", "--db", office.db],
            ["list", f"--db={office.db}", "village", "--json", "--limit=2"]]
    answers = [run(*way) for way in ways]
    hold(all(a.code == 0 for a in answers) and len({a.out for a in answers}) == 1, "three ways of writing, one answer", answers)
    done = run("list", "village", "--json", cwd=office.folder)
    hold(done.code == 3 and "honghua.db" in done.err, "without --db it is honghua.db in this folder", done)


def wrong_words_give_exit_2_and_a_sentence():
    cases = (("nonsense",), (), ("check", "--sideways"), ("list",), ("list", "village", "more"), ("list", "village", "--limit", "many"),
             ("check", "--as-of", "2019-02-30"), ("list", "village", "--limit"), ("list", "village", "--limit", "1", "--limit", "2"),
             ("check", "--rule", "no.such_rule"), ("list", "household", "--where", "kin == 'x'"), ("get", "household"),
             ("report", "town", "--format", "doc"), ("list", "village", "--lang", "fr"), ("finding",), ("--json=yes", "list", "village"))
    for words in few(cases, 12):
        for lang in few(("zh", "en")):
            done = office.run(*words, lang=None if "--lang" in words else lang, LC_ALL="C.UTF-8")
            told = done.err.strip().splitlines()
            if not hold(done.code == 2 and len(told) == 1 and len(told[0]) < 600 and not done.out, f"honghua {' '.join(words)} ({lang})", done):
                break


def exit_codes_say_what_happened():
    hold(office.run("list", "village").code == 0, "0: done")
    hold(office.run("check", "--as-of", DAY).code == 1, "1: something was found")
    hold(office.run("init").code == 3, "3: a second init")
    other = TMP / "nowhere"
    for words in few((("check",), ("list", "village"), ("import", books), ("journal", "verify"), ("report", "town"), ("policy", "show")), 3):
        done = run("--db", other / "no.db", *words)
        hold(done.code == 3 and "init" in done.err, f"3: {' '.join(map(str, words[:1]))} where there is no database; it names init", done)
    hold(not other.exists(), "and none is made")


def the_program_is_found_from_anywhere():
    done = run("init", "--json", cwd="/", HONGHUA_DATA="") if HONGHUA == str(ROOT / "build/honghua") else None
    if done is not None:
        hold(done.code in (0, 3), "its packs are found without being told", done)
    value = ask("cel", "'红' + '花' == '红花' ? 6 * 7 : 0")
    hold(value == {"value": {"type": "int", "v": "42"}} or "42" in json.dumps(value), "an expression is worked out", value)


tell(records_are_listed, a_household_s_file_is_opened, an_indicator_opens_to_its_rows, the_catalogue_explains_the_fields,
     help_stands_in_both_languages, options_stand_before_or_after_the_command, wrong_words_give_exit_2_and_a_sentence,
     exit_codes_say_what_happened, the_program_is_found_from_anywhere)
