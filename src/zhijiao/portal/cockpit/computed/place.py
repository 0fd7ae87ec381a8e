"""Where a page of computed figures stands: which run, which organisation, which period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from django.http import Http404
from django.utils import timezone

from zhijiao.core.models import Organisation
from zhijiao.core.tree import Node, Tree, tree
from zhijiao.indicators.queries import computed
from zhijiao.indicators.queries.live import end_of
from zhijiao.indicators.types import Computation, ResultView
from zhijiao.lib.numbers import row_id
from zhijiao.policy.types import Indicator, PackIndex
from zhijiao.portal.frame import Frame

LEVEL_WORDS = {"province": "省", "city": "市", "county": "县（市、区）", "school": "学校"}


@dataclass(frozen=True)
class _Kept(Frame):
    """A frame whose permalink somebody else knows better."""

    kept: str = ""

    @property
    def permalink(self) -> str:
        return self.kept


@dataclass(frozen=True)
class Standpoint:
    """One indicator of one organisation in one run."""

    here: Frame
    index: PackIndex
    indicator: Indicator
    run: Computation
    organisation: int
    is_place: bool

    @cached_property
    def tree(self) -> Tree:
        """The tree of the run's day."""
        return tree(self.here.tenant, self.run.tree_on)

    @cached_property
    def series(self) -> list[ResultView]:
        """The organisation's figures, oldest period first, as far as the reader may see them."""
        if self.is_place:
            return computed.place_series(
                self.run.id, self.indicator.id, self.organisation, disclosed_only=not self.here.signed_in
            )
        return computed.series(self.run.id, self.indicator.id, self.organisation)

    def is_partial(self, result: ResultView) -> bool:
        """Whether the period was not over when the data were taken."""
        return result.ends > self.run.known_at.date()

    @property
    def unit(self) -> str:
        """The unit of the values."""
        metric = self.indicator.metric
        return self.indicator.unit or (metric.unit if metric and metric.unit else "")

    @property
    def is_rate(self) -> bool:
        """Whether the value is so many of so many, and not a plain count."""
        return self.indicator.metric is not None and "/" in self.indicator.metric.value

    @cached_property
    def period(self) -> str:
        """The period asked for, else the newest whole one that has a value."""
        asked = self.here.query.get("period")
        if asked:
            return asked
        whole = [
            one
            for one in self.series
            if one.ends <= timezone.localdate(self.run.known_at) and one.value is not None
        ]
        latest = whole or self.series
        return latest[-1].period if latest else ""

    @cached_property
    def result(self) -> ResultView | None:
        """The figure of the period."""
        return next((one for one in self.series if one.period == self.period), None)

    def name(self, organisation: int) -> str:
        """The name of an organisation in the run's tree."""
        node = self.tree.nodes.get(organisation)
        return node.label if node else f"组织 {organisation}"

    @property
    def mark(self) -> str:
        """What stands in front of every title of figures that were computed from examples."""
        return f"{self.run.marked}·" if self.run.marked else ""

    @property
    def permalink(self) -> str:
        """The page's address with the run and the period in it, so that it shows the same figures for ever."""
        pinned = {**self.here.query, "run": str(self.run.id), "period": self.period}
        return replace(self.here, query=pinned).permalink

    @property
    def kept(self) -> Frame:
        """The frame of the page, with that permalink."""
        here = self.here
        return _Kept(
            here.path,
            here.query,
            here.on,
            here.index,
            here.part,
            here.tenant,
            here.signed_in,
            kept=self.permalink,
        )

    @property
    def path(self) -> list[Node]:
        """The organisations above, from the place of the pack down."""
        above = list(self.tree.above(self.organisation))[::-1]
        region = self.index.pack.manifest.region
        codes = [node.code for node in above]
        return above[codes.index(region) :] if region in codes else []


def newest(here: Frame, index: PackIndex) -> Computation | None:
    """The run of the newest data that was known on the page's day."""
    number = computed.newest(index.id, here.tenant, end_of(here.on))
    return computed.run(number, here.tenant) if number is not None else None


def standpoint(here: Frame, index: PackIndex, indicator: str) -> Standpoint | None:
    """Where the address points to; None where nothing was computed yet. 404 for what is not there or not the reader's."""
    thing = index.indicators.get(indicator)
    if thing is None or thing.metric is None:
        raise Http404(f"“{indicator}”不是由记录计算的指标。")
    asked = here.query.get("run")
    if asked is not None:
        run = next(
            (r for r in computed.runs(index.id, here.tenant) if str(r.id) == asked and r.current), None
        )
        if run is None:
            raise Http404(f"没有编号为“{asked}”的计算，或它的结果已按保留期删除。")
    else:
        run = newest(here, index)
    place = Organisation.objects.filter(tenant=here.tenant, code=index.pack.manifest.region).first()
    if run is None or place is None:
        return None
    at = here.query.get("at")
    wanted = row_id(at) or place.pk
    found = Standpoint(here, index, thing, run, wanted, wanted == place.pk)
    if at is not None and not found.is_place and not found.series:
        raise Http404("没有这个单位的计算结果，或它不在您的范围内。")
    return found
