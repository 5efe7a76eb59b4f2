"""Running programs and what they took: medians over rounds, all contenders of a row in turn.

In each round every contender runs once, so that whatever else the machine does falls on all of them alike.
"""
import json
import os
import signal
import subprocess
import tempfile

LONGEST = 900  # seconds that one run may take


class Failed(Exception):
    """A program that should have been measured ended badly; the text says which and how."""


class Sample:
    """One run: wall clock, CPU of all its threads, peak of its memory, and the JSON line that it printed."""

    def __init__(self, report, answer):
        self.wall = report["wall_s"]
        self.cpu = report["cpu_s"]
        self.peak = report["peak_kib"] / 1024
        self.answer = answer


def last_json(text):
    for line in reversed(text.strip().splitlines()):
        if line.startswith("{"):
            return json.loads(line)
    return None


def whole_run(command, out, environment, cwd):
    """Exit code, output and complaints of a program; one that does not end is ended with all that it started."""
    with subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, env=environment, cwd=cwd,
                          start_new_session=True) as process:
        try:
            said, complaint = process.communicate(timeout=LONGEST)
        except BaseException as end:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(end, subprocess.TimeoutExpired):
                raise Failed(f"{' '.join(map(str, command[2:]))} did not end within {LONGEST} seconds") from end
            raise
    return process.returncode, (said or b"").decode(errors="replace"), complaint.decode(errors="replace")


def run(house, command, expect=(0,), cwd=None, keep_output=True):
    """Runs under `measured`; Failed unless it exits with one of `expect`."""
    handle, report = tempfile.mkstemp(prefix="honghua-bench-")
    os.close(handle)
    try:
        out = subprocess.PIPE if keep_output else subprocess.DEVNULL
        status, said, complaint = whole_run([house.program("measured"), report, *map(str, command)], out,
                                            house.environment(), cwd)
        with open(report, encoding="utf-8") as file:
            told = file.read()
    finally:
        os.unlink(report)
    if status != 0 or not told:
        raise Failed(f"{command[0]}: {complaint[-500:]}")
    measured = json.loads(told)
    if measured["exit"] not in expect:
        raise Failed(f"{' '.join(map(str, command))} ended with {measured['exit']}: "
                     f"{complaint[-500:]}")
    answer = last_json(said) if keep_output else None
    return Sample(measured, answer)


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


class Contender:
    """A line of a table: who, in which role (ours, peer, floor), and how it runs once.

    `before` is done ahead of each run and not measured. `seconds(sample)` is what counts; by default the wall
    clock of the whole program. `cpu(sample)` likewise.
    """

    def __init__(self, key, label, role, command, before=None, seconds=None, cpu=None, note=None, expect=(0,),
                 keep_output=True):
        self.key, self.label, self.role, self.note = key, label, role, note
        self.command, self.before, self.expect, self.keep_output = command, before, expect, keep_output
        self.seconds = seconds or (lambda sample: sample.wall)
        self.cpu = cpu or (lambda sample: sample.cpu)
        self.samples = []

    def run(self, house):
        if self.before is not None:
            self.before()
        self.samples.append(run(house, self.command, self.expect, keep_output=self.keep_output))

    def times(self):
        return [self.seconds(sample) for sample in self.samples]

    def median(self, by_cpu=False):
        pick = self.cpu if by_cpu else self.seconds
        return median([pick(sample) for sample in self.samples])

    def peak(self):
        return max(sample.peak for sample in self.samples)

    def answer(self):
        return self.samples[-1].answer


def rounds(house, contenders, count):
    """Each contender `count` times, in turn; one that fails is told and left out."""
    alive = list(contenders)
    for number in range(count):
        for contender in list(alive):
            house.progress(f"{contender.label}: run {number + 1} of {count}")
            try:
                contender.run(house)
            except Failed as failure:
                house.complain(str(failure))
                alive.remove(contender)
                contender.samples = []
    return [contender for contender in contenders if contender.samples]
