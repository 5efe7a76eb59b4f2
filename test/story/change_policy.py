#!/usr/bin/env python3
"""The county sends a new version of the policy pack; an old run can be repeated; a broken pack is turned away."""
import json
import shutil

from story import AREA, DAY, Office, ROOT, TMP, few, hold, run, small_town, tell

office = Office("policy", small_town("books", households=40), area=AREA)
RULE = "household.below_monitoring_line"


def pack(name, change=None):
    """A copy of the pack of Henan with one text replaced in one file: (file, old, new)."""
    folder = TMP / name / "henan"
    shutil.copytree(ROOT / "policy/henan", folder)
    if change:
        file, old, new = change
        text = (folder / file).read_text()
        assert text.count(old) >= 1, change
        (folder / file).write_text(text.replace(old, new, 1))
    return folder


def checked(*words):
    return office.ask("check", "--as-of", DAY, *words, code=(0, 1))


old_digest = office.ask("policy", "show")["digest"]
before = checked()
raw = next((f for f in sorted((ROOT / "policy/henan/rules").glob("*.yaml")) if f"- id: {RULE}\n" in f.read_text()))
block = raw.read_text()[raw.read_text().index(f"- id: {RULE}\n"):]
rule = block[:block.index("level: error") + len("level: error")]


def a_new_version_is_in_force_from_then_on():
    again = office.ask("policy", "load", pack("same"))
    hold(again["digest"] == old_digest, "the same pack again is the same version", again)
    loaded = office.ask("policy", "load", pack("milder", (f"rules/{raw.name}", rule, rule.replace("level: error", "level: warning"))))
    shown = office.ask("policy", "show")
    hold(loaded["digest"] == shown["digest"] != old_digest, "it has a digest of its own", loaded)
    hold({r["level"] for r in shown["rules"] if r["id"] == RULE} == {"warning"}, "the rule has the new level")
    after = checked()
    mine = [f for f in after["findings"] if f["rule"] == RULE]
    hold(mine and {f["level"] for f in mine} == {"warning"}, "and findings bear it", mine[:1])
    hold(len({f["id"] for f in after["findings"]}) == len(before["findings"]), "nothing else is found", len(after["findings"]))


def the_old_run_is_repeated():
    repeated = checked("--policy-version", old_digest)
    hold(json.dumps(repeated, sort_keys=True) == json.dumps(before, sort_keys=True), "the old version gives the old findings, to the letter",
         [f for f in repeated["findings"] if f not in before["findings"]][:1])
    for words in (("grade", "--as-of", DAY), ("report", "town", "--as-of", DAY), ("indicator", "industry.base_households", "--as-of", DAY)):
        hold(office.run(*words, "--policy-version", old_digest).code == 0, f"{words[0]} takes --policy-version, too")
    unknown = office.run("check", "--policy-version", "ab" * 32)
    hold(unknown.code == 3 and "ab" * 32 in unknown.err, "a version that was never loaded: exit 3", unknown)


def a_broken_pack_is_refused_with_file_and_line():
    digest = office.ask("policy", "show")["digest"]
    line = raw.read_text()[:raw.read_text().index(rule)].count("\n") + 1 + rule.count("\n")
    cases = (("level", (f"rules/{raw.name}", rule, rule.replace("level: error", "level: awful")), raw.name, line),
             ("yaml", (f"rules/{raw.name}", rule, rule.replace("level: error", "level: [error")), raw.name, None),
             ("formula", ("rules/household.yaml", "household.members_claimed != household.members", "household.members_claimed != household.membres"),
              "household.yaml", None))
    for name, change, file, at in few(cases, 2):
        folder = pack("broken-" + name, change)
        for lang in few(("zh", "en")):
            done = office.run("policy", "load", folder, lang=lang)
            place = (f"第{at}行" if lang == "zh" else f"line {at}") if at else ("第" if lang == "zh" else "line ")
            hold(done.code == 3 and file in done.err and place in done.err and len(done.err.strip().splitlines()) == 1, f"{name} ({lang})", done)
        made = run("--db", TMP / f"{name}.db", "init", "--policy", folder)
        hold(made.code == 3 and not list(TMP.glob(f"{name}.db*")), f"{name}: init refuses it and leaves no database behind",
             (made, list(TMP.glob(f"{name}.db*"))))
    done = office.run("policy", "load", TMP / "nowhere")
    hold(done.code == 3 and f'"{TMP}/nowhere' in done.err, "a folder that is not there is named as it was written", done)
    done = office.run("policy", "load", TMP)
    hold(done.code == 3 and "pack.yaml" in done.err, "a folder that is no pack", done)
    hold(office.ask("policy", "show")["digest"] == digest, "the version in force stays")


tell(a_new_version_is_in_force_from_then_on, the_old_run_is_repeated, a_broken_pack_is_refused_with_file_and_line)
