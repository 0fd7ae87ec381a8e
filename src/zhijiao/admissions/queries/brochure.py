"""The leaflet of a season (招生简章): one for all kinds of schools, as a document, a workbook and data. Pure of scope: who calls has read
the lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from zhijiao.admissions.models import Round, Season
from zhijiao.admissions.rules.reading import HERE, rules_of
from zhijiao.admissions.types.plan import LineView, Signed
from zhijiao.lib.dates import in_chinese
from zhijiao.policy.types import Admission, AdmissionBonus

if TYPE_CHECKING:
    from zhijiao.render.docx import Block
    from zhijiao.render.xlsx import Book

LAST_SEAT = {
    "admit_tied": "末位同分且各项排序都相同的，一并录取",
    "strict": "末位同分且各项排序都相同、计划容不下的，一并不录取",
    "lottery": "末位同分且各项排序都相同的，按公布的种子摇号",
}


def fees(line: LineView) -> str:
    """What a year costs, in words."""
    tuition = (
        "免学费" if line.exempt else f"{line.tuition.normalize():f}元/年" if line.tuition else "不收学费"
    )
    if not line.boarding:
        return f"{tuition}；不提供住宿"
    fee = f"住宿费{line.boarding_fee.normalize():f}元/年" if line.boarding_fee else "住宿免费"
    return f"{tuition}；{fee}"


def seats(line: LineView) -> str:
    """Seats with those that are kept."""
    kept = [f"{cell.origin}{cell.seats}" for cell in line.cells if cell.origin and cell.seats]
    return f"{line.seats}（其中{'、'.join(kept)}）" if kept else str(line.seats)


def rule_sentences(rules: Admission) -> list[str]:
    """How places are given, for somebody who fills in choices."""
    order = "、".join(step.name for step in rules.order[1:])
    said = [
        "录取按“分数优先、遵循志愿”：全市考生按投档分从高到低排队，轮到谁，就依次看谁的志愿，第一个还有计划的就录取。",
        f"投档分为学业水平考试总分加政策加分。投档分相同的，依次比较{order}；{LAST_SEAT[rules.last_seat]}。"
        if order
        else f"投档分为学业水平考试总分加政策加分。{LAST_SEAT[rules.last_seat]}。",
    ]
    if rules.bonus:
        said.append(
            "政策加分同类只计最高一项，不同类别相加"
            + (f"，合计不超过{rules.bonus_cap}分" if rules.bonus_cap else "")
            + "。"
        )
    said += [f"{bonus.name}加{bonus.points}分{_alone(bonus)}。" for bonus in rules.bonus]
    kept = [origin for origin in rules.origins if origin.flows]
    if kept:
        said.append(f"面向{'、'.join(o.word for o in kept)}考生的名额没有用完的，转给其他考生。")
    return said


def _alone(bonus: AdmissionBonus) -> str:
    return "，不再与其他类别累加" if bonus.alone_from is not None and bonus.points >= bonus.alone_from else ""


def window_words(window: Round) -> str:
    """When a round is open."""
    opens, closes = window.opens_at.astimezone(HERE), window.closes_at.astimezone(HERE)
    return (
        f"{window.name}：{in_chinese(opens.date().isoformat())}{opens:%H:%M}至"
        f"{in_chinese(closes.date().isoformat())}{closes:%H:%M}"
    )


def document(
    season: Season,
    lines: Sequence[LineView],
    rounds: Sequence[Round],
    signed: Sequence[Signed],
    *,
    created: datetime,
) -> bytes:
    """The leaflet as an official document."""
    from zhijiao.render.docx import Contents, Document, Heading, Note, Paragraph, Table, write_document

    rules = rules_of(season.rules)
    blocks: list[Block] = [Contents(), Heading("一、填报时间")]
    blocks += [Paragraph(f"{window_words(r)}。") for r in rounds if r.wiped_at is None]
    blocks.append(Heading("二、批次和志愿"))
    blocks += [
        Paragraph(
            f"{batch.name}：最多填{batch.max_choices}个志愿"
            + ("，录取后可以申请放弃" if batch.can_decline else "，录取后不能放弃")
            + "。"
        )
        for batch in rules.batches
    ]
    blocks.append(Heading("三、怎样录取"))
    blocks += [Paragraph(sentence) for sentence in rule_sentences(rules)]
    blocks.append(Heading("四、招生计划"))
    grouped: dict[str, list[LineView]] = defaultdict(list)
    for line in lines:
        grouped[line.batch].append(line)
    for number, batch in enumerate((b for b in rules.batches if grouped[b.id]), 1):
        rows = grouped[batch.id]
        blocks.append(Heading(f"（{_HAN[number - 1]}）{batch.name}", 2))
        blocks.append(
            Table(
                caption=f"{batch.name}招生计划（{len(rows)}个专业，{sum(r.seats for r in rows)}人）",
                header=("代码", "学校", "专业", "学制", "计划", "收费", "毕业证和升学"),
                rows=[
                    (
                        *(r.code, r.school, r.major, f"{r.years}年", seats(r), fees(r)),
                        "；".join(x for x in (r.diploma, r.partner, r.ways_up, *r.limits) if x),
                    )
                    for r in rows
                ],
                widths=(0.09, 0.19, 0.16, 0.08, 0.12, 0.16, 0.2),
            )
        )
    names = "、".join(s.unit for s in signed if s.at is not None)
    blocks.append(Note(f"本计划由{names or '各部门'}会签，摘要 {season.plan_digest[:16]}。"))
    return write_document(
        Document(
            f"{season.title}简章", blocks, created, (in_chinese(created.astimezone(HERE).date().isoformat()),)
        )
    )


_HAN = "一二三四五六七八九十"


def book(season: Season, lines: Sequence[LineView], *, created: datetime) -> Book:
    """The plan as a workbook: a line a row, then a cell a row."""
    from zhijiao.render.xlsx import Book, Column, Fact, Sheet

    columns = (
        *(
            Column("代码", width=8),
            Column("批次", width=24),
            Column("学校", width=28),
            Column("专业代码", width=10),
        ),
        *(Column("专业", width=28), Column("学制", "年", "number"), Column("计划", "人", "number")),
        *(Column("学费", "元/年", "number"), Column("免学费", width=8), Column("住宿", width=8)),
        *(Column("住宿费", "元/年", "number"), Column("毕业证", width=24), Column("衔接高校", width=24)),
        *(Column("报考条件", width=30), Column("升学", width=30), Column("就业去向", width=30)),
        *(Column("去年计划", "人", "number"), Column("去年最低分", width=10), Column("说明", width=30)),
    )
    rows = [
        [
            *(r.code, r.batch_name, r.school, r.major_code, r.major, r.years, r.seats),
            *(None if r.exempt else r.tuition, "是" if r.exempt else "否", "有" if r.boarding else "没有"),
            *(r.boarding_fee if r.boarding else None, r.diploma or None, r.partner or None),
            *("；".join(r.limits) or None, r.ways_up or None, r.destinations or None),
            *(_whole(r.last_year.get("seats")), r.last_year.get("line") or None, r.note or None),
        ]
        for r in lines
    ]
    cell_columns = (
        *(Column("计划格", width=12), Column("学校", width=28), Column("专业", width=28)),
        *(Column("生源类别", width=16), Column("计划", "人", "number"), Column("最低分", "分", "number")),
    )
    cell_rows = [
        [cell.id, r.school, r.major, cell.origin or "不限", cell.seats, cell.min_total]
        for r in lines
        for cell in r.cells
    ]
    facts = [
        Fact("招生季", season.title),
        Fact("计划摘要（SHA-256）", season.plan_digest or "尚未锁定"),
        Fact("规则", f"政策包 {season.pack}，版本 {season.pack_version[:12]}"),
    ]
    sheets = [
        Sheet("招生计划", f"{season.title}计划", columns, rows, freeze_columns=3),
        Sheet("计划格", f"{season.title}计划格", cell_columns, cell_rows, freeze_columns=1),
    ]
    return Book(f"{season.title}计划", sheets, created.astimezone(HERE).replace(tzinfo=None), facts)


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None


def data(season: Season, lines: Sequence[LineView]) -> dict[str, Any]:
    """The plan as programs read it."""
    return {
        "season": season.code,
        "title": season.title,
        "year": season.year,
        "digest": season.plan_digest,
        "lines": [line_data(r) for r in lines],
    }


def line_data(r: LineView) -> dict[str, Any]:
    """A line as programs read it."""
    return {
        "code": r.code,
        "batch": r.batch,
        "school": r.school,
        "kind": r.kind,
        "major_code": r.major_code,
        "major": r.major,
        "years": r.years,
        "seats": r.seats,
        "tuition": None if r.exempt else str(r.tuition),
        "exempt": r.exempt,
        "boarding": r.boarding,
        "boarding_fee": str(r.boarding_fee) if r.boarding else None,
        "diploma": r.diploma,
        "partner": r.partner,
        "conditions": list(r.limits),
        "ways_up": r.ways_up,
        "destinations": r.destinations,
        "note": r.note,
        "last_year": r.last_year,
        "cells": [
            {
                "cell": c.id,
                "origin": c.origin,
                "seats": c.seats,
                "min_total": None if c.min_total is None else str(c.min_total),
            }
            for c in r.cells
        ],
    }
