"""The door for those who read packs from files: load, check, index."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from zhijiao.core.errors import Refusal
from zhijiao.engines.expressions import Schema
from zhijiao.policy.capabilities import capabilities
from zhijiao.policy.packs.building import Built
from zhijiao.policy.packs.checking import Context, check_built
from zhijiao.policy.packs.problems import PackNotFound, PackRefused, Problem
from zhijiao.policy.packs.reading import folder_of, pack_folders, read_folder, shadowed, unusable
from zhijiao.policy.packs.serial import content_hash
from zhijiao.policy.types import Pack, PackIndex
from zhijiao.policy.types.twin import Twin

SHIPPED = Path(__file__).resolve().parents[4] / "packs"
"""The packs that come with the product, in a checkout."""


def directories(extra: Sequence[Path] = ()) -> list[Path]:
    """Where packs are looked for: given folders, those of ZHIJIAO_PACKS, then those that are shipped."""
    named = [Path(p) for p in os.environ.get("ZHIJIAO_PACKS", "").split(os.pathsep) if p]
    return [*extra, *named, SHIPPED]


class Library:
    """Packs under some directories, each read once."""

    def __init__(self, where: Sequence[Path], records: Mapping[str, Schema] | None = None) -> None:
        """`records`: the data sets that computed definitions are checked against; None leaves their names unchecked."""
        self.where = list(where)
        self.records = records
        self._built: dict[str, Built] = {}
        self._problems: dict[str, list[Problem]] = {}
        self._versions: dict[str, str] = {}

    def ids(self) -> list[str]:
        """Pack ids, a pack after those it extends, else by name."""
        folders = sorted(pack_folders(self.where))
        return sorted(folders, key=lambda pack: (len(self._chain(pack)), pack))

    def built(self, pack: str) -> Built:
        """The pack's entries as far as they can be typed. Raises PackNotFound."""
        if pack not in self._built:
            self._built[pack] = Built(read_folder(folder_of(pack, self.where)))
        return self._built[pack]

    def _chain(self, pack: str) -> list[str]:
        """The packs that this one extends, nearest first, as far as they can be followed."""
        chain: list[str] = []
        at = pack
        while True:
            manifest = self.built(at).manifest
            parent = None if manifest is None else manifest[0].extends
            if parent is None or parent in chain or parent == pack or parent not in pack_folders(self.where):
                return chain
            chain.append(parent)
            at = parent

    def problems(self, pack: str) -> list[Problem]:
        """Everything that is wrong with a pack; empty when it may be used."""
        if pack not in self._problems:
            self._problems[pack] = self._find_problems(pack)
        return self._problems[pack]

    def _find_problems(self, pack: str) -> list[Problem]:
        built = self.built(pack)
        problems = list(built.problems) + self._identity(pack, built)
        value = None if problems else built.pack()
        if value is None:
            return sorted(set(problems))
        ancestors = [self.built(name).pack() for name in self._chain(pack)]
        if any(a is None for a in ancestors):
            broken = next(n for n, a in zip(self._chain(pack), ancestors, strict=True) if a is None)
            return [
                Problem(
                    "pack.yaml",
                    built.mappings["manifest"][1].line("extends"),
                    f"上级政策包 {broken} 有问题",
                    f"先改正它：zhijiao packs check {broken}",
                )
            ]
        family = tuple(a for a in ancestors if a)
        context = Context(built, value, family, self._others(pack), capabilities(), self.records)
        return check_built(context)

    def _identity(self, pack: str, built: Built) -> list[Problem]:
        if built.manifest is None:
            return []
        manifest, source = built.manifest
        found = []
        if manifest.id != pack:
            found.append(
                Problem(
                    "pack.yaml",
                    source.line("id"),
                    f"编号 {manifest.id} 与文件夹名 {pack} 不同",
                    f"把文件夹改名为 {manifest.id}，或把 id 改成文件夹名（编号只用字母、数字、点、横线、下划线）",
                )
            )
        extends = manifest.extends
        if extends is not None and (extends == pack or extends not in pack_folders(self.where)):
            found.append(
                Problem(
                    "pack.yaml",
                    source.line("extends"),
                    f"上级政策包 {extends} 没有找到",
                    "改正 extends，或用 --packs 加上它所在的文件夹",
                )
            )
        elif extends is not None and pack in self._chain(extends):
            found.append(
                Problem(
                    "pack.yaml",
                    source.line("extends"),
                    f"{pack} 与 {extends} 互为上级",
                    "去掉其中一个 extends",
                )
            )
        return found

    def _others(self, pack: str) -> Mapping[str, Pack]:
        chain = {pack, *self._chain(pack)}
        built = {name: self.built(name).pack() for name in pack_folders(self.where) if name not in chain}
        return {name: value for name, value in built.items() if value is not None}

    def load(self, pack: str) -> Pack:
        """A pack that passed every check. Raises PackNotFound, PackRefused."""
        problems = self.problems(pack)
        if problems:
            raise PackRefused(pack, problems)
        value = self.built(pack).pack()
        assert value is not None  # no problems means typed
        return value

    def index(self, pack: str) -> PackIndex:
        """A checked pack with its look-ups. Raises PackNotFound, PackRefused."""
        value = self.load(pack)
        chain = self._chain(pack)
        return PackIndex(value, [self.load(name) for name in chain], capabilities(), self.version(pack))

    def twin(self, pack: str) -> Twin | None:
        """The shape of the city's synthetic twin, where one is written. Raises PackNotFound, PackRefused."""
        self.load(pack)
        found = self.built(pack).mappings.get("twin")
        return None if found is None else cast(Twin, found[0])

    def version(self, pack: str) -> str:
        """The content hash of a pack and of those it extends. Raises PackNotFound, PackRefused."""
        if pack not in self._versions:
            above = self._chain(pack)[:1]
            self._versions[pack] = content_hash(self.load(pack), self.version(above[0]) if above else "")
        return self._versions[pack]


def complaints(extra: Sequence[Path] = ()) -> list[str]:
    """What is odd about the folders that somebody named: one that cannot be read, one pack in two places."""
    where = directories(extra)
    unread = [said for folder in where[:-1] if (said := unusable(folder)) is not None]
    hidden = [
        f"政策包 {read.name} 有两份：采用 {read}，不读 {not_read}" for read, not_read in shadowed(where)
    ]
    return unread + hidden


def library(extra: Sequence[Path] = (), records: Mapping[str, Schema] | None = None) -> Library:
    """The library over the directories of this process. Raises Refusal when a folder that was named is not there."""
    where = directories(extra)
    for folder in where[:-1]:
        said = unusable(folder)
        if said is not None:
            raise Refusal(f"{said}。改正 --packs 或环境变量 ZHIJIAO_PACKS。")
    return Library(where, records)


__all__ = ["SHIPPED", "Library", "PackNotFound", "PackRefused", "complaints", "directories", "library"]
