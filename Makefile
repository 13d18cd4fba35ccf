# Everyone starts here. Every target makes .venv when it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PORT ?= 8000
export PORT

.PHONY: setup demo test check bench simulate lock audit clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $(READY)

demo: setup
	$(BIN)/lianxin demo

test: setup
	$(BIN)/python -m pytest -q

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q

# The tables of docs/, in about twenty minutes; a million items (bench/scale.py alone) take longer.
bench: setup
	$(BIN)/python bench/classification.py
	$(BIN)/python bench/looks.py
	$(BIN)/python bench/understanding.py
	$(BIN)/python bench/intake_cost.py
	$(BIN)/python bench/steady.py
	$(BIN)/python bench/rivals.py
	$(BIN)/python bench/scale.py 10000 100000

# 3,000 short histories with crashes everywhere; docs/rehearsal.md says more.
simulate: setup
	$(BIN)/python -m tests.histories

# Only for the one who changes a dependency; the lock names no index.
lock:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --extra dev --generate-hashes --strip-extras --allow-unsafe --no-header \
		--no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--no-emit-options -o requirements.lock pyproject.toml

# Known holes in packages of the lock file; says "not audited" where no index answers.
audit:
	@$(PYTHON) -m venv $(VENV)-audit
	@$(VENV)-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit || true
	@$(PYTHON) .ci/audit $(VENV)-audit/bin/pip-audit

clean:
	rm -rf $(VENV) $(VENV)-audit var
