"""From a pack folder to values with positions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhijiao.policy.packs.positions import Located, read_yaml
from zhijiao.policy.packs.problems import PackNotFound, Problem
from zhijiao.policy.packs.rooms import LISTS, MAPPINGS


@dataclass(frozen=True)
class Source:
    """One entry of a pack as read: its value, and where it stands."""

    value: Any
    file: Located
    path: tuple[str | int, ...]

    def line(self, *below: str | int) -> int:
        return self.file.line((*self.path, *below))


@dataclass(frozen=True)
class Sources:
    """Everything that a folder says, before it is typed."""

    folder: Path
    mappings: dict[str, Source]
    lists: dict[str, list[Source]]
    problems: list[Problem]


def read_folder(folder: Path) -> Sources:
    """Read every file of a pack folder; collects problems instead of stopping at the first."""
    problems: list[Problem] = _strangers(folder)
    mappings: dict[str, Source] = {}
    for file, attribute, _, title in MAPPINGS:
        path = folder / file
        if not path.is_file():
            if file == "pack.yaml":
                problems.append(
                    Problem(
                        file, 1, f"缺少 {file}({title})", "用 zhijiao packs new 写出一个最小的政策包作样板"
                    )
                )
            continue
        located, found = read_yaml(path, file)
        problems += found
        if located is None:
            continue
        if not isinstance(located.value, dict):
            problems.append(Problem(file, 1, f"{title}应是「键: 值」的形式", "文件最外层不要写成列表"))
            continue
        mappings[attribute] = Source(located.value, located, ())
    lists: dict[str, list[Source]] = {}
    for room in LISTS:
        lists[room.name] = []
        for path in _files_of(folder, room.name):
            located, found = read_yaml(path, path.relative_to(folder).as_posix())
            problems += found
            if located is None or located.value is None:
                continue
            if not isinstance(located.value, list):
                problems.append(Problem(located.file, 1, f"{room.title}应是列表", "每个条目以「- 」开头"))
                continue
            lists[room.name] += [Source(value, located, (i,)) for i, value in enumerate(located.value)]
    return Sources(folder, mappings, lists, problems)


def _files_of(folder: Path, room: str) -> list[Path]:
    single = folder / f"{room}.yaml"
    many = sorted((folder / room).glob("*.yaml")) if (folder / room).is_dir() else []
    return ([single] if single.is_file() else []) + many


def _strangers(folder: Path) -> list[Problem]:
    """Files that no room reads: most often a misspelt name whose contents would silently be missing."""
    known = {file for file, _, _, _ in MAPPINGS} | {f"{room.name}.yaml" for room in LISTS}
    folders = {room.name for room in LISTS}
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name.startswith("."):
            continue
        name = path.relative_to(folder).as_posix()
        top = name.split("/", 1)[0]
        in_room = name.count("/") == 1 and top in folders and path.suffix == ".yaml"
        if name in known or in_room or path.suffix in {".md", ".docx"}:
            continue
        rooms = "、".join(sorted(known | {f"{name}/" for name in folders}))
        found.append(Problem(name, 1, "没有哪个栏目会读这个文件", f"改名或移入下列位置之一:{rooms}"))
    return found


def pack_folders(directories: Iterable[Path]) -> dict[str, Path]:
    """Pack folders by folder name (the pack's id). A later directory does not replace an earlier pack."""
    found: dict[str, Path] = {}
    for directory in directories:
        if (directory / "pack.yaml").is_file():
            found.setdefault(directory.name, directory)
            continue
        if directory.is_dir():
            for child in sorted(directory.iterdir()):
                if (child / "pack.yaml").is_file():
                    found.setdefault(child.name, child)
    return found


def folder_of(pack: str, directories: Sequence[Path]) -> Path:
    """The folder of a pack id. Raises PackNotFound."""
    folders = pack_folders(directories)
    if pack not in folders:
        raise PackNotFound(pack, sorted(folders))
    return folders[pack]
