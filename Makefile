# The commands of this clone. `make` alone explains them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
# Where `make run` answers, and where it keeps its data.
HOST ?= 127.0.0.1
PORT ?= 8000
# Two cores are what the tests are written for; more only helps.
JOBS ?= 2

.PHONY: help setup setup-test run test check trial bench lock screenshots clean

help: ## 显示本说明
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## 安装运行所需的一切，生成 .venv/bin/zhijiao
	@scripts/setup.sh run

setup-test:
	@scripts/setup.sh test

run: setup ## 启动平台（网页、后台任务、内置数据库），Ctrl-C 停止
	@exec $(BIN)/zhijiao run --host $(HOST) --port $(PORT)

check: setup-test ## 检查代码：格式、类型、楼层、迁移、政策包
	@BIN=$(BIN) scripts/check.sh

test: setup-test ## 安装浏览器（如缺），检查代码并运行全部测试
	@scripts/install-browser.sh
	@BIN=$(BIN) scripts/check.sh
	$(BIN)/pytest -n $(JOBS)

trial: setup-test ## 长时间试验：随机输入、强行中断、压力
	@scripts/install-browser.sh
	$(BIN)/pytest -m trial

bench: setup-test ## 性能测量，每个引擎一个脚本，输出 JSON
	@shopt -s nullglob; for script in benchmarks/*.py; do echo "# $$script" >&2; $(BIN)/python "$$script" || exit 1; done

lock: ## 重新锁定 Python 与前端依赖的版本
	@scripts/lock.sh
	@npm install --package-lock-only --no-audit --no-fund

screenshots: setup-test ## 用运行中的产品重拍文档里的截图
	@scripts/install-browser.sh
	$(BIN)/python scripts/screenshots.py

clean: ## 删除生成的文件（保留 var/ 里的数据）
	rm -rf .venv .venv-lock node_modules src/zhijiao/portal/static/dist src/*.egg-info \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
