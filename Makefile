# Pulse: `make run` starts the studio, `make test` runs every test. Everything lives in .venv and var/.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help install install-test run test test-fast check bench drill fuzz clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: $(VENV)/installed ## Make .venv with the command `pulse`

install-test: $(VENV)/installed-test

$(VENV)/installed: requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Pulse needs Python 3.11 or newer; say which: make install PYTHON=python3.12"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install -r requirements.txt -c constraints.txt
	$(PIP) install --no-deps -e .
	@touch $@

$(VENV)/installed-test: $(VENV)/installed requirements-test.txt
	$(PIP) install -r requirements-test.txt -c constraints.txt
	@touch $@

run: install ## Start the studio and print its address
	$(BIN)/pulse up

test: install-test ## Run all tests (browser and Postgres tests too, where they can run)
	$(BIN)/python -m pytest -n 2 --dist loadgroup

test-fast: install-test ## Run the tests that take under a minute together
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not browser"

check: install-test ## Lint, format and type checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/installed-bench: $(VENV)/installed requirements-bench.txt
	$(PIP) install -r requirements-bench.txt -c constraints.txt
	@touch $@

bench: $(VENV)/installed-bench ## Measure against the bare engine and other libraries; prints ratios
	$(BIN)/python -m benchmarks.intake

drill: install-test ## Kill import, refresh and sending at 51 random moments, and check that nothing was lost or doubled
	PULSE_KILLS=51 $(BIN)/python -m pytest tests/test_kill.py -v

$(VENV)/installed-fuzz: $(VENV)/installed-test requirements-fuzz.txt
	$(PIP) install -r requirements-fuzz.txt -c constraints.txt
	@touch $@

fuzz: $(VENV)/installed-fuzz ## Import odd files for ten minutes (FUZZ_SECONDS), guided by coverage; defects go to var/fuzz
	PYTHONPATH=.:tests $(BIN)/python -m fuzz.fuzz_intake

clean: ## Remove .venv and caches (never var/, your data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
