"""Fills the tenant of examples."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from zhijiao.cli.demo.cases import fill_cases
from zhijiao.cli.demo.officers import fill_officers
from zhijiao.cli.demo.people import make_places
from zhijiao.cli.demo.place import DemoPlace
from zhijiao.cli.demo.plans import fill_plans
from zhijiao.cli.demo.records import fill_records
from zhijiao.cli.demo.reports import fill_reports
from zhijiao.cli.demo.seasons import fill_seasons
from zhijiao.cli.demo.tasks import fill_tasks
from zhijiao.core.access.scope import bulk

Filler = Callable[[DemoPlace, datetime], None]

FILLERS: tuple[Filler, ...] = (
    fill_officers,
    fill_reports,
    fill_tasks,
    fill_cases,
    fill_plans,
    fill_records,
    fill_seasons,
)
"""What goes into a demo city beside organisations and accounts, one function a subject, in the order in which one builds on
the other: people in office, example reports, tasks, office work, plans, student records, seasons of admission.

A filler `(place, at)` works through the verbs of its domain as the people of the place (`place.actors["county-1"]`, each
step under `acting(actor)`), or as `place.system`. It runs at every start, so it first asks, in one small query, whether
its examples are there, and returns. Everything it writes is synthetic and says so: names begin with 示例.
"""


def fill(*, at: datetime, on: date, work: bool = True) -> list[DemoPlace]:
    """Make every demo city and, for `work`, run the fillers, each in one transaction. Idempotent, and quick where everything
    is there."""
    places = make_places(at=at, on=on)
    for filler in FILLERS if work else ():
        for place in places:
            with bulk():
                filler(place, at)
    return places
