"""Example office work: notices at several stages, a circular that was read, an inspection batch with its problem sheet."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from zhijiao.cli.demo.place import DemoPlace
from zhijiao.cli.demo.tasks import NEEDED, TITLE
from zhijiao.core.access.actor import Actor
from zhijiao.core.kinds import OrganisationKind
from zhijiao.supervision import actions
from zhijiao.supervision.queries.inspection import CheckLine, batch_lines, batch_view, problem_lines
from zhijiao.supervision.queries.work import item_lines
from zhijiao.supervision.types import (
    BatchPlan,
    Finding,
    FoundProblem,
    Manner,
    Opening,
    ProceedingKind,
    Step,
)

BATCH = "示例：重点任务督查"


def fill_cases(place: DemoPlace, at: datetime) -> None:
    """Notices that wait for an answer, are being put right and are closed; a circular; problems settled and late."""
    if any(post not in place.actors for post in NEEDED):
        return
    known = batch_lines(place.actors["office"], place.tree)
    if any(line.title == BATCH and line.owner.id == place.place.id for line in known):
        return
    _notices(place, at)
    _circular(place, at)
    _inspect(place, at)


def _notices(place: DemoPlace, at: datetime) -> None:
    due = place.on + timedelta(days=12)
    late = next(
        (
            line.id
            for line in item_lines(place.actors["office"], place.tree, on=place.on)
            if line.title == TITLE and line.owner.id == place.place.id
        ),
        None,
    )
    rectifying = _open(
        place, at, 24, ("county-2",), f"关于“{TITLE}”的督办", "示例：排查进度偏慢。", item=late
    )
    _step(place, "office", rectifying, Step("issue"), at, 24)
    _step(
        place,
        "county-2",
        rectifying,
        Step("answer", "示例：因检测力量不足拖延，已另请检测单位，两周内查完。", due=due),
        at,
        20,
    )
    waiting = _open(
        place, at, 3, ("county-1",), "示例：关于报送实习责任保险情况的督办", "示例：月报未按时报送。"
    )
    _step(place, "office", waiting, Step("issue"), at, 3)
    closed = _open(
        place, at, 60, ("bureau-2",), "示例：关于培训补贴台账的督办", "示例：台账与发放记录不一致。"
    )
    _step(place, "office", closed, Step("issue"), at, 60)
    _step(
        place,
        "bureau-2",
        closed,
        Step("answer", "示例：系录入口径不同，一个月内核对完毕。", due=place.on - timedelta(days=25)),
        at,
        56,
    )
    _step(place, "bureau-2", closed, Step("report", "示例：已逐笔核对，台账已更正。"), at, 30)
    _step(place, "office", closed, Step("pass", "示例：抽查十笔，均已一致。"), at, 27)


def _circular(place: DemoPlace, at: datetime) -> None:
    case = _open(
        place,
        at,
        35,
        ("county-1", "county-2"),
        "示例：关于上季度重点任务进展的通报",
        "示例：多数任务按期推进，个别任务久未更新。",
        kind=ProceedingKind.CIRCULAR,
        demand="示例：请对照问题改进，按月更新进展。",
    )
    _step(place, "office", case, Step("submit"), at, 35)
    _step(place, "leader", case, Step("approve", "示例：同意印发。"), at, 34)
    for days, county in ((33, "county-1"), (31, "county-2")):
        _step(place, county, case, Step("acknowledge", "示例：已阅知。"), at, days)


def _open(
    place: DemoPlace,
    at: datetime,
    days: int,
    subjects: tuple[str, ...],
    title: str,
    words: str,
    *,
    kind: ProceedingKind = ProceedingKind.NOTICE,
    demand: str = "示例：请说明原因，写明整改措施和完成时间。",
    item: int | None = None,
) -> int:
    ago = timedelta(days=days)
    (case,) = actions.open_proceedings(
        kind=kind,
        opening=Opening(
            title=title,
            words=words,
            subjects=tuple(place.nodes[post].id for post in subjects),
            demand=demand,
            item=item,
        ),
        organisation=place.place.id,
        pack=place.pack,
        by=place.actors["office"],
        at=at - ago,
        on=place.on - ago,
    )
    return case


def _step(place: DemoPlace, post: str, case: int, step: Step, at: datetime, days: int) -> None:
    ago = timedelta(days=days)
    actions.take_step(proceeding=case, step=step, by=place.actors[post], at=at - ago, on=place.on - ago)


def _inspect(place: DemoPlace, at: datetime) -> None:
    """Two of three counties are drawn, so that one of the two with an account is among them."""
    office, day = place.actors["office"], place.on - timedelta(days=25)
    counties = place.of(OrganisationKind.COUNTY)[:3]
    batch = actions.draw_batch(
        plan=BatchPlan(
            title=BATCH,
            manner=Manner.ONSITE,
            starts=day,
            ends=place.on + timedelta(days=20),
            seed="20260101",
            objects=tuple(node.id for node in counties),
            objects_drawn=min(2, len(counties)),
        ),
        organisation=place.place.id,
        pack=place.pack,
        by=office,
        at=at - timedelta(days=25),
        on=day,
    )
    checks = batch_view(office, place.tree, batch, on=place.on).checks
    theirs = {place.nodes[post].id: place.actors[post] for post in ("county-1", "county-2")}
    check = next(each for each in checks if each.who.id in theirs)
    _record(place, check, day, at)
    _put_right(place, check, theirs[check.who.id], at)


def _record(place: DemoPlace, check: CheckLine, day: date, at: datetime) -> None:
    actions.record_check(
        check=check.id,
        finding=Finding.PROBLEM,
        manner=Manner.ONSITE,
        checked_on=day,
        checkers="示例检查员甲、示例检查员乙",
        words="示例：查看台账和实训现场，访谈教师四人。",
        problems=[
            FoundProblem(
                "示例：台账缺两个月的记录", place.on - timedelta(days=4), demand="示例：补齐并说明原因"
            ),
            FoundProblem("示例：安全制度没有上墙", place.on - timedelta(days=10)),
        ],
        by=place.actors["office"],
        at=at - timedelta(days=25),
        on=day,
    )


def _put_right(place: DemoPlace, check: CheckLine, county: Actor, at: datetime) -> None:
    """The second problem is answered and settled; the first stays open past its day."""
    office = place.actors["office"]
    problem = next(
        line.id
        for line in problem_lines(office, place.tree, on=place.on)
        if line.who.id == check.who.id and "上墙" in line.text
    )
    actions.answer_problem(
        problem=problem,
        words="示例：制度已上墙，附现场照片。",
        by=county,
        at=at - timedelta(days=14),
        on=place.on - timedelta(days=14),
    )
    actions.recheck_problem(
        problem=problem,
        settled=True,
        words="示例：现场复查，已上墙。",
        by=office,
        at=at - timedelta(days=12),
        on=place.on - timedelta(days=12),
    )
