#!/usr/bin/env bash
# Makes .venv (Python packages, the clone itself) and the built front end. Usage: setup.sh run|test
# Each step is skipped while what it was made from is unchanged, by content and not by time stamp, so that a
# checkout, a branch switch or a moved folder never leaves a stale environment behind.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=${1:-run}
dist=src/zhijiao/portal/static/dist

say() { printf '%s\n' "$*" >&2; }
die() {
    say "错误：$*"
    exit 1
}
digest() { cat "$@" | sha256sum | cut -c1-20; }

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.11 python3 python3.12 python3.13; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    die "找不到 Python 3.11 或更新版本。请先安装（Debian:apt-get install python3 python3-venv），或用 PYTHON=路径 指定。"
}

check_node() {
    command -v node >/dev/null || die "找不到 Node.js。请先安装 20.19 或更新版本。"
    command -v npm >/dev/null || die "找不到 npm。请先安装（它通常随 Node.js 提供）。"
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
        die "Node.js $(node --version) 太旧，需要 20.19 或更新版本。"
}

make_venv() {
    local python
    if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
        python=$(find_python)
        say "建立 Python 环境 .venv($("$python" --version))……"
        rm -rf .venv
        "$python" -m venv .venv ||
            die "无法建立 Python 虚拟环境。Debian 上请先安装：apt-get install python3-venv"
    fi
}

install_python() {
    local lock=requirements.lock stamp
    # An environment that already holds the test tools keeps them: `make run` must not take them away.
    if [ "$kind" = test ] || [ -e .venv/.with-tests ]; then lock=requirements-test.lock; fi
    stamp="$PWD $(digest "$lock" pyproject.toml) $(.venv/bin/python -VV | tr '\n' ' ')"
    if [ "$(cat .venv/.installed 2>/dev/null)" = "$stamp" ] && [ -x .venv/bin/zhijiao ]; then return; fi
    say "安装 Python 依赖（${lock}）……"
    rm -f .venv/.installed
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    # The build tool comes from the lock, so that installing the clone asks no index for anything.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
    if [ "$lock" = requirements-test.lock ]; then touch .venv/.with-tests; fi
    printf '%s\n' "$stamp" >.venv/.installed
}

# The inner loops of matching and of reading workbooks and csv files, for this machine's processor, so that nobody waits for a compiler later.
compile_kernels() {
    local stamp matching=src/zhijiao/engines/matching/kernel/__pycache__/compiled
    local worksheets=src/zhijiao/engines/worksheets/kernel/__pycache__/compiled
    local cells=src/zhijiao/engines/cells/kernel/__pycache__/compiled
    stamp="$PWD $(find src/zhijiao/engines/{cells,matching,worksheets,*.py} -name '*.py' -print0 | LC_ALL=C sort -z | xargs -0 cat requirements.lock |
        sha256sum | cut -c1-20) $(.venv/bin/python -VV | tr '\n' ' ') $(grep -m1 'model name' /proc/cpuinfo 2>/dev/null || uname -m)"
    if [ "$(cat .venv/.compiled 2>/dev/null)" = "$stamp" ] && [ -d "$cells" ] && [ -d "$matching" ] && [ -d "$worksheets" ]; then return; fi
    say "编译内核……"
    rm -rf "$cells" "$matching" "$worksheets"
    if .venv/bin/python -m zhijiao.engines; then printf '%s\n' "$stamp" >.venv/.compiled; fi
}

install_node() {
    local stamp
    stamp="$PWD $(digest package.json package-lock.json .npmrc)"
    if [ "$(cat node_modules/.installed 2>/dev/null)" = "$stamp" ]; then return; fi
    check_node
    say "安装前端依赖……"
    npm ci --no-audit --no-fund --loglevel=error
    printf '%s\n' "$stamp" >node_modules/.installed
}

build_frontend() {
    local stamp
    stamp=$(find frontend -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum |
        cat - package-lock.json vite.config.js | sha256sum | cut -c1-20)
    if [ "$(cat "$dist/.built" 2>/dev/null)" = "$stamp" ]; then return; fi
    say "生成页面脚本与样式……"
    ./node_modules/.bin/vite build --logLevel warn
    printf '%s\n' "$stamp" >"$dist/.built"
}

# Two `make` at once in one clone must not write into each other's environment. The lock is on this file.
exec 9<"scripts/setup.sh"
flock 9

make_venv
install_python
compile_kernels
install_node
build_frontend
