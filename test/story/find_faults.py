#!/usr/bin/env python3
"""The check finds what is wrong: all 156 planted faults in one register, none of their kinds in the other."""
import json

from story import DAY, Office, SAMPLES, hold, tell

planted = json.loads((SAMPLES / "honghuaji-faulty/planted.json").read_text())
RULES = {p["rule"] for p in planted}


def wanted():
    found = set()
    for fault in planted:
        found.add((fault["rule"], fault["household"], fault.get("person"), fault.get("year")))
        if "other" in fault:  # a pair with the same number: each of the two is told
            found.add((fault["rule"], fault["other"][:16], fault["other"], None))
    return found


def told(answer):
    return {(f["rule"], f["household"], f["person"], f["year"]) for f in answer["findings"] if f["rule"] in RULES}


def the_faulty_register_is_seen_through():
    office = Office("faulty", SAMPLES / "honghuaji-faulty")
    answer = office.ask("check", "--as-of", DAY, code=1)
    found = told(answer)
    hold(len(planted) == 156 and len(RULES) == 13, "156 faults of thirteen rules are planted")
    hold(wanted() <= found, "all of them are found", sorted(wanted() - found, key=str)[:5])
    hold(found <= wanted(), "and nothing else by these rules", sorted(found - wanted(), key=str)[:5])
    hold(all(f["message"] and f["values"] and len(f["version"]) >= 8 for f in answer["findings"]),
         "each finding says what is wrong, what it saw and by which version of the rule")
    seen = json.dumps([f for f in answer["findings"] if f["rule"].startswith("person.id_")], ensure_ascii=False)
    hold("41992219" not in seen, "certificate numbers are masked among what it saw")
    hold(isinstance(answer["not_judged"], list) and all(n["why"] for n in answer["not_judged"]), "what could not be judged is listed, with the reason")
    one = office.ask("check", "--as-of", DAY, "--rule", "V8", code=1)["findings"]
    hold({f["rule"] for f in one} == {"person.sex_matches_id"} and len(one) == 12, "one rule can be asked for by its V-number", len(one))
    again = office.ask("check", "--as-of", DAY, code=1)["findings"]
    hold([f["id"] for f in again] == [f["id"] for f in answer["findings"]], "the same check again gives the same findings under the same numbers")


def the_clean_register_has_none_of_them():
    office = Office("clean", SAMPLES / "honghuaji")
    answer = office.ask("check", "--as-of", DAY, code=(0, 1))
    hold(answer["households"] == 2241 and answer["persons"] == 7830, "the whole register was judged", (answer["households"], answer["persons"]))
    hold(not told(answer), "no finding of the thirteen rules", sorted(told(answer), key=str)[:3])
    person = office.run("check", "--as-of", DAY, lang="zh")
    hold("下一步" in person.out and "{" not in person.out, "a person reads sentences, the next step last", person.out[-200:])


tell(the_faulty_register_is_seen_through, the_clean_register_has_none_of_them)
