#!/usr/bin/env python3
"""Holds the code to src/layers.txt and to the sizes of the house, and prints TAP.

    layers.py SOURCE_ROOT
"""
import pathlib
import re
import sys

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 60
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")
MODULE = re.compile(r"([a-z_/]+)(?: door ([a-z_. ]+))?:(.*)$")


class Rules:
    def __init__(self, path):
        self.may, self.doors, self.forbidden, self.only, self.faults = {}, {}, {}, {}, []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                self.read(line, f"layers.txt:{number}")

    def read(self, line, place):
        if line.startswith("forbid "):
            module, headers = line[7:].split(":")
            self.forbidden[module] = headers.split()
        elif line.startswith("only "):
            header, files = line[5:].split(":")
            self.only[header] = files.split()
        elif m := MODULE.match(line):
            named = [name.strip() for name in m.group(3).split(",") if name.strip()]
            known = list(self.may)
            allowed = [k for k in known if any(k == n or k.startswith(n + "/") for n in named)]
            for name in named:
                if not any(k == name or k.startswith(name + "/") for k in known):
                    self.faults.append(f"{place}: {name} does not stand above {m.group(1)}")
            self.may[m.group(1)] = allowed
            self.doors[m.group(1)] = set((m.group(2) or "").split())
        else:
            self.faults.append(f"{place}: not understood: {line}")

    def is_door(self, module, header):
        name = module.rpartition("/")[2]
        return module == "base" or header in (f"{name}.h", f"{name}.err.h") or header in self.doors.get(module, ())


class Source:
    def __init__(self, root, path):
        self.name = str(path.relative_to(root))
        self.module = str(path.parent.relative_to(root))
        self.text = path.read_text(encoding="utf-8")
        found = INCLUDE.findall(self.text)
        self.own = [name for quote, name in found if quote == '"']
        self.system = [name for quote, name in found if quote == "<"]


def include_faults(rules, source):
    for name in source.own:
        module, _, header = name.rpartition("/")
        if source.module == "." or module == source.module:
            continue
        if not module:
            yield f'{source.name}: "{name}" does not name its module'
        elif module not in rules.may.get(source.module, ()):
            yield f"{source.name} may not include {name}: {source.module} must not use {module}"


def door_faults(rules, source):
    for name in source.own:
        module, _, header = name.rpartition("/")
        if module and module != source.module and not rules.is_door(module, header):
            yield f"{source.name} includes {name}, which is no door of {module}"


def system_faults(rules, source):
    for name in source.system:
        if name in rules.forbidden.get(source.module, ()):
            yield f"{source.name} may not include <{name}>"
        if name in rules.only and source.name not in rules.only[name]:
            yield f"{source.name} may not include <{name}>: it is for {', '.join(rules.only[name])}"


def size_faults(source):
    lines = source.text.splitlines()
    if len(lines) > FILE_LINES_MAX:
        yield f"{source.name} has {len(lines)} lines"
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            if number - start - 1 > FUNCTION_LINES_MAX:
                yield f"{source.name}:{start}: a function of {number - start - 1} lines"
            start = None


def unfinished_faults(source):
    for number, line in enumerate(source.text.splitlines(), 1):
        if UNFINISHED.search(line):
            yield f"{source.name}:{number}: {line.strip()}"


def module_faults(rules, sources):
    yield from rules.faults
    present = {s.module for s in sources if s.module != "."}
    for module in sorted(present - set(rules.may)):
        yield f"{module} does not stand in layers.txt"


def main(words):
    if len(words) != 1:
        sys.exit(__doc__)
    root = pathlib.Path(words[0]) / "src"
    rules = Rules(root / "layers.txt")
    sources = [Source(root, p) for p in sorted(root.rglob("*.[ch]"))]
    each = lambda check: [fault for s in sources for fault in check(s)]
    checks = [
        ("every module stands in layers.txt, above those that use it", list(module_faults(rules, sources))),
        ("modules include only what they may", each(lambda s: include_faults(rules, s))),
        ("modules are entered by their doors", each(lambda s: door_faults(rules, s))),
        ("threads, files and the database stay where they belong", each(lambda s: system_faults(rules, s))),
        (f"files have at most {FILE_LINES_MAX} lines, functions {FUNCTION_LINES_MAX}", each(size_faults)),
        ("nothing is marked as unfinished", each(unfinished_faults)),
    ]
    print(f"1..{len(checks)}")
    for number, (what, faults) in enumerate(checks, 1):
        print(f"{'not ok' if faults else 'ok'} {number} - {what}")
        for fault in faults:
            print(f"#   {fault}")
    return 1 if any(faults for _, faults in checks) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
