"""Why a computed figure is what it is: clause, definition, measures, formula, query, snapshot, rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from zhijiao.core.access.actor import Invisible
from zhijiao.core.errors import Refusal
from zhijiao.core.models import Organisation
from zhijiao.engines.forms import period_in_chinese as period_words
from zhijiao.indicators.queries import computed
from zhijiao.indicators.types import Computation, ResultView
from zhijiao.lib.numbers import number
from zhijiao.policy.types import Indicator, PackIndex
from zhijiao.portal.cockpit.computed.place import LEVEL_WORDS, Standpoint
from zhijiao.portal.frame import frame
from zhijiao.portal.pages import page


@dataclass(frozen=True)
class MeasureView:
    """A measure in words, with its number."""

    name: str
    amount: str
    dataset: str
    title: str
    words: str
    rows: str


def view(request: HttpRequest, pack: str, result: int) -> HttpResponse:
    here = frame(request, pack, "cockpit")
    index = here.index
    assert index is not None
    found = _result(index, result, here.tenant, signed_in=here.signed_in)
    run = computed.run(found.run, here.tenant)
    indicator = index.indicators.get(found.indicator)
    if run.pack != index.id or indicator is None or indicator.metric is None:
        raise Http404("没有这个计算结果。")
    at = Standpoint(here, index, indicator, run, found.organisation, is_place=False)
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
        measures=measures(indicator, found),
        formula=formula(indicator, found),
        query=query(indicator, found, run),
        same=computed.is_current(indicator, found),
    )


def _result(index: PackIndex, number_: int, tenant: Any, *, signed_in: bool) -> ResultView:
    """A figure that the reader may see; those of the place itself are there for everybody who sees its board."""
    try:
        return computed.result(number_, tenant)
    except Invisible:
        place = Organisation.objects.filter(tenant=tenant, code=index.pack.manifest.region).first()
        found = computed.place_result(number_, tenant, place.pk) if place and signed_in else None
        if found is None:
            raise Http404("没有这个计算结果，或它不在您的范围内。") from None
        return found


def measures(indicator: Indicator, result: ResultView) -> list[MeasureView]:
    """Each measure of the figure: which rows it takes, in words, and what it came to."""
    from zhijiao.engines.expressions import parse, words
    from zhijiao.exchange.queries.fields import names, schemas

    metric = indicator.metric
    assert metric is not None
    titles, fields = names(), schemas()
    found = []
    for name, measure in metric.measures.items():
        schema = fields.get(measure.in_)
        said = []
        if measure.where and schema is not None:
            said.append(words(parse(measure.where), schema))
        said += [_having(one, titles) for one in measure.having]
        said.append(_time(measure, schema))
        how = (
            "数行数"
            if measure.count == "rows"
            else f"数不同的“{_label(schema, measure.count)}”"
            if measure.count
            else f"加总“{_label(schema, measure.sum or '')}”"
        )
        found.append(
            MeasureView(
                name=name,
                amount=_amount(result.measures, name),
                dataset=measure.in_,
                title=titles.get(measure.in_, measure.in_),
                words="；".join(part for part in said if part),
                rows=how,
            )
        )
    return found


def _amount(amounts: Mapping[str, str], name: str) -> str:
    from decimal import Decimal, InvalidOperation

    try:
        return number(Decimal(amounts.get(name, "0")))
    except InvalidOperation:  # an exact fraction: shown as it is
        return amounts[name]


def _label(schema: Any, field: str) -> str:
    if schema is None:
        return field
    try:
        return str(schema.label(field))
    except (KeyError, AttributeError):
        return field


def _time(measure: Any, schema: Any) -> str:
    if measure.during:
        return f"“{_label(schema, measure.during)}”在统计期内"
    if measure.year:
        return f"“{_label(schema, measure.year)}”是统计期的年份"
    span = measure.standing or measure.active
    if span:
        fields = f"“{_label(schema, span[0])}”至“{_label(schema, span[1])}”"
        return f"{fields}{'在统计期最后一天有效' if measure.standing else '在统计期内有一天有效'}"
    return ""


def _having(having: Any, titles: Mapping[str, str]) -> str:
    return f"在“{titles.get(having.in_, having.in_)}”里有对应的行"


def formula(indicator: Indicator, result: ResultView) -> str:
    """The formula with the numbers put in."""
    from zhijiao.engines.expressions import names as names_in
    from zhijiao.engines.expressions import parse

    metric = indicator.metric
    assert metric is not None
    text = metric.value
    for name in sorted(names_in(parse(metric.value)), key=len, reverse=True):
        text = text.replace(name, _amount(result.measures, name))
    scale = f" × {number(metric.scale)}" if metric.scale != 1 else ""
    return text.replace("*", "×").replace("/", "÷") + scale


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
