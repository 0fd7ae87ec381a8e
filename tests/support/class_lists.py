"""Lists of classes that a school hands in again and again, for trials: from one to the next some go, some come, some are
renamed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

from tests.support.intake_storm import SCHOOL

ROWS = 3_000
MANY = 80_000
"""Some five megabytes: such a file is taken piece by piece, by compiled loops."""
TITLES = "学校代码,班级编号,班级名称,入学年级,专业代码,班级类型,班级人数,开班日期"


def next_list(
    chance: random.Random, before: Mapping[str, str], number: int, rows: int = ROWS
) -> dict[str, str]:
    """Names of classes by their number, after those `before`."""
    kept = {key: name for key, name in before.items() if chance.random() < 0.9}
    renamed = {key: f"班{number}" if chance.random() < 0.3 else name for key, name in kept.items()}
    fresh = {f"k{number}-{n}": f"班{number}" for n in range(max(1, rows - len(renamed)))}
    return renamed | fresh


def write(data: Path, number: int, rows: Mapping[str, str]) -> Path:
    """The file that holds a list."""
    path = data / f"round-{number}.csv"
    lines = [f"{SCHOOL},{key},{name},2023,710205,普通班,40,2023-09-01" for key, name in rows.items()]
    path.write_text("\n".join([TITLES, *lines]) + "\n", encoding="utf-8")
    return path


def importing(path: Path) -> list[str]:
    """The command that takes such a file in."""
    return ["intake", str(path), "--dataset", "classes", "--org", SCHOOL, "--json"]
