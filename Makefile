# hotline：12345 热线工单。常用：make run（检查、升级提醒、生成网站）、make test（测试）。
# Needs Python 3.11 or newer, git and make; everything else is set up in .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
UV := $(BIN)/uv
export UV_COMPILE_BYTECODE := 1
# An intranet's mirror is often known to the machine's own certificates alone.
export UV_SYSTEM_CERTS := 1
export NO_MKDOCS_2_WARNING := 1
export DISABLE_MKDOCS_2_WARNING := true

.PHONY: help run test test-all check format generated bench bench-growth bench-letters bench-audit bench-site demo serve vendor setup setup-dev browser clean
.DEFAULT_GOAL := help

help: ## 列出可用的目标
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(UV):
	@$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "需要 Python 3.11 或更新的版本"'
	@echo "正在准备运行环境（第一次约一分钟）……" >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"

.venv/.runtime: $(UV) pyproject.toml uv.lock
	@$(UV) sync --quiet --frozen --compile-bytecode --no-default-groups --inexact
	@touch $@

.venv/.dev: $(UV) pyproject.toml uv.lock
	@$(UV) sync --quiet --frozen --compile-bytecode --inexact
	@touch $@ .venv/.runtime

# Where PYTHONDONTWRITEBYTECODE is set, every command would else compile the program anew.
.venv/.bytecode: .venv/.runtime $(shell find scripts/hotline site_templates -name '*.py' -o -name '*.html')
	@$(BIN)/python -m compileall -q scripts/hotline
	@$(BIN)/python -m hotline.doors.compiled
	@touch $@

setup: .venv/.bytecode ## 装好运行所需的一切（在 .venv 里）

setup-dev: .venv/.dev .venv/.bytecode ## 装好开发和测试所需的一切

run: setup ## 每日工作：检查工单、写出升级提醒、生成网站
	@$(BIN)/hotline run

serve: setup ## 在本机预览网站
	@$(BIN)/hotline site serve

demo: setup ## 建一个示例仓库（约两百件工单）并预览它的网站
	@rm -rf build/demo && mkdir -p build
	@$(BIN)/hotline demo build/demo
	@$(BIN)/hotline site serve --repo build/demo

# Tests write some gigabytes and sync them; in memory, where there is plenty, that is a minute less.
define PYTEST
	@room=$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $$4 }'); tmp=""; \
	[ "$${room:-0}" -lt 8000000 ] || tmp=$$(mktemp -d /dev/shm/hotline-XXXXXX); \
	env $${tmp:+TMPDIR=$$tmp} $(BIN)/pytest -n 2 --dist worksteal $(1) $(ARGS); code=$$?; \
	[ -z "$$tmp" ] || rm -rf "$$tmp"; exit $$code
endef

test: setup-dev browser ## 测试（两核约七分钟）；只测一部分：make test ARGS=tests/site
	$(call PYTEST,-m "not slow")

test-all: setup-dev browser ## 全部测试，包括慢的
	$(call PYTEST)

check: setup-dev generated-check ## 格式、静态检查、类型、分层，再加测试
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

format: setup-dev ## 按规矩排版代码
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

generated: setup-dev ## 重新生成由代码得出的文件（字段规定、架构页、工作流）
	@$(BIN)/python tools/generate.py

.PHONY: generated-check
generated-check: setup-dev
	@$(BIN)/python tools/generate.py --check

bench: setup ## 与同类检查工具比速度：一万件工单（要 Node 和 npm）
	@$(BIN)/python benchmarks/speed.py --profile

bench-growth: setup ## 规模试验：1,000 与 10,000 件
	@$(BIN)/python benchmarks/growth.py

bench-letters: setup ## 一万份答复过全部信函规则，与读文件比
	@$(BIN)/python benchmarks/letters.py

bench-audit: setup ## 审计五万多个提交，与 git log 比
	@$(BIN)/python benchmarks/audit.py

bench-site: setup-dev ## 网站：一万件工单整站生成、改一件再生成，与逐件一页的 MkDocs 比；十万件
	@$(BIN)/python benchmarks/site.py --large

vendor: setup-dev ## 从 npm 取网站所用的脚本，核对指纹
	@$(BIN)/python tools/vendor.py

# The tests of the built site need a browser and a Chinese font, those of letters in Word
# LibreOffice Writer and poppler, those of issues Node for an emulator of GitHub. As root on
# Debian they are installed here; elsewhere these tests are skipped and say so. Node stands
# alone: one from elsewhere would not go together with Debian's npm.
INSTALL := DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends
browser:
	@if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then exit 0; fi; \
	missing=""; \
	command -v chromium >/dev/null && command -v soffice >/dev/null && command -v pdffonts >/dev/null \
	  && fc-list :lang=zh 2>/dev/null | grep -q . \
	  || missing="chromium libreoffice-writer-nogui poppler-utils fonts-noto-cjk fontconfig"; \
	node=""; command -v npm >/dev/null || node="nodejs npm"; \
	[ -z "$$missing$$node" ] && exit 0; \
	echo "正在安装测试所需的 $$missing $$node……" >&2; \
	apt-get update -qq >/dev/null 2>&1; \
	for some in "$$missing" "$$node"; do \
	  [ -z "$$some" ] || $(INSTALL) $$some >/dev/null 2>&1 \
	    || echo "没有装上 $$some，用到它们的测试会跳过" >&2; \
	done

clean: ## 删去生成的文件
	@rm -rf site build .hotline/site dist
