#!/usr/bin/env python3
"""Runs each fuzz target with libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer.

    fuzz.py [--seconds N] [NAME...]

What breaks a target is kept in fuzz-findings/ and the exit code is 1. Corpora that grow stay in build-fuzz/; what is
worth keeping goes into test/fuzz/NAME/ by hand, as a test.
"""
import argparse
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build-fuzz"
OPTIONS = ["-Dfuzz=true", "-Dwerror=false", "-Db_sanitize=address,undefined", "-Db_lundef=false"]


def build():
    if not (FOLDER / "build.ninja").exists():
        subprocess.run(["meson", "setup", str(FOLDER), *OPTIONS], cwd=ROOT, env={**os.environ, "CC": "clang"},
                       stdout=subprocess.DEVNULL, check=True)
    names = sorted(p.stem for p in (ROOT / "test/fuzz").glob("*.c") if p.stem != "driver")
    subprocess.run(["ninja", "-C", str(FOLDER), *(f"test/fuzz/fuzz_{name}" for name in names)], check=True,
                   stdout=subprocess.DEVNULL)
    return names


def run(name, seconds):
    grown, findings = FOLDER / "corpus" / name, ROOT / "fuzz-findings"
    grown.mkdir(parents=True, exist_ok=True)
    findings.mkdir(exist_ok=True)
    done = subprocess.run([FOLDER / f"test/fuzz/fuzz_{name}", grown, ROOT / "test/fuzz" / name, f"-max_total_time={seconds}",
                           "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1",
                           f"-artifact_prefix={findings}/{name}-"], stderr=subprocess.PIPE)
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    stats = {part[2]: part[3].strip() for part in (line.split(":") for line in lines if line.startswith("stat::"))}
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'}  {name}: {stats.get('number_of_executed_units', '?')} runs, "
          f"peak {stats.get('peak_rss_mb', '?')} MB", flush=True)
    if done.returncode != 0:
        print("\n".join("    | " + line for line in lines[-40:]))
    return done.returncode == 0


def main():
    words = argparse.ArgumentParser(description="Fuzzes each target.")
    words.add_argument("--seconds", type=int, default=60)
    words.add_argument("names", nargs="*")
    given = words.parse_args()
    outcomes = [run(name, given.seconds) for name in build() if not given.names or name in given.names]
    print(f"{sum(outcomes)} passed, {len(outcomes) - sum(outcomes)} failed")
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
