"""Computed figures of the town, put straight into its database. Everything is synthetic."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.support.scene import PACK, PASSWORD

RATE = "tzw.ind.14a"
COUNTS = {
    "2021/2022": [(88, 118), (80, 100), (52, 82), (40, 60)],
    "2022/2023": [(90, 120), (97, 100), (50, 80), (44, 60)],
}
"""How many of how many at each school, by period. In the last one three of the second school did not graduate."""


def lay() -> dict[str, Any]:
    """Put two runs into the database, and say which organisations there are."""
    from django.utils import timezone

    from tests.support.people import hire, plant
    from zhijiao.core.access.actor import Actor
    from zhijiao.core.access.roles import Role
    from zhijiao.core.access.scope import bulk
    from zhijiao.core.kinds import OrganisationKind, Tenant
    from zhijiao.core.models import Organisation
    from zhijiao.core.tree import tree
    from zhijiao.indicators.models import Recomputed, Result, Run
    from zhijiao.indicators.rules.asking import definition_hash
    from zhijiao.indicators.rules.computed import Line, told
    from zhijiao.policy import queries as policy
    from zhijiao.registry.actions import plant_pack

    index = policy.index(PACK)
    assert index is not None
    plant_pack(pack=PACK, by=Actor.system("示例", Tenant.REAL), at=timezone.now())
    standing = tree(Tenant.REAL, timezone.localdate())
    place = standing.place(PACK)
    assert place is not None
    counties = [n for n in standing.below(place.id) if n.kind is OrganisationKind.COUNTY][:2]
    since = max(node.starts for node in counties)
    with bulk():
        rows = {o.pk: o for o in Organisation.objects.all()}
        schools = [
            plant(
                f"figured-{n}",
                OrganisationKind.SECONDARY_VOCATIONAL,
                rows[counties[n // 2].id],
                name=f"示例第{n + 1}职业学校",
                starts=since,
            )
            for n in range(4)
        ]
        hire("reader", Role.OFFICE, rows[place.id], password=PASSWORD)
        hire("reader-county", Role.COUNTY, rows[counties[0].id], password=PASSWORD)

        def run_of(day: datetime, snapshot: str) -> Run:
            return Run.objects.create(
                tenant=Tenant.REAL,
                pack=PACK,
                version=index.version,
                snapshot=snapshot * 64,
                known_at=day,
                tree_on=day.date(),
                engine="tests",
                made_at=day,
                made_by="tests",
                seconds=0,
            )

        before, run = (
            run_of(datetime(2024, 9, 20, tzinfo=UTC), "a"),
            run_of(datetime(2024, 10, 20, tzinfo=UTC), "b"),
        )
        lines = []
        for period, counts in COUNTS.items():
            amounts: list[tuple[str, str | None, str, int, int]] = [
                (schools[n].code, rows[counties[n // 2].id].code, "school", *pair)
                for n, pair in enumerate(counts)
            ]
            for county in range(2):
                mine = counts[2 * county : 2 * county + 2]
                code = rows[counties[county].id].code
                amounts.append(
                    (code, rows[place.id].code, "county", sum(a for a, _ in mine), sum(b for _, b in mine))
                )
            amounts.append(
                (rows[place.id].code, None, "city", sum(a for a, _ in counts), sum(b for _, b in counts))
            )
            for member, above, level, top, below in amounts:
                for major in ("", "710205"):
                    lines.append(
                        Line(
                            indicator=RATE,
                            part="",
                            definition=definition_hash(index.indicators[RATE]),
                            level=level,
                            member=member,
                            above=above,
                            major=major,
                            period=period,
                            measures={"on_time": str(top), "due": str(below)},
                            numerator=Decimal(top),
                            denominator=Decimal(below),
                            value=round(Decimal(100 * top) / below, 1),
                            reason="",
                        )
                    )
        ids = dict(Organisation.objects.filter(tenant=Tenant.REAL).values_list("code", "id"))
        for one in (before, run):
            Result.objects.bulk_create(
                Result(
                    run=one,
                    indicator=line.indicator,
                    definition=line.definition,
                    level=line.level,
                    organisation_id=ids[line.member],
                    parent=ids[line.above] if line.above else None,
                    major=line.major,
                    period=line.period,
                    starts=date(int(line.period[:4]), 9, 1),
                    ends=date(int(line.period[5:]), 8, 31),
                    measures=dict(line.measures),
                    numerator=line.numerator,
                    denominator=line.denominator,
                    value=line.value,
                    marker=line.marker,
                    disclosed=line.disclosed,
                )
                for line in told(lines, 10)
            )
        Recomputed.objects.create(
            run=run,
            before=before,
            indicator=RATE,
            organisation=rows[place.id],
            period="2022/2023",
            old_value=Decimal("77.8"),
            new_value=Decimal("78.1"),
            cause="记录补报或更正",
            disclosed=True,
        )
        return {
            "place": place.id,
            "counties": [county.id for county in counties],
            "schools": [school.pk for school in schools],
        }
