# The commands of a checkout. `make` alone lists them.

PYTHON ?= python3.11
BIN := .venv/bin
export LANG ?= C.UTF-8

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup chat test check fresh lock screenshot clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make the environment in .venv, or complete it
	@command -v $(PYTHON) >/dev/null || { echo "setup: $(PYTHON) is missing:" \
		"sudo apt-get install python3.11 python3.11-venv" >&2; exit 2; }
	@$(PYTHON) -m workbench.setup

chat: setup ## open the chat client
	@$(BIN)/workbench chat

test: setup ## run all tests and hold the coverage floor
	@$(BIN)/python -m pytest --cov --cov-report=term --cov-report=json
	@$(BIN)/python .ci/coverage_floor.py coverage.json

check: setup ## style, types, layers and size limits
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/unit/test_layout.py

fresh: ## prove set-up, tests and chat on a clone with an empty home
	@$(PYTHON) -m workbench.setup.fresh

lock: ## resolve the packages anew and write both lock files
	@$(PYTHON) -m workbench.setup.lock

screenshot: setup ## draw the README's picture from the real client
	@$(BIN)/python -m workbench.tui.screenshot

clean: ## stop the services; remove .venv and caches, but no data
	@if [ -x $(BIN)/workbench ]; then $(BIN)/workbench down --all || true; fi
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@rm -rf .coverage .coverage.* coverage.json build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
