#!/bin/sh
# Installs what building and testing Honghua needs, on Debian 12; says what and why. Does nothing, and needs no root,
# when nothing is missing.
set -eu

# need PACKAGE "why" TEST...: names the package when the test fails.
need() {
    package=$1 why=$2
    shift 2
    if ! "$@" >/dev/null 2>&1; then
        printf '  %-22s %s\n' "$package" "$why"
    fi
}
have() { command -v "$1"; }
library() { have pkg-config && pkg-config --exists "$1"; }
header() { [ -e "/usr/include/$1" ]; }
fuzzer() { ls /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a; }
module() { python3 -c "import $1" || /usr/bin/python3 -c "import $1"; }

list=$(
    need gcc "the compiler" have gcc
    need libc6-dev "the C library's headers" header stdio.h
    need make "the words make, make check ..." have make
    need meson "describes the build" have meson
    need ninja-build "runs the build" have ninja
    need pkg-config "finds the libraries" have pkg-config
    need python3 "generators at build time; runs the tests" have python3
    need libsqlite3-dev "the embedded database" library sqlite3
    need libpq-dev "the shared database: PostgreSQL's client library" library libpq
    need postgresql-15 "a private server, on which everything is tested a second time" [ -x /usr/lib/postgresql/15/bin/postgres ]
    need libzip-dev "opens workbooks" library libzip
    need libexpat1-dev "reads their XML" library expat
    need libxlsxwriter-dev "writes workbooks" header xlsxwriter.h
    need libsodium-dev "seals sensitive fields, signs the journal" library libsodium
    need libmicrohttpd-dev "HTTP: the pages and the API" library libmicrohttpd
    need libjansson-dev "reads JSON" library jansson
    need libyaml-dev "reads policy packs" library yaml-0.1
    need libpcre2-dev "regular expressions in rules" library libpcre2-8
    need nodejs "builds the pages" have node
    need npm "brings the packages they are made of" have npm
    need libcmocka-dev "unit tests" library cmocka
    need tzdata "time zones in rules" [ -e /usr/share/zoneinfo/Asia/Shanghai ]
    need python3-openpyxl "a second reader of workbooks, to test against" module openpyxl
    need sqlite3 "a second view of the database, in tests and measurements" have sqlite3
    need clang "fuzzing" have clang
    need libclang-rt-14-dev "fuzzing: libFuzzer and the sanitizers" fuzzer
    need hyperfine "measurements" have hyperfine
)
[ -n "$list" ] || exit 0

echo "Honghua needs these packages, which are not here:"
echo "$list"
packages=$(echo "$list" | awk '{print $1}')
if [ "$(id -u)" -ne 0 ]; then
    echo "Run as root: apt-get install" $packages >&2
    exit 1
fi
if ! have apt-get >/dev/null; then
    echo "There is no apt-get here; install the packages above by the system's own means." >&2
    exit 1
fi
echo "Installing them with apt-get ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "The packages could not be installed; see above." >&2
    exit 1
fi
echo "Installed."
