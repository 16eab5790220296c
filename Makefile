# steadyhand: `make help` tells what there is.
SHELL := /bin/sh
VENV := .venv
RUN := scripts/run.sh
INTERFACES := $(shell find msg srv action compat cmake launch -type f -not -name '*.pyc') CMakeLists.txt package.xml $(wildcard src/steadyhand/*/*.c)
ARGS :=

# Where it is set, every process would compile anew whatever it imports: seconds for each node.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup moveit demo test matrix lint format bench clean

help: ## Show this
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile
	@echo 'Options: PYTHON=python3.12, ROS=jazzy, NUMPY=1.26 for setup, ARGS="--seed 3" for demo, test and bench'

setup: $(VENV)/.built ## Make .venv, install what is needed into it, build the interfaces

$(VENV)/.installed: constraints.txt pyproject.toml scripts/requirements.py scripts/environment.sh scripts/editable.py
	@scripts/environment.sh $(VENV)
	@touch $@

$(VENV)/.built: $(VENV)/.installed $(INTERFACES) scripts/interfaces.py
	@$(VENV)/bin/python scripts/interfaces.py
	@touch $@

# All at once takes less time than these after the others.
$(VENV)/.built-moveit: $(VENV)/.installed $(INTERFACES) scripts/interfaces.py
	@$(VENV)/bin/python scripts/interfaces.py moveit
	@touch $(VENV)/.built $@

moveit: $(VENV)/.built-moveit ## Also build MoveIt's messages, for machines where no ROS distribution has them

demo: setup ## Watch an instructed arm act, in simulation
	@$(RUN) steadyhand demo $(ARGS)

test: $(VENV)/.built-moveit ## Run every test: first without ROS processes, then with them
	@scripts/test.sh $(ARGS)

matrix: ## Run tests on other Pythons, ROS distributions and NumPys: ARGS="3.12:jazzy:2.2"
	@scripts/matrix.sh $(ARGS)

lint: $(VENV)/.installed ## Check style, format and types
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy

format: $(VENV)/.installed ## Put the code into the format that lint asks for
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

bench: setup ## Measure transport, overhead and policies
	@$(RUN) steadyhand bench $(ARGS)

clean: ## Remove everything that make has made here
	rm -rf $(VENV) build install log out htmlcov .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
