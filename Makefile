# What is run by hand or by CI. `make test` is the whole suite and needs
# nothing but Go: it installs the rest where it may.

SHELL       := bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.SILENT:
.PHONY: help test check suite assets assets-check verifier verifier-check demo bench bench-peers check-fhir check-gdal soak fuzz tools

GO := go

help:
	grep -E '^## ' $(MAKEFILE_LIST) | sed 's/^## /  make /'

## test      everything: format, vet, staticcheck, build, assets, tests, under the race detector but for rooms of one thread
# What is quick to tell that something is wrong comes first; what waits for the network or a
# disk goes on beside the tests.
test: tools check
	$(MAKE) --no-print-directory -j 3 assets-check verifier-check suite

tools:
	.ci/tools

check:
	echo '== gofmt, vet, staticcheck, build'
	unformatted=$$(gofmt -l $$(find . -name '*.go' -not -path './.build/*' -not -path '*/node_modules/*'))
	if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	export CGO_ENABLED=0 # as what is built below: nothing is compiled twice
	$(GO) vet ./... ./.ci/noskip
	$(GO) vet -tags soak ./cmd/aiqyn
	$(GO) tool staticcheck ./... ./.ci/noskip
	$(GO) build -o .build/aiqyn ./cmd/aiqyn
	$(GO) build ./...

# Rooms that start nothing beside what they do, and compute much: the race detector
# would find nothing in them, and take twenty times as long for it.
# TestRoomsOfOneThread holds that they are such.
ONE_THREAD := archive attachment/media simulate

# Where CI=true nothing may be skipped: what a test needs must be there. Every
# other package is under the race detector, and all that it is made of but for the C
# code of SQLite that was transpiled to Go: it took a third of all the time, and locks
# by what is outside of it and is seen. Leaving out more, as its driver and its libc,
# hides the atomics of generic code that they share with the others, and races are
# reported that are none. Of those the check of each unsafe pointer is left out, which
# the race detector brings along: that code is nothing but such pointers.
# Those that take longest begin first, and what is not under the race detector goes on
# beside them: by itself it left a processor without work. Some of the engine are many times the
# same: under the race detector a part of them, without it all. And all of the engine
# is on PostgreSQL too, without the race detector but where many work at once:
# TestNoTestForgetsPostgreSQL holds what is left out there.
# What tests run as processes of their own is the program that is built for people: there
# are hundreds of them, each of one command, and under the race detector they took most of
# the time of cmd/aiqyn. What is concurrent in them runs within tests also, under it.
# Databases of tests are in memory where there is room: a test ends processes and not
# machines, so waiting for a disk told nothing and was most of the time.
suite:
	echo '== tests'
	$(GO) build -o .build/noskip ./.ci/noskip
	CGO_ENABLED=0 $(GO) build -o .build/aiqyn ./cmd/aiqyn # as check has made it
	export AIQYN_PROGRAM=$$PWD/.build/aiqyn
	room=$$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1 || true)
	if [ "$${room:-0}" -gt 8000000 ]; then
		export TMPDIR=$$(mktemp -d /dev/shm/aiqyn.XXXXXX)
		export GOTMPDIR=$$TMPDIR
		trap 'rm -rf "$$TMPDIR"' EXIT
		chmod 1777 "$$TMPDIR"
	fi
	beside=$$($(GO) list ./... | grep -vxE 'aiqyn/($(subst $(eval ) ,|,$(ONE_THREAD)))')
	rest=$$(mktemp)
	(
		failed=0
		(
			failed=0
			CGO_ENABLED=0 AIQYN_ENGINE=postgresql $(GO) test -vet=off -timeout 20m -json ./casework || failed=1
			CGO_ENABLED=0 $(GO) test -vet=off -timeout 20m -json -run 'TestPoint06Draws|TestRandomLives|TestTornWrites|TestEveryByteIsFound|TestDamagedPages|TestLongLine|TestCapacityReference' ./casework ./grid || failed=1
			CGO_ENABLED=0 $(GO) test -vet=off -timeout 20m -json $(addprefix ./,$(ONE_THREAD)) || failed=1
			exit $$failed
		) > "$$rest" &
		$(GO) test -race -gcflags='modernc.org/...=-d=checkptr=0' -gcflags='modernc.org/sqlite/lib=-race=false' -vet=off -p 2 -timeout 40m -json ./web ./cmd/aiqyn ./casework $$beside ./.ci/noskip || failed=1
		wait $$! || failed=1
		cat "$$rest" # whole lines: two that write at once would cut each other's
		rm "$$rest"
		exit $$failed
	) | .build/noskip

