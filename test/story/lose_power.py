#!/usr/bin/env python3
"""The machine dies in the middle of an import: the register holds all of it or nothing, and never loses what was acknowledged.

KILLS=N tries N random moments (default 10), SEED=N the same ones again.
"""
import os
import random
import signal
import subprocess
import time

from story import AREA, Office, SAMPLES, command, few, hold, seed, small_town, surroundings, sums, tell

KILLS = int(os.environ.get("KILLS") or len(few(range(10), 4)))
dice = seed()
KINDS = ("household", "person", "household_year", "measure", "payment")


def span_of(office, books):
    """Seconds that a whole import takes here and now."""
    start = time.monotonic()
    answer = office.ask("import", books)
    hold(sums(answer)["rejected"] == 0, "left alone, the import comes to its end", sums(answer))
    return time.monotonic() - start


def killed(office, books, after):
    """Kills an import after so many seconds; tells whether it had ended by itself with 0."""
    process = subprocess.Popen(command("--db", office.db, "import", books), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=surroundings())
    try:
        return process.wait(after) == 0
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return False


def try_moments(base, books, count, moments):
    whole = base.copy("whole-" + base.folder.name)
    span, empty, full = span_of(whole, books), base.counts(*KINDS), whole.counts(*KINDS)
    half, lost, broken, again, seen = [], [], [], [], {"nothing": 0, "all": 0}
    for number in range(count):
        office = base.copy(f"{base.folder.name}-{number}")
        moment = moments(span)
        acknowledged = killed(office, books, moment)
        verified = office.run("journal", "verify")
        held = office.counts(*KINDS)
        if held not in (empty, full):
            half.append((moment, held))
        seen["all" if held == full else "nothing"] += 1
        if acknowledged and held != full:
            lost.append((moment, held))
        if verified.code != 0 or office.totals("household") != held[:1]:
            broken.append((moment, verified))
        if number % 5 == 0 and (office.run("import", books).code != 0 or office.counts(*KINDS) != full):
            again.append(moment)
        office.remove()
    print(f"# {count} kills within {span:.1f} s: {seen['nothing']} left nothing, {seen['all']} all of it")
    hold(not half, f"{count} times: never half an import", half[:3])
    hold(not lost, "never less than what was acknowledged", lost[:3])
    hold(not broken, "the journal is whole each time, and the register is read", broken[:3])
    hold(not again, "and the same import goes through afterwards", again[:3])


def an_import_into_an_empty_register_is_killed():
    try_moments(Office("first", area=AREA), small_town("books", households=len(few(range(400), 60))), KILLS - KILLS // 3, lambda span: dice.random() * span * 1.3)


def an_update_is_killed_near_its_end():
    base = Office("later", small_town("before", households=40), area=AREA)
    try_moments(base, small_town("after", households=len(few(range(420), 80)), seed=9), KILLS // 3, lambda span: span * (0.7 + 0.6 * dice.random()))


def nothing_is_left_in_the_folder_for_temporary_files():
    office = Office("tidy", area=AREA)
    place = office.folder / "tmp"
    place.mkdir()
    process = subprocess.Popen(command("--db", office.db, "import", SAMPLES / "honghuaji"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=surroundings(TMPDIR=str(place)))
    time.sleep(random.Random(1).random() + 0.3)
    process.kill()
    process.wait()
    hold(list(place.iterdir()) == [], "a killed import leaves no temporary files with people's data", list(place.iterdir()))


tell(an_import_into_an_empty_register_is_killed, an_update_is_killed_near_its_end, nothing_is_left_in_the_folder_for_temporary_files)
