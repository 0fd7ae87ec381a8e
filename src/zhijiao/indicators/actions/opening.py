"""Verb: open the reports that became due, for everybody who owes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max
from django.utils import timezone

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.audit import record
from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import Tenant
from zhijiao.core.tree import aliases, tree
from zhijiao.core.workdays import china
from zhijiao.indicators.models import Pulse, Report
from zhijiao.indicators.rules.duties import Duty, Resolver, due_of
from zhijiao.indicators.rules.periods import Span, ended
from zhijiao.indicators.types import Opened
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Obligation, PackIndex

_BATCH = 5000
LOOK_BACK = timedelta(days=100)
"""How long after a period who owed in it is looked at again: a change of the tree may be entered late."""


def open_all(*, tenant: Tenant, on: date, at: datetime) -> dict[str, Opened]:
    """Open what became due in every installed pack whose place stands in the tree of the tenant."""
    return {index.id: open_reports(pack=index.id, tenant=tenant, on=on, at=at) for index in policy.indexes()}


def open_reports(
    *, pack: str, tenant: Tenant, on: date, at: datetime, since: date | None = None, by: Actor | None = None
) -> Opened:
    """Open a report for every figure that an obligation of the pack asks for a period that ended before `on`.

    Who owes and who signs is read in the tree of the period's last day. Opened are reports that were not yet due on the
    first day on which this ran for the place; `since` goes further back, to periods that ended from that day on. Safe to
    run again at any time: what is there stays as it is. Raises Refusal where the pack is not installed.
    """
    index = policy.index(pack)
    if index is None:
        raise Refusal(f"没有装入政策包“{pack}”。先运行 zhijiao install-packs。")
    actor = by or Actor.system("开放填报", tenant)
    with bulk():
        Pulse.objects.get_or_create(tenant=tenant, pack=pack, defaults={"since": on, "until": on})
        pulse = Pulse.objects.select_for_update().get(tenant=tenant, pack=pack)
        wanted = _Wanted(index, tenant, on, at, pulse, since)
        rows = list(wanted.rows())
        for start in range(0, len(rows), _BATCH):
            Report.objects.bulk_create(rows[start : start + _BATCH], ignore_conflicts=True)
        added = Report.objects.filter(tenant=tenant, pack=pack, pk__gt=pulse.reports)
        new, newest = added.aggregate(new=Count("pk"), newest=Max("pk")).values()
        Pulse.objects.filter(pk=pulse.pk).update(reports=newest or pulse.reports, until=max(pulse.until, on))
        if new:
            record(
                by=actor,
                at=at,
                action="indicators.open_reports",
                organisation=wanted.place,
                object_kind="pack",
                object_id=pack,
                summary=f"开放填报 {new} 项",
                detail={"new": new, "on": on},
            )
    return Opened(new, len(rows) - new, tuple(sorted(wanted.lost)))


class _Wanted:
    """The rows that should be there on a day."""

    def __init__(
        self, index: PackIndex, tenant: Tenant, on: date, at: datetime, pulse: Pulse, since: date | None
    ) -> None:
        self.index, self.tenant, self.on, self.at = index, tenant, on, at
        self.begun, self.fresh, self.since = pulse.since, min(pulse.until, on) - LOOK_BACK, since
        self.lost: set[str] = set()
        self.place: int | None = None
        self._spellings = aliases(tenant)
        self._resolvers: dict[date, Resolver] = {}

    def rows(self) -> Iterator[Report]:
        for obligation in self.index.pack.obligations:
            for span in ended(obligation.period, obligation.from_, obligation.to, self.on):
                if self._is_due(obligation, span):
                    yield from self._of(obligation, span)

    def _is_due(self, obligation: Obligation, span: Span) -> bool:
        if self.since is not None:
            return span.ends >= self.since
        # A term never runs longer than a year, so the first run looks back as far as a report can still be in time.
        first = self.on == self.begun
        if not first and span.ends < self.fresh:
            return False
        return due_of(obligation, span, date.min, china()) >= self.begun

    def _of(self, obligation: Obligation, span: Span) -> Iterator[Report]:
        due = due_of(obligation, span, self.on, china())
        for duty in self._duties(obligation, span):
            for indicator in obligation.indicators:
                yield Report(
                    tenant=self.tenant,
                    pack=self.index.id,
                    obligation=obligation.id,
                    indicator=indicator,
                    organisation_id=duty.organisation,
                    period=span.key,
                    starts=span.starts,
                    ends=span.ends,
                    due=due,
                    deadline=due,
                    asks=obligation.asks,
                    chain=[link.as_json() for link in duty.links],
                    parties=sorted({link.party for link in duty.links}),
                    opened_at=self.at,
                    version=self.index.version,
                    holder_id=duty.organisation,
                )

    def _duties(self, obligation: Obligation, span: Span) -> list[Duty]:
        resolver = self._resolvers.get(span.ends)
        if resolver is None:
            resolver = Resolver(self.index, tree(self.tenant, span.ends), self._spellings)
            self._resolvers[span.ends] = resolver
        if resolver.place is None:
            return []
        self.place = resolver.place
        duties = resolver.duties(obligation, self.index.chains[obligation.chain])
        self.lost |= resolver.lost
        return duties


def open_after_change(payload: Mapping[str, Any], at: datetime) -> None:
    """Hears that the tree or a pack changed: whoever owes something new is told at once."""
    tenants = [Tenant(payload["tenant"])] if "tenant" in payload else list(Tenant)
    for tenant in tenants:
        open_all(tenant=tenant, on=timezone.localdate(at), at=at)
