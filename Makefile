# coopfarm: `make run` to try it, `make test` to check it.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
export PORT ?= 8000

.PHONY: run test bench lock translations help

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run: $(VENV)/.ready ## set up, fill the village, plan its week, and serve it
	@exec $(VENV)/bin/coopfarm run --port $(PORT)

test: $(VENV)/.ready-test ## set up what the tests need, and run them all
	@bash .ci/system postgresql chromium
	@bash .ci/check

bench: $(VENV)/.ready-test ## measure the speeds beside a peer or a limit
	@$(VENV)/bin/python -m benchmarks

lock: ## write the lock files anew from pyproject.toml
	@bash .ci/lock

translations: ## collect the words to translate, and compile what is translated
	@bash .ci/translations

$(VENV)/.ready: requirements.lock pyproject.toml .ci/install
	@PYTHON=$(PYTHON) bash .ci/install $(VENV) requirements.lock
	@bash .ci/system pango
	@touch $@

$(VENV)/.ready-test: $(VENV)/.ready requirements-test.lock
	@PYTHON=$(PYTHON) bash .ci/install $(VENV) requirements-test.lock
	@touch $@
