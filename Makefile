# Interlock: the commands a person types. `make help` lists them.
#
#   make run            a repeater in a simulated neighbourhood; FOR=10s stops by itself
#   make test           every test; FILTER=regex runs those whose names match
#
# Each target installs the Debian packages it misses, as root or with sudo. Nothing needs the network
# beyond Debian's and Python's package archives.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PREFIX ?= /usr/local
FILTER ?=
FOR ?=
CONFIG ?= examples/node.json5
# Every SwiftPM run leaves folders in the temporary directory: give it one that is removed.
CLEAN_TMP := Scripts/with-clean-tmp

.PHONY: help setup setup-tests run build test lab lab-forms drills lint bench tsan fuzz docs install clean

help:
	@sed -n '3,5p' Makefile | sed 's/^# *//'
	@echo "also: build lab lab-forms drills lint bench tsan fuzz docs install clean"

setup:
	@Scripts/setup build

setup-tests:
	@Scripts/setup test

build: setup
	$(CLEAN_TMP) swift build -c release --product interlock

run: build
	.build/release/interlock node --config $(CONFIG) $(if $(FOR),--for $(FOR))

test: setup-tests
	$(CLEAN_TMP) env FILTER='$(FILTER)' Scripts/test

# Every race that is kept: found without its guard, not found with it. In a debug build, where no step is joined
# with another.
lab: setup
	$(CLEAN_TMP) swift build --product interlock-lab
	.build/debug/interlock-lab check

# Every construct and every escape, debug and release, linked in both ways; SHORT=1 tries less.
lab-forms: setup
	$(CLEAN_TMP) Scripts/lab-forms

# Real processes on real backends, killed and stopped; COUNT=40 for more than a thousand runs. Then a short soak, FOR seconds.
drills: setup-tests build
	$(CLEAN_TMP) Scripts/drills
	$(CLEAN_TMP) env FOR='$(or $(FOR),10)' Scripts/soak

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks Fuzz

# The concurrent parts under the thread sanitizer; SHORT=1 explores fewer schedules, SANITIZER=address looks at
# memory instead.
tsan: setup-tests
	$(CLEAN_TMP) Scripts/tsan

fuzz: setup
	$(CLEAN_TMP) Scripts/fuzz

bench: setup-tests
	$(CLEAN_TMP) Scripts/bench

docs: setup
	$(CLEAN_TMP) Scripts/docs

install: setup
	$(CLEAN_TMP) swift build -c release --static-swift-stdlib --product interlock
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 .build/release/interlock "$(DESTDIR)$(PREFIX)/bin/interlock"

clean:
	rm -rf .build .build-* .venv
