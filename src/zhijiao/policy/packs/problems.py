"""What the checker says: where, what is wrong, what to write instead."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of a pack. `file` is relative to the pack folder; `line` counts from 1."""

    file: str
    line: int
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}。{self.remedy}"

    def as_json(self) -> dict[str, Any]:
        """The stable form of `packs check --json`."""
        return asdict(self)


class PackRefused(Exception):
    """A pack is not valid; nothing of it is used. Holds every problem, not just the first."""

    def __init__(self, pack: str, problems: list[Problem]) -> None:
        self.pack = pack
        self.problems = sorted(set(problems))
        super().__init__(
            f"政策包 {pack} 有 {len(self.problems)} 处问题，未采用：\n"
            + "\n".join(f"{pack}/{problem}" for problem in self.problems[:20])
        )


class PackNotFound(Exception):
    """No folder of that pack id was found in the given directories."""

    def __init__(
        self, pack: str, known: list[str], hint: str = "用 --packs 目录 指定政策包所在的文件夹"
    ) -> None:
        self.pack = pack
        self.known = known
        super().__init__(f"没有找到政策包 {pack}。现有：{'、'.join(known) or '无'}。{hint}")