## assets    build the style sheet, the script and the letters again (needs Node)
assets:
	sh web/assets/build.sh

# The same sources give the same bytes; the build is made beside the one in use.
assets-check:
	echo '== assets'
	rm -rf .build/assets
	mkdir -p .build/assets/src
	cp web/assets/build.sh .build/assets/
	(cd web/assets/src && tar --exclude=node_modules --exclude=build -cf - .) | tar -C .build/assets/src -xf -
	sh .build/assets/build.sh
	diff -r web/assets/dist .build/assets/dist
	echo 'the assets in use are those that their sources make'

# The verifier for browsers: the same sources and the same Go give the same
# bytes, whose hash stands in the log of every server.
WASM := GOOS=js GOARCH=wasm CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags='-s -w -buildid='

## verifier  build the verifier for browsers again
verifier:
	mkdir -p .build web/assets/verifier
	$(WASM) -o .build/verifier.wasm ./cmd/verifier
	gzip -9nc .build/verifier.wasm > web/assets/verifier/verifier.wasm.gz
	cp "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js" web/assets/verifier/wasm_exec.js
	sha256sum .build/verifier.wasm

verifier-check:
	echo '== verifier for browsers'
	mkdir -p .build
	$(WASM) -o .build/verifier.wasm ./cmd/verifier
	gzip -dc web/assets/verifier/verifier.wasm.gz | cmp - .build/verifier.wasm || { echo 'what is served is not what its sources make: run make verifier'; exit 1; }
	cmp web/assets/verifier/wasm_exec.js "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js"
	echo 'the verifier in use is the one that its sources make'

## demo      a seeded country at http://127.0.0.1:8080
demo:
	$(GO) run ./cmd/aiqyn demo

## bench     the benchmarks that stand beside the code
bench:
	$(GO) test -vet=off -run '^$$' -bench . -benchmem ./...

## bench-peers  a case of five steps on DBOS Transact and River beside ours, in one run
bench-peers:
	cd bench/peers && $(GO) run .

## check-fhir  what is given of FHIR R4 is held to google/fhir, on a demonstration of its own
check-fhir:
	mkdir -p .build
	$(GO) build -o .build/aiqyn ./cmd/aiqyn
	cd bench/fhir && $(GO) run . ../../.build/aiqyn

## check-gdal  what is given of the network is read by GDAL and counted, on a demonstration of its own (needs gdal-bin)
check-gdal:
	mkdir -p .build
	$(GO) build -o .build/aiqyn ./cmd/aiqyn
	cd bench/gdal && $(GO) run . ../../.build/aiqyn

## soak      the long tests: kill -9 a hundred times under load, and what takes minutes
soak:
	AIQYN_SOAK=1 $(GO) test -tags soak -vet=off -count=1 -timeout 60m -v -run 'Kill|Torn|EveryByte|Disk|ReadOnly|Soak|Journeys|Checkables|Lighthouse|Keyboard|Contrast|Kiosk' ./casework/... ./store/... ./cmd/... ./web

## fuzz      every fuzz target, FUZZTIME each (10s)
FUZZTIME ?= 10s
fuzz:
	for file in $$(grep -lrE '^func Fuzz' --include='*_test.go' . | sort); do
		for target in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]+)\(.*/\1/p' "$$file"); do
			echo "== $$(dirname "$$file") $$target"
			$(GO) test -vet=off -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")"
		done
	done
