"""Verbs: a school's plan as a workbook: out to fill in, what it would change, and kept as drafts as planned."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from zhijiao.admissions.actions.lines import draft_of, save_line
from zhijiao.admissions.actions.shared import Refused, places, season_of
from zhijiao.admissions.models import PlanLine, Season
from zhijiao.admissions.rules.plan_book import (
    KEYS,
    BookColumn,
    Known,
    Row,
    columns_of,
    differences,
    read_rows,
    row_of,
)
from zhijiao.admissions.rules.reading import canonical, kind_of, rules_of
from zhijiao.admissions.store.sheets import headed
from zhijiao.admissions.types.plan import BadLine
from zhijiao.admissions.types.rolls import BadRoll, RollFault
from zhijiao.admissions.types.states import LineState, Phase
from zhijiao.core.access.actor import Actor, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting
from zhijiao.core.tree import Node, Tree, tree

if TYPE_CHECKING:
    from zhijiao.render.xlsx import Book, Cell

OPEN = (Phase.PREPARING.value, Phase.PLANNING.value)
SPARE = 200
SHEET = "招生计划"


@dataclass(frozen=True)
class Change:
    """What a row does: a new line, or what it changes of one."""

    line: int
    school: str
    major: str
    new: bool
    words: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """What a workbook would change. `same`: rows that are there as written; `left`: lines of these schools that the file does not name,
    which stay; `digest`: of what it would change, so that what is applied is what was shown."""

    rows: tuple[Change, ...]
    same: int
    left: int
    digest: str


class OtherChanges(Refused):
    """The plan was changed since the changes were shown."""

    def __init__(self) -> None:
        super().__init__("显示变动以后计划又有改动，下面是按现在的计划重新算出的变动。请看过再导入。")


def book(*, season: int, by: Actor, on: date, created: datetime) -> Book:
    """The workbook to fill in, with the lines that can still be changed. Raises Refused, NotAllowed, Invisible."""
    from zhijiao.render.xlsx import Book, Column, Fact, Sheet

    with acting(by):
        row = season_of(by, season)
        rules = rules_of(row.rules)
        schools = _schools(by, row, tree(by.tenant, on))
        columns = columns_of(rules, sorted({node.kind.value for node in schools.values()}))
        lines = [each for each in _known(row, schools) if each.state == LineState.DRAFT.value]
        rows = [
            [
                _cell(column, text)
                for column, text in zip(
                    columns, row_of(rules, columns, each, schools[each.school].name), strict=True
                )
            ]
            for each in lines
        ]
    heads = [
        Column(c.title, None, "number" if c.number else "text", width=c.width, choices=c.choices, hint=c.hint)
        for c in columns
    ]
    facts = [
        Fact(
            "怎么填",
            "一个专业一行。学校写单位代码或全称；批次、是否从下拉中选。没有的列可以删去，删去的列保持原样。",
        ),
        Fact("导入以后", "先显示会改什么，确认后存为草稿，再在计划页申报。文件里没有的专业不动。"),
        Fact("学校", "；".join(f"{node.code} {node.name}" for node in schools.values())),
    ]
    title = f"{row.title}计划填写表"
    sheet = Sheet(
        SHEET, title, heads, rows, source="填法见“说明”", empty="", spare_rows=SPARE, freeze_columns=4
    )
    return Book(title, [sheet], created, facts)


def plan_changes(*, season: int, content: bytes, name: str, by: Actor, on: date) -> Changes:
    """What a workbook would change. Raises BadRoll with every fault, Refused, NotAllowed, Invisible."""
    with acting(by):
        row = season_of(by, season)
        return _changes(row, _read(row, content, name, by, on), tree(by.tenant, on))


def apply_changes(
    *, season: int, content: bytes, name: str, expect: str, by: Actor, at: datetime, on: date
) -> Changes:
    """Keep what a workbook changes as drafts, whole or not at all, as long as it is what was shown (`expect`). A second time changes
    nothing. Raises BadRoll, OtherChanges, Refused, NotAllowed, Invisible."""
    with acting(by):
        row = season_of(by, season)
        read = _read(row, content, name, by, on)
        standing = tree(by.tenant, on)
        found = _changes(row, read, standing)
        if found.digest != expect:
            raise OtherChanges
        faults: list[RollFault] = []
        for each in read:
            if each.known is not None and each.known.draft == each.draft:
                continue
            try:
                save_line(
                    season=season,
                    organisation=standing.by_code[each.school].id,
                    draft=each.draft,
                    by=by,
                    at=at,
                    on=on,
                    line=each.known.id if each.known else None,
                    revision=each.known.revision if each.known else None,
                )
            except BadLine as bad:
                faults += [RollFault(each.line, "专业代码", str(bad).rstrip("。"), "改正这一行")]
        if faults:
            raise BadRoll(faults)
        return found


def _read(season: Season, content: bytes, name: str, by: Actor, on: date) -> list[Row]:
    if season.phase not in OPEN:
        raise Refused(f"“{season.title}”的计划已经锁定，不能导入。确需更改的，由牵头部门凭文件办理更正。")
    standing = tree(by.tenant, on)
    schools = _schools(by, season, standing)
    heading, rows, first = headed(content, name, KEYS)
    spellings = places(standing, by, season, {node.kind for node in schools.values()})
    read, faults = read_rows(
        rules_of(season.rules),
        heading,
        rows,
        first,
        schools={word: code for word, code in spellings.items() if code in schools},
        kinds={code: node.kind.value for code, node in schools.items()},
        known=_known(season, schools),
    )
    for each in read:
        there = each.known
        if there is not None and there.state != LineState.DRAFT.value and there.draft != each.draft:
            words = f"“{there.draft.major_name}”{LineState(there.state).words}，不能再改"
            faults.append(RollFault(each.line, "专业代码", words, "请审核的部门先退回；或照原样保留这一行"))
    if faults:
        raise BadRoll(sorted(faults, key=lambda fault: fault.line))
    return read


def _changes(season: Season, read: Sequence[Row], standing: Tree) -> Changes:
    rules = rules_of(season.rules)
    columns = columns_of(rules, [k.kind.value for k in rules.kinds])
    rows: list[Change] = []
    for each in read:
        before = each.known
        if before is not None and before.draft == each.draft:
            continue
        words = [] if before is None else differences(rules, columns, before, each.draft)
        seats = f"{each.draft.seats} 人，{each.draft.years} 年"
        rows.append(
            Change(
                each.line,
                standing.by_code[each.school].name,
                f"{each.draft.major_code} {each.draft.major_name}",
                before is None,
                tuple(words) or (seats,),
            )
        )
    named = {each.known.id for each in read if each.known}
    schools = {each.school for each in read}
    left = (
        PlanLine.objects.filter(season=season, organisation__code__in=schools)
        .exclude(state=LineState.DROPPED.value)
        .exclude(pk__in=named)
        .count()
    )
    told = canonical([[c.line, c.school, c.major, c.new, list(c.words)] for c in rows])
    digest = hashlib.sha256(told.encode()).hexdigest()
    return Changes(tuple(rows), len(read) - len(rows), left, digest)


def _schools(by: Actor, season: Season, standing: Tree) -> dict[str, Node]:
    """The schools of the season for which the actor writes lines, by code. Raises NotAllowed."""
    rules = rules_of(season.rules)
    found = {
        node.code: node
        for node in standing.below(season.organisation_id)
        if kind_of(rules, node.kind.value) is not None
        and (by.everything or by.may(Permission.ADMIT_PLAN, node.id))
    }
    if not found:
        raise NotAllowed(Permission.ADMIT_PLAN, season.title)
    return found


def _known(season: Season, schools: dict[str, Node]) -> list[Known]:
    rows = (
        PlanLine.objects.filter(season=season, organisation__in=[node.id for node in schools.values()])
        .exclude(state=LineState.DROPPED.value)
        .select_related("organisation")
        .prefetch_related("cells")
        .order_by("organisation__code", "batch", "major_code", "direction")
    )
    return [
        Known(row.pk, row.revision, row.state, row.code, row.organisation.code, draft_of(row)) for row in rows
    ]


def _cell(column: BookColumn, text: str) -> Cell:
    if not text:
        return None
    if column.number:
        try:
            return Decimal(text)
        except InvalidOperation:
            return text
    return text


__all__ = ["Change", "Changes", "OtherChanges", "apply_changes", "book", "plan_changes"]
