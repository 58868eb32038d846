# `make help` lists the targets. Needed beforehand: make, and a Python from 3.11 to 3.14 that has venv.

CONFIG ?= configs/yen_carry.yaml
DATA ?=
OUT ?= reports
GALLERY = gold franc oil yen_carry

# The first interpreter on the path that will do; PYTHON=... names another.
first_python = $(shell for name in $(1); do \
	"$$name" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, $(2)))' \
	2>/dev/null && echo "$$name" && break; done)
interpreters = $(foreach minor,$(1),python3.$(minor) $(wildcard $(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions/3.$(minor).*/bin/python3))
NEWEST_PYTHON = $(call first_python,$(call interpreters,14 13 12 11) python3,14)
PYTHON ?= $(call first_python,python3 $(call interpreters,14 13 12 11),14)
LOWEST_PYTHON ?= $(call first_python,$(call interpreters,11 12) python3,12)
UV ?= .venv/bin/uv

PYTEST = -m pytest -n auto --dist worksteal
PIP = -m pip --disable-pip-version-check install --quiet --no-compile
COMPILE = $(UV) pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-header

# An interpreter that is named and is another than that of .venv makes it anew.
ifeq ($(origin PYTHON),command line)
ifneq ($(shell $(PYTHON) -VV 2>&1),$(shell .venv/bin/python -VV 2>&1))
.venv/made: another-interpreter
another-interpreter:
endif
endif

# Else each of many processes compiles every library again.
unexport PYTHONDONTWRITEBYTECODE

# One thread in each worker: the workers share the cores.
test test-lowest simulate: export OMP_NUM_THREADS = 1
test test-lowest simulate: export OPENBLAS_NUM_THREADS = 1
# The oldest dependencies warn of one another's age; that is no news.
test-lowest: AGE = -W default::DeprecationWarning -W default::PendingDeprecationWarning -W default::FutureWarning

.DEFAULT_GOAL := help
.PHONY: help report test check simulate test-lowest benchmarks docs release lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' Makefile
	@echo '  variables    CONFIG="a.yaml b.yaml"  DATA=folder of CSV files  OUT=folder of pages  PYTHON=interpreter  VERSION=of a release'

report: .venv/made ## write the page of each CONFIG into OUT, from the files in DATA where given
	.venv/bin/coupling report $(CONFIG) $(if $(DATA),--data "$(DATA)") --out "$(OUT)" --fallback simulated

test: .venv/made ## run the quick tests (THOROUGH=1: the long ones in their place)
	.venv/bin/python $(PYTEST) -m "not slow and $(if $(THOROUGH),,not )thorough"

check: .venv/made ## run ruff, mypy and import-linter
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

simulate: .venv/made ## run the simulations of size and coverage (REDUCED=1: the quick ones of each room)
	.venv/bin/python $(PYTEST) -m "slow$(if $(REDUCED), and not processes)" $(if $(REDUCED),--reduced)

test-lowest: .venv-lowest/made ## run the tests on the lowest supported versions, but for documentation, browser and processes
	.venv-lowest/bin/python $(PYTEST) -m "not slow and not browser and not processes" --ignore=tests/docs $(AGE)

benchmarks: .venv/tools ## measure speed against named peers
	@for file in benchmarks/bench_*.py; do echo "## $$file"; .venv/bin/python "$$file" || exit 1; done

docs: .venv/docs ## build the documentation with its gallery into build/site; a warning is an error
	.venv/bin/coupling report $(GALLERY) --offline --store build/empty --fallback simulated --out docs/gallery --quiet
	.venv/bin/python -m sphinx -q -W --keep-going -j auto docs build/site

release: .venv/tools ## make a release, VERSION=0.2.0: version, change log, tag, archives and their test; CONTRIBUTING.md says the rest
	.venv/bin/python .ci/release.py $(or $(VERSION),$(error name it: make release VERSION=0.2.0))

lock: $(if $(filter .venv/bin/uv,$(UV)),.venv/tools) ## make the lock files anew
	$(COMPILE) --group build --group test --group check --extra dask --fork-strategy fewest -o requirements.lock
	$(COMPILE) --group build --group test --resolution lowest-direct -o requirements-lowest.lock
	$(COMPILE) --group benchmarks --group tools --extra dask --fork-strategy fewest -c requirements.lock -o requirements-tools.lock
	$(COMPILE) --group docs -c requirements.lock -o requirements-docs.lock

clean: ## remove environments and caches; pages stay
	rm -rf .venv .venv-lowest build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find benchmarks coupling tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Environments. Only wheels: a build from source would fetch tools that no lock pins.
.venv/made: requirements.lock
.venv-lowest/made: requirements-lowest.lock
.venv-lowest/made: PYTHON = $(LOWEST_PYTHON)
.venv/made .venv-lowest/made: pyproject.toml
	@test -n "$(PYTHON)" || { echo "no Python with venv found (3.11 to 3.14; 3.11 or 3.12 for test-lowest): name one with PYTHON=" >&2; exit 1; }
	@echo "making the environment $(@D) from $(filter %.lock,$^): a minute or two" >&2
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/python $(PIP) --require-hashes --only-binary :all: -r $(filter %.lock,$^)
	$(@D)/bin/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/docs: .venv/made requirements-docs.lock
	.venv/bin/python $(PIP) --require-hashes --only-binary :all: -r requirements-docs.lock
	@touch $@

.venv/tools: .venv/made requirements-tools.lock
	.venv/bin/python $(PIP) --require-hashes --only-binary :all: -r requirements-tools.lock
	@touch $@
