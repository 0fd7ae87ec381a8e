"""Edits single entries of pack files and leaves every other byte as it is: comments, order, spacing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.representer import RoundTripRepresenter

from zhijiao.lib.numbers import plain

Change = Callable[[CommentedMap], None]


class _Representer(RoundTripRepresenter):
    """Writes exact decimals as plain numbers, and nothing (null) as the word."""


def _decimal(representer: RoundTripRepresenter, value: Decimal) -> Any:
    text = plain(value)
    kind = "float" if "." in text else "int"
    return representer.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


def _null(representer: RoundTripRepresenter, value: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


_Representer.add_representer(Decimal, _decimal)
_Representer.add_representer(type(None), _null)


def flow(words: list[str]) -> CommentedSeq:
    """A list on one line."""
    made = CommentedSeq(words)
    made.fa.set_flow_style()
    return made


def flow_map(values: dict[str, Any]) -> CommentedMap:
    """A mapping on one line."""
    made = CommentedMap(values)
    made.fa.set_flow_style()
    return made


@dataclass
class PackFile:
    """A file of entries (a list). Entries are named by their position when the file was read."""

    path: Path
    starts: list[int]
    """The line (from 1) on which each entry starts."""

    def apply(self, changes: dict[int, list[Change]], removed: set[int], added: list[CommentedMap]) -> None:
        """Change, remove and add entries, and write the file."""
        text = self.path.read_text(encoding="utf-8-sig") if self.path.exists() else ""
        if _in_flow_style(text):
            self.path.write_text(_rewritten(text, changes, removed, added), encoding="utf-8")
            return
        lines = text.splitlines(keepends=True)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        for number in sorted({*changes, *removed}, reverse=True):
            first, last = self._chunk(lines, number)
            if number in removed:
                lines[first:last] = []
            else:
                lines[first:last] = edited("".join(lines[first:last]), changes[number])
        for entry in added:
            if lines and lines[-1].strip():
                lines.append("\n")
            lines += dumped(entry, self._indent(lines), 2)
        self.path.write_text("".join(lines) or "[]\n", encoding="utf-8")

    def _chunk(self, lines: list[str], number: int) -> tuple[int, int]:
        """The lines of an entry, without the comments that lead over to the next."""
        first = self.starts[number] - 1
        while first > 0 and not lines[first].lstrip().startswith("-"):
            first -= 1
        last = self.starts[number + 1] - 1 if number + 1 < len(self.starts) else len(lines)
        while last > first + 1 and re.match(r"^\s*(#.*)?$", lines[last - 1]):
            last -= 1
        return first, last

    def _indent(self, lines: list[str]) -> int:
        return len(lines[self.starts[0] - 1]) - len(lines[self.starts[0] - 1].lstrip()) if self.starts else 0


def _in_flow_style(text: str) -> bool:
    """Whether the whole list is written as [...]: such a file has no lines of its own for each entry."""
    first = next(
        (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")), ""
    )
    return first.lstrip().startswith("[")


def _rewritten(
    text: str, changes: dict[int, list[Change]], removed: set[int], added: list[CommentedMap]
) -> str:
    entries = _yaml(0).load(text)
    for number, listed in changes.items():
        for change in listed:
            change(entries[number])
    for number in sorted(removed, reverse=True):
        del entries[number]
    entries.extend(added)
    out = io.StringIO()
    _yaml(2).dump(entries, out)
    return out.getvalue()


def edited(chunk: str, changes: list[Change]) -> list[str]:
    """One entry's text with some of its values changed."""
    marker = re.match(r" *-[ ]+", chunk)
    margin = len(marker[0]) if marker else 2 + len(chunk) - len(chunk.lstrip(" "))
    # Read without its margin, so that comments at the end of lines keep their column.
    entry = _yaml(0).load(_without_margin(chunk, margin)) if marker else _yaml(0).load(chunk)[0]
    for change in changes:
        change(entry)
    return dumped(entry, margin - 2, _offset(chunk))


def _without_margin(chunk: str, margin: int) -> str:
    lines = chunk.splitlines(keepends=True)
    return "".join(
        line[margin:] if i == 0 or not line[:margin].strip() else line for i, line in enumerate(lines)
    )


def dumped(entry: CommentedMap, indent: int, offset: int) -> list[str]:
    """One entry as a member of a list, its dash `indent` characters from the left."""
    out = io.StringIO()
    _yaml(offset).dump(entry, out)
    lines = out.getvalue().splitlines(keepends=True)
    margin = " " * indent
    return [
        f"{margin}{'- ' if i == 0 else '  '}{line}" if line.strip() else line for i, line in enumerate(lines)
    ]


def _offset(chunk: str) -> int:
    """How far lists are set in under their key in this text."""
    found = re.search(r"^( *)(?:- )?[^\s#-][^\n]*:[ \t]*\n( *)- ", chunk, re.MULTILINE)
    if found is None:
        return 2
    key = len(found[1]) + (2 if chunk[found.start() :].lstrip(" ").startswith("- ") else 0)
    return max(0, len(found[2]) - key)


def _yaml(offset: int) -> YAML:
    yaml = YAML()
    yaml.Representer = _Representer
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=offset + 2, offset=offset)
    return yaml
