"""Verbs: marks come from a sealed sheet; after a check they are corrected by one person and signed by another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from zhijiao.admissions.actions.shared import (
    Refused,
    candidate_of,
    log,
    refuse_frozen,
    require_bureau,
    season_of,
)
from zhijiao.admissions.models import Candidate, ScoreCorrection, ScoreSheet, Season
from zhijiao.admissions.store.sheets import table_of
from zhijiao.admissions.types.rolls import BadRoll, MarkColumn, RollFault, Taken
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk

# One statement: row by row a city's marks take minutes.
WRITE = """
UPDATE admissions_candidate c SET columns = v.marks::jsonb, total = v.total, sheet_id = %s, revision = c.revision + 1
  FROM unnest(%s::bigint[], %s::text[], %s::numeric[]) AS v(id, marks, total) WHERE c.id = v.id
"""


def columns_of(season: Season) -> list[MarkColumn]:
    """The columns of marks that a season knows."""
    return [
        MarkColumn(str(one["column"]), str(one["column"]), Decimal(str(one["full"])))
        for one in season.rules.get("subjects") or ()
    ]


def take_marks(*, by: Actor, at: datetime, season: int, name: str, content: bytes) -> Taken:
    """Seal a sheet of marks and give each candidate hers. The same file again changes nothing; another one replaces marks only
    before the freeze. Needs ADMIT_RUN at a bureau. Raises BadRoll with every fault, Refused, NotAllowed, Invisible."""
    from zhijiao.admissions.rules.rolls import read_marks

    found = season_of(by, season)
    bureau = require_bureau(by, found, Permission.ADMIT_RUN)
    columns = columns_of(found)
    if not columns:
        raise Refused("这个招生季没有设定成绩科目，请先在招生规则里列出。")
    digest = hashlib.sha256(content).hexdigest()
    heading, lines = table_of(content, name)
    with bulk():
        rows = {row.number: row for row in Candidate.objects.filter(season=found)}
        marked = read_marks(heading, lines, columns=columns, numbers=rows)
        if ScoreSheet.objects.filter(season=found, kind="scores", digest=digest).exists():
            return Taken(len(marked), same=len(marked), digest=digest)
        refuse_frozen(found, "成绩")
        _refuse_over_corrections(found, marked_numbers={one.number: one.line for one in marked})
        sheet = ScoreSheet.objects.create(
            season=found,
            kind="scores",
            name=name[:200],
            digest=digest,
            rows=len(marked),
            columns=[column.id for column in columns],
            sealed_at=at,
            sealed_by=by.name[:80],
        )
        added = sum(rows[one.number].total is None for one in marked)
        with connection.cursor() as cursor:
            cursor.execute(
                WRITE,
                [
                    sheet.pk,
                    [rows[one.number].pk for one in marked],
                    [json.dumps({id_: _plain(mark) for id_, mark in one.marks.items()}) for one in marked],
                    [total_of(one.marks) for one in marked],
                ],
            )
        log(
            by,
            at,
            "take_marks",
            f"导入并封存成绩“{name[:80]}”：{len(marked)} 人，摘要 {digest[:12]}",
            organisation=bureau,
            kind="season",
            id_=found.pk,
            detail={"digest": digest, "lines": len(marked)},
        )
        return Taken(len(marked), added, len(marked) - added, 0, digest)


def propose_correction(
    *, by: Actor, at: datetime, candidate: int, column: str, after: Decimal, reason: str, document: str
) -> int:
    """Write down what a check of a paper found; it counts once somebody else has signed it. Needs ADMIT_APPROVE at a bureau.
    Returns the number of the correction. Raises Refused, NotAllowed, Invisible."""
    reason, document = reason.strip(), document.strip()
    with acting(by):
        row = candidate_of(by, candidate)
        bureau = require_bureau(by, row.season, Permission.ADMIT_APPROVE)
        refuse_frozen(row.season, "成绩")
        known = {one.id: one for one in columns_of(row.season)}
        if column not in known:
            raise Refused("没有这个科目，请重新选择。", "column")
        if not 0 <= after <= known[column].most:
            raise Refused(
                f"{known[column].name}应在 0 到 {known[column].most} 之间，填的是 {after}。", "after"
            )
        if not reason or not document:
            raise Refused("请写复核的结论和文号。", "reason" if not reason else "document")
        if row.total is None:
            raise Refused("这名考生还没有成绩，请先导入成绩。")
        made = ScoreCorrection.objects.create(
            candidate=row,
            column=column,
            before=_mark(row.columns, column),
            after=after,
            reason=reason[:300],
            document=document[:200],
            made_by=by.user,
            made_by_name=by.name[:80],
            made_at=at,
        )
        log(
            by,
            at,
            "propose_correction",
            f"拟更正考生{row.name}（{row.number}）的{known[column].name}，待另一人签署（{document}）",
            organisation=bureau,
            kind="candidate",
            id_=row.pk,
            detail={"correction": made.pk, "column": column},
        )
        return made.pk


def sign_correction(*, by: Actor, at: datetime, correction: int) -> None:
    """Sign a correction, as somebody else than who wrote it: from now on it counts. Needs ADMIT_APPROVE at a bureau. Signing twice
    changes nothing. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        found = ScoreCorrection.objects.select_for_update().filter(pk=correction).first()
        if found is None:
            raise Invisible("没有这项更正。")
        row = candidate_of(by, found.candidate_id)
        bureau = require_bureau(by, row.season, Permission.ADMIT_APPROVE)
        if found.signed_at is not None:
            return
        if found.made_by is not None and found.made_by == by.user:
            raise Refused("成绩更正要由另一人签署，拟写人自己不能签。")
        refuse_frozen(row.season, "成绩")
        if _mark(row.columns, found.column) != found.before:
            raise Refused(
                f"拟写以后成绩又有变动（当时 {found.before}，现在 {_mark(row.columns, found.column)}），请重新拟写。"
            )
        ScoreCorrection.objects.filter(pk=correction).update(
            signed_by=by.user, signed_by_name=by.name[:80], signed_at=at
        )
        assert found.after is not None
        marks = {**row.columns, found.column: _plain(found.after)}
        with bulk():
            Candidate.objects.filter(pk=row.pk).update(
                columns=marks,
                total=total_of({id_: Decimal(mark) for id_, mark in marks.items()}),
                revision=row.revision + 1,
            )
        log(
            by,
            at,
            "sign_correction",
            f"签署考生{row.name}（{row.number}）的成绩更正（{found.document}）",
            organisation=bureau,
            kind="candidate",
            id_=row.pk,
            detail={"correction": correction, "column": found.column},
        )


def total_of(marks: Mapping[str, Decimal]) -> Decimal:
    """The sum of the marks; what is added besides is kept apart."""
    return sum(marks.values(), Decimal(0))


def _refuse_over_corrections(season: Season, marked_numbers: Mapping[str, int]) -> None:
    """A later sheet must not silently undo what was corrected and signed."""
    corrected = ScoreCorrection.objects.filter(
        candidate__season=season, signed_at__isnull=False, candidate__number__in=list(marked_numbers)
    ).values_list("candidate__number", flat=True)
    faults = [
        RollFault(
            marked_numbers[number],
            "考号",
            f"{number} 的成绩经复核更正并签署过",
            "从文件里去掉这一行；确要改的，另拟一项更正",
        )
        for number in sorted(set(corrected))
    ]
    if faults:
        raise BadRoll(faults)


def _mark(columns: Mapping[str, Any], column: str) -> Decimal | None:
    return Decimal(str(columns[column])) if column in columns else None


def _plain(mark: Decimal) -> str:
    return f"{mark:f}"
