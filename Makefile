# `make run` and `make test` do all their own set-up; `make help` lists the rest.
PYTHON ?= python3
PORT ?= 5000
BIN := .venv/bin
WORKERS ?= 2
# Long tests stand first; who has nothing left takes over from whoever has most.
EXTRAS := oidc metrics sentry notify
PYTEST := $(BIN)/pytest -q -n $(WORKERS) --dist worksteal
unexport PYTHONDONTWRITEBYTECODE  # every worker would compile everything again
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help run test check licences test-sqlite test-postgresql test-rest test-all test-postgresql-all bench bench-quick load format lock wheel migration diagram pictures clean
.DEFAULT_GOAL := help

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: export FUNDFLOW_DEMO = 1
run: export FUNDFLOW_BASE_URL ?= http://127.0.0.1:$(PORT)
run: .make/ready  ## the demonstration: web server, worker and mailbox at http://127.0.0.1:$PORT/
	@$(BIN)/fundflow db upgrade
	@$(BIN)/fundflow demo load
	@$(BIN)/fundflow run --port $(PORT)

test: check test-sqlite test-postgresql  ## checks, then the quick tests on both databases

check: .make/ready  ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory licences >/dev/null  # what is wrong is said on stderr

licences: .make/ready  ## the licence of everything that runs; fails on one that does not go with ours
	@$(BIN)/pip-licenses --packages $$(sed -n 's/^\([A-Za-z0-9_.-]*\)==.*/\1/p' requirements/run.txt $(EXTRAS:%=requirements/%.txt))
	@node fundflow/assets/licences.mjs

test-sqlite: .make/ready  ## the quick tests on SQLite, journeys in the browser included
	$(PYTEST) --tier=quick --database=sqlite

test-postgresql: .make/ready  ## what a database can change, on PostgreSQL
	$(PYTEST) --tier=quick --database=postgresql -m "not browser"

test-rest: .make/ready  ## what `make test` leaves out: full rounds, long journeys
	$(PYTEST) --tier=rest --database=sqlite
	$(PYTEST) --tier=rest --database=postgresql -m "not browser"

test-all: export ROUNDS ?= 200
test-all: test test-rest  ## both, with all the rounds of parallel work

test-postgresql-all: .make/ready  ## every test on PostgreSQL that reaches a database
	$(PYTEST) --database=postgresql -m "not browser"

bench: .make/ready  ## what pages cost with 1,000 to 100,000 bids, as ratios; DATABASE=postgresql
	$(BIN)/python -m tests.bench

bench-quick: .make/ready  ## the same with up to 10,000; fails where a bar falls
	$(BIN)/python -m tests.bench --quick

load: .make/ready  ## everybody at work on PostgreSQL while machines fail, for MINUTES=5
	$(BIN)/python -m tests.load

format: .make/ready  ## tidy the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .make/venv  ## write the lock files anew (they carry no addresses)
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --no-emit-find-links --upgrade --extra dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --no-emit-find-links -c requirements/dev.txt pyproject.toml -o requirements/run.txt
	echo uv | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --no-emit-find-links -c requirements/dev.txt -o requirements/uv.txt -
	for extra in $(EXTRAS); do \
	  sed -n "/^$$extra = \[/,/^\]/s/^  \"\([^\"]*\)\".*/\1/p" pyproject.toml \
	  | $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --no-emit-find-links -c requirements/dev.txt -o requirements/$$extra.txt - || exit 1; \
	done
	npm install --package-lock-only && node fundflow/assets/tidy-lock.mjs

wheel: .make/ready  ## build dist/fundflow-….whl, which holds everything that runs
	@$(BIN)/python -m hatchling build -t wheel -d dist

migration: export FUNDFLOW_DEMO = 1
migration: .make/ready  ## write the migration for what the models gained: make migration name="Parents’ view"
	@test -n "$(name)" || { echo 'Say what it brings: make migration name="Parents’ view"'; exit 1; }
	@export FUNDFLOW_DATA=$$(mktemp -d) && trap 'rm -rf "$$FUNDFLOW_DATA"' EXIT \
	  && $(BIN)/fundflow db upgrade && $(BIN)/fundflow db migrate -m "$(name)"
	@$(BIN)/ruff check -q --fix migrations && $(BIN)/ruff format -q migrations

diagram: .make/ready  ## write the workflow diagram into README
	FUNDFLOW_DEMO=1 $(BIN)/fundflow workflow diagram --readme

pictures: .make/ready  ## take the pictures of README and of docs/help from the demonstration
	$(BIN)/pytest -q --tier=all tests/journeys/take_pictures.py

clean:  ## remove what the commands above made, except the demonstration's data
	rm -rf .venv .make dist node_modules fundflow/static/built .mypy_cache .ruff_cache .pytest_cache

# -- set-up -----------------------------------------------------------------------------------

.make/ready: .make/venv .make/assets
	@touch $@

.make/venv: requirements/dev.txt requirements/uv.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("fundflow needs Python 3.11 or newer") if sys.version_info < (3, 11) else 0'
	@echo "Preparing Python …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --require-hashes -r requirements/uv.txt
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip sync -q --require-hashes requirements/dev.txt
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv pip install -q --no-index --no-deps --no-build-isolation -e .
	@mkdir -p .make && touch $@

.make/assets: package-lock.json package.json fundflow/names.json $(wildcard fundflow/assets/*)
	@echo "Preparing styles …"
	@npm ci --silent --no-fund --no-audit
	@npm run --silent build
	@mkdir -p .make && touch $@
