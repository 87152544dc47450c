# make run    the platform with its demo county; Ctrl-C ends it      (ARGS="--port 9000")
# make test   all checks and all tests, browser included             (ARGS="-k calendar")
# make lint   the checks alone
# make bench  the speeds, each beside its floor                      (NAME=intake)
# make lock   pin the dependencies anew after a change in pyproject.toml  (ARGS=--upgrade)

PYTHON ?= python3
WORKERS ?= logical
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint bench lock venv venv-dev browser

run: venv
	@trap : INT; $(BIN)/onedoor run $(ARGS) || { code=$$?; [ $$code -eq 130 ] || exit $$code; }

test: lint browser
	@$(BIN)/pytest -n $(WORKERS) --maxprocesses=8 \
	  -m "not bench$(if $(CHROMIUM),, and not e2e)" $(ARGS)

lint: venv-dev
	@$(BIN)/ruff check --quiet .
	@$(call quietly,$(BIN)/ruff format --check .)
	@$(call quietly,PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright)
	@$(call quietly,$(BIN)/lint-imports)

bench: venv
	@$(BIN)/onedoor bench $(or $(NAME),all) $(ARGS)

COMPILE = CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --strip-extras \
  --generate-hashes --allow-unsafe --build-deps-for=editable \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host $(ARGS)

lock: venv-dev
	@$(COMPILE) --output-file=requirements.txt pyproject.toml
	@$(COMPILE) --extra=dev --constraint=requirements.txt \
	  --output-file=requirements-dev.txt pyproject.toml

venv:
	@$(call current,requirements-dev.txt) || { $(call install,requirements.txt); }

venv-dev:
	@$(call install,requirements-dev.txt)

# What an installation depends on: the lock, the project's own file, and where it lies
# (the programs in a virtual environment hold its path).
key = $$(cat $(1) pyproject.toml | cksum) $(CURDIR)
current = { [ "$$(cat $(VENV)/$(1).key 2>&1)" = "$(call key,$(1))" ] && $(alive); }
alive = $(BIN)/python -c '' 2>/dev/null

define install
set -e; if ! $(call current,$(1)); then \
  { grep -qsxF '$(CURDIR)' $(VENV)/place && $(alive); } || { rm -rf $(VENV); $(create); }; \
  echo '正在安装依赖，只在首次或更新后需要，约一分钟 … (installing the locked dependencies)'; \
  $(BIN)/python -m pip install $(PIP) --only-binary=:all: --require-hashes -r $(1); \
  $(BIN)/python -m pip install $(PIP) --no-deps --no-build-isolation --no-index -e .; \
  echo "$(call key,$(1))" > $(VENV)/$(1).key; \
fi
endef
PIP := -qq --no-input --disable-pip-version-check

define create
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
  { echo '需要 Python 3.11 或更新版本，例如：make run PYTHON=python3.12 (Python >= 3.11 needed)' >&2; exit 1; }; \
$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
  { $(call apt,python3-venv,$(VENV).log); } || \
  { echo 'Python 缺少 venv 模块，请先安装 python3-venv (python3-venv is missing)' >&2; exit 1; }; \
$(PYTHON) -m venv $(VENV); echo '$(CURDIR)' > $(VENV)/place
endef

# Found anew each time it is used: `browser` may just have installed it.
CHROMIUM = $(shell for name in chromium chromium-browser google-chrome google-chrome-stable; \
  do command -v $$name && break; done)

browser: venv-dev
	@missing=""; \
	[ -n "$(CHROMIUM)" ] || missing="chromium"; \
	fc-list :lang=zh 2>/dev/null | grep -q . || missing="$$missing fontconfig fonts-noto-cjk"; \
	[ -z "$$missing" ] || { $(call apt,$$missing,$(VENV)/apt.log); } || \
	  echo "缺少 $$missing：浏览器测试将跳过或不显示汉字 (browser tests are skipped without chromium)"

# Install Debian packages $(1), where that can be done without asking; $(2) keeps what apt said.
apt = [ "$$(id -u)" = 0 ] && grep -qsx 'ID=debian' /etc/os-release && \
  echo "正在安装 $(1) … (installing with apt-get)" && export DEBIAN_FRONTEND=noninteractive && \
  apt-get update >$(2) 2>&1 && apt-get install -y --no-install-recommends $(1) >>$(2) 2>&1

# Say something only if it fails.
quietly = said=$$($(1) 2>&1) || { echo "$$said"; exit 1; }
