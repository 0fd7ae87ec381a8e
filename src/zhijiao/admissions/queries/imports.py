"""What a bureau may take over from other bodies, the workbooks to fill in for it, and what was taken over. Reads in the caller's scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from zhijiao.admissions.models import Candidate, CheckResult, Elsewhere, ScoreSheet, Season
from zhijiao.admissions.rules.reading import rules_of
from zhijiao.admissions.types.states import SheetKind
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission

if TYPE_CHECKING:
    from zhijiao.render.xlsx import Book

SPARE = 500
"""Rows of a template that carry drop-downs."""


@dataclass(frozen=True)
class Sort:
    """A sort of file that may be taken over. `key`: as the form sends it; `template`: whether there is a workbook to fill in."""

    key: str
    words: str
    template: bool = False


def sorts(by: Actor, season: Season) -> list[Sort]:
    """What the person may take over in a season."""
    rules = rules_of(season.rules)
    found: list[Sort] = []
    if any(by.may(Permission.ADMIT_RUN, party) for party in season.parties):
        found += [Sort(kind.value, kind.words) for kind in (SheetKind.CANDIDATES, SheetKind.SCORES)]
        if rules.checks:
            found.append(Sort(SheetKind.CHECKS.value, SheetKind.CHECKS.words, template=True))
    found += [
        Sort(f"{SheetKind.ELSEWHERE.value}-{way.id}", f"{way.name}的录取结果", template=True)
        for way in rules.elsewhere
        if by.may(Permission.ADMIT_RUN, season.bureaus[way.imports])
    ]
    return found


def template(season: Season, sort: Sort, created: datetime) -> Book:
    """The workbook to fill in."""
    from zhijiao.render.xlsx import Book, Column, Fact, Sheet

    rules = rules_of(season.rules)
    if sort.key == SheetKind.CHECKS.value:
        columns = [
            Column("考号", width=16, hint="照准考证，必填"),
            *(
                Column(each.column, each.unit, kind="number", width=14, hint=f"{each.name}，没有结果就留空")
                if each.kind == "number"
                else Column(
                    each.column, width=14, choices=("合格", "不合格"), hint=f"{each.name}，没有结果就留空"
                )
                for each in rules.checks
            ),
        ]
        facts = [Fact("怎么填", "一名考生一行。没有结果的留空，投档时按不符合处理。不要的列可以删去。")]
    else:
        columns = [
            Column("考号", width=16, hint="照本市名册，必填"),
            Column("姓名", width=14, hint="要与名册一致"),
            Column("录取学校", width=30, hint="组织里的代码或全称"),
            Column("专业代码", width=14, hint="照专业目录"),
            Column("专业名称", width=26, hint="照专业目录"),
            Column("学制", width=8, choices=tuple(str(n) for n in range(1, 9)), hint="几年"),
        ]
        facts = [
            Fact("怎么填", "一名考生一行，每一列都要填。导入后算作一个学位，不再参加本市后面的录取。"),
            Fact("更正", "先撤回那一批，再导入整份。"),
        ]
    title = f"{season.title}：{sort.words}"
    sheet = Sheet(
        sort.words[:31], title, columns, [], source="第一次填写请先看“说明”", empty="", spare_rows=SPARE
    )
    return Book(title, [sheet], created, facts)


@dataclass(frozen=True)
class Kept:
    """A file that was taken over. `standing`: how many seats of it stand; `may_withdraw`: whether the person may take it back."""

    sheet: ScoreSheet
    words: str
    standing: int = 0
    may_withdraw: bool = False


def kept(by: Actor, season: Season) -> list[Kept]:
    """The sealed files of a season, the last first."""
    rules = rules_of(season.rules)
    ways = {way.id: way for way in rules.elsewhere}
    seats: dict[int, tuple[str, int]] = {
        sheet: (way, standing)
        for sheet, way, standing in Elsewhere.objects.filter(season=season)
        .values_list("sheet", "way")
        .annotate(standing=Count("pk", filter=Q(withdrawn_at__isnull=True)))
    }
    found = []
    for sheet in ScoreSheet.objects.filter(season=season).order_by("-sealed_at"):
        way, standing = seats.get(sheet.pk, ("", 0))
        said = ways.get(way)
        words = f"{said.name}的录取结果" if said else SheetKind(sheet.kind).words
        may = said is not None and standing > 0 and by.may(Permission.ADMIT_RUN, season.bureaus[said.imports])
        found.append(Kept(sheet, words, standing, may))
    return found


def checked(candidate: Candidate) -> list[tuple[str, str]]:
    """What was found out about a candidate besides marks: the check and its result, in words, in the order of the rules."""
    row = CheckResult.objects.filter(candidate=candidate).first()
    results = row.results if row is not None else {}
    return [
        (check.name, _result(check.kind, str(results[check.id]), check.unit or ""))
        for check in rules_of(candidate.season.rules).checks
        if check.id in results
    ]


def _result(kind: str, value: str, unit: str) -> str:
    if kind == "passed":
        return "合格" if value == "1" else "不合格"
    return f"{value}{unit}"


__all__: Sequence[str] = ["Kept", "Sort", "checked", "kept", "sorts", "template"]
