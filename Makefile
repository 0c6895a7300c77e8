# Stepwell: two commands are all a newcomer needs, 'make demo' and 'make test'.
PORT ?= 8000
PYTHON ?= python3
PROCESSES ?= 2
ARGS ?=
export PYTHON

PY := .venv/bin/python
RUN_DEMO := env -u DATABASE_URL -u REDIS_URL STEPWELL_DEMO=1 $(PY) manage.py demo
TEST := $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder
.DEFAULT_GOAL := help
.PHONY: help venv demo demo-reset serve test test-long lint bench fuzz faults pictures lock clean

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

venv: # .venv as requirements.lock says; instant where it is so already
	@.ci/venv

demo: venv ## the living demonstration on http://127.0.0.1:8000 (PORT=8001 for another, ARGS=--no-activity for a still one)
	@$(RUN_DEMO) --port $(PORT) $(ARGS)

demo-reset: venv ## start the demonstration over: removes its data
	@$(RUN_DEMO) --reset

serve: venv ## several processes behind nginx on http://127.0.0.1:8000 (PROCESSES=2): the demonstration, or DATABASE_URL's
	@$(PY) manage.py serve --processes $(PROCESSES) --port $(PORT) $(ARGS)

test: venv ## the suite, browser tests included, in ten minutes (ARGS='tests/emar -k refused' for a part)
	@$(TEST) $(if $(ARGS),$(ARGS),-m 'not long')

test-long: venv ## what takes minutes: every page, killed servers, the release before; CI runs it after the others
	@$(TEST) -m long $(ARGS)

lint: venv ## ruff, mypy, import-linter, migrations
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy .
	@.venv/bin/lint-imports
	@$(PY) manage.py makemigrations --check --dry-run

bench: venv ## pages, doses, pushes and memory at 20 million administrations, each beside its floor (SIZE=small in two minutes)
	@$(PY) -m bench $(ARGS)

fuzz: venv ## 20,000 requests that nobody should send, and a summary (ARGS=500 for fewer)
	@FUZZ=$(or $(ARGS),20000) $(PY) -m pytest tests/fuzz -n 2 --dist load -q

faults: venv ## a mixed load while servers are killed, filled, slowed and stepped, and an independent checker (FAULTS=long: a minute each)
	@FAULTS=$(or $(FAULTS),short) $(PY) -m pytest tests/faults -q -n 0 $(ARGS)

pictures: venv ## the pictures of the README, from the demonstration running on PORT
	@PORT=$(PORT) $(PY) -m tests.browser.pictures

lock: venv ## write requirements.lock anew from pyproject.toml
	@$(PY) -m uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --upgrade -o requirements.lock

clean: ## remove what was made, but for the demonstration's data
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .stepwell/test
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
