# Two commands for users, `make lab` and `make test`; the rest is for builders. Each sets up what it needs.
.DEFAULT_GOAL := help
.PHONY: help lab js test test-colab test-peers check docs pictures bench soak smoke-live dist pins binder clean

PY := .venv/bin/python
NOTEBOOK := notebooks/01-first-look.ipynb
ARGS :=
# The package's build hook makes the bundles, with a Node of its own where the machine has none.
BUNDLE := .venv/bin/uv pip install --quiet --no-deps --python $(PY) --editable .
JS := $(wildcard binance_nb/widgets/js/*.* binance_nb/widgets/js/parts/*)
# Three files of tests at a time, as most of them wait for other processes; each file in one process: what its tests share
# is started once. ARGS="-n 0" has one.
ABREAST := -n 3 --dist loadfile

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /make \1  /p' $(MAKEFILE_LIST) | awk '{printf "%s %-10s ", $$1, $$2; $$1 = $$2 = ""; print}'

lab: .venv/.lab .venv/.js ## open the tour in JupyterLab (HEADLESS=1: no browser, print the address; PORT=n: that port)
	@$(PY) tools/lab.py $(NOTEBOOK) $(if $(HEADLESS),--headless) $(if $(PORT),--port $(PORT))

js: .venv/.lab ## bundle what the widgets run in the browser; the targets that need it do so after a change
	@$(BUNDLE)
	@touch .venv/.js

test: .venv/.dev .venv/.js ## run all tests, and the notebooks against their stored outputs (ARGS="-k clock": some)
	$(PY) -m pytest $(ABREAST) $(ARGS)

# What an old IPython, pandas or ipywidgets could break. ipywidgets 7 opens its channels in a way that ipykernel deplores,
# and looks at its traits in one that traitlets does.
test-colab: .venv-colab/.made .venv/.js ## run what depends on them on IPython 7.34, pandas 2.2 and ipywidgets 7.7, as Colab has them
	.venv-colab/bin/python -m pytest $(ABREAST) -p no:cacheprovider -W 'ignore:The `ipykernel.comm.Comm`:DeprecationWarning' \
	    -W 'ignore:Deprecated in traitlets 4.1:DeprecationWarning' -k "not on_any_day" \
	    $(or $(ARGS),tests/frames tests/grammar tests/history/bulk tests/history/long tests/hosts tests/notebook tests/notebooks \
	        tests/rendering tests/store tests/test_session.py tests/widgets)

test-peers: .venv/.peers ## let other people's clients spend a day on the sandbox
	$(PY) -m pytest $(ABREAST) tests/peers $(ARGS)

check: .venv/.dev ## lint, format, types, and the import contracts between the rooms
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports

docs: .venv/.dev ## write docs/reference/ from the declarations
	@$(PY) -m tools.make_reference

pictures: .venv/.dev .venv/.js ## draw the README's pictures anew: a notebook run in JupyterLab, in a headless Chromium
	@$(PY) -m tools.make_pictures

bench: .venv/.dev ## print the figures of benchmarks/
	@for script in benchmarks/*.py; do echo "== $$script"; $(PY) $$script || exit 1; done

soak: .venv/.dev ## run the long trials of benchmarks/soak/
	@ls benchmarks/soak/*.py >/dev/null 2>&1 || echo "There is nothing to soak yet."
	@for script in $(wildcard benchmarks/soak/*.py); do echo "== $$script"; $(PY) $$script || exit 1; done

smoke-live: .venv/.lab ## ask the real exchange every read endpoint once, read-only (ARGS="testnet --out report.txt")
	@$(PY) tools/smoke_live.py $(ARGS)

dist: .venv/.dev ## build wheel and sdist into dist/, and try the wheel in a clean environment
	rm -rf dist
	$(PY) -m build
	$(PY) -m twine check --strict dist/*
	$(PY) tools/try_wheel.py dist/*.whl

# For the oldest Python that this project runs on, so that they install on any, and can be tried on the one at hand.
pins: .venv/.dev ## renew the pinned versions in binder/requirements.txt
	.venv/bin/uv pip compile --quiet --upgrade --python-version 3.11 --custom-compile-command "make pins" \
	    --extra lab --output-file binder/requirements.txt pyproject.toml binder/build.in

binder: .venv/.dev ## rehearse what mybinder.org does: render, install the pins, build, run every notebook without a network
	$(PY) tools/rehearse_binder.py

clean: ## remove .venv, .venv-colab, dist/ and every cache
	rm -rf .venv .venv-colab dist binance_nb/widgets/static binance_nb/widgets/js/node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# One environment, two fillings: a reader of the tour need not wait for linters. The second holds the first.
.venv/.lab .venv/.dev: pyproject.toml tools/environment.sh
	@tools/environment.sh $(@:.venv/.%=%)
	@touch .venv/.lab .venv/.js $@

.venv/.js: $(JS) hatch_build.py | .venv/.lab
	@$(BUNDLE)
	@touch $@

.venv/.peers: .venv/.dev
	@tools/environment.sh peers
	@touch $@

.venv-colab/.made: .venv/.dev tools/colab/pins.txt
	.venv/bin/uv venv --quiet --clear --python $(PY) .venv-colab
	.venv/bin/uv pip install --quiet --compile-bytecode --python .venv-colab/bin/python --constraint tools/colab/pins.txt --editable ".[test]"
	@touch $@
