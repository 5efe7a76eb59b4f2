"""Row about one evaluation of an expression."""
import os

from sampling import Contender, rounds
from table import Goal, Result

EXPRESSIONS = ["p.age >= 16", "size, startsWith, !=", "exists over 5 members"]


def total(sample):
    return sum(sample.answer["nanoseconds"]) / 1e9


def on_record(sample):
    return sum(sample.answer["record"]) / 1e9


def evaluate(house):
    """Three expressions; a contender's time is the sum of its three medians."""
    ours = [house.program("cel_bench"), "300000" if house.quick else "1000000"]
    contenders = [Contender("map", "honghua, a map", "ours", ours, seconds=total, cpu=total),
                  Contender("record", "honghua, a record of a class", "ours", ours, seconds=on_record, cpu=on_record)]
    if house.peers() is not None:
        script = os.path.join(house.node, "cel.mjs")
        contenders += [
            Contender("cel-js", "@marcbachmann/cel-js 8.0", "peer", ["node", script, "cel-js"], seconds=total, cpu=total),
            Contender("bufbuild", "@bufbuild/cel", "peer", ["node", script, "bufbuild"], seconds=total, cpu=total),
        ]
    return contenders


def cel(house):
    contenders = rounds(house, evaluate(house), house.runs)
    result = Result("cel", "one evaluation, compiled once; sum of three expressions", contenders, house.by_cpu,
                    unit="ns", scale=1e9)
    ours, peer = result.find("map"), result.find("cel-js")
    for number, expression in enumerate(EXPRESSIONS):
        times = {c.key: best(c, number) for c in contenders}
        value = times["cel-js"] / times["map"] if ours and peer else None
        result.goals.append(Goal(f"times as fast as cel-js: {expression}", value, 2))
        result.remarks.append(f"{expression}: " + ", ".join(f"{k} {v:.0f} ns" for k, v in times.items()))
    return result


def best(contender, number):
    """Median of the runs for one expression, in nanoseconds."""
    values = sorted(s.answer["record" if contender.key == "record" else "nanoseconds"][number] for s in contender.samples)
    return values[len(values) // 2]

