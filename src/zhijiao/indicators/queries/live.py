"""The board with what was approved on the platform, and the figures behind it."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.indicators.models import Figure, Pulse, Report
from zhijiao.indicators.queries import computed
from zhijiao.indicators.queries.standpoint import names_of
from zhijiao.indicators.queries.views import figure_view
from zhijiao.indicators.rules import Own, closing_of, make_board
from zhijiao.indicators.rules.live import live_of, sources
from zhijiao.indicators.serial import live_as_json, row_as_json
from zhijiao.indicators.types import Board, Cell, ComputedPoint, FigureView, Live, Part, Point
from zhijiao.policy.types import Indicator, PackIndex

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_KEEP = 64
_ADDED_UP = """
    SELECT f.indicator, f.obligation, f.period, f.starts, f.ends, count(*), sum(f.value), sum(f.numerator),
           sum(f.denominator), min(f.value), max(f.known_from), bool_or(f.replaces_id IS NOT NULL),
           array_agg(DISTINCT f.definition)
      FROM indicators_figure f LEFT JOIN indicators_figure g ON g.replaces_id = f.id AND g.known_from <= %(known)s
     WHERE f.tenant = %(tenant)s AND f.pack = %(pack)s AND f.known_from <= %(known)s AND g.id IS NULL
       AND (%(some)s::text[] IS NULL OR f.indicator = ANY(%(some)s::text[]))
     GROUP BY 1, 2, 3, 4, 5
"""
_FOREVER = datetime(9999, 1, 1, tzinfo=_SHANGHAI)


def live_board(
    index: PackIndex,
    on: date,
    *,
    known_at: datetime | None = None,
    tenant: Tenant = Tenant.REAL,
    disclosed_only: bool = False,
) -> Board:
    """The board of a pack on a day, with the approved figures of its place that were known by a moment (without one: by the
    end of that day). The figures of a place are for everybody who sees its board, so they are read past the scopes;
    `disclosed_only` leaves out what the pack does not let be public."""
    moment = known_at or end_of(on)
    pulse = _pulse(index.id, tenant)
    run = computed.newest(index.id, tenant, moment)
    if pulse is None and run is None:
        return make_board(index, on)
    now = moment >= datetime.now(_SHANGHAI)
    key = (index.id, index.version, on, tenant, pulse, run, None if now else moment, disclosed_only)
    with _lock:
        if key in _boards and index.version:
            _boards.move_to_end(key)
            return _boards[key]
    live: Mapping[str, Live] = {}
    if pulse is not None:
        sums = _sums_now(index.id, tenant, pulse) if now else _sums_at(index.id, tenant, moment)
        live = _live(index, on, sums)
        if disclosed_only:
            live = {
                name: figures for name, figures in live.items() if _is_public(index, index.indicators[name])
            }
    points = computed.place_points(index, run, disclosed_only=disclosed_only) if run is not None else {}
    then = _at_closing(index, on, tenant, moment, run, disclosed_only=disclosed_only)
    made = make_board(index, on, Own(live, points, then))
    with _lock:
        _boards[key] = made
        while len(_boards) > _KEEP:
            _boards.popitem(last=False)
    return made


def _at_closing(
    index: PackIndex, on: date, tenant: Tenant, moment: datetime, run: int | None, *, disclosed_only: bool
) -> dict[str, Mapping[str, Sequence[ComputedPoint]]]:
    """Of each plan that is closed: what had been computed for the place by then, where that is another run than today's."""
    found: dict[str, Mapping[str, Sequence[ComputedPoint]]] = {}
    for document in index.pack.manifest.documents:
        closing = closing_of(document, on)
        if not closing.closed or closing.closes_on is None:
            continue
        then = computed.newest(index.id, tenant, min(moment, end_of(closing.closes_on)))
        if then != run:
            found[document.id] = (
                computed.place_points(index, then, disclosed_only=disclosed_only) if then is not None else {}
            )
    return found


def live_board_as_json(
    index: PackIndex,
    on: date,
    *,
    known_at: datetime | None = None,
    tenant: Tenant = Tenant.REAL,
    disclosed_only: bool = False,
) -> list[dict[str, Any]]:
    """The board with a key `live` in each row: what was approved, by whom, and whose figures make it up."""
    made = live_board(index, on, known_at=known_at, tenant=tenant, disclosed_only=disclosed_only)
    moment = known_at or end_of(on)
    place = index.pack.manifest.place

    def parts(indicator: Indicator) -> Callable[[Point], list[Part]]:
        return lambda point: parts_of(index, indicator, point.period, known_at=moment, tenant=tenant)

    return [
        {**row_as_json(row), "live": live_as_json(row.live, place, parts(row.indicator))} for row in made.rows
    ]


def end_of(day: date) -> datetime:
    """The last moment of a day in Shanghai."""
    return datetime.combine(day, time.max, _SHANGHAI)


