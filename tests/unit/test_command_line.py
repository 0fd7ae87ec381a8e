"""The command line speaks Chinese, starts quickly and fails with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def zhijiao(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "zhijiao", *words],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def test_help_is_chinese_on_a_machine_of_any_language() -> None:
    said = zhijiao("--help", LC_ALL="C", PYTHONUTF8="0").stdout
    for word in ("命令", "选项", "显示本说明", "run", "packs", "board"):
        assert word in said
    assert "Show this message" not in said


def test_version() -> None:
    import zhijiao as product

    assert zhijiao("--version").stdout == f"zhijiao {product.__version__}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rum",), "没有命令 'rum'。是不是想用 'run'？"),
        (("run", "--prt", "1"), "没有选项 --prt。是不是想用 --port？"),
        (("run", "--port"), "选项 '--port' 后面要跟一个值。"),
        (("packs", "coverage", "a", "b"), "多余的参数"),
    ],
)
def test_a_slip_is_answered_with_what_is_right(words: tuple[str, ...], said: str) -> None:
    done = zhijiao(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "查看帮助：zhijiao" in done.stderr


@pytest.mark.parametrize("words", [("packs", "check", "zhejiang"), ("board", "--help")])
def test_commands_on_files_never_load_django(words: tuple[str, ...]) -> None:
    loader = (
        "import sys; from zhijiao.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "assert 'django' not in sys.modules and 'psycopg' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", loader, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
