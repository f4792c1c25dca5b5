# Afterglow. Two commands matter: `make demo` shows a clinic, `make test` proves it. `make help` lists the rest.
SHELL := /bin/sh
BIN := .venv/bin
# Some containers forbid Python to keep what it compiled; every process then compiles a thousand files anew, and tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help setup setup-test demo demo-reset check check-types check-rules check-library test bench soak docs pictures contracts format lock clean

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## the virtual environment alone, so that .venv/bin/afterglow runs
	@sh tools/setup.sh base

setup-test: setup ## the virtual environment with the test tools
	@sh tools/setup.sh test

demo: setup ## a synthetic clinic on http://127.0.0.1:8000 (ARGS="--port 8001" for another port)
	@$(BIN)/afterglow demo $(ARGS)

demo-reset: setup ## the same, started over
	@$(BIN)/afterglow demo --reset $(ARGS)

check: setup-test ## format, lint, layers, types, and every test that needs no database: under a minute
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(MAKE) --no-print-directory --jobs=3 --keep-going --output-sync check-types check-rules check-library

check-types:
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy --no-error-summary
# Two cores, two processes, each with its own folders: workers that share a list would both read the whole library to collect it.
NO_DATABASE := $(BIN)/pytest -m "not db and not slow and not soak" -p no:cacheprovider -q
# What runs commands that read the library goes with the library's tests, so that both end together.
WITH_LIBRARY := tests/unit/ops
check-rules:
	@$(NO_DATABASE) $(wildcard tests/unit tests/laws) $(addprefix --ignore=,$(WITH_LIBRARY))
check-library:
	@$(NO_DATABASE) $(wildcard tests/content tests/reference tests/spec tests/house $(WITH_LIBRARY))

test: setup-test ## every test, on SQLite and on PostgreSQL, with the browser; sets up what they need
	@$(BIN)/python tools/chromium.py
	@$(BIN)/python tools/strace.py
	@$(BIN)/python tools/run_tests.py $(ARGS)

bench: setup-test ## benchmarks; writes docs/benchmarks.md
	@$(BIN)/python tools/chromium.py
	@$(BIN)/python tools/bench.py $(ARGS)

soak: setup-test ## the long storm: 1,000 sessions of kill -9 and lost network (hours)
	@AFTERGLOW_STORM_SESSIONS=1000 $(BIN)/pytest tests/faults -m "soak or not soak"

docs: setup-test ## the generated reference in docs/reference
	@$(BIN)/python tools/make_docs.py

pictures: setup-test ## the README's pictures, from a demo clinic of its own
	@$(BIN)/python tools/pictures.py

contracts: setup-test ## writes .importlinter again, after a new package
	@$(BIN)/python tools/make_contracts.py

format: setup-test ## ruff's formatter and its safe fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix --quiet .

lock: setup-test ## resolves pyproject.toml again into requirements/*.txt, with hashes, for Python 3.11 to 3.13
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --quiet -o requirements/base.txt
	@$(BIN)/uv pip compile pyproject.toml --extra test -c requirements/base.txt --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade --quiet -o requirements/test.txt

clean: ## removes the virtual environment and caches; keeps data
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build src/afterglow.egg-info
