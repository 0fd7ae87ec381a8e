"""From a folder of YAML files to data sets and code lists, with everything that is wrong said at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeVar

from zhijiao.core.errors import Refusal
from zhijiao.engines.reading import Entry, ReadingError
from zhijiao.exchange.rules.standard.building import built_dataset, built_list
from zhijiao.exchange.rules.standard.checking import Found, faults
from zhijiao.exchange.rules.standard.mapping import standard_hash
from zhijiao.exchange.types import CodeList, Dataset, Standard
from zhijiao.policy.packs.positions import Located, read_yaml
from zhijiao.policy.packs.problems import Problem

SHIPPED = Path(__file__).resolve().parents[2] / "standard"
"""The standard that comes with the platform."""
_HEAD = "standard.yaml"
_CODES = "codes"

T = TypeVar("T")


class StandardRefused(Refusal):
    """A standard that cannot be used; holds every problem, not just the first."""

    def __init__(self, where: str, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        shown = "\n".join(map(str, self.problems[:20]))
        super().__init__(f"数据标准 {where} 有 {len(self.problems)} 处要改正，没有采用：\n{shown}")


@dataclass
class _Reading:
    """What was read so far, and what was wrong."""

    datasets: list[tuple[Dataset, Located]] = field(default_factory=list)
    lists: list[tuple[CodeList, Located, int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@cache
def shipped() -> Standard:
    """The standard that comes with the platform. Raises StandardRefused only where its files were damaged."""
    return read_standard(SHIPPED)


def read_standard(folder: Path) -> Standard:
    """The standard of a folder: `standard.yaml`, data sets beside it, code lists in `codes/`. Raises StandardRefused."""
    standard, problems = checked_standard(folder)
    if standard is None or problems:
        raise StandardRefused(folder.name, problems)
    return standard


def checked_standard(folder: Path) -> tuple[Standard | None, list[Problem]]:
    """The standard as far as it can be typed, and all that is wrong with it."""
    reading = _Reading()
    edition = _head(folder, reading)
    for path in sorted(folder.glob("*.yaml")):
        if path.name != _HEAD:
            _dataset(path, reading)
    for path in sorted((folder / _CODES).glob("*.yaml")):
        _lists(path, f"{_CODES}/{path.name}", reading)
    if reading.problems:
        return None, sorted(set(reading.problems))
    datasets = tuple(sorted((each for each, _ in reading.datasets), key=lambda each: each.number))
    codes = {each.id: each for each, _, _ in reading.lists}
    standard = Standard(edition, standard_hash(edition, datasets, codes), datasets, codes)
    return standard, sorted({_problem(found, reading) for found in faults(standard)} | set(_twice(reading)))


def _head(folder: Path, reading: _Reading) -> str:
    located, problems = read_yaml(folder / _HEAD, _HEAD)
    reading.problems += problems
    if located is None:
        return ""
    read = _tried(lambda: Entry(located.value), located, (), reading)
    return "" if read is None else _tried(lambda: read.text("edition"), located, (), reading) or ""


def _dataset(path: Path, reading: _Reading) -> None:
    located, problems = read_yaml(path, path.name)
    reading.problems += problems
    if located is None:
        return
    said: list[tuple[tuple[str | int, ...], str]] = []
    dataset = built_dataset(located.value, said)
    _say(said, located, (), reading)
    if dataset is None:
        return
    if dataset.id != path.stem:
        remedy = f"把文件改名为 {dataset.id}.yaml，或改正 id"
        line = located.line(("id",))
        reading.problems.append(
            Problem(path.name, line, f"数据集编号 {dataset.id} 与文件名 {path.name} 不同", remedy)
        )
    reading.datasets.append((dataset, located))


def _lists(path: Path, name: str, reading: _Reading) -> None:
    located, problems = read_yaml(path, name)
    reading.problems += problems
    if located is None or located.value is None:
        return
    if not isinstance(located.value, list):
        reading.problems.append(Problem(name, 1, "代码表文件应是列表", "每张代码表以“- id:”开头"))
        return
    for place, value in enumerate(located.value):
        said: list[tuple[tuple[str | int, ...], str]] = []
        made = built_list(value, said)
        _say(said, located, (place,), reading)
        if made is not None:
            reading.lists.append((made, located, place))


def _say(
    said: list[tuple[tuple[str | int, ...], str]],
    located: Located,
    above: tuple[str | int, ...],
    reading: _Reading,
) -> None:
    for path, words in said:
        key = ".".join(str(part + 1 if isinstance(part, int) else part) for part in path)
        reading.problems.append(
            Problem(located.file, located.line((*above, *path)), f"{key}：{words}", "照相邻的条目改正")
        )


def _tried(
    work: Callable[[], T], located: Located, path: tuple[str | int, ...], reading: _Reading
) -> T | None:
    try:
        return work()
    except ReadingError as error:
        reading.problems.append(
            Problem(located.file, located.line(path), str(error), "补上 edition（版本）和 name（名称）")
        )
        return None


def _problem(found: Found, reading: _Reading) -> Problem:
    """Where in the files a fault of meaning stands."""
    for dataset, located in reading.datasets:
        if found.kind == "dataset" and dataset.id == found.of:
            return Problem(located.file, located.line(found.path), found.words, found.remedy)
    for made, located, place in reading.lists:
        if found.kind == "list" and made.id == found.of:
            return Problem(located.file, located.line((place, *found.path)), found.words, found.remedy)
    return Problem(_HEAD, 1, found.words, found.remedy)


def _twice(reading: _Reading) -> list[Problem]:
    """Code lists of one id, of which only the last would be used."""
    first: dict[str, Located] = {}
    problems = []
    for made, located, place in reading.lists:
        if made.id in first:
            words = f"代码表 {made.id} 已在 {first[made.id].file} 里写过"
            problems.append(
                Problem(located.file, located.line((place, "id")), words, "合成一张，或改一个编号")
            )
        first.setdefault(made.id, located)
    return problems
