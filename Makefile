# Each target does its own set-up: nothing but Python 3.11+ and make is needed.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run test check format lock bench

help: ## these lines
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

.venv/run.stamp: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

check: .venv/dev.stamp ## linters, types, layers, templates, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --check --lint templates
	SECRET_KEY=check $(BIN)/python manage.py makemigrations --check --dry-run

format: .venv/dev.stamp ## rewrite code and templates in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet templates

lock: .venv/dev.stamp ## resolve requirements*.in into pinned, hashed requirements*.txt
	$(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links --generate-hashes --universal --python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --no-header --no-emit-index-url --no-emit-find-links --generate-hashes --universal --python-version 3.11 requirements-dev.in -o requirements-dev.txt
