"""Computed figures: runs, series, what lies below, what changed, and how they compare with what was reported.

Whoever may see an organisation reads its figures; what disclosure control lets through is for everybody. The database keeps
both; only the figures of a place itself are read past the scopes, since everybody sees its board.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import Organisation
from zhijiao.indicators.models import Figure, Recomputed, Result, Run
from zhijiao.indicators.rules.asking import definition_hash
from zhijiao.indicators.rules.periods import as_of
from zhijiao.indicators.types.computed import ChangeView, Compared, Computation, ComputedPoint, ResultView
from zhijiao.policy.types import Indicator, PackIndex

MOST = 2000
"""Lines that a page shows of one list."""


def runs(pack: str, tenant: Tenant, *, limit: int = 200) -> list[Computation]:
    """The runs of a pack, those of the newest data first."""
    rows = Run.objects.filter(tenant=tenant, pack=pack).order_by("-known_at", "-id")[:limit]
    return [computation(row) for row in rows]


def run(number: int, tenant: Tenant) -> Computation:
    """A run by its number. Raises Invisible."""
    row = Run.objects.filter(pk=number, tenant=tenant).first()
    if row is None:
        raise Invisible(f"run {number}")
    return computation(row)


def newest(pack: str, tenant: Tenant, known_at: datetime | None = None) -> int | None:
    """The run of the newest data of a pack; of what was known by a moment."""
    rows = Run.objects.filter(tenant=tenant, pack=pack, removed_at=None)
    if known_at is not None:
        rows = rows.filter(known_at__lte=known_at)
    return rows.order_by("-known_at", "-id").values_list("id", flat=True).first()


def place_points(
    index: PackIndex, run_id: int, *, disclosed_only: bool
) -> Mapping[str, Sequence[ComputedPoint]]:
    """What was computed for the place of a pack, by indicator, newest period first."""
    with bulk():
        row = Run.objects.get(pk=run_id)
        place = Organisation.objects.filter(tenant=row.tenant, code=index.pack.manifest.region).first()
        if place is None:
            return {}
        listed = Result.objects.filter(run=row, organisation=place, major="", part="")
        if disclosed_only:
            listed = listed.filter(disclosed=True)
        found: dict[str, list[ComputedPoint]] = defaultdict(list)
        for result in listed.order_by("-ends"):
            indicator = index.indicators.get(result.indicator)
            if indicator is not None:
                same = result.definition == definition_hash(indicator)
                found[result.indicator].append(_point(result, row, same))
    return dict(found)


def _point(result: Result, row: Run, same: bool) -> ComputedPoint:
    return ComputedPoint(
        result=result.pk,
        period=result.period,
        as_of=as_of(result.period, result.ends),
        starts=result.starts,
        ends=result.ends,
        value=result.value,
        numerator=result.numerator,
        denominator=result.denominator,
        reason=result.reason,
        known_at=row.known_at,
        snapshot=row.snapshot,
        marked=row.marked,
        same_definition=same,
    )


def series(
    run_id: int, indicator: str, organisation: int, *, part: str = "", major: str = ""
) -> list[ResultView]:
    """An organisation's figures, oldest period first, as far as the reader may see them."""
    rows = Result.objects.filter(
        run=run_id, indicator=indicator, organisation=organisation, part=part, major=major
    )
    return [result_view(row) for row in rows.order_by("starts")]


def children(
    run_id: int, indicator: str, parent: int | None, period: str, *, part: str = ""
) -> list[ResultView]:
    """The figures of the organisations on the next level below one, for a period."""
    rows = Result.objects.filter(
        run=run_id, indicator=indicator, parent=parent, period=period, part=part, major=""
    )
    return [result_view(row) for row in rows.order_by("organisation_id")[:MOST]]


def withheld(
    run_id: int,
    indicator: str,
    period: str,
    *,
    parent: int | None = None,
    level: str | None = None,
    part: str = "",
    seen: Collection[int] = (),
) -> list[tuple[int, str, str]]:
    """Organisations whose figures the reader may not see, each with the marker and its level: that there is a figure is no secret, so a
    table shows a marker and not a gap. Never a number."""
    with bulk():
        rows = Result.objects.filter(
            run=run_id, indicator=indicator, period=period, part=part, major="", disclosed=False
        )
        rows = rows.filter(level=level) if level is not None else rows.filter(parent=parent)
        found = rows.exclude(organisation__in=list(seen)).values_list("organisation_id", "marker", "level")
        return list(found.order_by("organisation_id")[:MOST])


def place_series(run_id: int, indicator: str, place: int, *, disclosed_only: bool) -> list[ResultView]:
    """The figures of the pack's place, oldest period first: everybody who sees its board may read them."""
    with bulk():
        rows = Result.objects.filter(run=run_id, indicator=indicator, organisation=place, part="", major="")
        if disclosed_only:
            rows = rows.filter(disclosed=True)
        return [result_view(row) for row in rows.order_by("starts")]


def majors(
    run_id: int, indicator: str, organisation: int, period: str, *, part: str = ""
) -> list[ResultView]:
    """The figures of an organisation by major, for a period."""
    rows = Result.objects.filter(
        run=run_id, indicator=indicator, organisation=organisation, period=period, part=part
    ).exclude(major="")
    return [result_view(row) for row in rows.order_by("major")[:MOST]]


def at_level(run_id: int, indicator: str, level: str, period: str, *, part: str = "") -> list[ResultView]:
    """Every organisation of a level that the reader may see: peers, and their distribution."""
    rows = Result.objects.filter(
        run=run_id, indicator=indicator, level=level, period=period, part=part, major=""
    )
    return [result_view(row) for row in rows.order_by("organisation_id")[:MOST]]


def beside(result: ResultView) -> list[ResultView]:
    """The figures that stand beside one: of the same rows, with another formula."""
    rows = Result.objects.filter(
        run=result.run,
        indicator=result.indicator,
        organisation=result.organisation,
        period=result.period,
        major=result.major,
    ).exclude(part=result.part)
    return [result_view(row) for row in rows.order_by("part")]


def result(number: int, tenant: Tenant) -> ResultView:
    """A figure by its number; that of a place is there for everybody who sees its board. Raises Invisible."""
    row = Result.objects.filter(pk=number, run__tenant=tenant).first()
    if row is None:
        raise Invisible(f"result {number}")
    return result_view(row)


def place_result(number: int, tenant: Tenant, place: int) -> ResultView | None:
    """A figure of a place itself, for whoever sees its board."""
    with bulk():
        row = Result.objects.filter(pk=number, run__tenant=tenant, organisation=place).first()
        return result_view(row) if row else None


def changes(
    pack: str, tenant: Tenant, *, indicator: str | None = None, organisation: int | None = None
) -> list[ChangeView]:
    """Figures that came out another way than in the run before, newest first, as far as the reader may see them."""
    rows = Recomputed.objects.filter(run__tenant=tenant, run__pack=pack).select_related("run", "before")
    if indicator is not None:
        rows = rows.filter(indicator=indicator)
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    return [_change(row) for row in rows.order_by("-run_id", "indicator", "organisation_id", "period")[:MOST]]


def compared(
    run_id: int, *, indicator: str | None = None, organisations: Collection[int] | None = None
) -> list[Compared]:
    """Computed figures beside the approved ones of the same organisation and period, where both are there and differ: what
    whoever reported is asked about."""
    row = Run.objects.get(pk=run_id)
    figures = Figure.objects.filter(
        tenant=row.tenant, pack=row.pack, replaced_by__isnull=True, value__isnull=False
    )
    if indicator is not None:
        figures = figures.filter(indicator=indicator)
    if organisations is not None:
        figures = figures.filter(organisation__in=organisations)
    by_key = {(f.indicator, f.organisation_id, f.starts, f.ends): f for f in figures}
    if not by_key:
        return []
    results = Result.objects.filter(
        run=row,
        part="",
        major="",
        indicator__in={key[0] for key in by_key},
        organisation__in={key[1] for key in by_key},
    )
    found = []
    for one in results.order_by("indicator", "organisation_id", "starts"):
        figure = by_key.get((one.indicator, one.organisation_id, one.starts, one.ends))
        if figure is None or figure.value is None or one.value is None or figure.value == one.value:
            continue
        found.append(
            Compared(
                result=result_view(one),
                figure=figure.pk,
                report=figure.report_id,
                reported=figure.value,
                approved_as=figure.approved_as,
                known_from=figure.known_from,
            )
        )
    return found


def is_current(indicator: Indicator, result: ResultView) -> bool:
    """Whether a figure was computed by the definition that is in force."""
    return result.definition == definition_hash(indicator)


def computation(row: Run) -> Computation:
    """A run as pages see it."""
    return Computation(
        id=row.pk,
        pack=row.pack,
        version=row.version,
        snapshot=row.snapshot,
        known_at=row.known_at,
        tree_on=row.tree_on,
        marked=row.marked,
        engine=row.engine,
        made_at=row.made_at,
        seconds=row.seconds,
        unplaced=row.unplaced,
        undated=row.undated,
        notes=tuple(row.notes),
        current=row.removed_at is None,
    )


def result_view(row: Result) -> ResultView:
    """A figure as pages see it."""
    return ResultView(
        id=row.pk,
        run=row.run_id,
        indicator=row.indicator,
        part=row.part,
        definition=row.definition,
        level=row.level,
        organisation=row.organisation_id,
        parent=row.parent,
        major=row.major,
        period=row.period,
        starts=row.starts,
        ends=row.ends,
        measures=row.measures,
        numerator=row.numerator,
        denominator=row.denominator,
        value=row.value,
        reason=row.reason,
        marker=row.marker,
        disclosed=row.disclosed,
    )


def _change(row: Recomputed) -> ChangeView:
    return ChangeView(
        indicator=row.indicator,
        part=row.part,
        organisation=row.organisation_id,
        major=row.major,
        period=row.period,
        old=row.old_value,
        new=row.new_value,
        old_numerator=row.old_numerator,
        old_denominator=row.old_denominator,
        new_numerator=row.new_numerator,
        new_denominator=row.new_denominator,
        cause=row.cause,
        known_at=row.run.known_at,
        before_known_at=row.before.known_at,
        snapshot=row.run.snapshot,
        before_snapshot=row.before.snapshot,
    )
