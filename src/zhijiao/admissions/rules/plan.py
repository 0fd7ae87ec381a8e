"""Decisions about the plan: what a line must say, who decides it, and the digest that is signed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from zhijiao.admissions.rules.conditions import SEX
from zhijiao.admissions.rules.reading import batch_of, digest, kind_of
from zhijiao.admissions.types.plan import CellDraft, Hands, LineDraft, LineFault
from zhijiao.engines.expressions import ExpressionError, Field, Kind, Schema, check, parse
from zhijiao.policy.types import Admission, AdmissionBatch

MOST_SEATS = 5000
TEXTS = {"direction": 80, "partner": 120, "diploma": 120, "major_code": 16, "major_name": 80}


def faults_of(rules: Admission, kind: str, line: LineDraft) -> tuple[LineFault, ...]:
    """What is wrong with a line of a school of this kind; empty when it may be handed in."""
    if kind_of(rules, kind) is None:
        return (LineFault("", "本校的类别不在这个招生季的招生范围内。如有疑问，请联系牵头部门。"),)
    try:
        batch = batch_of(rules, line.batch)
    except KeyError:
        return (LineFault("batch", "请选择批次。"),)
    return (
        *_batch(batch, kind, line),
        *_texts(line),
        *_fees(line),
        *_cells(rules, line.cells),
        *_limits(rules, line),
    )


def _batch(batch: AdmissionBatch, kind: str, line: LineDraft) -> Iterator[LineFault]:
    if kind not in {k.value for k in batch.kinds}:
        yield LineFault("batch", f"本校的类别不在“{batch.name}”招生，请换一个批次。")
    if batch.years and line.years not in batch.years:
        allowed = "、".join(f"{y}年" for y in batch.years)
        yield LineFault("years", f"“{batch.name}”的学制是{allowed}，填的是{line.years}年，请核对批次或学制。")
    if batch.partner and not line.partner.strip():
        yield LineFault("partner", f"“{batch.name}”要写明衔接的高校。")


def _texts(line: LineDraft) -> Iterator[LineFault]:
    if not line.major_code.strip():
        yield LineFault("major_code", "请填专业代码，照专业目录，如 710205。")
    if not line.major_name.strip():
        yield LineFault("major_name", "请填专业名称，照专业目录。")
    for name, most in TEXTS.items():
        if len(getattr(line, name)) > most:
            yield LineFault(name, f"这一栏最多 {most} 个字，填了 {len(getattr(line, name))} 个。")
    if not 1 <= line.years <= 8:
        yield LineFault("years", "学制在 1 到 8 年之间。")


def _fees(line: LineDraft) -> Iterator[LineFault]:
    for name, value in (("tuition", line.tuition), ("boarding_fee", line.boarding_fee)):
        if not Decimal(0) <= value <= Decimal(99999):
            yield LineFault(name, f"每年费用 {value} 元不在 0 到 99999 元之间，请核对。")
    if line.boarding_fee and not line.boarding:
        yield LineFault("boarding_fee", "填了住宿费，却没有勾选“提供住宿”。请勾选，或把住宿费改为 0。")


def _cells(rules: Admission, cells: Sequence[CellDraft]) -> Iterator[LineFault]:
    known = {"", *(origin.word for origin in rules.origins)}
    seen: set[str] = set()
    if not sum(cell.seats for cell in cells):
        yield LineFault("seats", "请填计划数，至少 1 人。")
    for cell in cells:
        if cell.origin not in known:
            words = "、".join(sorted(known - {""}))
            yield LineFault(
                "seats", f"生源类别“{cell.origin}”不在本季规则里。可用的有：{words or '（没有）'}。"
            )
        if cell.origin in seen:
            yield LineFault("seats", f"生源类别“{cell.origin or '不限'}”写了两次，请合并。")
        seen.add(cell.origin)
        if not 0 <= cell.seats <= MOST_SEATS:
            yield LineFault("seats", f"计划数 {cell.seats} 不在 0 到 {MOST_SEATS} 之间，请核对。")
        full = sum((subject.full for subject in rules.subjects), Decimal(0))
        if cell.min_total is not None and not Decimal(0) <= cell.min_total <= full:
            yield LineFault("seats", f"最低分 {cell.min_total} 不在 0 到满分 {full} 之间。")


def _limits(rules: Admission, line: LineDraft) -> Iterator[LineFault]:
    schema = limit_schema(rules)
    for limit in line.limits:
        try:
            faults = check(parse(limit.require), schema, Kind.BOOL).faults
        except ExpressionError as error:
            faults = error.faults
        for fault in faults:
            yield LineFault("limits", f"报考条件“{limit.require}”{fault.words}；{fault.remedy}")
        if not limit.words.strip():
            yield LineFault("limits", f"报考条件“{limit.require}”没有写给考生看的说明。")


def limit_schema(rules: Admission) -> Schema:
    """What conditions of a line may ask."""
    fields = {s.column: Field(Kind.NUMBER, s.column, scale=2) for s in rules.subjects}
    fields["total"] = Field(Kind.NUMBER, "投档分", scale=2)
    fields |= {check.column: Field(Kind.NUMBER, check.name, scale=2) for check in rules.checks}
    fields[SEX] = Field(Kind.NUMBER, "性别（1 男、2 女）")
    return Schema(fields)


def hands_of(rules: Admission, kind: str, *, under_county: bool) -> Hands | None:
    """Through whose hands a line of a school of this kind goes; None when the kind takes no part."""
    found = kind_of(rules, kind)
    if found is None:
        return None
    return Hands(found.propose, found.review and under_county, found.approve)


def plan_digest(lines: Iterable[Mapping[str, Any]]) -> str:
    """The digest of a plan: of its lines with their cells, in the order of their codes."""
    return digest(sorted(lines, key=lambda line: str(line["code"])))


def flows(rules: Admission, cells: Sequence[tuple[int, str]]) -> dict[int, int]:
    """Where unused seats of cells (id, origin) of one line go: those of an origin that flows, to the cell for everybody."""
    open_cell = next((id_ for id_, origin in cells if not origin), None)
    flowing = {origin.word for origin in rules.origins if origin.flows}
    if open_cell is None:
        return {}
    return {id_: open_cell for id_, origin in cells if origin in flowing}


"""Where unused seats go is declared once in the rules, cell by cell it follows from them."""
