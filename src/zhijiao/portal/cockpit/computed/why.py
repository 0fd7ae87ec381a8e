"""Why a computed figure is what it is: clause, definition, measures, formula, query, snapshot, rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse

from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import signed_in
from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import Organisation
from zhijiao.engines.forms import period_in_chinese as period_words
from zhijiao.indicators.queries import computed
from zhijiao.indicators.types import Computation, ResultView
from zhijiao.lib.numbers import number
from zhijiao.policy.types import Indicator, PackIndex
from zhijiao.policy.types.metrics import Metric
from zhijiao.portal.cockpit.computed.levels import major_names
from zhijiao.portal.cockpit.computed.place import LEVEL_WORDS, Standpoint
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.pages import page


@dataclass(frozen=True)
class MeasureView:
    """A measure in words, with its number; None where the number is not the reader's. `rows`: where the rows stand."""

    name: str
    amount: str | None
    title: str
    words: str
    rows: str | None


def view(request: HttpRequest, pack: str, result: int) -> HttpResponse:
    here = frame(request, pack, "cockpit")
    index = here.index
    assert index is not None
    found, inside = _result(request, index, result, here.tenant)
    run = computed.run(found.run, here.tenant)
    indicator = index.indicators.get(found.indicator)
    if run.pack != index.id or indicator is None or indicator.metric is None:
        raise Http404("没有这个计算结果。")
    at = Standpoint(here, index, indicator, run, found.organisation, is_place=False)
    known = amounts(indicator, found, inside=inside)
    return page(
        request,
        "cockpit/computed/why.html",
        here,
        at=at,
        indicator=indicator,
        run=run,
        result=found,
        unit=at.unit,
        level=LEVEL_WORDS.get(found.level, ""),
        organisation=at.name(found.organisation),
        period_words=period_words(found.period),
        clauses=[index.clause(name) for name in indicator.clauses],
        decisions=[index.defaults[name] for name in indicator.definition.decisions if name in index.defaults],
        measures=measures(here, indicator, found, known),
        formula=formula(indicator, found, known),
        partly=any(amount is None for amount in known.values()),
        part=next((one.name for one in indicator.metric.beside if one.id == found.part), ""),
        major=_major(found),
        query=query(indicator, found, run),
        same=computed.is_current(indicator, found),
    )


def _result(request: HttpRequest, index: PackIndex, number_: int, tenant: Tenant) -> tuple[ResultView, bool]:
    """A figure that the reader may see, and whether it is of an organisation within the reader's rights; those of the place
    itself are there for everybody who sees its board."""
    who = signed_in(request)
    place = Organisation.objects.filter(tenant=tenant, code=index.pack.manifest.region).first()
    try:
        found = computed.result(number_, tenant)
    except Invisible:
        own = computed.place_result(number_, tenant, place.pk) if place and who else None
        if own is None:
            raise Http404("没有这个计算结果，或它不在您的范围内。") from None
        return own, True
    at_home = place is not None and found.organisation == place.pk
    return found, who is not None and (at_home or who.may(Permission.VIEW, found.organisation))


def _major(result: ResultView) -> str:
    return f"{result.major} {major_names().get(result.major, '')}".strip()


def measures(
    here: Frame, indicator: Indicator, result: ResultView, amounts: Mapping[str, str | None]
) -> list[MeasureView]:
    """Each measure of the figure: which rows it takes, in words, what it came to, and where the reader finds the rows."""
    from zhijiao.exchange.queries.fields import names, schemas
    from zhijiao.policy.types.telling import called, measure_in_words

    metric = indicator.metric
    assert metric is not None
    titles, records = names(), schemas()
    used = _names_in(_value(metric, result))
    return [
        MeasureView(
            name=called(name, metric.measures),
            amount=amounts[name],
            title=titles.get(measure.in_, measure.in_),
            words=measure_in_words(measure, records, titles),
            rows=here.url("portal:data_rows", measure.in_, figure=result.id, measure=name)
            if here.signed_in
            else None,
        )
        for name, measure in metric.measures.items()
        if name in used
    ]


def _value(metric: Metric, result: ResultView) -> str:
    """The formula of the figure: the main one's, or that of the one beside it."""
    return next((one.value for one in metric.beside if one.id == result.part), metric.value)


def _names_in(value: str) -> frozenset[str]:
    from zhijiao.engines.expressions import names, parse

    return frozenset(names(parse(value)))


def amounts(indicator: Indicator, result: ResultView, *, inside: bool) -> dict[str, str | None]:
    """What the measures came to. Who is not of the place reads the numerator and the denominator, for which disclosure control
    answers; what these were put together from it has not looked at."""
    metric = indicator.metric
    assert metric is not None
    sides = {side.strip() for side in _value(metric, result).split("/")}
    return {
        name: _amount(result.measures, name) if inside or name in sides else None for name in metric.measures
    }


def _amount(found: Mapping[str, str], name: str) -> str:
    from decimal import Decimal, InvalidOperation

    try:
        return number(Decimal(found.get(name, "0")))
    except InvalidOperation:  # an exact fraction: shown as it is
        return found[name]


def formula(indicator: Indicator, result: ResultView, amounts: Mapping[str, str | None]) -> tuple[str, str]:
    """The formula in words, and with the numbers put in."""
    from zhijiao.policy.types.telling import called, formula_in_words

    metric = indicator.metric
    assert metric is not None
    value = _value(metric, result)
    scale = f" × {number(metric.scale)}" if metric.scale != 1 else ""

    def put_in(found: re.Match[str]) -> str:
        return amounts.get(found[0]) or called(found[0], metric.measures)

    numbers = re.sub(r"[a-z][a-z0-9_]*", put_in, value).replace("*", "×").replace("/", "÷")
    return formula_in_words(value, metric.measures) + scale, numbers + scale


def query(indicator: Indicator, result: ResultView, run: Computation) -> str:
    """The query that gives the measures, as text to read; empty where the snapshot's files are gone."""
    from zhijiao.core import environment
    from zhijiao.engines.metrics.compiler import sql
    from zhijiao.engines.metrics.periods import year_of
    from zhijiao.engines.metrics.snapshots import open_folder, open_prepared, prepare
    from zhijiao.engines.metrics.types import MetricError
    from zhijiao.exchange.queries.snapshots import folder_of
    from zhijiao.policy.types.computing import definitions

    try:
        prepared = prepare(
            open_folder(folder_of(run.snapshot)), environment.data_folder() / "cache" / "metrics"
        )
        with open_prepared(prepared) as engine:
            return sql(
                definitions(indicator)[0],
                engine.tables(),
                result.level,
                [year_of(result.period)],
                by=("major",) if result.major else (),
            )
    except (Refusal, MetricError):
        return ""
