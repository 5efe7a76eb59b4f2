#!/bin/sh
# Builds the pages into web/dist: packages as web/package-lock.json names them, types checked, sizes held to their budget.
#
#   scripts/web.sh          build, where a source is newer than the pages
#   scripts/web.sh check    build, then lint and unit tests
#   scripts/web.sh journey  build, then the journeys in a browser against the built program
#
# Vite needs Node 20.19; where the system's is older, npm's package `node` brings one into build-web/.
set -eu
cd "$(dirname "$0")/../web"
node=22.23.3
root=../build-web

if ! node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a===20&&b>=19)?0:1)' 2>/dev/null; then
    if [ ! -x "$root/node_modules/node/bin/node" ]; then
        mkdir -p "$root"
        npm install --prefix "$root" --no-audit --no-fund --no-save "node@$node" >&2
    fi
    PATH="$(cd "$root/node_modules/node/bin" && pwd):$PATH"
    export PATH
fi

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund --loglevel=error >&2
fi
if [ ! -e dist/index.html ] || [ -n "$(find src public index.html package-lock.json vite.config.ts -newer dist/index.html -print -quit)" ]; then
    npm run --silent build >&2
fi
case ${1:-} in
'') ;;
check | journey) npm run --silent "$1" ;;
*)
    echo "usage: scripts/web.sh [check|journey]" >&2
    exit 2
    ;;
esac
