"""What a demo city has beside good records: another source that differs, a file that waits for its sender, one that was undone,
and one that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from zhijiao.cli.demo.files import Spread
from zhijiao.cli.demo.place import DemoPlace
from zhijiao.core.access.actor import Actor
from zhijiao.exchange import actions

EXPORT = "示例：上级系统导出"
"""The other source."""
STATED = "school_staffing"
COUNTED = "school_conditions"


def fill(places: Sequence[DemoPlace], spread: Spread, at: datetime) -> None:
    """Hand these in for a school of each place. Idempotent by keys."""
    for place in places:
        if "school-1" in place.actors:
            _of(place, spread, at)


def _of(place: DemoPlace, spread: Spread, at: datetime) -> None:
    school, by, post = place.nodes["school-1"].id, place.actors["school-1"], "school-1"
    key = f"demo-{place.pack}-{spread.last}"
    other = spread.altered(place, STATED, post, "differs")
    if other is not None:
        _applied(by, school, STATED, other, f"{key}-differs", at, source=EXPORT)
    wrong = spread.altered(place, COUNTED, post, "undone")
    if wrong is not None:
        batch = _applied(by, school, COUNTED, wrong, f"{key}-undone", at)
        actions.undo(batch=batch, by=by, at=at, words="示例：误交了上年的文件")
        waiting = _received(by, school, COUNTED, wrong, f"{key}-waits", at)
        actions.check(batch=waiting, by=by, at=at)
    unreadable = spread.folder / "unreadable.csv"
    unreadable.write_text("这一行不是标题\n", encoding="utf-8")
    refused = _received(by, school, COUNTED, unreadable, f"{key}-refused", at)
    actions.check(batch=refused, by=by, at=at)


def _applied(
    by: Actor, school: int, dataset: str, path: Path, key: str, at: datetime, source: str = ""
) -> int:
    batch = _received(by, school, dataset, path, key, at, source)
    actions.check(batch=batch, by=by, at=at)
    actions.apply(batch=batch, by=by, at=at)
    return batch


def _received(
    by: Actor, school: int, dataset: str, path: Path, key: str, at: datetime, source: str = ""
) -> int:
    return actions.receive(
        by=by,
        at=at,
        dataset=dataset,
        organisation=school,
        name=f"示例-{path.name}",
        chunks=[path.read_bytes()],
        source=source,
        key=key,
        now=True,
    ).pk
