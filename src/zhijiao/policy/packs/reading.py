"""From a pack folder to values with positions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from zhijiao.core.errors import reason
from zhijiao.policy.packs.positions import Located, read_yaml
from zhijiao.policy.packs.problems import PackNotFound, Problem
from zhijiao.policy.packs.rooms import BESIDE, LISTS, MAPPINGS


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
    try:
        return _read(folder)
    except OSError as error:  # the folder itself may not be looked into
        trouble = Problem(
            "pack.yaml", 1, f"政策包文件夹读不出来（{reason(error)}）", "让运行平台的账号能读它"
        )
        return Sources(folder, {}, {room.name: [] for room in LISTS}, [trouble])


def _read(folder: Path) -> Sources:
    problems: list[Problem] = _strangers(folder)
    mappings: dict[str, Source] = {}
    for file, attribute, _, title in (*MAPPINGS, *BESIDE):
        path = folder / file
        if not _there(path):
            if file == "pack.yaml":
                problems.append(
                    Problem(
                        file, 1, f"缺少 {file}（{title}）", "用 zhijiao packs new 写出一个最小的政策包作样板"
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
    known = {file for file, _, _, _ in (*MAPPINGS, *BESIDE)} | {f"{room.name}.yaml" for room in LISTS}
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
        found.append(Problem(name, 1, "没有哪个栏目会读这个文件", _place_for(name, known, folders)))
    return found


def _place_for(name: str, known: set[str], folders: set[str]) -> str:
    """Where a stray file most likely belongs; else all places there are."""
    stem = name.rsplit("/", 1)[-1].split(".", 1)[0].lower()
    near = get_close_matches(f"{stem}.yaml", sorted(known), n=1, cutoff=0.8)
    if near:
        return f"是不是 {near[0]}？改成这个名字；不用的副本移到政策包之外"
    rooms = "、".join(sorted(known | {f"{folder}/" for folder in folders}))
    return f"改名或移入下列位置之一：{rooms}；不用的副本移到政策包之外"


def pack_folders(directories: Iterable[Path]) -> dict[str, Path]:
    """Pack folders by folder name (the pack's id). A later directory does not replace an earlier pack."""
    found: dict[str, Path] = {}
    for folder in _all_folders(directories):
        found.setdefault(folder.name, folder)
    return found


def shadowed(directories: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Pack folders that are not read because an earlier one has the same name: (read, not read)."""
    found: dict[str, Path] = {}
    hidden = []
    for folder in _all_folders(directories):
        first = found.setdefault(folder.name, folder)
        if first.resolve() != folder.resolve():
            hidden.append((first, folder))
    return hidden


def _all_folders(directories: Iterable[Path]) -> Iterator[Path]:
    for directory in directories:
        if _there(directory / "pack.yaml"):
            yield directory
            continue
        try:
            children = sorted(directory.iterdir())
        except OSError:  # not there or not to be read: `unusable` says so to whoever named it
            continue
        yield from (child for child in children if _there(child / "pack.yaml"))


def unusable(directory: Path) -> str | None:
    """Why a folder that somebody named cannot be looked into. None when it can."""
    try:
        next(directory.iterdir(), None)
    except OSError as error:
        return f"政策包文件夹 {directory} 读不了：{reason(error)}"
    return None


def _there(path: Path) -> bool:
    """Whether the file is there. One that may not be looked at is: reading it then says what is wrong."""
    try:
        return path.is_file()
    except PermissionError:
        return True


def folder_of(pack: str, directories: Sequence[Path]) -> Path:
    """The folder of a pack id. Raises PackNotFound."""
    folders = pack_folders(directories)
    if pack not in folders:
        raise PackNotFound(pack, sorted(folders), _hint(pack, directories))
    return folders[pack]


def _hint(word: str, directories: Sequence[Path]) -> str:
    """What the author may have meant by a word that names no pack."""
    given = Path(word)
    if _there(given / "pack.yaml"):
        given = given.absolute()
        return f"这是一个文件夹，写成 {given.name} --packs {given.parent}"
    for directory in directories:
        for folder in (directory / word, directory):
            if folder.name == word and folder.is_dir():
                return f"文件夹 {folder} 里没有 pack.yaml，补上它，或用 zhijiao packs new 写一个作样板"
    return "用 --packs 目录 指定政策包所在的文件夹"
