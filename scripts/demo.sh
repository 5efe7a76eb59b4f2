#!/bin/sh
# The main job on the sample town, from workbooks to the report, in demo/. An earlier demo/honghua.db is made anew.
set -eu
cd "$(dirname "$0")/.."
program=build/honghua db=demo/honghua.db
mkdir -p demo
rm -f "$db" "$db-wal" "$db-shm" "$db.key"

step() {
    printf '\n== %s\n' "$1"
    shift
    echo "   $*"
}

# run ALLOWED COMMAND...: 0, and 1 where something may be found, are both fine.
run() {
    allowed=$1
    shift
    code=0
    "$@" || code=$?
    [ "$code" -le "$allowed" ] || exit "$code"
}

step "A database, its key and the policy pack of Henan" $program --db "$db" init --area 411622104
run 0 $program --db "$db" init --area 411622104
step "The town's ten workbooks" $program --db "$db" import samples/honghuaji
run 0 $program --db "$db" import samples/honghuaji
step "What is wrong in them" $program --db "$db" check --as-of 2019-12-31
run 1 $program --db "$db" check --as-of 2019-12-31 >demo/check.txt
tail -n 5 demo/check.txt
step "The year's report" $program --db "$db" report town --area 411622104 --as-of 2019-12-31 --format html --out demo/report.html
run 0 $program --db "$db" report town --area 411622104 --as-of 2019-12-31 --format html --out demo/report.html

cat <<EOF

The report lies in demo/report.html: open it in a browser; every figure opens to the households behind it.
What check found lies in demo/check.txt.

Try next:
  $program --db $db import samples/honghuaji                     the same files again: nothing changes
  $program --db $db import samples/honghuaji-updated             25 changes, each in the journal
  $program --db $db journal list
  $program --db $db grade --as-of 2019-12-31                     whom to watch, and why
  $program --db $db list household --limit 5
  $program --help
EOF
