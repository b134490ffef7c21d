# `make demo` and `make test` are all that a fresh machine needs: Python 3.11 to 3.13 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= keras_debugger_demo
BENCH ?= keras_debugger_bench

.PHONY: install demo test examples bench bench-full clean

install: $(VENV)/installed

$(VENV)/installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[tensorflow-cpu]'
	touch $@

$(VENV)/tested: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable '.[tensorflow-cpu,test]'
	touch $@

demo: install
	$(BIN)/keras-debugger demo --directory $(DEMO)

test: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -n 2

examples: install
	@set -e; for script in examples/*.py; do echo "== $$script"; $(BIN)/python $$script; done

$(VENV)/benched: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --editable '.[tensorflow-cpu,bench]'
	touch $@

# Every benchmark on a small scale, under 20 minutes on 2 cores. Tables are printed, JSON is in BENCH.
bench: $(VENV)/benched
	mkdir -p $(BENCH)
	$(BIN)/python benchmarks/overhead.py --quick --json $(BENCH)/overhead.json
	$(BIN)/python benchmarks/scaling.py --quick --json $(BENCH)/scaling.json
	$(BIN)/python benchmarks/healthy_runs.py --quick --jobs 2 --json $(BENCH)/healthy_runs.json
	$(BIN)/python benchmarks/score_cases.py --diagnose-only --seeds 0 --jobs 2 --json $(BENCH)/diagnosed_cases.json
	$(BIN)/python benchmarks/proof.py --quick --json $(BENCH)/proof.json
	$(BIN)/python benchmarks/executors.py --quick --json $(BENCH)/executors.json
	$(BIN)/python benchmarks/rewriting.py --json $(BENCH)/rewriting.json

# All of it, hours: the tables of benchmarks/RESULTS.md. What is already in BENCH is not made again.
bench-full: $(VENV)/benched
	mkdir -p $(BENCH)
	$(BIN)/python benchmarks/overhead.py --memory --resume --json $(BENCH)/overhead_full.json
	$(BIN)/python benchmarks/overhead_parts.py --json $(BENCH)/overhead_parts.json
	$(BIN)/python benchmarks/scaling.py --json $(BENCH)/scaling_full.json
	$(BIN)/python benchmarks/score_cases.py --seeds 0,1 --jobs 2 --resume --json $(BENCH)/cases.json
	$(BIN)/python benchmarks/peers.py --jobs 2 --resume --json $(BENCH)/peers.json
	$(BIN)/python benchmarks/healthy_runs.py --jobs 2 --resume --json $(BENCH)/healthy_runs_full.json
	$(BIN)/python benchmarks/injected_faults.py --jobs 2 --resume --healthy $(BENCH)/healthy_runs_full.json \
		--json $(BENCH)/injected_faults.json
	$(BIN)/python benchmarks/causes.py --compare --json $(BENCH)/causes.json
	$(BIN)/python benchmarks/proof.py --json $(BENCH)/proof_full.json
	$(BIN)/python benchmarks/proof_folds.py --json $(BENCH)/proof_folds.json
	$(BIN)/python benchmarks/executors.py --ray --json $(BENCH)/executors_full.json
	$(BIN)/python benchmarks/rewriting.py --large --json $(BENCH)/rewriting_full.json
	$(BIN)/python benchmarks/rows.py --json $(BENCH)/rows.json

clean:
	rm -rf $(VENV) build dist *.egg-info $(DEMO) $(BENCH)
