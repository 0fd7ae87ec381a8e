"""What was edited: the workbook as it came back, against what it said when it went out and what holds now. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.workbook.fields import LAYOUTS, REQUIRED, Field, Layout
from zhijiao.policy.packs.workbook.lines import Line
from zhijiao.policy.packs.workbook.opening import Opened, ReadLine
from zhijiao.policy.packs.workbook.refusal import about_file, at_cell
from zhijiao.policy.packs.workbook.values import same
from zhijiao.policy.types import PackIndex

Key = tuple[str, str]


@dataclasses.dataclass(frozen=True)
class Edit:
    """One value of one line. Values of a group carry the group's id and an empty line."""

    sheet: str
    key: Key
    field: str
    old: str
    new: str
    read: ReadLine = dataclasses.field(compare=False)


@dataclasses.dataclass(frozen=True)
class Decided:
    """Everything that a workbook asks for."""

    edits: list[Edit]
    new: list[ReadLine]
    deleted: list[tuple[str, Key, ReadLine]]
    notes: list[str]
    problems: list[Problem]


def decide(opened: Opened, index: PackIndex, current: Mapping[str, list[Line]]) -> Decided:
    """Compare a workbook with the pack as it is now."""
    problems = list(opened.problems)
    problems += _wrong_version(opened, index)
    decided = Decided([], [], [], [], problems)
    for layout in LAYOUTS:
        if layout.name in opened.lines:
            _Sheet(layout, opened, index, current[layout.name], decided).decide()
    return decided


def _wrong_version(opened: Opened, index: PackIndex) -> list[Problem]:
    if opened.version == index.version or opened.base is not None:
        return []
    return [
        about_file(
            f"工作簿是按版本 {opened.label} 导出的，现行版本是 {index.pack.manifest.version}，而导出时的底稿已被删去",
            "按现行版本重新导出，把修改抄过去",
        )
    ]


class _Sheet:
    """Decides one sheet."""

    def __init__(
        self, layout: Layout, opened: Opened, index: PackIndex, current: Iterable[Line], into: Decided
    ) -> None:
        self.layout, self.index, self.into = layout, index, into
        self.current = {line.key: line.values for line in current}
        moved = opened.version != index.version and opened.base is not None
        listed = (opened.base or {}).items()
        base = (
            {key: values for (name, key), values in listed if name == layout.name} if moved else self.current
        )
        self.base: dict[Key, dict[str, str]] = dict(base)
        self.read = opened.lines[layout.name]

    def decide(self) -> None:
        """Fill the decided lists."""
        known = self._known()
        deleted = {line.key for line in known if line.get("delete")}
        groups: dict[str, list[ReadLine]] = {}
        for line in known:
            groups.setdefault(line.key[0], []).append(line)
            if line.key in deleted:
                self._delete(line)
            else:
                self._line_edits(line)
        for lines in groups.values():
            kept = [line for line in lines if line.key not in deleted]
            if kept:
                self._group_edits(kept)
        self._missing({line.key for line in known})

    def _known(self) -> list[ReadLine]:
        """Rows that were there when the workbook went out; new ones are set aside, strange ones reported."""
        known: dict[Key, ReadLine] = {}
        for line in self.read:
            if not any(line.key):
                if line.get("delete"):
                    continue
                self.into.new.append(line)
            elif line.key not in self.base:
                self._strange(line)
            elif line.key in known:
                key = self.layout.keys[0]
                message = f"编号 {_words(line.key)} 已在第 {known[line.key].row} 行"
                self._problem(line, key, message, "新增的行把编号留空；多出来的行删去")
            else:
                known[line.key] = line
        return list(known.values())

    def _strange(self, line: ReadLine) -> None:
        key = self.layout.keys[0] if line.key[0] else self.layout.keys[1]
        remedy = "改回原来的编号；新增的行把编号留空"
        self._problem(line, key, f"没有编号 {_words(line.key)}", remedy)

    def _delete(self, line: ReadLine) -> None:
        before, now = self.base[line.key], self.current.get(line.key)
        if now is None:
            return
        if now != before:
            self._problem(line, "delete", "这一行在现行版本里已经改动", "按现行版本重新导出，核对后再删")
            return
        self.into.deleted.append((self.layout.name, line.key, line))

    def _line_edits(self, line: ReadLine) -> None:
        for one in self.layout.keyed("line"):
            if one.key != "delete":
                self._edit(one, line.key, line, line.get(one.key))

    def _group_edits(self, lines: list[ReadLine]) -> None:
        for one in self._group_fields(lines[0].key[0]):
            values = {line.get(one.key) for line in lines}
            filled = values - {""} or {""}
            if len(filled) > 1:
                where = "、".join(line.cells[one.key].cell for line in lines)
                message = f"同一编号的“{one.title}”写法不一（{where}）"
                self._problem(lines[-1], one.key, message, "各行写成一样，或只写在第一行")
                continue
            written = next((line for line in lines if line.get(one.key)), lines[0])
            self._edit(one, lines[0].key, written, next(iter(filled)), group=True)

    def _group_fields(self, group: str) -> list[Field]:
        """The fields of a group, with the column that holds its name."""
        fields = self.layout.keyed("group")
        if self.layout.name == LAYOUTS[0].name:
            name = "whole" if self.index.parent_of(group) is None else "part"
            return [self.layout.field(name), *fields]
        return fields

    def _edit(self, one: Field, key: Key, line: ReadLine, new: str, *, group: bool = False) -> None:
        old = self.base[key].get(one.key, "")
        if same(one, old, new) or self._unreadable(line, one):
            return
        if not new and (one.key in REQUIRED[self.layout.name] or one.key in ("whole", "part")):
            self._problem(line, one.key, f"“{one.title}”不能为空", "写上内容；要删去整行，在“操作”列写“删除”")
            return
        if key not in self.current:
            self._problem(line, one.key, f"{_words(key)} 在现行版本里已经没有", "按现行版本重新导出")
            return
        now = self.current[key].get(one.key, "")
        if same(one, now, new):
            return
        if not same(one, now, old):
            self._problem(
                line,
                one.key,
                f"“{one.title}”与现行版本冲突：导出时是“{old or '空'}”，现行版本是“{now or '空'}”，这里写的是“{new or '空'}”",
                "按现行版本重新导出，核对后再改",
            )
            return
        at = (key[0], "") if group else key
        self.into.edits.append(Edit(self.layout.name, at, one.key, now, new, line))

    def _unreadable(self, line: ReadLine, one: Field) -> bool:
        """Whether the cell already has a problem: an empty value there is no edit."""
        found = line.cells[one.key]
        where = f"工作簿 {self.layout.name}!{found.cell}"
        return any(problem.file == where for problem in self.into.problems)

    def _missing(self, seen: set[Key]) -> None:
        for key, values in self.base.items():
            if key not in seen and key in self.current:
                name = values.get("name") or values.get("part") or values.get("whole", "")
                self.into.notes.append(
                    f"工作簿“{self.layout.name}”里没有 {_words(key)}“{name}”这一行，保持原样；"
                    "要删去，请留着这一行并在“操作”列写“删除”"
                )

    def _problem(self, line: ReadLine, key: str, message: str, remedy: str) -> None:
        found = line.cells[key]
        self.into.problems.append(at_cell(self.layout.name, found.cell, found.row, message, remedy))


def _words(key: Key) -> str:
    """An id as people find it in the sheet."""
    return "／".join(part for part in key if part)
