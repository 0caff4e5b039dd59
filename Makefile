# The commands of the book; `make` alone lists them. TORCH=cpu adds PyTorch's CPU index.
.DEFAULT_GOAL := help
.PHONY: help book test quick lab notebooks benchmark pdf clean lint axe

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.installed
INDEX := $(if $(filter cpu,$(TORCH)),--extra-index-url https://download.pytorch.org/whl/cpu)
AXE := axe-core@4.10.3
export OMP_NUM_THREADS = 1

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, found: $$($(PYTHON) -V 2>&1). Try: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing PyTorch and the book's tools into .venv: about a minute, more on a slow network."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check $(INDEX) -c constraints.txt -e ".[book,test,lab]"
	@touch $@

book: $(STAMP) ## run the pages and build the site in _build/html
	@$(BIN)/python -m tools.execute
	@test ! -f tools/reference.py || $(BIN)/python -m tools.reference
	@rm -rf _build/html _build/.doctrees # a warm build would hide warnings
	@$(BIN)/jupyter-book build -q -W -n --keep-going . >_build/sphinx.log # warnings go to stderr
	@echo "Open the book: file://$(CURDIR)/_build/html/index.html"

test: $(STAMP) lint book axe ## lint, build the book, and run every test
	@COMPANION_SWEEP=corners $(BIN)/python -m pytest -q -n 2 --dist loadscope \
	  --nbval-lax --nbval-sanitize-with tests/sanitize.cfg tests chapters $(wildcard *.ipynb)

quick: $(STAMP) lint ## lint and the unit tests of what changed since the last commit
	@COMPANION_SWEEP=corners $(BIN)/python -m tools.quick

lab: $(STAMP) ## open the chapters in JupyterLab
	@$(BIN)/jupyter lab chapters

notebooks: $(STAMP) ## write the .ipynb beside each page (or beside PAGES=...) again
	@$(BIN)/python -m tools.notebooks $(PAGES)

benchmark: $(STAMP) ## time the companion against the libraries
	@$(BIN)/python -m benchmarks

pdf: $(STAMP) ## one PDF of the book (needs XeLaTeX with texlive-fonts-extra)
	@command -v xelatex latexmk >/dev/null || \
	  { echo "XeLaTeX and latexmk are needed: on Debian, apt-get install latexmk texlive-xetex texlive-fonts-extra"; exit 1; }
	@$(BIN)/python -m tools.execute
	@$(BIN)/jupyter-book build -q --builder pdflatex .

clean: ## remove everything that was built or cached, but not .venv
	@rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

lint: $(STAMP)
	@mkdir -p _build
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format -q --check . || { echo "Run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/python -m tools.cells --check
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/codespell
	@$(BIN)/lint-imports --config .importlinter >_build/imports.txt 2>&1 || { cat _build/imports.txt; exit 1; }

axe: # the accessibility checker of the browser tests, which skip without it
	@test -d _build/npm/node_modules/axe-core || ! command -v npm >/dev/null || \
	  npm install --silent --no-fund --no-audit --prefix _build/npm $(AXE) >/dev/null || \
	  echo "axe-core could not be installed: its tests will skip."
