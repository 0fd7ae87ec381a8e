"""Ways to break a pack file, one slip of the hand at a time. Each takes the lines of a file and changes them in place."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

from zhijiao.policy.packs.loading import SHIPPED
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.starting import write_minimal

Operator = Callable[[list[str], random.Random], None]


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


OPERATORS: list[Operator] = [
    drop_line, double_line, swap_lines, indent_line, cut_off, misspell_key, change_digit, put_garbage, replace_value,
]  # fmt: skip


def broken_copy(seed: int, folder: Path, slips: int = 1) -> tuple[str, str]:
    """Write a pack with mutated files below a folder; returns its id and what was done to it.

    The minimal pack takes every second seed, so that small files are hit too.
    """
    rng = random.Random(seed)
    if seed % 2:
        pack = "city"
        write_minimal(folder / pack)
    else:
        pack = rng.choice(["zhejiang", "taizhou", "wenzhou"])
        for name in ("zhejiang", pack):
            shutil.copytree(SHIPPED / name, folder / name, dirs_exist_ok=True)
    done = []
    for _ in range(slips):
        path = rng.choice(sorted((folder / pack).rglob("*.yaml")))
        lines = path.read_text(encoding="utf-8").split("\n")
        operator = rng.choice(OPERATORS)
        operator(lines, rng)
        path.write_text("\n".join(lines), encoding="utf-8")
        done.append(f"{operator.__name__} in {path.relative_to(folder)}")
    return pack, ", ".join(done)


def names_a_place(problem: Problem, folder: Path) -> bool:
    """Whether a problem names a file, a line of it, the fault and the remedy."""
    path = folder / problem.file
    lines = path.read_text("utf-8").count("\n") + 1 if path.exists() else 1
    return bool(problem.file and 1 <= problem.line <= lines and problem.message and problem.remedy)
