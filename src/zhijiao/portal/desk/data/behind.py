"""The rows behind a computed figure: which ones a measure of it took, when it was computed."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse

from zhijiao.core.access.actor import Invisible
from zhijiao.core.errors import Refusal
from zhijiao.core.models import Organisation
from zhijiao.core.tree import tree
from zhijiao.engines.forms import period_in_chinese
from zhijiao.exchange.types.measured import Measured
from zhijiao.indicators.queries import computed
from zhijiao.indicators.types import ResultView
from zhijiao.lib.numbers import row_id
from zhijiao.policy import queries as policy
from zhijiao.portal.desk.guard import Desk


@dataclass(frozen=True)
class Behind:
    """What the rows are narrowed to, and how the page says it. `known`: the sequence up to which the snapshot knew; None where the
    snapshot is not in the ledger."""

    why: str
    words: str
    measure: str
    organisations: frozenset[int]
    measured: Measured
    known: int | None


def behind(desk: Desk, dataset: str) -> Behind | None:
    """The figure and the measure that the address names; None where it names none. Raises Http404 for a figure that the reader
    may not see, and for a measure that takes its rows elsewhere."""
    asked = desk.frame.query.get("figure", "")
    if not asked:
        return None
    figure = _figure(desk, row_id(asked))
    run = computed.run(figure.run, desk.actor.tenant)
    index = policy.index(run.pack, run.version) or policy.index(run.pack)
    indicator = index.indicators.get(figure.indicator) if index else None
    name = desk.frame.query.get("measure", "")
    if indicator is None or indicator.metric is None or name not in indicator.metric.measures:
        raise Http404("这个指标没有这个量。")
    from zhijiao.engines.metrics.periods import year_of
    from zhijiao.policy.types.computing import definitions
    from zhijiao.policy.types.telling import called

    definition = definitions(indicator)[0]
    measure, last = definition.measures[name], year_of(figure.period)
    if measure.dataset != dataset:
        raise Http404("这个量不取这个数据集的行。")
    window = definition.window
    standing = tree(desk.actor.tenant, run.tree_on)
    kinds: dict[str, set[int]] = {}
    for node in standing.nodes.values():
        kinds.setdefault(node.kind.value, set()).add(node.id)
    unit = standing.nodes.get(figure.organisation)
    said = [unit.label if unit else "", period_in_chinese(figure.period), indicator.name]
    said += [f"专业 {figure.major}"] if figure.major else []
    return Behind(
        why=reverse("portal:computed_why", args=[run.pack, figure.id]),
        words="，".join(part for part in said if part),
        measure=called(name, indicator.metric.measures),
        organisations=frozenset(node.id for node in (standing.below(unit.id) if unit else ()))
        or frozenset({figure.organisation}),
        measured=Measured(
            measure,
            definition.calendar,
            window.since if window.since is not None else last - (window.last or 1) + 1,
            last,
            {kind: frozenset(ids) for kind, ids in kinds.items()},
            {"major": figure.major} if figure.major else {},
        ),
        known=_known(run.snapshot),
    )


def _figure(desk: Desk, asked: int | None) -> ResultView:
    """The figure, as its own page shows it to this reader."""
    found = None
    if asked is not None:
        try:
            return computed.result(asked, desk.actor.tenant)
        except Invisible:
            region = desk.index.pack.manifest.region if desk.index else ""
            place = Organisation.objects.filter(tenant=desk.actor.tenant, code=region).first()
            found = computed.place_result(asked, desk.actor.tenant, place.pk) if place else None
    if found is None:
        raise Http404("没有这个计算结果，或它不在您的范围内。")
    return found


def _known(snapshot: str) -> int | None:
    from zhijiao.exchange.queries.snapshots import snapshot as taken

    try:
        return taken(snapshot).known
    except Refusal:
        return None
