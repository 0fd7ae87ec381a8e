"""The town that the journeys walk through: an instance with everything that they need, laid once in a test run by
`python -m tests.support.town`.

It is laid from an instance with the accounts of the examples, before it runs: example work of one city among the examples, and
among the real organisations people before the doors, computed figures and counties that owe figures. Each file of journeys has
people or things of its own in it, so that it may be run alone and in any order. Everything is synthetic.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support import instance
from tests.support.prepared import Stage, prepared_folder

TOLD = "town.json"


@dataclass(frozen=True)
class Town:
    """`seasons`: ids of last year's season and of this year's; `figured`: ids of the organisations with computed figures."""

    address: str
    data: Path
    seasons: tuple[int, int]
    figured: dict[str, Any]


@pytest.fixture(scope="session")
def town() -> Iterator[Town]:
    """The town, running, for tests that change it."""
    with (
        prepared_folder(Stage.TOWN) as data,
        instance.running(data, kept=False, env=instance.PREPARED) as running,
    ):
        told = json.loads((data / TOLD).read_text(encoding="utf-8"))
        yield Town(running.address, data, tuple(told["seasons"]), told["figured"])


PACK = "taizhou"
"""Whose examples are at work; those of the other cities are accounts."""


def _lay() -> dict[str, Any]:
    from tests.support import doors, figured, scene

    seasons = _fill()
    doors.lay()
    scene.lay_here(handed_in=False)
    return {"seasons": seasons, "figured": figured.lay()}


def _fill() -> list[int]:
    """Put the examples of the city to work, and let a learner in whom no record knows yet. Returns the ids of its seasons, the oldest first."""
    from django.utils import timezone

    from tests.support.people import hire
    from zhijiao.admissions.models import Season
    from zhijiao.cli.demo.filling import FILLERS
    from zhijiao.cli.demo.people import make_places
    from zhijiao.core.access.roles import Role
    from zhijiao.core.access.scope import bulk
    from zhijiao.core.demo import PASSWORD
    from zhijiao.core.models import Organisation

    now = timezone.now()
    place = next(p for p in make_places(at=now, on=timezone.localdate(now)) if p.pack == PACK)
    for filler in FILLERS:
        with bulk():
            filler(place, now)
    with bulk():
        school = Organisation.objects.get(pk=place.nodes["school-1"].id)
        hire("learner-2", Role.LEARNER, school, password=PASSWORD)
        return list(Season.objects.filter(pack=PACK).order_by("year").values_list("pk", flat=True))


if __name__ == "__main__":
    from zhijiao.cli.product import product

    with product():
        told = json.dumps(_lay())
    Path(os.environ["ZHIJIAO_DATA"], TOLD).write_text(told, encoding="utf-8")
