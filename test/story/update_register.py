#!/usr/bin/env python3
"""A later workbook comes in: what changed is told with old and new, what did not change is left alone."""
import json

from story import AREA, DAY, Office, SAMPLES, hold, sums, tell

office = Office("update", SAMPLES / "honghuaji")
NEW = SAMPLES / "honghuaji-updated"
changes = json.loads((NEW / "changes.json").read_text())


def the_same_files_again_change_nothing():
    before, entries = office.bytes_held(), office.ask("journal", "verify")["entries"]
    answer = office.ask("import", SAMPLES / "honghuaji")
    total = sums(answer)
    hold(total["rows"] == total["unchanged"] == 31312, "every row is unchanged", total)
    hold(answer["batch"] is None, "there is no batch", answer["batch"])
    hold(office.ask("journal", "verify")["entries"] == entries and office.bytes_held() == before, "nothing is written")


def a_trial_run_tells_the_changes_and_writes_nothing():
    answer = office.ask("import", NEW / "01-户信息.xlsx", "--dry-run")
    hold(sums(answer)["updated"] == 25 and answer["dry_run"] is True, "25 rows would change", sums(answer))
    hold(sums(office.ask("import", SAMPLES / "honghuaji" / "01-户信息.xlsx"))["unchanged"] == 2241, "and none did")


def twenty_five_cells_changed():
    answer = office.ask("import", NEW / "01-户信息.xlsx")
    total = sums(answer)
    hold((total["updated"], total["unchanged"], total["inserted"]) == (25, 2216, 0), "25 rows are updated", total)
    records = {item["户编号"]: item for item in office.ask("list", "household", "--reveal")["items"]}
    wrong = [c for c in changes if plain(records[c["household"]][c["field"].split("(")[0]]) != plain(c["new"])]
    hold(len(records) == 2241 and not wrong, "the register shows the new values", wrong[:2])


def plain(value):
    """As a cell of the workbook shows it: 是, 否, and 1 for 1.0."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:g}" if isinstance(value, float) else str(value)


def the_journal_tells_old_and_new():
    entries = [e for e in office.ask("journal", "list")["entries"] if e["entity"] == "household"]
    updates = {e["record"]: e["changes"] for e in entries if any(c["old"] is not None for c in e["changes"])}
    hold(set(updates) == {c["household"] for c in changes}, "25 entries have an old value", len(updates))
    fields = {c["field"]: f["id"] for c in changes for f in office.ask("catalog", "household")["entities"][0]["fields"]
              if f["label"]["zh"] == c["field"].split("(")[0]}
    wrong = []
    for change in changes:
        told = [c for c in updates.get(change["household"], []) if c["field"] == fields[change["field"]]]
        if len(told) != 1 or not matches(told[0]["old"], change["old"]) or not matches(told[0]["new"], change["new"]):
            wrong.append((change, told))
    hold(not wrong, "old and new are those of the two workbooks; sensitive ones masked", wrong[:2])
    hold(office.run("journal", "verify").code == 0, "the journal is whole")


def matches(told, written):
    shown = plain(told)
    if "*" not in shown:
        return shown == plain(written)
    return len(shown) == len(str(written)) and all(s in ("*", w) for s, w in zip(shown, str(written)))


def an_older_workbook_is_filed_into_the_past():
    answer = office.ask("import", SAMPLES / "honghuaji" / "01-户信息.xlsx", "--as-of", "2018-06-30")
    present = office.ask("get", "household", changes[0]["household"], "--reveal")
    hold(sums(answer)["inserted"] == 0, "no household is new", sums(answer))
    hold(present[changes[0]["field"]] == changes[0]["new"], "the present state stays", present[changes[0]["field"]])
    past = office.ask("get", "household", changes[0]["household"], "--reveal", "--as-of", "2018-12-31")
    hold(past[changes[0]["field"]] == changes[0]["old"], "and of that day the older value is told", past[changes[0]["field"]])
    told = [line for line in office.run("journal", "list", "--record", changes[0]["household"], lang="zh").out.splitlines() if "归入历史" in line]
    hold(len(told) == 1 and told[0].split()[-1] == "2018-06-30" and "*" not in told[0], "the journal tells from which day on", told)
    hold(office.ask("report", "town", "--area", AREA, "--as-of", DAY)["registry"]["households"] == 1872, "the report counts as before")


tell(the_same_files_again_change_nothing, a_trial_run_tells_the_changes_and_writes_nothing, twenty_five_cells_changed,
     the_journal_tells_old_and_new, an_older_workbook_is_filed_into_the_past)
