"""Example people in office, so that whoever asks whom to call finds somebody. Names and phones are made up and look it."""

from __future__ import annotations

from datetime import date, datetime

from zhijiao.cli.demo.place import DemoPlace
from zhijiao.core.kinds import OrganisationKind
from zhijiao.registry import actions, queries

_K = OrganisationKind
POSTS = ("分管负责人", "联络员")
WHERE = (_K.COUNTY, _K.ZONE, _K.DEPARTMENT, _K.SECONDARY_VOCATIONAL, _K.HIGHER_VOCATIONAL, _K.TECHNICIAN)


def fill_officers(place: DemoPlace, at: datetime) -> None:
    """Two people in office at the city, its counties and departments, and its example schools."""
    where = [place.place, *(n for n in place.of(*WHERE) if n.code.startswith("demo.") or n.kind in WHERE[:3])]
    if queries.contacts([place.place.id]):
        return
    for number, node in enumerate(where, 1):
        for order, post in enumerate(POSTS):
            actions.appoint(
                organisation=node.id,
                post=post,
                name=f"示例{node.label}{post}",
                phone=f"0000-{number * 10 + order:07d}",
                on=date(place.on.year - 1, 9, 1),
                basis="示例",
                by=place.system,
                at=at,
            )
