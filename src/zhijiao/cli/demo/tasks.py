"""Example tasks: items of the pack at work, and what meetings ordered, in every light."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from zhijiao.cli.demo.place import DemoPlace
from zhijiao.core.kinds import OrganisationKind
from zhijiao.supervision import actions
from zhijiao.supervision.queries.work import item_lines, item_view
from zhijiao.supervision.types import (
    Addressee,
    Duty,
    Instruction,
    Report,
    Rhythm,
    Source,
)

TITLE = "示例：实训基地安全排查"
SOME = 4
NEEDED = ("office", "bureau", "county-1", "county-2", "leader")


def fill_tasks(place: DemoPlace, at: datetime) -> None:
    """Tasks in every light."""
    if any(post not in place.actors for post in NEEDED):
        return
    on, office = place.on, place.actors["office"]
    known = item_lines(office, place.tree, on=on)
    if any(line.title == TITLE and line.owner.id == place.place.id for line in known):
        return
    actions.start_from_pack(pack=place.pack, by=place.system, at=at, on=on)
    late = _start(place, TITLE, "排查情况表", at, on - timedelta(days=60), on - timedelta(days=6))
    fresh = _start(
        place,
        "示例：毕业生去向回访",
        "回访记录和汇总表",
        at,
        on - timedelta(days=20),
        on + timedelta(days=40),
    )
    _start(place, "示例：校企合作月度会商", "会商纪要", at, on - timedelta(days=50), None, Rhythm.MONTH)
    _report(
        place,
        late,
        "county-1",
        Report("示例：已排查完，隐患 2 处已整改。", done=True),
        at,
        on - timedelta(days=9),
    )
    _report(
        place,
        late,
        "county-2",
        Report("示例：排查了一半。", 50, help_wanted="示例：请协调检测单位"),
        at,
        on - timedelta(days=30),
    )
    _report(place, fresh, "county-1", Report("示例：回访方案已印发。", 20), at, on - timedelta(days=3))
    _report(
        place, fresh, "county-2", Report("示例：全部回访完，已汇总。", done=True), at, on - timedelta(days=2)
    )
    _confirm(place, fresh, "county-2", at, on - timedelta(days=1))
    _yearly(place, at)


def _start(
    place: DemoPlace,
    title: str,
    deliverable: str,
    at: datetime,
    on: date,
    due: date | None,
    every: Rhythm | None = None,
) -> int:
    return actions.start_from_instruction(
        instruction=Instruction(
            title=title,
            deliverable=deliverable,
            source=Source.MINUTES,
            number=f"示例〔{on.year}〕{on.month}号",
            dated=on,
            source_title="示例专题会议纪要",
            addressees=(
                Addressee(Duty.LEAD, organisation=place.nodes["bureau"].id),
                Addressee(Duty.MEMBER, kinds=(OrganisationKind.COUNTY,)),
            ),
            due=due,
            every=every,
        ),
        organisation=place.place.id,
        by=place.actors["office"],
        at=at - (place.on - on),
        on=on,
        pack=place.pack,
    )


def _yearly(place: DemoPlace, at: datetime) -> None:
    """Progress of a county on some of the pack's own items that come round."""
    yearly = [
        line.id
        for line in item_lines(place.actors["county-1"], place.tree, on=place.on, pack=place.pack)
        if line.every is Rhythm.YEAR and line.mine
    ]
    for number, item in enumerate(yearly[:SOME]):
        day = place.on - timedelta(days=5 + 9 * number)
        words = f"示例：已开展 {number + 1} 次，下一步汇总成果。"
        _report(place, item, "county-1", Report(words, 30 + 15 * number), at, day)


def _report(place: DemoPlace, item: int, post: str, report: Report, at: datetime, on: date) -> None:
    part = _part(place, item, post)
    then = at - (place.on - on)
    actions.report_progress(assignment=part, report=report, by=place.actors[post], at=then, on=on)


def _part(place: DemoPlace, item: int, post: str) -> int:
    view = item_view(place.actors["office"], place.tree, item, on=place.on)
    return next(part.id for part in view.parts if part.who.id == place.nodes[post].id)


def _confirm(place: DemoPlace, item: int, post: str, at: datetime, on: date) -> None:
    part = _part(place, item, post)
    actions.confirm(
        assignments=[part], words="示例：已核对。", by=place.actors["bureau"], at=at - (place.on - on), on=on
    )
