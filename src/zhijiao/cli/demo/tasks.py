"""Example tasks: items of the pack at work, an instruction from minutes, a notice, an inspection batch."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from zhijiao.cli.demo.place import DemoPlace
from zhijiao.core.kinds import OrganisationKind
from zhijiao.supervision import actions
from zhijiao.supervision.queries.inspection import batch_view
from zhijiao.supervision.queries.work import item_lines, item_view
from zhijiao.supervision.types import (
    Addressee,
    BatchPlan,
    Duty,
    Finding,
    FoundProblem,
    Instruction,
    Manner,
    Opening,
    ProceedingKind,
    Report,
    Rhythm,
    Source,
    Step,
)

TITLE = "示例：实训基地安全排查"
NEEDED = ("office", "bureau", "county-1", "county-2", "leader")


def fill_tasks(place: DemoPlace, at: datetime) -> None:
    """Tasks in every light, a notice that waits for an answer, and a problem sheet."""
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
    _notice(place, late, at, on)
    _inspect(place, at, on)


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
        at=at,
        on=on,
        pack=place.pack,
    )


def _report(place: DemoPlace, item: int, post: str, report: Report, at: datetime, on: date) -> None:
    part = _part(place, item, post)
    actions.report_progress(assignment=part, report=report, by=place.actors[post], at=at, on=on)


def _part(place: DemoPlace, item: int, post: str) -> int:
    view = item_view(place.actors["office"], place.tree, item, on=place.on)
    return next(part.id for part in view.parts if part.who.id == place.nodes[post].id)


def _confirm(place: DemoPlace, item: int, post: str, at: datetime, on: date) -> None:
    part = _part(place, item, post)
    actions.confirm(assignments=[part], words="示例：已核对。", by=place.actors["bureau"], at=at, on=on)


def _notice(place: DemoPlace, item: int, at: datetime, on: date) -> None:
    office = place.actors["office"]
    (case,) = actions.open_proceedings(
        kind=ProceedingKind.NOTICE,
        opening=Opening(
            title=f"关于“{TITLE}”的督办",
            words="示例：时限已过，排查没有完成。",
            subjects=(place.nodes["county-2"].id,),
            demand="示例：请说明原因，写明完成时间。",
            item=item,
        ),
        organisation=place.place.id,
        pack=place.pack,
        by=office,
        at=at,
        on=on - timedelta(days=2),
    )
    actions.take_step(proceeding=case, step=Step("issue"), by=office, at=at, on=on - timedelta(days=2))


def _inspect(place: DemoPlace, at: datetime, on: date) -> None:
    office = place.actors["office"]
    counties = place.of(OrganisationKind.COUNTY)
    day = on - timedelta(days=25)
    batch = actions.draw_batch(
        plan=BatchPlan(
            title="示例：重点任务督查",
            manner=Manner.ONSITE,
            starts=day,
            ends=on + timedelta(days=20),
            seed="20260101",
            objects=tuple(node.id for node in counties),
            objects_drawn=min(3, len(counties)),
        ),
        organisation=place.place.id,
        pack=place.pack,
        by=office,
        at=at,
        on=day,
    )
    checks = batch_view(office, place.tree, batch, on=on).checks
    actions.record_check(
        check=checks[0].id,
        finding=Finding.PROBLEM,
        manner=Manner.ONSITE,
        checked_on=day,
        checkers="示例检查员甲、乙",
        words="示例：看了台账和现场。",
        problems=[
            FoundProblem("示例：台账缺两个月的记录", on - timedelta(days=4), demand="示例：补齐并说明"),
            FoundProblem("示例：安全制度没有上墙", on + timedelta(days=10)),
        ],
        by=office,
        at=at,
        on=day,
    )
