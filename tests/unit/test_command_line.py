"""The command line speaks Chinese, starts quickly and fails with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from zhijiao.policy.packs.starting import write_minimal


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


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("packs", "schema", "{file}/below"), 1, "路径中有一段不是文件夹"),
        (("run", "--port", "abc"), 2, "'--port' 的值不对：应是整数。"),
        (("run", "--port", "99999"), 2, "'--port' 的值不对：不能大于 65535。"),
        (("packs", "check", "--packs", "{tmp}/nowhere"), 1, "nowhere 读不了：没有这个文件或文件夹"),
        (("packs", "check", "city", "--packs", "{tmp}"), 1, "city 里没有 pack.yaml"),
        (("packs", "new", "{tmp}/某市"), 1, "不能作政策包编号：用字母"),
        (("packs", "check", "{tmp}/whole"), 1, "写成 whole --packs {tmp}"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "city").mkdir()
    write_minimal(tmp_path / "whole")
    names = {"tmp": str(tmp_path), "file": str(tmp_path / "whole" / "pack.yaml")}
    done = zhijiao(*(word.format(**names) for word in words))
    assert done.returncode == code
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert said.format(**names) in done.stderr


def test_a_full_disk_is_one_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "zhijiao", "board", "zhejiang", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 1
    assert "磁盘已满" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_change_of_a_list_is_told_by_what_came_and_what_went(tmp_path: Path) -> None:
    write_minimal(tmp_path / "new" / "city")
    write_minimal(tmp_path / "old" / "city")
    for name in ("indicators.yaml", "clauses.yaml"):
        path = tmp_path / "new" / "city" / name
        path.write_text(path.read_text(encoding="utf-8").replace("value: 80", "value: 85"), encoding="utf-8")
    said = zhijiao("packs", "diff", str(tmp_path / "old" / "city"), str(tmp_path / "new" / "city")).stdout
    assert "targets：>= 80 % plan.target.1 required → >= 85 %" in said
    assert "{" not in said
