# `make` shows what there is. Everything is installed into .venv, pinned by .ci/constraints.txt.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV ?= .venv
PYTHON_VERSION ?=
BIN := $(VENV)/bin
WORKERS ?= auto
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## show the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

$(VENV)/.installed: pyproject.toml .ci/constraints.txt shadow/__init__.py
	@python=$$(.ci/find-python $(PYTHON_VERSION)) && echo "using $$python" && $$python -m venv $(VENV)
	@$(BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet -c .ci/constraints.txt --group dev -e .
	@touch $@

install: $(VENV)/.installed ## install shadow and what it needs into .venv

demo: install ## run the demo: two sides with known faults, a real mitmdump, traffic, a report
	$(BIN)/shadow demo

example: install ## make the example report (reports/example) and its pictures (docs/images) anew; wants chromium
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	$(BIN)/shadow demo --history --out "$$folder/shadow-demo" && \
	$(BIN)/shadow report --config "$$folder/shadow-demo/shadow.toml" --format html,json,junit,markdown --out reports/example && \
	$(BIN)/python .ci/screenshots.py reports/example/index.html docs/images

test: lint types imports ## lint, types, import rules and all tests
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

lint: install ## ruff: rules and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install ## mypy --strict on shadow/
	$(BIN)/mypy

imports: install ## the layers of docs/architecture.md
	$(BIN)/lint-imports --no-cache

format: install ## let ruff write the formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench-compare: install ## how long comparing takes, beside parsing alone and plain DeepDiff (about 5 minutes)
	$(BIN)/pytest tests/benchmarks/compare.py -q -p no:xdist --benchmark-columns=median --benchmark-max-time=0.5

bench-proxy: install ## what the proxy costs its clients, beside bare mitmdump and nginx (about 12 minutes)
	PYTHONPATH=$(CURDIR) $(BIN)/python tests/benchmarks/proxy.py

bench-mirror: install ## how many pairs a worker mirrors, compares and counts per second (about 2 minutes)
	PYTHONPATH=$(CURDIR) $(BIN)/python tests/benchmarks/mirror.py

bench-hooks: install ## what the addon's hooks cost per request (half a minute)
	PYTHONPATH=$(CURDIR) $(BIN)/python tests/benchmarks/hooks.py

bench-replay: install ## how fast a recording is replayed, beside a bare httpx client (about 3 minutes)
	PYTHONPATH=$(CURDIR) $(BIN)/python tests/benchmarks/replay.py

bench-report: install ## what the largest report takes to write, to open and to search in Chromium (about 3 minutes)
	PYTHONPATH=$(CURDIR) $(BIN)/python tests/benchmarks/report.py

bench-verdict: install ## how often a verdict is wrong, simulated against known truth (about 10 minutes)
	PYTHONPATH=$(CURDIR) $(BIN)/python tests/benchmarks/simulation.py

soak: install ## 100,000 requests through one proxy: does it leak, does its ledger add up? (some minutes)
	PYTHONPATH=$(CURDIR) $(BIN)/python tests/benchmarks/soak.py

test-all: ## the test suite on every Python that shadow supports
	@for version in 3.11 3.12 3.13; do \
	  echo "== Python $$version"; \
	  $(MAKE) --no-print-directory test VENV=.venv-$$version PYTHON_VERSION=$$version || exit 1; \
	done

pin: ## renew .ci/constraints.txt from the newest versions that the three Pythons resolve to
	@for version in 3.11 3.12 3.13; do \
	  rm -rf .venv-pin-$$version; $$(.ci/find-python $$version) -m venv .venv-pin-$$version && \
	  .venv-pin-$$version/bin/pip install --quiet --upgrade "pip>=25.1" && \
	  .venv-pin-$$version/bin/pip install --quiet --group dev -e . && \
	  .venv-pin-$$version/bin/pip freeze --exclude-editable > .venv-pin-$$version/freeze.txt || exit 1; \
	done
	python3 .ci/pin.py $(foreach v,3.11 3.12 3.13,$(v)=.venv-pin-$(v)/freeze.txt)

clean: ## remove what make and the tools have made
	rm -rf .venv .venv-* .newman build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.PHONY: help install demo example test lint types imports format bench-compare bench-proxy bench-mirror bench-hooks bench-replay bench-report bench-verdict soak test-all pin clean
