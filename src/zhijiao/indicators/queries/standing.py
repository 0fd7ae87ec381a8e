"""Where the reporting stands: who is late, how far a period is, what will be asked next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import connection
from django.db.models import Count, Min, Q

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import Node, Tree, tree
from zhijiao.indicators.models import Report
from zhijiao.indicators.queries.reports import ANYTHING, MOST, narrowed
from zhijiao.indicators.queries.standpoint import Standpoint, names_of
from zhijiao.indicators.queries.views import views
from zhijiao.indicators.rules.periods import period_words
from zhijiao.indicators.types import APPROVED, DRAFT, Filters, Late, Owed, Progress

_COUNTIES = frozenset({OrganisationKind.COUNTY, OrganisationKind.ZONE})


def overdue(actor: Actor, on: date, filters: Filters = ANYTHING) -> list[Late]:
    """Who holds reports past their term, as far as the person sees; most first. Without the reports: see `overdue_of`."""
    rows = (
        narrowed(Report.objects.filter(tenant=actor.tenant), on, filters)
        .exclude(state=APPROVED)
        .filter(deadline__lt=on)
        .values("holder")
        .annotate(count=Count("id"), oldest=Min("deadline"))
        .order_by("-count", "holder")
    )
    found = list(rows)
    names = names_of({row["holder"] for row in found}, on)
    return [
        Late(
            organisation=row["holder"],
            organisation_name=names.get(row["holder"], ""),
            count=row["count"],
            days=(on - row["oldest"]).days,
            oldest=row["oldest"],
        )
        for row in found
    ]


def overdue_of(actor: Actor, holder: int, on: date, *, most: int = MOST) -> list[Owed]:
    """The reports that one organisation is late with, oldest first."""
    rows = (
        Report.objects.filter(holder=holder, deadline__lt=on)
        .exclude(state=APPROVED)
        .order_by("deadline", "id")
    )
    return views(Standpoint(actor), list(rows[:most]), on, judge=False)


def progress(
    actor: Actor, pack: str, period: str, on: date, *, obligation: str | None = None
) -> list[Progress]:
    """How far a period is: one line a county with everything below it, then one for each other organisation that owes."""
    rows = Report.objects.filter(tenant=actor.tenant, pack=pack, period=period)
    if obligation is not None:
        rows = rows.filter(obligation=obligation)
    counted = rows.values_list("organisation").annotate(
        owed=Count("id"),
        draft=Count("id", filter=Q(state=DRAFT, reason="")),
        returned=Count("id", filter=Q(state=DRAFT) & ~Q(reason="")),
        review=Count("id", filter=Q(state__startswith="step.")),
        approved=Count("id", filter=Q(state=APPROVED)),
        late=Count("id", filter=Q(deadline__lt=on) & ~Q(state=APPROVED)),
    )
    standing = tree(actor.tenant, on)
    sums: dict[int, list[int]] = {}
    for organisation, *numbers in counted:
        above = _county_of(standing, organisation)
        sums[above] = [a + b for a, b in zip(sums.get(above, [0] * len(numbers)), numbers, strict=True)]
    names = names_of(set(sums), on)
    order = {node.id: place for place, node in enumerate(_walk(standing))}
    return [
        Progress(who, names.get(who, ""), *sums[who])
        for who in sorted(sums, key=lambda who: (order.get(who, len(order)), who))
    ]


_PERIODS = """
    WITH RECURSIVE p(period, ends) AS (
      (SELECT period, ends FROM indicators_report WHERE tenant = %(tenant)s AND pack = %(pack)s ORDER BY period LIMIT 1)
      UNION ALL
      SELECT r.period, r.ends FROM p CROSS JOIN LATERAL (
        SELECT period, ends FROM indicators_report
         WHERE tenant = %(tenant)s AND pack = %(pack)s AND period > p.period ORDER BY period LIMIT 1) r)
    SELECT period, ends FROM p ORDER BY ends DESC, period
"""
"""From one period to the next along the index: a list of all reports would be read for a handful of periods."""


def periods(actor: Actor, pack: str) -> list[tuple[str, str]]:
    """The periods for which anybody's reports are open or were, newest first: written form and words."""
    with bulk(), connection.cursor() as cursor:
        cursor.execute(_PERIODS, {"tenant": actor.tenant.value, "pack": pack})
        return [(key, period_words(key)) for key, _ in cursor.fetchall()]


def _county_of(standing: Tree, organisation: int) -> int:
    """The county above an organisation, or the organisation itself where it lies in none."""
    if organisation not in standing.nodes or standing.nodes[organisation].kind in _COUNTIES:
        return organisation
    above = standing.nearest(organisation, _COUNTIES)
    return organisation if above is None else above.id


def _walk(standing: Tree) -> Iterator[Node]:
    for root in standing.children.get(None, ()):
        yield from standing.below(root.id)
