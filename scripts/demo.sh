#!/bin/sh
# The main job on the sample town, from workbooks to the report, in demo/, which is made anew each time; then the office in the
# browser, with an account for each who works there, until Ctrl+C.
#
#   make demo            in the language of the environment; LANG=zh_CN.UTF-8 make demo speaks Chinese
#   PORT=9000 make demo  serves there (default 8080)
#   SERVE=0 make demo    the same without serving
set -eu
cd "$(dirname "$0")/.."
program=build/honghua db=demo/honghua.db day=2019-12-31 town=411622104 village=411622104208 port=${PORT:-8080}

mkdir -p demo
rm -f "$db" "$db-wal" "$db-shm" "$db.key" demo/check.txt demo/grade.txt demo/report.html demo/report.xlsx demo/password

# say 中文 ENGLISH COMMAND...: what comes, and how it is written.
say() {
    printf '\n== %s / %s\n' "$1" "$2"
    shift 2
    echo "   \$ $program --db $db $*"
}

# run COMMAND...: exit code 1 says that something was found, which is no failure here.
run() {
    code=0
    "$program" --db "$db" "$@" || code=$?
    [ "$code" -le 1 ] || exit "$code"
}

step() {
    say "$@"
    shift 2
    run "$@"
}

# long FILE LINES 中文 ENGLISH COMMAND...: the whole answer goes into a file, its first lines are shown.
long() {
    file=$1 lines=$2
    shift 2
    say "$@"
    shift 2
    run "$@" >"$file"
    head -n "$lines" "$file"
    echo "   ... $file"
}

step "新建数据库和密钥，装入河南政策包" "A database, its key, and the policy pack of Henan" init --area $town
step "导入红花集镇的十个工作簿（人物均为虚构）" "The town's ten workbooks; the people are invented" import samples/honghuaji --progress
long demo/check.txt 8 "核查：哪些数据有错误或疑点" "What in them is wrong or doubtful" check --as-of $day
long demo/grade.txt 8 "分级：哪些户需要重点关注" "Whom to watch, and why" grade --as-of $day
step "全年报告（网页）" "The year's report, as a page" \
    report town --area $town --as-of $day --format html --lang zh --out demo/report.html
step "全年报告（工作簿，附名单）" "The same as a workbook, with the lists behind the figures" \
    report town --area $town --as-of $day --format xlsx --lang zh --out demo/report.xlsx

# An account for each who works there; the demo's own password, made anew, lies in demo/password.
(umask 077 && od -An -N12 -tx1 /dev/urandom | tr -d ' \n' | sed 's/......../&-/g; s/-$//' >demo/password)
say "建立账号：经办人、镇领导、审计、村干部" "Accounts: clerk, leader, auditor, village cadre" account add NAME --role ROLE --area CODE
for who in clerk leader auditor; do
    run account add "$who" --role "$who" --area $town --password-file demo/password >/dev/null
done
run account add cadre --role village_cadre --area $village --password-file demo/password >/dev/null
run account list

cat <<EOF

报告在 demo/report.html，用浏览器打开，点任何一个数字就能看到对应的户和人；demo/report.xlsx 是带名单的工作簿。
核查结果在 demo/check.txt，分级结果在 demo/grade.txt。接下来可以试试：

The report lies in demo/report.html: open it in a browser and click a figure to see the households and persons behind it.
demo/report.xlsx is the same with its lists; what was found lies in demo/check.txt, the grades in demo/grade.txt. Try next:

  $program --db $db import samples/honghuaji
      再次导入同样的文件：没有任何改动 / the same files again: nothing changes
  $program --db $db import samples/honghuaji-updated
      后来的户信息，改了25格 / a later state with 25 changed cells
  $program --db $db journal list --limit 30
      谁在什么时候把什么改成了什么 / who changed what, from what to what
  $program --db $db list household --where "kind == '未脱贫户'" --limit 5
      查户；证件号码和账号默认遮盖 / look households up; numbers are masked
  $program --db $db indicator industry.base_households --as-of $day --by village
      一个数字按村分开 / one figure, split by village
  $program --help --lang zh
EOF

[ "${SERVE:-1}" != 0 ] || exit 0
password=$(cat demo/password)
cat <<EOF

在浏览器中打开 http://127.0.0.1:$port/ ，按 Ctrl+C 停止。登录账号（密码都是 $password）：
Open http://127.0.0.1:$port/ in a browser; Ctrl+C stops it. Log in (the password of all is $password) as

  clerk    经办人，全镇 / the town's clerk
  leader   镇领导，全镇 / the town's leader
  auditor  审计，只读 / an auditor, who only reads
  cadre    村干部，只看南高庄村 / the cadre of one village

EOF
exec "$program" --db "$db" serve --listen "127.0.0.1:$port" 2>demo/access.log
