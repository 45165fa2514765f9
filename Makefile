# EventHub from a fresh clone: `make run` shows it, `make test` proves it. Nothing that is done is done again.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
MADE := $(VENV)/made
# uv works in our own environment, with the Python it was made with, and never changes the lock.
UV := env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT=$(VENV) UV_PYTHON_DOWNLOADS=never $(BIN)/uv

CATALOGUES := $(wildcard translations/*/LC_MESSAGES/*.po)
FONTS := eventhub/static/fonts/plex-latin-400.woff2

.DEFAULT_GOAL := help
.PHONY: help setup setup-test run test lint bench translations translations-check fonts pictures migration-initial migration wheel clean
.DELETE_ON_ERROR:

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: export EVENTHUB_MODE ?= demo
run: setup ## Serve the demo on http://127.0.0.1:8000
	@exec $(BIN)/eventhub serve --prepare

setup: $(MADE)/libraries $(MADE)/packages $(FONTS) $(MADE)/catalogues

setup-test: $(MADE)/libraries-test $(MADE)/packages-test $(FONTS) $(MADE)/catalogues

test: setup-test ## Run every test, the browser's included
	@$(BIN)/pytest -n 2 --dist loadfile $(PYTEST)

lint: $(MADE)/packages-test ## Style, types, floors
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(MADE)/libraries $(MADE)/packages-test $(FONTS) $(MADE)/catalogues ## Measure against the yardstick
	@$(BIN)/python -m tests.bench

translations: $(MADE)/packages-test ## Bring the catalogues up to date with the words in the code
	@$(BIN)/python tools/translations.py update

translations-check: $(MADE)/packages-test ## Say what is not translated
	@$(BIN)/python tools/translations.py check

fonts: $(FONTS) ## Cut the fonts of the pages

pictures: setup-test ## Make the pictures of the documents anew, from the demo
	@$(BIN)/python tools/pictures.py

migration-initial: $(MADE)/packages-test ## Before the first release: write the one migration anew from the tables
	@$(BIN)/python tools/migration.py initial

migration: $(MADE)/packages-test ## After a change of tables: make migration WHAT="rooms have a floor"
	@$(BIN)/python tools/migration.py next "$(WHAT)"

wheel: $(MADE)/packages $(FONTS) $(MADE)/catalogues ## Build dist/eventhub-*.whl
	@$(UV) build --wheel --quiet --out-dir dist && ls dist/*.whl

clean: ## Remove what was made; the instance stays
	@rm -rf $(VENV) dist eventhub/static/fonts .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find translations -name '*.mo' -delete 2>/dev/null || true
	@find eventhub tests tools -name __pycache__ -prune -exec rm -rf {} +

# What the targets above stand on -----------------------------------------------------------------------------------

$(MADE)/libraries: tools/system-libraries
	@sh tools/system-libraries run
	@$(MAKE) --silent --no-print-directory $(BIN)/uv
	@mkdir -p $(MADE) && touch $@

$(MADE)/libraries-test: tools/system-libraries
	@sh tools/system-libraries test
	@$(MAKE) --silent --no-print-directory $(BIN)/uv
	@mkdir -p $(MADE) && touch $@ $(MADE)/libraries

$(BIN)/uv:
	@test -n "$(PYTHON)" || { echo "EventHub needs Python 3.11 or later."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "EventHub needs Python 3.11 or later; $(PYTHON) is older."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet uv

# Whoever has the tools keeps them: a run after a test takes nothing away.
$(MADE)/packages: pyproject.toml uv.lock | $(MADE)/libraries $(BIN)/uv
	@$(UV) sync --frozen --inexact $(if $(wildcard $(MADE)/packages-test),,--no-dev) --quiet
	@mkdir -p $(MADE) && touch $@ $(if $(wildcard $(MADE)/packages-test),$(MADE)/packages-test)

$(MADE)/packages-test: pyproject.toml uv.lock | $(BIN)/uv
	@$(UV) sync --frozen --inexact --quiet
	@mkdir -p $(MADE) && touch $@ $(MADE)/packages

$(FONTS): eventhub/press/webfonts.py | $(MADE)/packages
	@$(BIN)/python -c 'from pathlib import Path; from eventhub.press.webfonts import build; build(Path("eventhub/static/fonts"))'
	@touch $@

$(MADE)/catalogues: $(CATALOGUES) tools/translations.py | $(MADE)/packages
	@$(BIN)/python tools/translations.py compile
	@touch $@
