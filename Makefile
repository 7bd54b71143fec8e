# Two commands: `make demo` shows the scanner at work, `make test` judges it. `make help` lists the rest.
# Another Python than python3: make setup PYTHON=/path/to/python3.12

PYTHON = python3
BIN = .venv/bin
STAMP = .venv/.set-up

.PHONY: help setup demo test thorough check bench lock wheel clean

help:
	@echo "make demo    set up, scan the made-up municipality, show the reports"
	@echo "make test    everything that a submission is judged by"
	@echo "make thorough  the tests that take minutes each: every check on its own pages, deep looks, nights"
	@echo "make check   style, types, import contracts, and the tests without a browser (under a minute)"
	@echo "make setup   environment, locked dependencies, axe-core, browser"
	@echo "make bench   the benchmarks"
	@echo "make wheel   a wheel in dist/, with axe-core in it"
	@echo "make lock    renew the lock files from pyproject.toml"
	@echo "make clean   remove what was made, except .venv"

setup: $(STAMP)

# Made anew when one of these changes; deleting the stamp is enough to repeat it by hand.
$(STAMP): tools/set-up.sh requirements-dev.lock pyproject.toml hatch_build.py scanner/axe.py
	@sh tools/set-up.sh $(PYTHON)
	@touch $@

demo: $(STAMP)
	@$(BIN)/scanner demo

test: $(STAMP)
	$(BIN)/python -m pytest -m "not thorough"

thorough: $(STAMP)
	$(BIN)/python -m pytest -m thorough

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not browser and not slow and not real and not thorough"

bench: $(STAMP)
	$(BIN)/python -m bench

wheel: $(STAMP)
	$(BIN)/python -m build --wheel --no-isolation

# One resolution for every Python from 3.11 and every platform. Hashes, but no download addresses. The first lock is for
# developers and CI; the second, for production, is a part of it.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --all-extras $(LOCK_FLAGS)

lock:
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(COMPILE) --group dev --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --constraint requirements-dev.lock --output-file requirements.lock pyproject.toml

clean:
	rm -rf dist build demo-output bench-output .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +
