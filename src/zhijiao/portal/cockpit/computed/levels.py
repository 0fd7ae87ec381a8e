"""The page of a computed indicator: one organisation, those below it, its majors, its trend, its peers, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from zhijiao.engines.forms import period_in_chinese as period_words
from zhijiao.indicators.queries import computed
from zhijiao.indicators.types import MARKER_WORDS, ChangeView, Compared, ResultView
from zhijiao.lib.numbers import number, quantity
from zhijiao.policy.types import PackIndex
from zhijiao.portal.cockpit.computed.place import LEVEL_WORDS, Standpoint, standpoint
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page

SMALL_BASE = 30
"""Denominators below which a rate swings with a few persons: its rank says little, and the page says so."""
PEERS_LEAST = 3
"""Organisations of a level that make a comparison."""


@dataclass(frozen=True)
class Line:
    """A row of a table: an organisation or a major with its figure, or the marker that stands for it."""

    key: str
    name: str
    href: str | None
    result: ResultView | None
    hidden: str
    share: float
    """Of the longest bar, 0 to 1."""
    is_small: bool = False
    """Of a base so small that a rate says little."""

    @property
    def value(self) -> Decimal | None:
        return self.result.value if self.result else None


@dataclass(frozen=True)
class Peers:
    """How the organisation stands among those of its level."""

    level: str
    count: int
    rank: int | None
    is_tied: bool
    median: Decimal | None
    least: Decimal | None
    most: Decimal | None
    dots: list[tuple[float, str, bool]]
    """Position 0 to 100, name and value, whether it is the organisation of the page."""
    withheld: int


def view(request: HttpRequest, pack: str, indicator: str) -> HttpResponse:
    here = frame(request, pack, "cockpit")
    index = here.index
    assert index is not None
    at = standpoint(here, index, indicator)
    if at is None:
        return page(
            request, "cockpit/computed/none.html", here, indicator=index.indicators[indicator], index=index
        )
    if here.query.get("period") and at.result is None:
        raise Http404(f"{at.name(at.organisation)}没有“{at.period}”的计算结果。")
    return page(request, "cockpit/computed/levels.html", at.kept, **context(here, index, at))


def context(here: Frame, index: PackIndex, at: Standpoint) -> dict[str, Any]:
    """What the page and its workbook show."""
    return {
        "at": at,
        "indicator": at.indicator,
        "run": at.run,
        "result": at.result,
        "unit": at.unit,
        "periods": [(one.period, period_words(one.period)) for one in at.series][::-1],
        "period_words": period_words(at.period) if at.period else "",
        "below": [(words, ordered(here, lines)) for words, lines in children(here, at)],
        "majors": ordered(here, by_major(at)),
        "peers": peers(at),
        "chart": chart(at),
        "beside": beside(at),
        "changes": changes(here, index, at),
        "compared": differing(at),
        "left_out": left_out(at),
        "adds_up": adds_up(at),
        "runs": [run for run in computed.runs(index.id, here.tenant, limit=40) if run.current],
        "period_of": period_words,
        "rounded": lambda value: rounded(at, value),
        "sort": here.query.get("sort", "-value"),
        "small_base": SMALL_BASE,
    }


def children(here: Frame, at: Standpoint) -> list[tuple[str, list[Line]]]:
    """The organisations below, by level, with a marker for each that the reader may not see. Schools that belong to the city
    itself stand beside its counties, in a table of their own."""
    seen = computed.children(at.run.id, at.indicator.id, at.organisation, at.period)
    hidden = computed.withheld(
        at.run.id,
        at.indicator.id,
        at.period,
        parent=at.organisation,
        seen=[one.organisation for one in seen],
    )
    most = max((abs(one.value) for one in seen if one.value is not None), default=Decimal(0))
    levels: dict[str, list[Line]] = {}
    for one in seen:
        line = Line(
            str(one.organisation),
            at.name(one.organisation),
            here.here(at=one.organisation, period=at.period, sort=None),
            one,
            "",
            _share(one, most),
            is_small=_is_small(at, one),
        )
        levels.setdefault(one.level, []).append(line)
    for who, marker, level in hidden:
        line = Line(str(who), at.name(who), None, None, MARKER_WORDS.get(marker, "不公布"), 0.0)
        levels.setdefault(level, []).append(line)
    mixed = len(levels) > 1
    return [
        ("直属学校" if mixed and level == "school" else LEVEL_WORDS.get(level, level), levels[level])
        for level in sorted(levels, key=list(LEVEL_WORDS).index)
    ]


def _share(one: ResultView, most: Decimal) -> float:
    return float(abs(one.value) / most) if one.value is not None and most else 0.0


def _is_small(at: Standpoint, one: ResultView) -> bool:
    return at.is_rate and one.denominator is not None and 0 < one.denominator < SMALL_BASE


def ordered(here: Frame, lines: list[Line]) -> list[Line]:
    """As the reader sorted them: by value, highest first, or by name."""
    sort = here.query.get("sort", "-value")
    named = sorted(lines, key=lambda line: by_pinyin(line.name))
    if sort.lstrip("-") == "name":
        return named[::-1] if sort.startswith("-") else named
    known = [line for line in named if line.value is not None]
    known.sort(key=lambda line: line.value or Decimal(0), reverse=sort.startswith("-"))
    return known + [line for line in named if line.value is None]


def by_major(at: Standpoint) -> list[Line]:
    """The organisation's figures by major."""
    found = computed.majors(at.run.id, at.indicator.id, at.organisation, at.period)
    names = major_names()
    most = max((abs(one.value) for one in found if one.value is not None), default=Decimal(0))
    return [
        Line(
            one.major,
            f"{one.major} {names.get(one.major, '')}".strip(),
            None,
            one,
            "",
            _share(one, most),
            is_small=_is_small(at, one),
        )
        for one in found
    ]


