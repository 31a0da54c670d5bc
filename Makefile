# `make help` lists what there is. Nothing is installed outside .venv, but for the servers and the
# browser of the tests, none of which is started for good.

.DEFAULT_GOAL := help
.PHONY: help run install test check fix bench crash eval indexes packages

BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
# Further words for pytest, as in `make test ARGS="tests/crm -n0"`.
ARGS ?=
# Some figures only, as in `make bench ONLY=plan_10k_s,cold_start_s`.
ONLY ?=

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: .venv/installed  ## Start everything on this machine; prints the address when it is ready
	@exec $(BIN)/python app.py

install: .venv/installed  ## Only install what `make run` needs, into .venv

test: .venv/installed-dev tests/services/node_modules/.package-lock.json packages  ## Run every test (ARGS="..." goes to pytest)
	@folder=$$(mktemp -d "$${TMPDIR:-/tmp}/qrev-test.XXXXXX") || exit 1; \
	trap 'rm -rf "$$folder"' EXIT; trap 'exit 130' INT; trap 'exit 143' TERM; \
	TMPDIR="$$folder" HYPOTHESIS_STORAGE_DIRECTORY="$$folder/hypothesis" \
		$(BIN)/python -m pytest -p no:cacheprovider -n 2 --dist loadfile $(ARGS)

check: .venv/installed-dev  ## Check format, lint, types and floors
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: .venv/installed-dev  ## Repair format, and lint where a machine can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: .venv/installed-dev  ## Measure; one JSON line per figure (ONLY=name,name for some)
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

crash: .venv/installed-dev  ## Kill workers N times while mail leaves, and count (N=1000 SEED=1)
	@$(BIN)/python -m tests.crash --kills $(or $(N),60) $(if $(SEED),--seed $(SEED))

eval: .venv/installed-dev  ## Count what the built-in interpreter understands; writes docs/evaluation.md
	@$(BIN)/python -m tests.eval

indexes: .venv/installed  ## Create the indexes the database lacks
	@$(BIN)/python -m qrev indexes

.venv/bin/python:
	@for python in python3.11 python3 python3.12 python3.13 python; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			$$python -m venv --clear .venv && exit 0; rm -rf .venv; \
			echo "Python has no venv module that works: on Debian, apt install python3-venv." >&2; exit 1; \
		fi; \
	done; \
	echo "QRev needs Python 3.11 or newer, and found none." >&2; exit 1

.venv/installed: requirements.txt constraints.txt | .venv/bin/python
	@echo "Installing into .venv, once: about a minute." >&2
	@$(PIP) install -r requirements.txt -c constraints.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing what tests and checks need into .venv, once." >&2
	@$(PIP) install -r requirements-dev.txt -c constraints.txt
	@touch $@

tests/services/node_modules/.package-lock.json: tests/services/package-lock.json
	@command -v npm >/dev/null || { \
		echo "The tests of sign-in will fail: they need Node 20 or newer with npm." >&2; exit 0; }; \
	echo "Installing the tests' servers into tests/services, once." >&2; \
	npm ci --silent --no-audit --no-fund --prefix tests/services && touch $@

packages:
	@PATH="$$PATH:/usr/sbin"; wanted=""; \
	command -v chromium >/dev/null || \
		wanted="chromium fonts-liberation fonts-noto-color-emoji"; \
	command -v rabbitmq-server >/dev/null || wanted="$$wanted rabbitmq-server"; \
	command -v smtp-sink >/dev/null || wanted="$$wanted postfix"; \
	[ -n "$$wanted" ] || exit 0; \
	if ! command -v apt-get >/dev/null; then as=no; \
	elif [ "$$(id -u)" = 0 ]; then as=""; \
	elif sudo -n true 2>/dev/null; then as="sudo -n"; \
	else as=no; fi; \
	if [ "$$as" != no ]; then \
		echo "Installing what the tests run: $$wanted." >&2; \
		policy=/usr/sbin/policy-rc.d; \
		[ -e $$policy ] || { printf '#!/bin/sh\nexit 101\n' | $$as tee $$policy >/dev/null; \
			$$as chmod +x $$policy; trap "$$as rm -f $$policy" EXIT; }; \
		$$as apt-get update -qq && \
		$$as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			$$wanted >/dev/null && exit 0; \
	fi; \
	echo "Some tests will fail: they need $$wanted (on Debian, apt install $$wanted)." >&2
