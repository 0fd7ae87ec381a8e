"""Example reports of a demo city: one period approved throughout, the next one on its way.

Numbers follow from the target and a digest of who and what, so that the same examples are made everywhere; a note on each
says that it is an example.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from zhijiao.cli.demo.place import DemoPlace
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting
from zhijiao.core.kinds import Tenant
from zhijiao.indicators import actions
from zhijiao.indicators.queries import reports as queries
from zhijiao.indicators.queries.several import several
from zhijiao.indicators.types import DRAFT, Entered, Filters, Owed, Reason
from zhijiao.lib.numbers import plain
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Indicator, PackIndex

NOTE = "示例数据"
MOST = 5000


def fill_reports(place: DemoPlace, at: datetime) -> None:
    """Open the reports of the last two years, approve the older ones, and leave the newer ones at every stage of the way."""
    index = policy.index(place.pack)
    clerk = Actor.system("示例填报员", Tenant.DEMO)
    if index is None or _there(clerk, place):
        return
    since = date(place.on.year - 2, 1, 1)
    actions.open_reports(
        pack=place.pack, tenant=Tenant.DEMO, on=place.on, at=at, since=since, by=place.system
    )
    owed = _owed(clerk, place)
    older = [each for each in owed if each.ends.year < place.on.year - 1]
    newer = [each for each in owed if each.ends.year >= place.on.year - 1]
    _hand_in(clerk, index, older, at - timedelta(days=300))
    _approve(
        Actor.system("示例审核员", Tenant.DEMO), place, [each.id for each in older], at - timedelta(days=290)
    )
    _leave_on_the_way(place, index, newer, at)


def _there(clerk: Actor, place: DemoPlace) -> bool:
    """Whether anybody with an account has something approved: in some cities counties owe nothing of their own."""
    with acting(clerk):
        return any(
            queries.owed(
                clerk, place.on, Filters(pack=place.pack, organisation=node, state="approved"), most=1
            )
            for node in {node.id for node in place.nodes.values()}
        )


def _owed(clerk: Actor, place: DemoPlace, most: int = MOST) -> list[Owed]:
    """Every report of the city that is still a draft."""
    with acting(clerk):
        ids = {node.id for node in place.tree.below(place.place.id)}
        rows = [
            each
            for organisation in sorted(ids)
            for each in queries.owed(
                clerk, place.on, Filters(pack=place.pack, organisation=organisation), most=most
            )
        ]
    return [each for each in rows if each.state == DRAFT]


def _hand_in(by: Actor, index: PackIndex, owed: Iterable[Owed], at: datetime) -> None:
    by_organisation: dict[int, list[Owed]] = defaultdict(list)
    reporters: Counter[tuple[str, str]] = Counter()
    for each in owed:
        by_organisation[each.organisation].append(each)
        reporters[each.indicator, each.period] += 1
    for theirs in by_organisation.values():
        entries = [Entered(e.id, _typed(index, e, reporters[e.indicator, e.period])) for e in theirs]
        actions.hand_in(by=by, at=at, entries=entries)


def _approve(by: Actor, place: DemoPlace, reports: Sequence[int], at: datetime) -> None:
    """Pass reports on until each is approved."""
    waiting = list(reports)
    while waiting:
        with acting(by):
            now = [each for each in several(by, waiting, place.on) if each.state.startswith("step.")]
        if not now:
            return
        actions.decide(by=by, at=at, reports={each.id: None for each in now})
        waiting = [each.id for each in now]


def _leave_on_the_way(place: DemoPlace, index: PackIndex, owed: Sequence[Owed], at: datetime) -> None:
    """The newer period: one office has everything before it, some is in review, some came back, some is approved."""
    clerk = Actor.system("示例填报员", Tenant.DEMO)
    reviewer = Actor.system("示例审核员", Tenant.DEMO)
    own = {place.nodes[post].id for post in ("county-1", "school-1", "technician") if post in place.nodes}
    others = [each for each in owed if each.organisation not in own and _share(each, "late") < 8]
    _hand_in(clerk, index, others, at - timedelta(days=20))
    approved = [each.id for each in others if _share(each, "approved") < 4]
    _approve(reviewer, place, approved, at - timedelta(days=10))
    mine = [each for each in owed if each.organisation in own]
    returned = [each for each in mine if _share(each, "returned") < 2]
    if returned:
        _hand_in(clerk, index, returned, at - timedelta(days=15))
        with acting(reviewer):
            standing = [
                e for e in several(reviewer, [r.id for r in returned], place.on) if e.state == "step.1"
            ]
        if standing:
            actions.return_for_correction(
                by=reviewer,
                at=at - timedelta(days=12),
                reports={each.id: None for each in standing},
                reason=Reason.SCOPE,
                words="示例：请按年末时点数填报，并附统计报表。",
            )


def _typed(index: PackIndex, owed: Owed, reporters: int) -> Mapping[str, str]:
    indicator = index.indicators[owed.indicator]
    match owed.asks:
        case "text":
            return {"text": f"{NOTE}：{indicator.name}按计划推进。"}
        case "ratio":
            bottom = 400 + _share(owed, "denominator", 1600)
            top = bottom * (55 + _share(owed, "numerator", 43)) // 100
            return {"numerator": str(top), "denominator": str(bottom), "note": NOTE}
    summed = index.obligations[owed.obligation].rollup == "sum"
    return {"value": plain(_value(indicator, owed, reporters if summed else 1)), "note": NOTE}


def _value(indicator: Indicator, owed: Owed, reporters: int) -> Decimal:
    """Near the target; a count is shared among its reporters."""
    aim = indicator.targets[0].value if indicator.targets else Decimal(100)
    percent = Decimal(85 + _share(owed, owed.period, 25)) / 100
    if "%" in owed.unit:
        return min((aim * percent).quantize(Decimal("0.1")), Decimal(100))
    shared = aim / reporters if aim > reporters else aim
    return max(Decimal(1), (shared * percent).to_integral_value())


def _share(owed: Owed, salt: str, of: int = 10) -> int:
    """A number below `of` that is the same on every machine."""
    text = f"{owed.indicator} {owed.organisation_name} {owed.period} {salt}"
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % of
