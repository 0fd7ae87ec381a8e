"""The records of the demo cities: the twin's organisations and rows, handed in year by year through intake."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

from zhijiao.cli.demo import troubles
from zhijiao.cli.demo.files import HandIn, Spread
from zhijiao.cli.demo.place import DemoPlace
from zhijiao.core import environment
from zhijiao.core.access.actor import Actor
from zhijiao.core.demo import loading
from zhijiao.core.kinds import Tenant
from zhijiao.core.tree import tree
from zhijiao.exchange import actions
from zhijiao.exchange.actions.snapshots import take_snapshot
from zhijiao.exchange.queries.snapshots import snapshots
from zhijiao.exchange.queries.twin import Organisation, plan_twin
from zhijiao.policy.packs.loading import library
from zhijiao.registry import actions as registry
from zhijiao.registry.types import Stand

SEED = 1
LAST = "演示数据：现在"
BY = Actor.system("演示数据", Tenant.DEMO)


@dataclass
class Loaded:
    """What was done."""

    organisations: int = 0
    files: int = 0
    rows: int = 0
    waiting: int = 0
    snapshots: list[str] = field(default_factory=list)


def is_loaded() -> bool:
    """Whether everything is there: one small query."""
    return any(each.reason == LAST for each in snapshots(Tenant.DEMO))


def load_data(places: Sequence[DemoPlace], *, at: datetime, size: str = "city") -> Loaded | None:
    """Load the twins of these places, unless they are there. A load that was cut short is taken up where it stopped: what was
    handed in is known by its key. Figures are computed by whoever hears of the snapshots."""
    shelf = library(())
    shaped = [place for place in places if shelf.twin(place.pack) is not None]
    if not shaped or is_loaded():
        return None
    done = Loaded()
    data = environment.data_folder()
    with loading() as say, tempfile.TemporaryDirectory(prefix=".demo-", dir=data) as folder:
        say("正在生成演示记录", 0)
        twin = plan_twin(shelf, [place.pack for place in shaped], size, SEED)
        spread = Spread(twin, shaped, Path(folder), places[0].on)
        files = spread.files()
        done.organisations = _plant(twin.organisations(), spread.stand_ins, at)
        for day in sorted({each.day for each in files} | set(spread.ends)):
            for each in (found for found in files if found.day == day):
                say("正在装入演示记录", done.files * 100 // len(files))
                _hand_in(each, at, done)
            if day == spread.last:
                troubles.fill(shaped, spread, at)
            if day in spread.ends:
                done.snapshots.append(_freeze(day, at, last=day == spread.last))
    return done


def _hand_in(each: HandIn, at: datetime, done: Loaded) -> None:
    outcome = actions.intake(
        by=each.place.actors[each.post] if each.post else BY,
        at=_moment(each.day, at),
        dataset=each.dataset,
        organisation=each.organisation,
        path=each.path,
        name=f"示例-{each.dataset}.csv",
        key=each.key,
    )
    each.path.unlink()
    done.files += 1
    done.rows += outcome.counts.read
    done.waiting += outcome.counts.quarantined


def _freeze(day: date, at: datetime, *, last: bool) -> str:
    reason = LAST if last else f"演示数据：{day.year - 1}—{day.year} 学年末"
    there = next((each for each in snapshots(Tenant.DEMO) if each.reason == reason), None)
    if there is None:
        there = take_snapshot(by=BY, at=_moment(day, at), tenant=Tenant.DEMO, reason=reason, tree_on=day)
    return there.id


def _moment(day: date, at: datetime) -> datetime:
    """Office hours of a day that is past; now, for today."""
    return min(at, datetime.combine(day, time(8), UTC))


def _plant(organisations: Sequence[Organisation], stand_ins: Mapping[str, str], at: datetime) -> int:
    """Put the twin's organisations into the tree, but for those whose place the examples take; then join what was merged."""
    stands = [
        Stand(each.code, each.name, each.kind, each.parent, each.since, basis="示例")
        for each in organisations
        if each.code not in stand_ins
    ]
    registry.plant_organisations(stands=stands, summary="登记演示城市的单位", by=BY, at=at)
    for each in organisations:
        if each.until is None or each.successor is None:
            continue
        there = tree(Tenant.DEMO, each.until).by_code
        if each.code in there:
            into = there[stand_ins.get(each.successor, each.successor)].id
            source = there[each.code].id
            registry.merge(into=into, sources=[source], on=each.until, basis="示例", by=BY, at=at)
    return len(stands)
