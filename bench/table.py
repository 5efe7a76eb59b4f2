"""A row of the goals as a table in plain text, and as JSON."""


class Goal:
    """What a ratio must be: `ours` against `other`, at most or at least `limit`; or a bound on a value."""

    def __init__(self, text, value, limit, at_least=True, unit="×"):
        self.text, self.value, self.limit, self.at_least, self.unit = text, value, limit, at_least, unit

    def met(self):
        if self.value is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def line(self):
        if self.value is None:
            return f"  goal  {self.text}: not measured"
        sign = "≥" if self.at_least else "≤"
        word = "met" if self.met() else "NOT MET"
        return f"  goal  {self.text}: {self.value:.2f}{self.unit} ({sign} {self.limit:g}{self.unit})  {word}"

    def json(self):
        return {"goal": self.text, "value": self.value, "limit": self.limit,
                "direction": "at least" if self.at_least else "at most", "met": self.met()}


class Result:
    """One row: its contenders with their samples, its goals, remarks."""

    def __init__(self, name, title, contenders, by_cpu=False, unit="s", scale=1.0):
        self.name, self.title, self.contenders, self.by_cpu = name, title, contenders, by_cpu
        self.unit, self.scale, self.decimals = unit, scale, 3 if scale == 1.0 else 0
        self.goals, self.remarks = [], []

    def find(self, key):
        return next((c for c in self.contenders if c.key == key), None)

    def ratio(self, over, under):
        """Median of `over` by the median of `under`; None where one was not measured."""
        a, b = self.find(over), self.find(under)
        if a is None or b is None:
            return None
        return a.median(self.by_cpu) / b.median(self.by_cpu)

    def faster(self, text, ours, peer, limit):
        """Goal: ours is at least `limit` times as fast as the peer."""
        self.goals.append(Goal(text, self.ratio(peer, ours), limit))

    def within(self, text, ours, other, limit):
        """Goal: ours takes at most `limit` times as long."""
        self.goals.append(Goal(text, self.ratio(ours, other), limit, at_least=False))

    def memory(self, text, ours, limit):
        contender = self.find(ours)
        self.goals.append(Goal(text, contender.peak() if contender else None, limit, at_least=False, unit=" MB"))

    def text(self):
        first = next((c for c in self.contenders if c.role == "ours"), None)
        lines = [f"{self.name}: {self.title}",
                 f"  {'':44}{'median':>10}{'min':>10}{'max':>10}{'CPU':>10}{'peak MB':>9}{'of ours':>9}"]
        for c in self.contenders:
            times = c.times()
            of_ours = c.median(self.by_cpu) / first.median(self.by_cpu) if first else float("nan")
            numbers = [c.median(), min(times), max(times), c.median(True)]
            shown = "".join(f"{n * self.scale:10.{self.decimals}f}" for n in numbers)
            lines.append(f"  {c.role:6}{c.label:38}{shown}{c.peak():9.1f}{of_ours:8.2f}×")
        lines[1] += f"  ({self.unit}{', ratios by CPU' if self.by_cpu else ''})"
        lines += [goal.line() for goal in self.goals]
        lines += [f"  note  {remark}" for remark in self.remarks]
        return "\n".join(lines)

    def json(self):
        return {"name": self.name, "title": self.title, "unit": self.unit,
                "contenders": [{"key": c.key, "label": c.label, "role": c.role, "runs": len(c.samples),
                                "median": c.median() * self.scale, "min": min(c.times()) * self.scale,
                                "max": max(c.times()) * self.scale, "cpu": c.median(True) * self.scale,
                                "peak_mib": c.peak(), "answer": c.answer()} for c in self.contenders],
                "goals": [goal.json() for goal in self.goals], "remarks": self.remarks}
