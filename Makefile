# Two commands matter: `make demo` and `make test`. Each sets everything up first.

UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
unexport PYTHONDONTWRITEBYTECODE # where it is set, every start of a command would compile everything anew
READY := $(VENV)/.ready

.PHONY: demo test setup lint bench matrix compare soak clean

demo: $(READY)
	@exec $(BIN)/eventbahn demo

test: lint
	$(BIN)/pytest -n 2 --dist loadfile

setup: $(READY)

lint: $(READY)
	$(BIN)/uv lock --check --quiet
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

soak: $(READY)
	$(BIN)/pytest -m soak

bench: $(READY)
	$(BIN)/python -P -m tests.bench_fleet
	$(BIN)/python -P -m tests.bench_delivery
	$(BIN)/python -P -m tests.bench $(BENCH)

matrix: $(READY)
	$(BIN)/python -P -m tests.matrix $(MATRIX)

compare: $(READY)
	$(BIN)/python -P -m tests.bench.compare $(COMPARE)

clean:
	rm -rf $(VENV) .venv-peers conformance/targets/*/node_modules results .mypy_cache .ruff_cache .pytest_cache

$(READY): pyproject.toml uv.lock
	python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv sync --frozen --all-extras --compile-bytecode --quiet
	@touch $@