def major_names() -> dict[str, str]:
    """Names of majors, as far as a catalogue was imported."""
    from zhijiao.exchange.queries.standard import standard

    listed = standard().codes.get("majors")
    return {entry.code: entry.name for entry in listed.entries} if listed else {}


def peers(at: Standpoint) -> Peers | None:
    """Where the organisation stands among those of its level that the reader may see."""
    own = at.result
    if own is None or at.is_place:
        return None
    seen = computed.at_level(at.run.id, at.indicator.id, own.level, at.period)
    hidden = computed.withheld(
        at.run.id, at.indicator.id, at.period, level=own.level, seen=[one.organisation for one in seen]
    )
    known = sorted(
        ((one.value, one.organisation) for one in seen if one.value is not None), key=lambda pair: pair[0]
    )
    if len(known) < PEERS_LEAST:
        return None
    values = [value for value, _ in known]
    low, high = values[0], values[-1]
    spread = high - low
    dots = [
        (
            float((value - low) / spread * 100) if spread else 50.0,
            f"{at.name(who)} {quantity(value, at.unit)}",
            who == at.organisation,
        )
        for value, who in known
    ]
    rank = None if own.value is None else 1 + sum(1 for value in values if value > own.value)
    return Peers(
        LEVEL_WORDS.get(own.level, own.level),
        len(values),
        rank,
        values.count(own.value) > 1 if own.value is not None else False,
        _median(values),
        low,
        high,
        dots,
        len(hidden),
    )


def _median(values: list[Decimal]) -> Decimal:
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def chart(at: Standpoint) -> dict[str, Any] | None:
    """The trend, as bars with the target."""
    known = [one for one in at.series if one.value is not None]
    if len(known) < 2:
        return None
    return {
        "unit": at.unit,
        "points": [
            {
                "name": period_words(one.period) + ("（未满期）" if at.is_partial(one) else ""),
                "partial": at.is_partial(one),
                "result": one.id,
                "value": float(one.value or 0),
                "label": quantity(one.value or Decimal(0), at.unit),
                "source": f"由记录计算，快照 {at.run.short}",
            }
            for one in known
        ],
        "targets": [
            {"value": float(t.value), "label": f"目标 {quantity(t.value, t.unit)}"}
            for t in at.indicator.targets
            if t.unit == at.unit
        ],
    }


def beside(at: Standpoint) -> list[tuple[str, ResultView, str]]:
    """Figures beside the main one: name, figure, unit."""
    metric = at.indicator.metric
    if at.result is None or metric is None:
        return []
    by_id = {one.id: one for one in metric.beside}
    return [
        (by_id[one.part].name, one, by_id[one.part].unit or at.unit)
        for one in computed.beside(at.result)
        if one.part in by_id
    ]


def changes(here: Frame, index: PackIndex, at: Standpoint) -> list[ChangeView]:
    """What came out another way than in an earlier run."""
    return [
        one
        for one in computed.changes(
            index.id, here.tenant, indicator=at.indicator.id, organisation=at.organisation
        )
        if not one.major and not one.part
    ][:50]


def rounded(at: Standpoint, value: Decimal) -> Decimal:
    """A figure that was not computed here (reported, or between two others) with as many decimals as the computed ones; exact
    where rounding would leave nothing of it."""
    metric = at.indicator.metric
    short = value.quantize(Decimal(1).scaleb(-metric.decimals), ROUND_HALF_UP) if metric else value
    return short or value


def differing(at: Standpoint) -> list[Compared]:
    """Reported figures of this organisation and of those below it that differ from the computed ones."""
    below = (
        {node.id for node in at.tree.below(at.organisation)} if at.organisation in at.tree.nodes else set()
    )
    return computed.compared(at.run.id, indicator=at.indicator.id, organisations=below)


def left_out(at: Standpoint) -> list[str]:
    """What the computation could not take in of what this indicator reads, in words."""
    from zhijiao.exchange.queries.standard import standard
    from zhijiao.policy.types.computing import BESIDE

    metric = at.indicator.metric
    assert metric is not None
    read = {measure.in_ for measure in metric.measures.values()}
    known = {dataset.id: dataset for dataset in standard().datasets}
    words = []
    for note in at.run.notes:
        name, _, why = note.partition("：")
        if name.partition(BESIDE)[0] == at.indicator.id:
            words.append(why)
    for place, rows in at.run.undated.items():
        dataset_id, _, field_id = place.partition(".")
        if dataset_id not in read:
            continue
        dataset = known.get(dataset_id)
        field = dataset.by_id.get(field_id) if dataset else None
        title = dataset.name if dataset else dataset_id
        words.append(
            f"{title}：{number(Decimal(rows))} 行没有填“{field.name if field else field_id}”，归不进任何期间"
        )
    if unplaced := at.run.unplaced.get(at.indicator.id):
        words.append(f"{number(Decimal(unplaced))} 行的机构代码不在组织树里")
    return words


def adds_up(at: Standpoint) -> str:
    """Over which periods each figure adds up; empty where each stands for its own period."""
    from zhijiao.policy.types.telling import window_in_words

    metric = at.indicator.metric
    return window_in_words(metric.window) if metric is not None and metric.window is not None else ""