def parts_of(
    index: PackIndex,
    indicator: Indicator,
    period: str,
    *,
    known_at: datetime | None = None,
    tenant: Tenant = Tenant.REAL,
) -> list[Part]:
    """Whose figures make up that of the place for a period, as far as the reader's scope goes; those that are missing too."""
    _, obligations = sources(index, indicator)
    wanted = {
        "tenant": tenant,
        "pack": index.id,
        "indicator": indicator.id,
        "obligation__in": obligations,
        "period": period,
    }
    figures = {
        (view.organisation, obligation): view
        for view, obligation in standing(Figure.objects.filter(**wanted), known_at or _FOREVER)
    }
    rows = Report.objects.filter(**wanted).order_by("organisation_id")
    owed = list(rows.values_list("organisation_id", "obligation"))
    # Who may read a figure that was made public need not see the report behind it.
    everybody = list(dict.fromkeys([*owed, *figures]))
    names = names_of({who for who, _ in everybody}, date.max)
    return [Part(who, names.get(who, ""), what, figures.get((who, what))) for who, what in everybody]


def restatements(index: PackIndex, indicator: Indicator, *, tenant: Tenant = Tenant.REAL) -> list[FigureView]:
    """The figures of an indicator that replaced another, newest first, as far as the reader's scope goes."""
    rows = Figure.objects.filter(
        tenant=tenant, pack=index.id, indicator=indicator.id, replaces__isnull=False
    ).select_related("replaces")
    return [figure_view(row) for row in rows.order_by("-id")[:200]]


def standing(rows: QuerySet[Figure], moment: datetime) -> list[tuple[FigureView, str]]:
    """The figures that stood at a moment, each with its obligation."""
    known = [
        row
        for row in rows.select_related("replaces", "replaced_by")
        if row.known_from <= moment
        and not (hasattr(row, "replaced_by") and row.replaced_by.known_from <= moment)
    ]
    return [(figure_view(row), row.obligation) for row in known]


# -- sums, kept in memory ----------------------------------------------------------------------------


@dataclass
class _Sums:
    """What the database added up for one pack and tenant; the newest figure and report that are in it."""

    cells: dict[str, list[Cell]] = field(default_factory=dict)
    owed: dict[tuple[str, str, str], int] = field(default_factory=dict)
    figures: int = -1
    reports: int = -1


_boards: OrderedDict[object, Board] = OrderedDict()
_kept: dict[int, _Sums] = {}  # by the row of the pack's pulse
_lock = Lock()
_counting = Lock()


def _live(index: PackIndex, on: date, sums: _Sums) -> Mapping[str, Live]:
    found = {}
    for indicator in index.pack.indicators:
        cells = sums.cells.get(indicator.id)
        if cells:
            closing = closing_of(index.document_of(indicator.clauses[0]), on)
            live = live_of(index, indicator, cells, sums.owed, on=on, ends_on=closing.ends_on)
            if live is not None:
                found[indicator.id] = live
    return found


def _is_public(index: PackIndex, indicator: Indicator) -> bool:
    listed = index.pack.manifest.publication.indicators
    return indicator.disclosure == "public" and (listed == "all" or indicator.id in listed)


def _pulse(pack: str, tenant: Tenant) -> tuple[int, int, int] | None:
    """Of a pack: its row, the newest figure, the newest report."""
    return Pulse.objects.filter(tenant=tenant, pack=pack).values_list("pk", "figures", "reports").first()


def _sums_now(pack: str, tenant: Tenant, pulse: tuple[int, int, int]) -> _Sums:
    """What stands now: only the indicators of figures that are new since the last look are added up again."""
    row, figures, reports = pulse
    with _counting:
        sums = _kept.setdefault(row, _Sums())
        if (sums.figures, sums.reports) == (figures, reports):
            return sums
        with bulk():
            if sums.figures < 0:
                sums.cells = _cells(pack, tenant, _FOREVER, None)
            elif sums.figures != figures:
                newer = Figure.objects.filter(pk__gt=sums.figures, tenant=tenant, pack=pack)
                some = list(newer.order_by().values_list("indicator", flat=True).distinct())
                sums.cells = {**sums.cells, **_cells(pack, tenant, _FOREVER, some)}
            if sums.reports != reports:
                sums.owed = {**sums.owed, **_owed(pack, tenant, sums)}
        sums.figures, sums.reports = figures, reports
        return sums


def _sums_at(pack: str, tenant: Tenant, moment: datetime) -> _Sums:
    """What stood at a moment."""
    with bulk():
        return _Sums(cells=_cells(pack, tenant, moment, None), owed=_owed(pack, tenant, _Sums()))


def _cells(pack: str, tenant: Tenant, moment: datetime, some: Sequence[str] | None) -> dict[str, list[Cell]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _ADDED_UP,
            {
                "tenant": tenant.value,
                "pack": pack,
                "known": moment,
                "some": list(some) if some is not None else None,
            },
        )
        found: dict[str, list[Cell]] = defaultdict(list)
        for row in cursor.fetchall():
            found[row[0]].append(Cell(*row))
    return dict(found)


def _owed(pack: str, tenant: Tenant, sums: _Sums) -> dict[tuple[str, str, str], int]:
    """How many reports are owed, where some were opened since the last look: reports are only ever added."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT indicator, obligation, period, count(*) FROM indicators_report
             WHERE tenant = %s AND pack = %s AND id > %s GROUP BY 1, 2, 3
            """,
            [tenant.value, pack, sums.reports],
        )
        return {
            (indicator, obligation, period): sums.owed.get((indicator, obligation, period), 0) + number
            for indicator, obligation, period, number in cursor.fetchall()
        }
