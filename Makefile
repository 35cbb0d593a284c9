# flipsnack-kit. Needs Python 3.11 or newer and make; everything else is installed into .venv by the targets themselves.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
FUZZ := build/fuzz
SERVER_READY := $(VENV)/.server-ready
TOOLS_READY := $(VENV)/.tools-ready
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable
SPEC := contract_tests/src/flipsnack_contract/spec
# Every test that starts a command would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE
TOO_OLD := flipsnack-kit needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …

.DEFAULT_GOAL := help
.PHONY: help serve test demo check lint types contracts matrix bench soak fuzz generate docs constraints clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(SERVER_READY) ## set up .venv and serve the fake on http://127.0.0.1:3547/v1/
	@echo "== serving the fake; Ctrl-C ends it"
	@exec $(BIN)/flipsnack-mock serve

test: $(TOOLS_READY) ## set up .venv and run every test
	@echo "== testing everything (one part only: $(BIN)/pytest client)"
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

demo: $(SERVER_READY) ## show the fake, the client and the hard paths in a few seconds
	@echo "== the demo"
	@$(BIN)/python demo/demo.py

check: lint types contracts test ## everything a change must pass

lint: $(TOOLS_READY) ## ruff: lint and format
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(TOOLS_READY) ## mypy --strict over code and tests
	@echo "== mypy"
	@$(BIN)/mypy

contracts: $(TOOLS_READY) ## import-linter: who may import whom
	@echo "== import-linter"
	@$(BIN)/lint-imports

matrix: $(TOOLS_READY) ## try the kit on its broken servers and clients: each is caught by the rule it breaks
	@echo "== the kill matrix"
	@$(BIN)/python -m contract_tests.zoo.matrix --quiet

bench: $(TOOLS_READY) ## measure speed and memory, print a table, save JSON (BENCH="--help" shows the options)
	@echo "== the bench"
	@$(BIN)/python -m bench $(BENCH)

soak: $(TOOLS_READY) ## the long form of tests that run shortened in `make test` (minutes): a busy server is killed 100 times
	@echo "== the long tests"
	@$(BIN)/pytest -m soak

fuzz: $(TOOLS_READY) $(FUZZ)/.ready ## try what the OpenAPI documents describe on a running fake (a few minutes)
	@echo "== fuzzing both surfaces"
	@$(BIN)/python -m bench.fuzz --tools $(FUZZ)/bin

$(FUZZ)/.ready: bench/fuzz-requirements.txt
	@echo "== installing Schemathesis into $(FUZZ)"
	@$(PYTHON) -m venv $(FUZZ)
	@$(FUZZ)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

generate: ## rewrite the files that are made from others
	@echo "== the fake's copies of the rules ledger and of the method table"
	@cp $(SPEC)/rules.toml mock_server/src/flipsnack_mock/inspect/rules.toml
	@$(BIN)/python -c 'import json, sys, tomllib; print(json.dumps(tomllib.load(sys.stdin.buffer), indent=1, ensure_ascii=False))' \
		< $(SPEC)/methods.toml > mock_server/src/flipsnack_mock/protocol/methods.json
	@echo "== the generated pages and tables of the documentation"
	@$(BIN)/python -m generate
	@echo "== the schemas of the adapter protocol"
	@$(BIN)/python contract_tests/generate_schemas.py

docs: $(TOOLS_READY) ## build the site into build/site; a broken link is an error
	@echo "== building the site: build/site/index.html"
	@$(BIN)/zensical build --strict --clean

constraints: ## renew constraints.txt within the bounds of pyproject.toml
	@echo "== renewing constraints.txt from a fresh environment"
	@rm -rf build/renew && $(PYTHON) -m venv build/renew
	@build/renew/bin/python -m pip install --quiet --disable-pip-version-check '.[dev]'
	@{ sed '/^[^#]/,$$d' constraints.txt; build/renew/bin/python -m pip freeze --exclude flipsnack-kit; } > build/renew/constraints.txt
	@mv build/renew/constraints.txt constraints.txt && rm -rf build/renew

clean: ## remove .venv, caches and what was built
	@echo "== removing what make and the tools left"
	@rm -rf $(VENV) build dist .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("$(TOO_OLD)" if sys.version_info < (3, 11) else 0)'
	@echo "== making $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(SERVER_READY): pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "== installing the fake and the client into $(VENV)"
	@$(PIP_INSTALL) '.[mock]'
	@touch $@

$(TOOLS_READY): pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "== installing everything and the tools into $(VENV)"
	@$(PIP_INSTALL) '.[dev]'
	@touch $@ $(SERVER_READY)
