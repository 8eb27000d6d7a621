# Each target does its own set-up: nothing but Python 3.11 or newer and make is needed.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
.DEFAULT_GOAL := help
.PHONY: help run test test-slow chaos check format bench simulate lock

help: ## these lines
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

run: .venv/run.stamp ## start the portal on http://127.0.0.1:8000 (PORT and PORTAL_VAR change where), Ctrl-C stops it
	@exec $(BIN)/python -m reseller_portal.run

test: .venv/dev.stamp ## all tests but the slow ones, on SQLite and the embedded broker unless DATABASE_URL and CELERY_BROKER_URL say otherwise
	@$(BIN)/python -m reseller_portal.assets
	@$(BIN)/python -m tests.browser.chromium
	$(BIN)/pytest -n 2 -m "not slow" $(PYTEST_ARGS)

test-slow: .venv/dev.stamp ## the slow tests: mutants of the code that creates, long random walks through it
	$(BIN)/pytest -n 2 -m slow $(PYTEST_ARGS)

CHAOS_CREATES ?= 2000
CHAOS_SECONDS ?= 3600
chaos: .venv/dev.stamp ## create at random while everything is killed, then compare with what Agora knows (CHAOS_ARGS=--help)
	@$(BIN)/python -m tests.chaos --creates $(CHAOS_CREATES) --seconds $(CHAOS_SECONDS) $(CHAOS_ARGS)

check: .venv/dev.stamp ## linters, types, layers, templates, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --check --lint templates
	SECRET_KEY=check DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py makemigrations --check --dry-run

format: .venv/dev.stamp ## rewrite code and templates in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet templates

bench: .venv/dev.stamp ## the goals of performance beside what this machine reaches (BENCH_SCALE=1: with the whole data set)
	$(BIN)/python -m benchmarks

simulate: .venv/dev.stamp ## sixty days of a thousand companies against the sandbox: calls, lateness, losses (SIMULATE_ARGS=--help)
	$(BIN)/python -m simulation $(SIMULATE_ARGS)

lock: .venv/dev.stamp ## resolve requirements*.in into pinned, hashed requirements*.txt
	$(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links --generate-hashes --universal --python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links --generate-hashes --universal --python-version 3.11 requirements-dev.in -o requirements-dev.txt

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "The portal needs Python 3.11 or newer. Name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making the environment in .venv (a few minutes the first time)."
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "This Python cannot make environments. On Debian: apt-get install python3-venv"; exit 1; }

.venv/run.stamp: requirements.txt | .venv/bin/python
	@echo "Installing what the portal needs."
	@$(PIP) -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/run.stamp
	@echo "Installing what tests and checks need."
	@$(PIP) -r requirements-dev.txt
	@touch $@
