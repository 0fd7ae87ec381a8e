"""The page of one indicator: what it means, where it comes from, what was published, and why the verdict is so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from zhijiao.indicators.types import Board, Fact, Row
from zhijiao.lib.dates import in_chinese, last_day
from zhijiao.lib.numbers import quantity
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Concept, Indicator, PackIndex, Target
from zhijiao.policy.types.wording import (
    bound,
    definition_of,
    document_and_place,
    reporters,
    rhythm,
    source_of,
    target_text,
)
from zhijiao.portal import boards, quoting
from zhijiao.portal.cockpit import approved
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.pages import page

WATCHED = {
    "name": "名称",
    "definition": "口径",
    "targets": "目标值",
    "period": "目标期",
    "criterion": "判断标准",
    "parts": "组成",
    "metric": "计算方法",
}
"""Fields of an indicator whose change a reader must be told of."""
VERSIONS_COMPARED = 12


@dataclass(frozen=True)
class Revision:
    """A version of the pack in which this indicator's meaning or target changed."""

    version: policy.Version
    changed: list[str]


@dataclass(frozen=True)
class Peer:
    """The same concept in another place."""

    index: PackIndex
    row: Row


def view(request: HttpRequest, pack: str, indicator: str) -> HttpResponse:
    here = frame(request, pack, "cockpit")
    index = here.index
    assert index is not None
    thing = index.indicators.get(indicator)
    if thing is None:
        raise Http404(f"{index.pack.manifest.place}的政策包里没有编号为“{indicator}”的指标。")
    board = boards.board(index, here)
    row = board.row(indicator)
    return page(
        request,
        "cockpit/indicator.html",
        here,
        row=row,
        indicator=thing,
        clauses=[index.clause(name) for name in thing.clauses],
        documents=list({d.id: d for d in map(index.document_of, thing.clauses)}.values()),
        decisions=[index.defaults[name] for name in thing.definition.decisions if name in index.defaults],
        conflicts=index.conflicts_on(thing.clauses),
        parts=[board.row(name) for name in thing.parts.of] if thing.parts else [],
        parent=index.indicators.get(row.parent) if row.parent else None,
        sums=[
            i for i in index.pack.indicators if i.parts and i.parts.rule == "sum" and indicator in i.parts.of
        ],
        chart=chart(index, row),
        quote=quote(index, row, here),
        approved=approved.approved(index, row, here),
        concept=concept(index, thing),
        peers=peers(index, thing, here),
        revisions=revisions(index, thing),
        neighbours=neighbours(board, row),
        owed=[(o, reporters(o), rhythm(o)) for o in index.obligations_of(indicator)],
        sources={f.reported.id: source_of(index, f.reported) for f in (*row.facts, *row.late)},
    )


def chart(index: PackIndex, row: Row) -> dict[str, Any] | None:
    """Bars for the figures, published or approved, that measure what the target measures; None when there is none to draw."""
    indicator = row.indicator
    drawn = [fact for fact in (*row.facts, *row.late) if _drawable(fact, indicator)]
    points = [(fact.reported.as_of, _point(index, fact, indicator)) for fact in drawn]
    points += approved.points(row)
    if not points:
        return None
    points.sort(key=lambda point: last_day(point[0]))
    return {
        "unit": indicator.unit,
        "points": [point for _, point in points],
        "targets": [{"value": float(t.value), "label": _target_label(t)} for t in indicator.targets],
    }


def _drawable(fact: Fact, indicator: Indicator) -> bool:
    same_unit = fact.answer.as_value is not None or fact.reported.unit == indicator.unit
    return fact.answer.how in ("same", "other_name") and fact.reported.value is not None and same_unit


def _point(index: PackIndex, fact: Fact, indicator: Indicator) -> dict[str, Any]:
    value = fact.answer.as_value if fact.answer.as_value is not None else fact.reported.value
    assert value is not None
    return {
        "name": in_chinese(fact.reported.as_of),
        "value": float(value),
        "label": quantity(value, indicator.unit),
        "source": source_of(index, fact.reported),
    }


def _target_label(target: Target) -> str:
    return f"目标 {bound(target)}"


def quote(index: PackIndex, row: Row, here: Frame) -> str:
    """A sentence that can be pasted into a document; where nothing was published, it says so."""
    if row.best is not None:
        return quoting.of_figure(index, row)
    indicator = row.indicator
    target = target_text(indicator, short=True)
    state = f"{row.verdict.words}，{row.reason.rstrip('。')}" if indicator.parts else "未见公布数据"
    return (
        f"截至{in_chinese(here.on.isoformat())}，{index.pack.manifest.place}“{indicator.name}”{state}"
        f"（目标：{target}；口径：{definition_of(indicator)}；"
        f"来源：{document_and_place(index, indicator.clauses[0])}）。"
    )


def concept(index: PackIndex, indicator: Indicator) -> Concept | None:
    listed = (concept for pack in index.family for concept in pack.concepts)
    return next((found for found in listed if found.id == indicator.concept), None)


def peers(index: PackIndex, indicator: Indicator, here: Frame) -> list[Peer]:
    """Indicators of other places that measure the same concept, on the same day."""
    if indicator.concept is None:
        return []
    return [
        Peer(other, boards.board(other, here).row(theirs.id))
        for other in policy.indexes()
        if other.id != index.id
        for theirs in other.pack.indicators
        if theirs.concept == indicator.concept
    ]


def revisions(index: PackIndex, indicator: Indicator) -> list[Revision]:
    """Versions of the pack, newest first, in which what is measured or aimed at changed; the first one is listed too."""
    ledger = policy.versions(index.id)[:VERSIONS_COMPARED]
    found: list[Revision] = []
    for version, before in zip(ledger, [*ledger[1:], None], strict=True):
        new = _as_it_was(index, version, indicator.id)
        old = _as_it_was(index, before, indicator.id) if before else None
        if new is None:
            continue
        if old is None:
            found.append(Revision(version, ["列入"]))
        elif changed := [
            words for field, words in WATCHED.items() if _watched(new, field) != _watched(old, field)
        ]:
            found.append(Revision(version, changed))
    return found


def _watched(indicator: Indicator, field: str) -> object:
    """What a reader must be told of: of the way in which it is computed, what decides the value."""
    value = getattr(indicator, field)
    return value.meaning if field == "metric" and value is not None else value


def _as_it_was(index: PackIndex, version: policy.Version, indicator: str) -> Indicator | None:
    older = index if version.hash == index.version else policy.index(index.id, version.hash)
    return older.indicators.get(indicator) if older else None


def neighbours(board: Board, row: Row) -> tuple[Row | None, Row | None]:
    """The rows before and after this one, so that a reader can go through the table page by page."""
    place = board.rows.index(row)
    before = board.rows[place - 1] if place else None
    after = board.rows[place + 1] if place + 1 < len(board.rows) else None
    return before, after
