"""From approved figures to the figure of a place, and to facts that the verdict looks at. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from zhijiao.indicators.rules.asking import definition_hash, quotient
from zhijiao.indicators.rules.periods import as_of, period_words
from zhijiao.indicators.types.computed import ComputedPoint
from zhijiao.indicators.types.live import MADE_WORDS, Cell, Live, Made, Point
from zhijiao.lib.dates import first_day, last_day
from zhijiao.policy.types import Answer, Division, Indicator, Obligation, PackIndex, Reported, Unit

_SHANGHAI = ZoneInfo("Asia/Shanghai")
Owed = Mapping[tuple[str, str, str], int]
"""How many reports are owed, by indicator, obligation and period."""


def live_of(
    index: PackIndex,
    indicator: Indicator,
    cells: Sequence[Cell],
    owed: Owed,
    *,
    on: date,
    ends_on: date | None,
) -> Live | None:
    """What was approved for an indicator; None where nothing was. `ends_on`: the horizon of the plan, where it has one."""
    made, obligations = sources(index, indicator)
    wanted = [cell for cell in cells if cell.obligation in obligations and cell.ends <= on]
    if not wanted or made is None:
        return None
    points = _points(indicator, made, obligations, wanted, owed)
    last = last_day(indicator.period.to) if indicator.period.to else ends_on
    first = first_day(indicator.period.from_) if indicator.period.from_ else None
    inside = [p for p in points if (last is None or p.ends <= last) and (first is None or p.starts >= first)]
    shown = next((p for p in inside if p.complete and p.value is not None), None)
    running = next((p for p in points if not p.complete), None)
    if running is not None and shown is not None and running.ends <= shown.ends:
        running = None
    return Live(indicator.unit or "", tuple(points), shown, running)


def facts_of(indicator: Indicator, live: Live, place: str) -> list[tuple[Reported, Answer]]:
    """The whole periods up to the one that the verdict looks at, as facts: the same measure, reported and signed."""
    if live.shown is None:
        return []
    upto = [p for p in live.points if p.ends <= live.shown.ends and p.complete and p.value is not None]
    return [(reported_of(indicator, point, place), _answer(indicator, point)) for point in upto]


def reported_of(indicator: Indicator, point: Point, place: str) -> Reported:
    """A point in the shape of a published figure."""
    return Reported(
        id=f"live.{indicator.id}.{point.ends.isoformat()}",
        name="平台核定数",
        clauses=list(indicator.clauses),
        note=None,
        value=point.value,
        op="=",
        unit=indicator.unit,
        text=None,
        as_of=point.as_of,
        published=day_of(point.known_from).isoformat(),
        scope=place,
    )


def computed_facts_of(
    indicator: Indicator, points: Sequence[ComputedPoint], place: str
) -> list[tuple[Reported, Answer]]:
    """What was computed for the place, as facts that became known with their snapshot."""
    return [
        (
            Reported(
                id=f"computed.{indicator.id}.{point.ends.isoformat()}",
                name="平台计算数",
                clauses=list(indicator.clauses),
                note=None,
                value=point.value,
                op="=",
                unit=indicator.unit,
                text=None,
                as_of=point.as_of,
                published=day_of(point.known_at).isoformat(),
                scope=place,
            ),
            _computed_answer(indicator, point),
        )
        for point in points
        if point.value is not None
    ]


def _computed_answer(indicator: Indicator, point: ComputedPoint) -> Answer:
    how: Literal["same", "other_population"] = "same"
    reason = f"{period_words(point.period)}的数由业务记录按同一口径计算"
    if not point.same_definition:
        how = "other_population"
        reason = f"{period_words(point.period)}的数按另一版口径计算，口径改动后不能直接比较"
    return Answer(indicator=indicator.id, task=None, how=how, reason=reason, as_value=None, derivation=None)


def day_of(moment: datetime) -> date:
    """The day on which something became known."""
    return moment.astimezone(_SHANGHAI).date()


def sources(index: PackIndex, indicator: Indicator) -> tuple[Made | None, frozenset[str]]:
    """From which obligations the figure of the place follows, and how: one that the place's own department or office
    reports, else those that are rolled up in one way. None where figures stand for their reporters alone."""
    listed = [o for o in index.obligations_of(indicator.id) if o.asks != "text"]
    own = [o for o in listed if o.rollup == "none" and _is_own(index, o)]
    if own:
        return "own", frozenset(o.id for o in own)
    rollups: tuple[Made, ...] = ("sum", "ratio", "lowest")
    for rollup in rollups:
        found = frozenset(o.id for o in listed if o.rollup == rollup)
        if found:
            return rollup, found
    return None, frozenset()


def _is_own(index: PackIndex, obligation: Obligation) -> bool:
    """Whether every reporter is a department or office of the place, or the place itself."""
    if obligation.kinds or not obligation.reporters:
        return False
    found = [index.unit(name) for name in obligation.reporters]
    return all(
        (isinstance(unit, Unit) and unit.kind in ("department", "office"))
        or (isinstance(unit, Division) and unit.code == index.pack.manifest.region)
        for unit in found
    )


def _points(
    indicator: Indicator, made: Made, obligations: frozenset[str], cells: Sequence[Cell], owed: Owed
) -> list[Point]:
    by_period: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_period[cell.period].append(cell)
    current = definition_hash(indicator)
    points = []
    for period, group in by_period.items():
        due = sum(owed.get((indicator.id, obligation, period), 0) for obligation in obligations)
        approved = sum(cell.approved for cell in group)
        whole = approved >= due > 0
        top, bottom = _sum(c.numerator for c in group), _sum(c.denominator for c in group)
        value = _value(indicator, made, group, top, bottom) if whole else None
        points.append(
            Point(
                period=period,
                period_words=period_words(period),
                as_of=as_of(period, group[0].ends),
                starts=group[0].starts,
                ends=group[0].ends,
                made=made,
                approved=approved,
                owed=due,
                value=value,
                numerator=top if whole else None,
                denominator=bottom if whole else None,
                known_from=max(cell.known_from for cell in group),
                restated=any(cell.restated for cell in group),
                same_definition=all(set(cell.definitions) == {current} for cell in group),
                own_value=value,
            )
        )
    points.sort(key=lambda point: (point.ends, point.starts))
    if indicator.period.kind == "cumulative" and made != "lowest":
        points = _accumulated(indicator, points)
    return points[::-1]


def _accumulated(indicator: Indicator, points: Sequence[Point]) -> list[Point]:
    """Each period with those before it, from the first day that the target speaks of. A gap leaves what follows open."""
    first = first_day(indicator.period.from_) if indicator.period.from_ else date.min
    total, known, approved, owed = Decimal(0), datetime.min.replace(tzinfo=_SHANGHAI), 0, 0
    whole, found = True, []
    for point in points:
        if point.ends < first:
            found.append(point)
            continue
        whole = whole and point.value is not None
        total += point.value or 0
        known = max(known, point.known_from)
        approved, owed = approved + point.approved, owed + point.owed
        found.append(
            replace(point, value=total if whole else None, known_from=known, approved=approved, owed=owed)
        )
    return found


def _value(
    indicator: Indicator, made: Made, cells: Sequence[Cell], top: Decimal | None, bottom: Decimal | None
) -> Decimal | None:
    match made:
        case "ratio":
            return quotient(top, bottom, indicator.unit)
        case "lowest":
            return min((cell.lowest for cell in cells if cell.lowest is not None), default=None)
        case "own" if sum(cell.approved for cell in cells) > 1:
            return None  # two of the place's own units say two numbers: neither is the place's
        case _:
            return _sum(cell.total for cell in cells)


def _sum(numbers: Iterable[Decimal | None]) -> Decimal | None:
    known = [number for number in numbers if number is not None]
    return sum(known, Decimal(0)) if known else None


def _answer(indicator: Indicator, point: Point) -> Answer:
    how: Literal["same", "other_population"] = "same"
    made = "" if point.made == "own" else f"，{MADE_WORDS[point.made]}（{point.owed}项）"
    reason = f"{point.period_words}的数在平台报送并逐级审定{made}"
    if not point.same_definition:
        how = "other_population"
        reason = f"{point.period_words}的数按另一版口径核定，口径改动后不能直接比较"
    return Answer(indicator=indicator.id, task=None, how=how, reason=reason, as_value=None, derivation=None)
