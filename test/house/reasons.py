#!/usr/bin/env python3
"""Every reason that an expression can be refused for stands in engine/cel/reason.c in Chinese, too."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "src/engine/cel/reason.c"
SOURCES = [*ROOT.glob("src/engine/cel/*.c"), *ROOT.glob("src/engine/cel_system/*.c"), ROOT / "src/engine/catalog/function.c"]
RAISED = re.compile(r'(?:cel_raise\w*|cel_fail|cel_compile_fail|cel_reason_fail|re2_fail|refuse|reason_out =|return)\b[^;]*?"((?:[^"\\]|\\.)*)"')

known = set(re.findall(r'\{"((?:[^"\\]|\\.)*)", "', TABLE.read_text()))
missing = sorted({(path.name, reason) for path in SOURCES if path != TABLE for reason in RAISED.findall(path.read_text())
                  if re.match(r"[a-z'(].* ", reason) and reason not in known})
for name, reason in missing:
    print(f"{name}: no Chinese for \"{reason}\"")
if len(known) < 80:
    sys.exit(f"only {len(known)} reasons were read from {TABLE.name}")
sys.exit(1 if missing else 0)
