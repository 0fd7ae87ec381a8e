"""What may stand in a file of the repository."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture import house

LONGEST = 500
# Put together here so that this file does not find itself.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")
ONE_MACHINE = re.compile(
    r"(^|[^A-Za-z0-9_.])(" + "|".join(("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/[a-z]")) + ")"
)
INDEX_HOST = re.compile(r'("resolved":|--(extra-)?index-url|--find-links|registry *=).*https?://')


def test_nothing_is_left_unfinished() -> None:
    found = [
        f"{path.relative_to(house.ROOT)}:{number}"
        for path in house.own_files(".py", ".js", ".css", ".sh", ".jinja", ".html", ".yaml", ".toml")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert not found


def test_no_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(house.ROOT)}:{number}"
        for path in house.own_files(".py", ".sh", ".toml", ".md", ".yaml", ".json", ".js", ".jinja")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if ONE_MACHINE.search(line)
    ]
    assert not found


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-test.lock", "package-lock.json", ".npmrc", "pyproject.toml"]
)
def test_versions_are_locked_without_a_registrys_host(name: str) -> None:
    text = (house.ROOT / name).read_text(encoding="utf-8")
    assert not INDEX_HOST.search(text)
    if name.endswith(".lock"):
        assert "://" not in text
        pinned = re.findall(r"^[a-z0-9][^\n]*(?:\n[ ]+--hash=[^\n]+)*", text, re.MULTILINE)
        assert all("--hash=" in entry for entry in pinned), "a version without a hash"


def test_a_long_file_says_why() -> None:
    """Past 500 lines a file needs a reason: its docstring says "Long because …"."""
    unexplained = [
        f"{path.relative_to(house.ROOT)}: {length} lines"
        for path in house.own_files(".py")
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
        and "Long because" not in (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
    ]
    assert not unexplained


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name
        for name, path, tree in house.modules()
        if "migrations" not in path.parts
        and path.name not in {"apps.py", "urls.py"}  # their names say it
        and not ast.get_docstring(tree)
        and tree.body
    ]
    assert not silent
