"""Rows about the register in memory: filling a frame, checking it."""
import os
import subprocess

from sampling import Contender, Failed, rounds, run
from table import Goal, Result


def register(house):
    """An invented register with faults in it, made once."""
    name = f"register-{house.households}.db"

    def make(path):
        house.run_once([house.program("honghua"), "init", "--db", path, "--area", "41"])
        house.run_once([house.program("honghua"), "synth", "--households", house.households, "--db", path, "--area",
                        "41"])
        with open(os.path.join(os.path.dirname(__file__), "peers/faults.sql"), encoding="utf-8") as file:
            subprocess.run(["sqlite3", path], stdin=file, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["sqlite3", path, "PRAGMA wal_checkpoint(TRUNCATE)"], check=True, stdout=subprocess.DEVNULL)
        os.rename(path + ".key", house.path(name + ".key"))
    return house.made(name, make)


def inner(sample):
    return sample.answer["seconds"]


def inner_cpu(sample):
    return sample.answer.get("cpu_seconds", sample.cpu)


def frame(house):
    db, program = register(house), house.program("frame_bench")
    contenders = [
        Contender("ours", "honghua frame_fill", "ours", [program, "fill", db], seconds=inner, cpu=inner_cpu),
        Contender("bare", "a bare sqlite3_step loop", "floor", [program, "bare", db], seconds=inner, cpu=inner_cpu),
    ]
    run_warm(house, contenders[1])
    result = Result("frame", f"fill a frame with what ten rules read: {house.households:,} households",
                    rounds(house, contenders, house.runs), house.by_cpu)
    result.within("against the bare loop", "ours", "bare", 1.5)
    ours = result.find("ours")
    if ours:
        answer = ours.answer()
        result.goals.append(Goal("memory of the frame", answer["bytes_a_person"], 40, at_least=False,
                                 unit=" bytes a person"))
        result.remarks.append(f"{answer['persons']:,} persons, {answer['years']:,} household years in it")
    return result


def run_warm(house, contender):
    """Once unmeasured, so that the database lies in the page cache."""
    try:
        run(house, contender.command)
    except Failed as failure:
        house.complain(str(failure))


def exported(house, db):
    """What the ten rules read, as CSV."""
    def make(path):
        os.makedirs(path)
        house.run_once([house.program("export"), db, path])
    return house.made(f"export-{house.households}", make)


def duckdb(house, db):
    if house.peers() is None:
        return None
    script = os.path.join(house.peers(), "duckdb.mjs")
    folder = exported(house, db)
    loaded = house.made(f"register-{house.households}.duckdb",
                        lambda path: house.run_once(["node", script, "load", path, folder], cwd=house.node))
    runner = ["sh", "-c", 'cd "$0" && exec node duckdb.mjs run "$1" 1', house.node, loaded]
    return Contender("duckdb", "DuckDB 1.5, 2 threads, ten rules as SQL", "peer", runner, seconds=inner, cpu=inner_cpu)


def sqlite(house, db):
    """The ten rules as SQL in SQLite, over tables of their own without indexes; loaded once."""
    folder, peers = exported(house, db), os.path.join(os.path.dirname(__file__), "peers")

    def make(path):
        words = [f".read '{peers}/tables.sql'", ".mode csv"]
        words += [f".import --skip 1 '{folder}/{t}.csv' {t}" for t in ("household", "person", "household_year")]
        for table, columns in NUMBERS_AND_TEXTS.items():
            words += [f"UPDATE {table} SET {c} = NULL WHERE {c} = '';" for c in columns]
        subprocess.run(["sqlite3", path, *words], check=True, stdout=subprocess.DEVNULL)
    loaded = house.made(f"register-{house.households}-plain.db", make)
    return Contender("sqlite", "SQLite, ten rules as SQL", "peer",
                     ["sqlite3", "-readonly", loaded, f".read '{peers}/ten.sql'"], keep_output=False)


# Columns whose empty cells are unknown values.
NUMBERS_AND_TEXTS = {
    "household": ["kind", "lifted_year", "main_cause", "safe_water", "members_claimed"],
    "person": ["certificate", "certificate_type", "birth", "sex", "relation", "health", "school", "out_reason",
               "status", "work_place", "work_months"],
    "household_year": ["wage", "per_capita"],
}


def check(house):
    db, program = register(house), house.program("frame_bench")
    whole = [house.program("honghua"), "check", "--db", db, "--as-of", "2019-12-31", "--json"]
    contenders = [
        Contender("ours", "honghua, ten rules on a filled frame", "ours", [program, "rules", db], seconds=inner,
                  cpu=inner_cpu),
        duckdb(house, db),
        sqlite(house, db),
        Contender("whole", "honghua check: all rules, from SQLite", "ours", whole, expect=(0, 1), keep_output=False),
    ]
    result = Result("check", f"ten rules, hits by village, {house.households:,} households",
                    rounds(house, [c for c in contenders if c is not None], house.runs), house.by_cpu)
    result.within("ten rules against DuckDB's run on text", "ours", "duckdb", 1.0)
    if result.find("duckdb") is None:
        result.within("ten rules against SQLite (DuckDB is not here)", "ours", "sqlite", 1.0)
    compare(result)
    return result


def compare(result):
    """Both must find the same."""
    ours, peer = result.find("ours"), result.find("duckdb")
    if ours is None or peer is None:
        return
    found = {r["rule"]: (r["hits"], r["villages"]) for r in ours.answer()["rules"]}
    theirs = {r["rule"]: (r["hits"], r["villages"]) for r in peer.answer()["rules"]}
    for rule in sorted(set(found) | set(theirs)):
        if found.get(rule) != theirs.get(rule):
            result.remarks.append(f"{rule}: {found.get(rule)} here, {theirs.get(rule)} in DuckDB (hits, villages)")
    hits = sum(n for n, _ in found.values())
    result.remarks.append(f"{hits:,} hits; filling took {ours.answer()['fill_seconds']:.2f} s beside this, "
                          f"{ours.answer()['words_seconds']:.2f} s of the evaluation were the pack's computed words")
