# `make run` starts everything here; `make test` runs the tests. Each makes .venv first.
PYTHON ?= python3
RUN := .venv/bin/python

.PHONY: help run test test-slow check conformance bench messages format lock install install-dev clean

help:
	@echo "make run          start the site with all it needs (PORT=8000)"
	@echo "make test         run the tests (ARGS=\"tests/flows\" for a part of them)"
	@echo "make test-slow    run the long versions"
	@echo "make check        style, types, architecture, translations, migrations"
	@echo "make conformance  try the Stripe sandbox with Stripe's official tool"
	@echo "make bench        measure what docs/performance.md tells"
	@echo "make messages     bring locale/*.po up to date with the sources"
	@echo "make format       format the sources"
	@echo "make lock         lock requirements/*.in again"

run: install
	@exec $(RUN) manage.py up

test: install-dev
	@$(RUN) -m tools.test $(ARGS)

test-slow: install-dev
	@$(RUN) -m tools.test --slow $(ARGS)

check: install-dev
	@$(RUN) -m tools.check

conformance: install-dev
	@$(RUN) -m tests.conformance

bench: install-dev
	@$(RUN) -m bench $(ARGS)

messages: install-dev
	@$(RUN) -m tools.messages

format: install-dev
	@$(RUN) -m ruff check --fix --exit-zero --quiet .
	@$(RUN) -m ruff format .

lock: install-dev
	@$(RUN) -m tools.lock

install:
	@$(PYTHON) tools/install.py local

install-dev:
	@$(PYTHON) tools/install.py dev

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
