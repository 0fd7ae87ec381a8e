#!/usr/bin/env bash
# The browser tests drive the distribution's Chromium; Chinese pages need Chinese fonts to be looked at.
set -euo pipefail

missing=()
if ! command -v chromium >/dev/null; then missing+=(chromium); fi
if ! fc-list 2>/dev/null | grep -q 'Noto.*CJK'; then missing+=(fonts-noto-cjk fontconfig); fi
if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }; then
        echo "错误：浏览器测试需要 ${missing[*]}，而当前用户既不是 root，也不能免密使用 sudo。" >&2
        echo "请先由管理员执行：apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo -n)
fi
command -v apt-get >/dev/null || {
    echo "错误：找不到 apt-get，请用本系统的方式安装：${missing[*]}" >&2
    exit 1
}

echo "安装 ${missing[*]}……" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
