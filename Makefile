# Thin words for people; the build itself is meson.build.
#
#   make          build/honghua, and the pages in web/dist
#   make deps     installs what building and testing need (Debian 12; root only where something is missing)
#   make demo     imports the sample, checks it, writes the report into demo/, then serves it
#   make web      the pages alone
#   make check    all tests, in a release build and with the sanitizers; the last line is `N passed, N failed`
#   make bench    measurements beside peers, in one run; BENCH=read takes one, ARGS="--quick --runs 1" goes on
#   make fuzz     each fuzz target for FUZZ_SECONDS (clang, libFuzzer)
#   make install  under PREFIX (default /usr/local), below DESTDIR if that is set
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60

.PHONY: all program web deps demo check bench fuzz install clean
all: program web

program: build/build.ninja
	@ninja -C build honghua

web: deps
	@scripts/web.sh

build/build.ninja: | deps
	@meson setup build --prefix "$(PREFIX)" >build-setup.log 2>&1 || { cat build-setup.log; exit 1; }
	@rm -f build-setup.log

deps:
	@scripts/deps.sh

demo: all
	@scripts/demo.sh

check: deps
	@python3 scripts/check.py

bench: all
	@python3 bench/run.py $(BENCH) $(ARGS)

fuzz: deps
	@python3 scripts/fuzz.py --seconds $(FUZZ_SECONDS)

install: all
	@meson install -C build

clean:
	@rm -rf build build-asan build-tsan build-fuzz build-web web/dist web/node_modules demo
