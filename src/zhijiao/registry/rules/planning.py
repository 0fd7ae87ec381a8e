"""From the lines of a workbook to what they do: new, changed, moved, closed, merged, unchanged; or what is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from zhijiao.registry.rules import sheets
from zhijiao.registry.rules.forest import Forest
from zhijiao.registry.rules.offices import Offices
from zhijiao.registry.rules.reading import PersonRow, Read, UnitRow
from zhijiao.registry.types import (
    Effect,
    Fault,
    Incumbent,
    Plan,
    PlanLine,
    RegistryRefused,
    Stand,
)

FIELDS = {"parent": sheets.PARENT, "on": sheets.STARTS, "code": sheets.CODE, "into": sheets.INTO}
OFFICE_FIELDS = {"starts": sheets.SINCE, "ends": sheets.UNTIL}

MayChange = Callable[[str | None], bool]
"""Whether the actor may change an organisation of the register (by code; None: the top of the tree)."""


@dataclass
class Planner:
    """Plans a workbook upon the register. Changes `forest` and `offices` to what they will be."""

    forest: Forest
    offices: Offices
    spellings: Mapping[str, set[str]]
    may: MayChange
    today: date
    lines: list[PlanLine] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    aliases: dict[str, list[str]] = field(default_factory=dict)
    """New spellings by code."""
    before: dict[str, tuple[Stand, ...]] = field(default_factory=dict)

    def plan(self, read: Read) -> Plan:
        """All lines of a workbook. What is wrong stands in `faults`; then the plan means nothing."""
        self.faults.extend(read.faults)
        known = set(self.forest.by_code)
        before = self.before = {code: tuple(stands) for code, stands in self.forest.by_code.items()}
        held = {key: tuple(people) for key, people in self.offices.by_post.items()}
        rows = self._once(read.units)
        self._add([row for row in rows if row.code not in known], known)
        there = [row for row in rows if row.code in known]
        for row in there:
            self._turn(row)
        self._end([row for row in rows if row.ends is not None])
        for person in sorted(read.people, key=lambda p: p.starts):
            self._seat(person)
        if not self.faults and self.forest.since is not None:
            try:
                self.forest.check(self.forest.since)
            except RegistryRefused as refused:
                self.faults.append(Fault(sheets.UNITS, 0, "", *_two(str(refused))))
        self.lines.sort(key=lambda line: (line.sheet != sheets.UNITS, line.row))
        return Plan(tuple(self.lines), self._hash(before, held))

    # -- organisations -----------------------------------------------------------------------------

    def _once(self, rows: Iterable[UnitRow]) -> list[UnitRow]:
        seen: dict[str, UnitRow] = {}
        for row in rows:
            first = seen.setdefault(row.code, row)
            if first is not row:
                self._wrong(
                    row.row, sheets.CODE, f"代码“{row.code}”与第 {first.row} 行重复", "一个单位只留一行"
                )
        return list(seen.values())

    def _add(self, rows: Sequence[UnitRow], known: set[str]) -> None:
        """New organisations, parents before children."""
        waiting, coming = list(rows), {row.code for row in rows}
        while waiting:
            ready = [r for r in waiting if r.parent is None or r.parent in self.forest.by_code]
            if not ready:
                break
            for row in ready:
                self._add_one(row, known)
            waiting = [r for r in waiting if r not in ready]
        for row in waiting:
            if row.parent in coming:
                said = f"“{row.name}”的上级“{row.parent}”在表里，但它自己的上级没有登记，或互为上级"
            else:
                said = f"上级代码“{row.parent}”没有登记，表里也没有"
            self._wrong(row.row, sheets.PARENT, said, "核对上级代码，或在表里加上这个上级单位")

    def _add_one(self, row: UnitRow, known: set[str]) -> None:
        above = row.parent if row.parent in known or row.parent is None else None
        if (row.parent is None or above is not None) and not self.may(above):
            self._out_of_reach(row)
            return
        if row.starts is None:
            self._wrong(row.row, sheets.STARTS, f"新设的“{row.name}”没有写设立日期", "写设立日期")
            return
        stand = Stand(row.code, row.name, row.kind, row.parent, row.starts, None, row.short, row.basis)
        if self._try(row, lambda: self.forest.add(stand)):
            parent = self.forest.last(row.parent).name if row.parent else "最上层"
            self._say(row, Effect.NEW, f"自 {row.starts} 起，设在“{parent}”下", row.starts)
            self._spell(row)

    def _turn(self, row: UnitRow) -> None:
        """What is different in a line about an organisation that is registered."""
        last = self.forest.last(row.code)
        changed = [
            f"{title}由“{old or '空'}”改为“{new or '空'}”"
            for title, old, new in (
                (sheets.NAME, last.name, row.name),
                (sheets.SHORT, last.short, row.short),
                (sheets.KIND, last.kind.words, row.kind.words),
            )
            if old != new
        ]
        moved = row.parent != last.parent
        ending = row.ends is not None and row.ends != last.ends
        spelled = self._spell(row)
        reached = self.may(row.code) and (not moved or self.may(self._registered(row.parent)))
        if (changed or moved or ending or spelled) and not reached:
            self._out_of_reach(row)
            return
        if last.ends is not None and last.ends <= self.today and (changed or moved or ending):
            self._wrong(
                row.row,
                sheets.CODE,
                f"“{last.name}”已于 {last.ends} 撤销",
                "要恢复，请在它的页面办理；否则删去这一行",
            )
            return
        if changed or moved:
            self._turn_one(row, last, changed, moved)
        elif not ending:
            effect = Effect.SPELLED if spelled else Effect.UNCHANGED
            self._say(row, effect, f"新增别名 {'、'.join(spelled)}" if spelled else "", None)

    def _turn_one(self, row: UnitRow, last: Stand, changed: list[str], moved: bool) -> None:
        if row.starts is None or row.starts <= last.starts:
            since = row.starts or "空"
            self._wrong(
                row.row,
                sheets.STARTS,
                f"“{last.name}”有变动（{'、'.join(changed) or '上级'}），而“{sheets.STARTS}”仍是 {since}",
                f"写变动生效的日期，要在 {last.starts} 之后；此前的数仍按原来的组织汇总",
            )
            return
        if not self._has_basis(row):
            return
        on, basis, done = row.starts, row.basis, True
        if last.name != row.name or last.short != row.short:
            done = self._try(row, lambda: self.forest.rename(row.code, row.name, row.short, on, basis))
        if done and last.kind != row.kind:
            done = self._try(row, lambda: self.forest.retype(row.code, row.kind, on, basis))
        if done and moved:
            done = self._try(row, lambda: self.forest.move(row.code, row.parent, on, basis))
        if not done:
            return
        if changed:
            self._say(row, Effect.CHANGED, f"自 {on} 起，{'，'.join(changed)}", on)
        if moved:
            old = self.forest.last(last.parent).name if last.parent else "最上层"
            new = self.forest.last(row.parent).name if row.parent else "最上层"
            self._say(row, Effect.MOVED, f"自 {on} 起，由“{old}”移到“{new}”下", on)

    def _end(self, rows: Sequence[UnitRow]) -> None:
        """Closings and mergers, those below first."""
        if self.faults:
            return  # what could not be added or moved would only repeat itself here
        waiting = [
            r for r in rows if r.code in self.forest.by_code and r.ends != self.forest.last(r.code).ends
        ]
        waiting = [r for r in waiting if self._has_basis(r)]
        while waiting:
            going = {r.code for r in waiting}
            ready = [
                r for r in waiting
                if not any(s.code in going and s.code != r.code for s in self.forest.below(r.code, r.ends or self.today))
            ] or waiting  # fmt: skip
            for row in ready:
                self._end_one(row)
            waiting = [r for r in waiting if r not in ready]

    def _end_one(self, row: UnitRow) -> None:
        on, name = row.ends, self.forest.last(row.code).name
        assert on is not None, "only rows with a day of ending come here"
        if row.into is None:
            if self._try(row, lambda: self.forest.close(row.code, on, row.basis), sheets.ENDS):
                self._say(row, Effect.CLOSED, f"“{name}”自 {on} 起撤销", on)
            return
        into = row.into
        if into not in self.forest.by_code:
            self._wrong(row.row, sheets.INTO, f"并入单位代码“{into}”没有登记，表里也没有", "核对代码")
        elif not self.may(self._registered(into)):
            self._out_of_reach(row)
        elif self._try(row, lambda: self.forest.merge(into, [row.code], on, row.basis), sheets.ENDS):
            self._say(row, Effect.MERGED, f"自 {on} 起并入“{self.forest.last(into).name}”", on)

    def _spell(self, row: UnitRow) -> list[str]:
        """Spellings of a line that the register does not know."""
        known = self.spellings.get(row.code, set())
        fresh = [a for a in row.aliases if a not in known and a not in (row.name, row.short)]
        if fresh:
            self.aliases[row.code] = fresh
        return fresh

    # -- people ------------------------------------------------------------------------------------

    def _seat(self, row: PersonRow) -> None:
        def wrong(title: str, message: str, remedy: str) -> None:
            self.faults.append(Fault(sheets.PEOPLE, row.row, title, message, remedy))

        if row.code not in self.forest.by_code:
            wrong(sheets.CODE, f"单位代码“{row.code}”没有登记，表里也没有", "核对代码")
            return
        one = Incumbent(row.code, row.post, row.name, row.phone, row.starts, row.ends, row.basis)
        unit = self.forest.last(row.code).name
        before = [i for i in self.offices.by_post.get((row.code, row.post), ()) if i.covers(row.starts)]
        try:
            changed = self.offices.appoint(one)
        except RegistryRefused as refused:
            wrong(OFFICE_FIELDS.get(refused.field, sheets.PERSON), *_two(str(refused)))
            return
        if changed and not self.may(self._registered(row.code)):
            wrong(sheets.CODE, f"“{unit}”不在您管理的范围内", "删去这一行，或请管理它的单位导入")
            return
        effect = Effect.APPOINTED if changed else Effect.UNCHANGED
        after = [i.name for i in before if i.name != row.name]
        words = f"{row.post}{row.name}自 {row.starts} 起" + (f"接替{'、'.join(after)}" if after else "")
        words += f"，至 {row.ends}" if row.ends else ""
        self.lines.append(PlanLine(sheets.PEOPLE, row.row, effect, row.code, unit, words if changed else ""))

    def _registered(self, code: str | None) -> str | None:
        """The organisation itself, or for one that this workbook adds, what it stands under."""
        while code is not None and code in self.forest.by_code and code not in self.before:
            code = self.forest.last(code).parent
        return code

    # -- notes -------------------------------------------------------------------------------------

    def _try(self, row: UnitRow, verb: Callable[[], None], day: str = sheets.STARTS) -> bool:
        try:
            verb()
        except RegistryRefused as refused:
            title = day if refused.field == "on" else FIELDS.get(refused.field, sheets.NAME)
            self._wrong(row.row, title, *_two(str(refused)))
            return False
        return True

    def _has_basis(self, row: UnitRow) -> bool:
        if row.basis and (row.code not in self.before or row.basis != self.before[row.code][-1].basis):
            return True
        said = "没有写明依据" if not row.basis else f"依据仍是原来的“{row.basis}”"
        self._wrong(row.row, sheets.BASIS, f"“{row.name}”有变动，{said}", "写这次变动的批文名称或文号")
        return False

    def _out_of_reach(self, row: UnitRow) -> None:
        self._wrong(
            row.row, sheets.CODE, f"“{row.name}”不在您管理的范围内", "删去这一行，或请管理它的单位导入"
        )

    def _wrong(self, row: int, title: str, message: str, remedy: str) -> None:
        self.faults.append(Fault(sheets.UNITS, row, title, message, remedy))

    def _say(self, row: UnitRow, effect: Effect, words: str, on: date | None) -> None:
        late = on is not None and on < self.today and effect is not Effect.NEW
        self.lines.append(PlanLine(sheets.UNITS, row.row, effect, row.code, row.name, words, late))

    def _hash(self, before: Mapping[str, Any], held: Mapping[tuple[str, str], Any]) -> str:
        """Over everything that will be different, as it is and as it will be."""
        units = {
            code: [[asdict(s) for s in before.get(code, ())], [asdict(s) for s in stands]]
            for code, stands in self.forest.by_code.items()
            if tuple(stands) != before.get(code, ())
        }
        people = {
            "/".join(key): [[asdict(i) for i in held.get(key, ())], [asdict(i) for i in now]]
            for key, now in self.offices.by_post.items()
            if tuple(now) != held.get(key, ())
        }
        passages = [asdict(passage) for passage in self.forest.passages]
        text = json.dumps([units, people, passages, self.aliases], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def _two(words: str) -> tuple[str, str]:
    """A refusal as what is wrong and what to do: its last sentence is the remedy."""
    sentences = [s for s in words.rstrip("。").split("。") if s]
    return (
        ("。".join(sentences[:-1]), sentences[-1])
        if len(sentences) > 1
        else (words.rstrip("。"), "核对后重填")
    )
