# Two commands do everything: `make demo` and `make test`.
PYTHON ?= python3.11
BIN := .venv/bin
RENEWCAST := $(BIN)/renewcast
AS_OF := 2026-06-29
WEEK_BEFORE := 2026-06-22
WORKERS ?= 2
# What `make bench` measures: rows, accounts, weeks of events (13 fewer snapshots), share of late rows, threads of each method,
# runs of which the fastest counts, every n-th snapshot; KEEP=NAME keeps the result as benchmarks/results/NAME.json.
EVENTS ?= 1e6
ACCOUNTS ?= 1000
WEEKS ?= 65
LATE ?= 0.05
THREADS ?= 2
RUNS ?= 1
EVERY ?= 1
KEEP ?=
export MLFLOW_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := true

.PHONY: help demo test test-deep bench quality notebooks lint lock clean setup
.DEFAULT_GOAL := help

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/.ready ## make the environment (.venv) from the lock

.venv/.ready: requirements.lock pyproject.toml
	@echo "setting up: the environment .venv from requirements.lock (a minute or two, once)"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## simulate a company, train, score, publish two weeks, say where the list is
	@echo "1/6  making up a company of 2,000 accounts over 130 weeks"
	@$(RENEWCAST) simulate
	@echo "2/6  checking its tables"
	@$(RENEWCAST) check
	@echo "3/6  training the churn model"
	@$(RENEWCAST) run train --target churn --as-of $(WEEK_BEFORE)
	@echo "4/6  training the renewal model"
	@$(RENEWCAST) run train --target renewal --as-of $(WEEK_BEFORE)
	@echo "5/6  fitting segments"
	@$(RENEWCAST) run segment --as-of $(WEEK_BEFORE)
	@echo "6/6  publishing the lists of two weeks"
	@$(RENEWCAST) run weekly_risk_list --as-of $(WEEK_BEFORE)
	@$(RENEWCAST) run weekly_risk_list --as-of $(AS_OF)
	@echo
	@echo "The list:  lists/2026-W27/r1/risk_list.xlsx (and .csv, .parquet)"
	@echo "The page:  lists/2026-W27/r1/risk_list.html"
	@echo "The model: models/churn/CARD.md"

test: setup ## run every test that a change must pass
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

test-deep: setup ## run the heavy tests too
	RENEWCAST_DEEP=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

bench: setup ## compare the engine with a range join, polars and the bare scan (EVENTS=20e6 ACCOUNTS=20000 WEEKS=104)
	@$(BIN)/python benchmarks/bench.py --events $(EVENTS) --accounts $(ACCOUNTS) --weeks $(WEEKS) --late $(LATE) \
	  --threads $(THREADS) --runs $(RUNS) --every $(EVERY) --keep "$(KEEP)"

quality: setup ## judge the default recipe on the public sets under RENEWCAST_DATA (some minutes; KEEP=NAME keeps the result)
	@$(BIN)/python benchmarks/quality.py --keep "$(KEEP)"

notebooks: setup ## execute the notebooks from a clean kernel on the demo company, and keep their outputs
	$(BIN)/python notebooks/execute.py

lint: setup ## style
	$(BIN)/ruff check src pipelines tests notebooks benchmarks

lock: setup ## resolve the dependencies anew (hashes, no addresses)
	uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	  --extra dev --extra postgres --extra spark pyproject.toml -o requirements.lock

clean: ## remove what demo made
	rm -rf data lists reviews mlruns mlflow.db models/*/
