#!/usr/bin/env python3
"""All tests: in the build as shipped and in one with AddressSanitizer and UndefinedBehaviorSanitizer; those that use threads (suite
`threads`) in one with ThreadSanitizer, too; the pages' own. What lies on a database runs on SQLite and on a PostgreSQL of its own (private_postgres.py).

    check.py [--only release|sanitized|threads|web] [NAME...]

Each test of cmocka (and each file of a fuzz corpus) counts by itself; a test that cannot be built, crashes, takes too long or ends
early counts as failed. The last line is `N passed, N failed`; the exit code is 0 only when nothing failed.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import private_postgres

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILDS = {
    "release": ("build", [], 1),
    "sanitized": ("build-asan", ["-Db_sanitize=address,undefined", "-Db_lundef=false"], 4),  # so much slower
    "threads": ("build-tsan", ["-Db_sanitize=thread", "-Db_lundef=false"], 8),
}
# ThreadSanitizer needs its shadow memory where addresses at random may lie.
WITHOUT_RANDOM_ADDRESSES = ["setarch", "-R"]
PLAN = re.compile(r"^1\.\.(\d+)", re.M)
RESULT = re.compile(r"^(ok|not ok)\b(.*)$", re.M)


class Outcome:
    def __init__(self, name):
        self.name, self.passed, self.failed, self.skipped = name, 0, 0, 0
        self.output, self.why = "", []


def configure(folder, options):
    if not (ROOT / folder / "build.ninja").exists():
        done = subprocess.run(["meson", "setup", folder, *options], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            sys.stdout.write(done.stdout.decode("utf-8", "replace")[-4000:])
            return False
    return True


def build(folder, targets):
    """Builds as much as can be built (no targets: everything); tells whether all could."""
    done = subprocess.run(["ninja", "-C", folder, "-k", "0", *targets], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        lines = done.stdout.decode("utf-8", "replace").splitlines()
        print("\n".join(line for line in lines if not line.startswith("[") and not line.startswith("cc "))[-8000:])
    return done.returncode == 0


def tests_of(folder):
    done = subprocess.run(["meson", "introspect", "--tests", folder], cwd=ROOT, stdout=subprocess.PIPE)
    return json.loads(done.stdout) if done.returncode == 0 else []


def suites_of(test):
    return [suite.split(":")[-1] for suite in test["suite"]]


def programs_of(tests, folder):
    """What ninja calls the programs of these tests; the one that stories run is made with them."""
    paths = {pathlib.Path(test["cmd"][0]) for test in tests}
    return ["honghua", *sorted(str(path.relative_to(ROOT / folder)) for path in paths if path.is_relative_to(ROOT / folder))]


def execute(test, folder, factor):
    """Output and exit code; -1: no such program, -2: took too long."""
    limit = (test.get("timeout") or 30) * factor
    words = WITHOUT_RANDOM_ADDRESSES if folder == "build-tsan" else []
    try:
        process = subprocess.Popen([*words, *test["cmd"]], cwd=test.get("workdir") or ROOT / folder, env={**os.environ, **test["env"]},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   start_new_session=True)
    except OSError as error:
        return str(error), -1
    try:
        return process.communicate(timeout=limit)[0].decode("utf-8", "replace"), process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()[0].decode("utf-8", "replace"), -2


def count(outcome, code):
    """Reads TAP; a program that prints none is one test by its exit code."""
    for word, rest in RESULT.findall(outcome.output):
        if re.match(r"[\s\d-]*#\s*skip", rest, re.I) or (word == "ok" and re.search(r"#\s*skip", rest, re.I)):  # cmocka says "not ok 1 # SKIP"
            outcome.skipped += 1
        elif word == "ok":
            outcome.passed += 1
        else:
            outcome.failed += 1
            outcome.why.append(rest.strip(" -0123456789"))
    plan = PLAN.search(outcome.output)
    seen = outcome.passed + outcome.failed + outcome.skipped
    if plan and int(plan.group(1)) > seen:
        outcome.failed += int(plan.group(1)) - seen
        outcome.why.append("ended early")
    if seen == 0 and not plan and code == 0:
        outcome.passed = 1
    if code != 0 and outcome.failed == 0:
        outcome.failed = 1
        outcome.why.append({-1: "could not be built", -2: "took too long"}.get(code, f"exit code {code}"))


def tell(outcome, took):
    skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
    print(f"{'ok  ' if not outcome.failed else 'FAIL'}  {outcome.name}: {outcome.passed} passed, {outcome.failed} failed{skipped} ({took:.1f} s)",
          flush=True)
    if outcome.failed:
        print("      " + "; ".join(outcome.why))
        print("\n".join("    | " + line for line in outcome.output.splitlines()[-60:]), flush=True)


def run_one(test, folder, factor):
    outcome = Outcome(test["name"])
    start = time.monotonic()
    outcome.output, code = execute(test, folder, factor)
    count(outcome, code)
    tell(outcome, time.monotonic() - start)
    return outcome


def run_build(label, names):
    folder, options, factor = BUILDS[label]
    start = time.monotonic()
    print(f"--- {label}: building {folder}", flush=True)
    complete = configure(folder, options)
    tests = [t for t in tests_of(folder) if (label != "threads" or "threads" in suites_of(t)) and (not names or any(n in t["name"] for n in names))]
    complete = complete and build(folder, programs_of(tests, folder) if label == "threads" else [])
    print(f"--- {label}: {len(tests)} test programs", flush=True)
    outcomes = []
    if not complete or not tests:
        broken = Outcome("build")
        broken.failed = 1
        outcomes.append(broken)
        print(f"FAIL  {folder} could not be built as a whole", flush=True)
    together = [t for t in tests if t.get("is_parallel", True)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        outcomes += pool.map(lambda t: run_one(t, folder, factor), together)
    outcomes += [run_one(t, folder, factor) for t in tests if not t.get("is_parallel", True)]
    print(f"--- {label}: {time.monotonic() - start:.0f} s", flush=True)
    return outcomes


def run_builds(labels, names):
    return [outcome for label in labels for outcome in run_build(label, names)]


def run_pages(names):
    """The pages: built, types and rules of writing held, unit tests; each of those counts, the building as one."""
    outcome = Outcome("web")
    if names and "web" not in names:
        return []
    start = time.monotonic()
    done = subprocess.run(["scripts/web.sh", "check"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "NO_COLOR": "1", "CI": "1"})
    outcome.output = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout.decode("utf-8", "replace"))
    tests = re.search(r"^ *Tests +(.*)$", outcome.output, re.M)
    for number, word in re.findall(r"(\d+) (passed|failed|skipped)", tests.group(1)) if tests else []:
        setattr(outcome, word, int(number))
    if done.returncode == 0 and tests:
        outcome.passed += 1
    elif outcome.failed == 0:
        outcome.failed, outcome.why = 1, ["does not build, or its rules are not held"]
    tell(outcome, time.monotonic() - start)
    return [outcome]


def with_server(labels, names):
    """The server is gone when the tests are done, also when this program is ended."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    try:
        with private_postgres.Server(private_postgres.QUICK) as server:
            server.sql("ALTER ROLE office CREATEDB")
            os.environ["HONGHUA_TEST_POSTGRES"] = server.url("postgres")
            return run_builds(labels, names)
    except OSError as error:
        print(f"FAIL  {error}", flush=True)  # each test that needs it then fails by itself
        return run_builds(labels, names)


def main():
    words = argparse.ArgumentParser(description="All tests, in both builds.")
    words.add_argument("--only", choices=[*BUILDS, "web"])
    words.add_argument("names", nargs="*", help="parts of test names; none: all")
    given = words.parse_args()
    outcomes = run_pages(given.names) if given.only in (None, "web") else []
    if given.only != "web":
        outcomes += with_server([given.only] if given.only else list(BUILDS), given.names)
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    skipped = sum(o.skipped for o in outcomes)
    if skipped:
        print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
