# The front door. The real build is meson's: build/ is the product, build-san/ has sanitizers, build-fuzz/ the fuzzers.
.POSIX:
.DEFAULT_GOAL = build
.NOTPARALLEL:
.PHONY: screenshots build run test check bench fuzz torture install docs clean lock help configure san fuzzers setup setup-test

prefix = /usr/local
# Progress on a terminal, silence elsewhere, errors always.
NINJA = ninja $$(test -t 1 || echo --quiet) -C
SANITIZE = -Db_sanitize=address,undefined -Db_lundef=false
FUZZ_SECONDS = 300

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' Makefile | awk -F '\t' '{ printf "make %-8s %s\n", $$1, $$2 }'

build: setup configure ## the program, build/firstline
	@$(NINJA) build firstline

run: build ## serves on http://127.0.0.1:8080 with the example knowledge base; ARGS='--port 9000' for other settings
	@exec build/firstline serve $(ARGS)

test: build san fuzzers ## every test, with how many passed of each kind
	@node scripts/test.js

check: build san ## what can be said without running: format, warnings, clang-tidy, headers, hosts, generated files
	@node scripts/check.js

bench: build ## measures; see doc/performance.md
	@$(NINJA) build bench/bench_load bench/bench_store bench/bench_encode bench/bench_triage bench/bench_retrieval
	@node bench/run.js $(ARGS)

fuzz: fuzzers ## fuzzes each parser for FUZZ_SECONDS (300)
	@node scripts/test.js fuzz --seconds $(FUZZ_SECONDS)

torture: build san ## 500 tickets, calls that go wrong, 200 times kill -9, two processes; ARGS='--seed N'
	@node tests/torture/main.js $(ARGS)

install: setup configure ## DESTDIR and prefix as usual
	@meson configure build -Dprefix='$(prefix)' && $(NINJA) build firstline && DESTDIR='$(DESTDIR)' meson install -C build --no-rebuild --quiet

docs: build ## writes what the program says of itself: .env.example, doc/firstline.1, the settings in README.md
	@node scripts/generated.js

screenshots: build setup-test ## pictures of the console, doc/screenshots/
	@node scripts/screenshots.js $(ARGS)

clean: ## removes what was built; fetched files and packages stay
	rm -rf build build-san build-fuzz

lock: ## writes package-lock.json anew from package.json, without addresses
	@npm install --package-lock-only --ignore-scripts --no-audit --no-fund && node scripts/lock.js

# A compiler that is newer than this project may know new warnings: they stop the tests' build, not a user's.
configure: setup
	@test -e build/build.ninja || \
		meson setup build -Dtests=false -Dwerror=false --prefix='$(prefix)' >.deps/meson.log || { cat .deps/meson.log; exit 1; }

san: setup-test
	@test -e build-san/build.ninja || meson setup build-san $(SANITIZE) >.deps/meson.log || { cat .deps/meson.log; exit 1; }
	@$(NINJA) build-san

fuzzers: setup-test
	@test -e build-fuzz/build.ninja || \
		CC=clang meson setup build-fuzz -Dfuzz=true $(SANITIZE) >.deps/meson.log || { cat .deps/meson.log; exit 1; }
	@$(NINJA) build-fuzz fuzzers

setup:
	@scripts/setup run

setup-test:
	@scripts/setup test
