#!/usr/bin/env python3
"""Measures Honghua beside its peers and the least that is physically needed, in one run.

    bench/run.py [NAME...] [--quick] [--runs N] [--cpu] [--no-peers] [--json FILE] [--build DIR]
    (--json -: the JSON alone on standard output, the tables on standard error)

NAME: read, import, write, insert, frame, check, cel, engine-import, engine-file, engine-check, engine-report, http; none: all. --quick takes smaller data. --cpu compares
CPU seconds instead of the wall clock, for a machine that others use, too. Data and peers are made once below
DIR/bench-data. BENCH_HOUSEHOLDS and BENCH_ROWS set the sizes.
"""
import argparse
import json
import os
import platform
import sys
import time

import rows_cel
import rows_check
import rows_engine
import rows_http
import rows_sheet
import rows_store
from house import ROOT, House

ROWS = {"read": rows_sheet.read, "import": rows_sheet.import_rows, "write": rows_sheet.write,
        "insert": rows_store.insert, "frame": rows_check.frame, "check": rows_check.check, "cel": rows_cel.cel,
        "engine-import": rows_engine.import_both, "engine-file": rows_engine.file_both, "engine-check": rows_engine.check_both,
        "engine-report": rows_engine.report_both, "http": rows_http.http}


def arguments():
    parser = argparse.ArgumentParser(description="Measures Honghua beside its peers.")
    parser.add_argument("name", nargs="*", choices=[[], *ROWS], help="which rows; none: all")
    parser.add_argument("--quick", action="store_true", help="20,000 rows and 100,000 households")
    parser.add_argument("--runs", type=int, default=3, help="runs of each (default 3)")
    parser.add_argument("--cpu", action="store_true", help="ratios by CPU time, not wall clock")
    parser.add_argument("--no-peers", action="store_true", help="without what npm brings")
    parser.add_argument("--json", metavar="FILE", help="the same as JSON")
    parser.add_argument("--build", default=os.path.join(ROOT, "build"), help="folder of the build")
    return parser.parse_args()


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def main():
    asked = arguments()
    tables = sys.stderr if asked.json == "-" else sys.stdout
    house = House(asked.build, asked.quick, max(1, asked.runs), asked.cpu, not asked.no_peers)
    house.make_programs()
    load = os.getloadavg()[0]
    machine = {"processor": processor(), "cores": os.cpu_count(), "load": load,
               "date": time.strftime("%Y-%m-%d %H:%M"), "runs": house.runs}
    print(f"{machine['date']}, {machine['processor']}, {machine['cores']} cores, load {load:.1f}, "
          f"{house.runs} runs each", file=tables)
    if load > 0.7 * (os.cpu_count() or 1):
        print("Others use this machine now: read the CPU column, or run again with --cpu.", file=tables)
    results = []
    for name in asked.name or ROWS:
        result = ROWS[name](house)
        house.progress("")
        print("\n" + result.text(), flush=True, file=tables)
        results.append(result.json())
    if asked.json:
        whole = json.dumps({"machine": machine, "rows": results, "left_out": house.complaints}, ensure_ascii=False,
                           indent=1)
        with open(1 if asked.json == "-" else asked.json, "w", encoding="utf-8", closefd=asked.json != "-") as file:
            file.write(whole + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
