"""A pack with any one thing broken is either still whole, or refused with file, line and remedy. Never a crash."""

from __future__ import annotations

import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from zhijiao.indicators.queries import board
from zhijiao.policy.packs.coverage import coverage
from zhijiao.policy.packs.loading import SHIPPED, Library
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.starting import write_minimal

MUTATIONS = 200
ON = date(2023, 12, 31)


def _line(lines: list[str], rng: random.Random) -> int:
    return rng.randrange(len(lines))


def drop_line(lines: list[str], rng: random.Random) -> None:
    del lines[_line(lines, rng)]


def double_line(lines: list[str], rng: random.Random) -> None:
    at = _line(lines, rng)
    lines.insert(at, lines[at])


def swap_lines(lines: list[str], rng: random.Random) -> None:
    a, b = _line(lines, rng), _line(lines, rng)
    lines[a], lines[b] = lines[b], lines[a]


def indent_line(lines: list[str], rng: random.Random) -> None:
    at = _line(lines, rng)
    lines[at] = "  " + lines[at]


def cut_off(lines: list[str], rng: random.Random) -> None:
    del lines[_line(lines, rng) :]


def misspell_key(lines: list[str], rng: random.Random) -> None:
    at = _line(lines, rng)
    key, colon, rest = lines[at].partition(":")
    lines[at] = f"{key}x{colon}{rest}"


def change_digit(lines: list[str], rng: random.Random) -> None:
    numbered = [i for i, line in enumerate(lines) if any(c.isdigit() for c in line)]
    at = rng.choice(numbered or [0])
    places = [i for i, c in enumerate(lines[at]) if c.isdigit()] or [0]
    place = rng.choice(places)
    lines[at] = lines[at][:place] + str(rng.randrange(10)) + lines[at][place + 1 :]


def put_garbage(lines: list[str], rng: random.Random) -> None:
    lines.insert(
        _line(lines, rng),
        rng.choice(["\t- [", "}{", "? :", "- &a *a", "!!python/object:os.system x", "\x00", "…"]),
    )


def replace_value(lines: list[str], rng: random.Random) -> None:
    at = _line(lines, rng)
    key, colon, _ = lines[at].partition(": ")
    if colon:
        lines[at] = (
            f"{key}: {rng.choice(['[]', '{}', 'null', 'true', '-1', '99999999999999999999', '某', '2023-13-40'])}"
        )


OPERATORS = [
    drop_line, double_line, swap_lines, indent_line, cut_off, misspell_key, change_digit, put_garbage, replace_value,
]  # fmt: skip


def _broken_copy(seed: int, folder: Path) -> tuple[Library, str, str]:
    """A library with one mutated file; the minimal pack takes every second seed, so that small files are hit too."""
    rng = random.Random(seed)
    if seed % 2:
        pack = "city"
        write_minimal(folder / pack)
    else:
        pack = rng.choice(["zhejiang", "taizhou", "wenzhou"])
        for name in ("zhejiang", pack):
            shutil.copytree(SHIPPED / name, folder / name, dirs_exist_ok=True)
    path = rng.choice(sorted((folder / pack).rglob("*.yaml")))
    lines = path.read_text(encoding="utf-8").split("\n")
    operator = rng.choice(OPERATORS)
    operator(lines, rng)
    path.write_text("\n".join(lines), encoding="utf-8")
    return Library([folder]), pack, f"{operator.__name__} in {path.relative_to(folder)}"


def _names_a_place(problem: Problem, folder: Path) -> bool:
    lines = (
        1
        if not (folder / problem.file).exists()
        else (folder / problem.file).read_text("utf-8").count("\n") + 1
    )
    return bool(problem.file and 1 <= problem.line <= lines and problem.message and problem.remedy)


@pytest.mark.parametrize("seed", range(MUTATIONS))
def test_a_mutation_is_harmless_or_named(seed: int, tmp_path: Path) -> None:
    shelf, pack, what = _broken_copy(seed, tmp_path)
    if pack not in shelf.ids():
        return  # without pack.yaml there is no pack left to be wrong
    problems = shelf.problems(pack)
    if problems:
        assert all(_names_a_place(p, tmp_path / pack) for p in problems), what
        return
    index = shelf.index(pack)
    assert len(board(index, ON).rows) == len(index.pack.indicators), what
    assert coverage(index).clauses == len(index.pack.clauses), what
