#!/usr/bin/env python3
"""A doubt is looked into and explained: it is not raised again until a value that it saw changes."""
import book
from story import AREA, DAY, Office, TMP, ask, hold, small_town, tell

books = small_town("books", households=40)
office = Office("doubt", books, area=AREA)
RULE = "household.below_monitoring_line"


def doubts():
    return {f["id"]: f for f in office.ask("check", "--as-of", DAY, "--rule", RULE, code=(0, 1))["findings"]}


first = doubts()
chosen = next(iter(first))


def states():
    return {f["id"]: f["state"] for f in office.ask("finding", "list", "--rule", RULE)["findings"]}


def a_doubt_is_explained_with_a_reason():
    hold(len(first) >= 2 and states()[chosen] == "open", "there are doubts, and they are open", len(first))
    for words in ((), ("--reason", ""), ("--reason", "   ")):
        done = office.run("finding", "explain", chosen, *words)
        hold(done.code in (2, 3) and states()[chosen] == "open", f"without a reason it stays: {words}", done)
    unknown = office.run("finding", "explain", "0" * 32, "--reason", "查过")
    hold(unknown.code == 3 and "0" * 32 in unknown.err, "a finding that is not there: exit 3", unknown)
    office.run("finding", "explain", chosen, "--reason", "入户核实：子女汇款未计入，收入属实。", wanted=0)
    kept = next(f for f in office.ask("finding", "list", "--state", "explained")["findings"])
    hold(kept["id"] == chosen and "入户核实" in kept["reason"] and kept["explained_by"], "who explained it and why is kept", kept)


def it_is_not_raised_again():
    again = doubts()
    hold(set(again) == set(first) - {chosen}, "the check tells the others only", set(first) ^ set(again))
    hold(states()[chosen] == "explained", "the list keeps it as explained")


def it_is_raised_again_when_a_value_changes():
    household = first[chosen]["household"]
    incomes = book.rows_of(ask("sheet", "dump", books / "03-年度收入.xlsx")["sheets"][0])
    head = incomes[2]
    net, year = head.index("人均纯收入(元)"), head.index("年度")
    number, row = max((r[year], n) for n, r in incomes.items() if n > 2 and len(r) > year and r[head.index("户编号")] == household)
    changed = book.mend(books / "03-年度收入.xlsx", TMP / "03-年度收入.xlsx", {f"{book.letter(net)}{row}": f"{float(incomes[row][net]) - 1:.2f}"})
    answer = office.ask("import", changed)
    hold([s["updated"] for s in answer["sheets"]] == [1], f"the income of {number} is changed by one yuan", answer)
    again = doubts()
    mine = [f for f in again.values() if f["household"] == household]
    hold(len(mine) == 1, "the doubt is raised again, once", mine)
    hold({s for i, s in states().items() if i == mine[0]["id"]} == {"open"}, "and is open", states())


def an_unrelated_change_leaves_it_explained():
    other = next(f for f in doubts().values())
    office.run("finding", "explain", other["id"], "--reason", "已核实。", wanted=0)
    homes = book.rows_of(ask("sheet", "dump", books / "01-户信息.xlsx")["sheets"][0])
    row = next(n for n, r in homes.items() if n > 2 and r[2] == other["household"])
    column = book.letter(homes[2].index("联系电话"))
    office.run("import", book.mend(books / "01-户信息.xlsx", TMP / "01-户信息.xlsx", {f"{column}{row}": "19900000000"}), wanted=0)
    hold(other["id"] not in doubts(), "another telephone number does not raise it")
    hold(office.run("journal", "verify").code == 0, "the journal is whole")


tell(a_doubt_is_explained_with_a_reason, it_is_not_raised_again, it_is_raised_again_when_a_value_changes, an_unrelated_change_leaves_it_explained)
