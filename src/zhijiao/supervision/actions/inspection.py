"""Verbs: draw a batch, record checks, keep the problem sheet, recheck, escalate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Max

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting
from zhijiao.core.audit import record
from zhijiao.core.inbox import holders, notify
from zhijiao.core.models import StoredFile
from zhijiao.core.tree import tree
from zhijiao.supervision.actions.proceedings import open_proceedings
from zhijiao.supervision.actions.progress import require_own
from zhijiao.supervision.actions.units import WORKERS
from zhijiao.supervision.models import Batch, Check, Problem, ProblemStep, Proceeding, WorkItem
from zhijiao.supervision.rules.drawing import draw
from zhijiao.supervision.store import realm
from zhijiao.supervision.types import (
    BatchPlan,
    Finding,
    FoundProblem,
    Manner,
    Opening,
    ProblemState,
    ProceedingKind,
    Refused,
)


def draw_batch(*, plan: BatchPlan, organisation: int, pack: str, by: Actor, at: datetime, on: date) -> int:
    """Draw whom and what a batch checks, and make a check for each pair that has a part in it. Returns the id.

    Where no items are drawn each object is checked as a whole. Raises Refused, NotAllowed, Invisible.
    """
    with acting(by):
        by.require(Permission.SUPERVISE, organisation)
        standing = tree(by.tenant, on)
        if organisation not in standing.nodes:
            raise Invisible("没有这个单位。")
        _check_plan(plan)
        below = {n.id: n for n in standing.below(realm(standing, organisation).id)}
        objects = [below[o] for o in plan.objects if o in below and o != organisation]
        items = {row.key: row for row in WorkItem.objects.filter(pk__in=plan.items)}
        if len(objects) != len(set(plan.objects)) or len(items) != len(set(plan.items)):
            raise Refused("名单里有不在本地组织树或看不到的单位、事项，请重新选择。", "objects")
        if Batch.objects.filter(
            tenant=by.tenant, organisation=organisation, title=plan.title.strip()
        ).exists():
            raise Refused(f"已有叫“{plan.title}”的批次，换一个名称。", "title")
        drawn = draw(plan.seed, [n.code for n in objects], plan.objects_drawn, list(items), plan.items_drawn)
        batch = Batch.objects.create(
            tenant=by.tenant,
            organisation_id=organisation,
            pack=pack,
            title=plan.title.strip(),
            basis=plan.basis.strip(),
            manner=plan.manner,
            starts=plan.starts,
            ends=plan.ends,
            seed=plan.seed.strip(),
            objects_list=sorted(n.code for n in objects),
            items_list=sorted(items),
            objects_drawn=plan.objects_drawn,
            items_drawn=plan.items_drawn,
            drawn_at=at,
            drawn_by=by.name,
        )
        by_code = {n.code: n.id for n in objects}
        chosen = [items[key] for key in drawn.items]
        Check.objects.bulk_create(
            Check(
                batch=batch,
                organisation_id=by_code[code],
                parties=[organisation],
                item=item,
                manner=plan.manner,
            )
            for code in drawn.objects
            for item in _items_for(by_code[code], chosen, bool(items))
        )
        record(
            by=by,
            at=at,
            action="supervision.draw_batch",
            organisation=organisation,
            object_kind="batch",
            object_id=batch.pk,
            summary=f"抽取督查批次“{batch.title}”：{len(drawn.objects)} 个对象、{len(drawn.items)} 个事项",
            detail={"seed": batch.seed, "objects": list(drawn.objects), "items": list(drawn.items)},
        )
        return batch.pk


def record_check(
    *,
    check: int,
    finding: Finding,
    manner: Manner,
    checked_on: date,
    checkers: str,
    words: str,
    problems: Sequence[FoundProblem] = (),
    files: Sequence[int] = (),
    by: Actor,
    at: datetime,
    on: date,
) -> None:
    """Write down what a check found, with its problem sheet. Once: later findings are another check.

    Raises Refused, NotAllowed, Invisible.
    """
    with acting(by):
        row = Check.objects.select_for_update(of=("self",)).select_related("batch").filter(pk=check).first()
        if row is None:
            raise Invisible("没有这项检查。")
        by.require(Permission.SUPERVISE, row.batch.organisation_id)
        if row.finding != Finding.OPEN:
            raise Refused("这项检查已经记录过；补充问题请另抽批次或直接督办。")
        if finding is Finding.OPEN:
            raise Refused("请选择检查结果。", "finding")
        if checked_on > on or checked_on < row.batch.starts:
            raise Refused(
                f"检查日期 {checked_on} 要在批次开始 {row.batch.starts} 与今天 {on} 之间。", "checked_on"
            )
        if not checkers.strip():
            raise Refused("请写检查人员。", "checkers")
        if not words.strip():
            raise Refused("请写检查情况。", "words")
        if (finding is Finding.PROBLEM) != bool(problems):
            raise Refused("结果为“发现问题”时至少写一条问题；没有问题就选“未发现问题”。", "problems")
        _check_files(files)
        row.finding, row.manner, row.checked_on = finding, manner, checked_on
        row.checkers, row.words, row.files = checkers.strip(), words.strip(), list(files)
        row.recorded_by, row.recorded_at = by.name, at
        row.save()
        _add_problems(problems, row.batch.organisation_id, row.organisation_id, by, at, on, check=row)
        record(
            by=by,
            at=at,
            action="supervision.record_check",
            organisation=row.organisation_id,
            object_kind="check",
            object_id=row.pk,
            summary=f"“{row.batch.title}”检查：{finding.words}，问题 {len(problems)} 条",
        )


def add_problems(
    *, proceeding: int, problems: Sequence[FoundProblem], by: Actor, at: datetime, on: date
) -> None:
    """Add lines to the problem sheet of a case. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = Proceeding.objects.select_for_update().filter(pk=proceeding).first()
        if row is None:
            raise Invisible("没有这份文书。")
        by.require(Permission.SUPERVISE, row.organisation_id)
        if row.closed:
            raise Refused("这份文书已经办结，不能再加问题；请另行督办。")
        if not problems:
            raise Refused("请写问题。", "problems")
        for subject in row.subjects:
            _add_problems(problems, row.organisation_id, subject, by, at, on, proceeding=row)
        record(
            by=by,
            at=at,
            action="supervision.add_problems",
            organisation=row.organisation_id,
            object_kind="proceeding",
            object_id=row.pk,
            summary=f"{row.number}：列入问题清单 {len(problems)} 条",
        )


def answer_problem(
    *, problem: int, words: str, files: Sequence[int] = (), by: Actor, at: datetime, on: date
) -> None:
    """Report how a problem was put right. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = _locked(problem)
        require_own(by, row.organisation_id)
        if row.state != ProblemState.OPEN:
            raise Refused(f"这条问题现在是“{row.state_words}”，不用再报；可能已有人办理，请刷新页面。")
        if not words.strip():
            raise Refused("请写整改情况。", "words")
        _check_files(files)
        row.answered_by = by.user
        _step(row, ProblemState.ANSWERED, words, files, by, at, on)
        notify(
            holders(row.found_by_id, WORKERS),
            key=f"problem:{row.pk}:{row.steps_count}",
            subject=f"已报整改，待复查：{row.text[:80]}",
            body=words,
            link=f"/desk/problems/{row.pk}",
            at=at,
        )


def recheck_problem(
    *,
    problem: int,
    settled: bool,
    words: str,
    due: date | None = None,
    files: Sequence[int] = (),
    by: Actor,
    at: datetime,
    on: date,
) -> None:
    """Recheck an answered problem: settle it, or send it back with words and a new day. Raises Refused, NotAllowed."""
    with acting(by):
        row = _locked(problem)
        by.require(Permission.SUPERVISE, row.found_by_id)
        if row.state != ProblemState.ANSWERED:
            raise Refused(f"这条问题现在是“{row.state_words}”，还不能复查；请等被查单位报整改。")
        if row.answered_by is not None and row.answered_by == by.user:
            raise Refused("报整改的人不能自己复查，请由其他人员复查。")
        if not words.strip():
            raise Refused("请写复查情况：看了什么、是否到位。", "words")
        if not settled and (due is None or due < on):
            raise Refused("退回继续整改要写新的期限，不早于今天。", "due")
        _check_files(files)
        if not settled and due is not None:
            row.due = due
        _step(row, ProblemState.SETTLED if settled else ProblemState.OPEN, words, files, by, at, on)
        notify(
            holders(row.organisation_id, WORKERS),
            key=f"problem:{row.pk}:{row.steps_count}",
            subject=f"{'复查销号' if settled else '复查退回'}：{row.text[:80]}",
            body=words,
            link=f"/desk/problems/{row.pk}",
            at=at,
        )


def escalate_problems(
    *, problems: Sequence[int], title: str, words: str, by: Actor, at: datetime, on: date, pack: str
) -> int:
    """Draft a circular on problems that are late. Returns its id. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        rows = [_locked(problem) for problem in problems]
        finders = {row.found_by_id for row in rows}
        if len(finders) != 1:
            raise Refused("请选择问题；一次只能通报同一单位查出的问题。", "problems")
        for row in rows:
            if row.state != ProblemState.OPEN or row.due >= on:
                raise Refused(f"“{row.text[:40]}”还没有逾期，不能转为通报。", "problems")
            if row.escalated_id is not None:
                raise Refused(f"“{row.text[:40]}”已经转为通报。", "problems")
        (made,) = open_proceedings(
            kind=ProceedingKind.CIRCULAR,
            opening=Opening(
                title=title,
                words=words,
                subjects=tuple(sorted({row.organisation_id for row in rows})),
                demand="；".join(row.text for row in rows),
            ),
            organisation=finders.pop(),
            pack=pack,
            by=by,
            at=at,
            on=on,
        )
        for row in rows:
            row.escalated_id = made
            row.save(update_fields=["escalated"])
        return made


# -- shared ----------------------------------------------------------------------------------------


def _check_plan(plan: BatchPlan) -> None:
    if not plan.title.strip():
        raise Refused("请写批次名称。", "title")
    if plan.ends < plan.starts:
        raise Refused(f"结束日期 {plan.ends} 早于开始日期 {plan.starts}。", "ends")
    if plan.objects_drawn < 1:
        raise Refused("至少抽取 1 个对象。", "objects_drawn")


def _items_for(organisation: int, chosen: Sequence[WorkItem], by_item: bool) -> list[WorkItem | None]:
    """The drawn items in which an object has a part; without a draw of items one check of the whole."""
    if not by_item:
        return [None]
    return [item for item in chosen if organisation in item.parties] or [None]


def _locked(problem: int) -> Problem:
    row = Problem.objects.select_for_update().filter(pk=problem).first()
    if row is None:
        raise Invisible("没有这条问题。")
    return row


def _check_files(files: Sequence[int]) -> None:
    if StoredFile.objects.filter(pk__in=files).count() != len(set(files)):
        raise Refused("有一份附件不是为这里上传的，请重新上传。", "files")


def _add_problems(
    problems: Sequence[FoundProblem],
    found_by: int,
    organisation: int,
    by: Actor,
    at: datetime,
    on: date,
    *,
    check: Check | None = None,
    proceeding: Proceeding | None = None,
) -> None:
    taken = Problem.objects.filter(check_of=check, proceeding=proceeding, organisation=organisation)
    last = taken.aggregate(last=Max("number"))["last"] or 0
    for number, found in enumerate(problems, last + 1):
        if not found.text.strip():
            raise Refused("有一条问题没有写内容。", "problems")
        if found.due < on:
            raise Refused(f"问题“{found.text[:40]}”的整改期限 {found.due} 早于今天。", "problems")
        row = Problem.objects.create(
            found_by_id=found_by,
            organisation_id=organisation,
            check_of=check,
            proceeding=proceeding,
            number=number,
            text=found.text.strip(),
            basis=found.basis.strip(),
            demand=found.demand.strip(),
            due=found.due,
            found_on=on,
        )
        _step(row, ProblemState.OPEN, found.text, (), by, at, on)
    if problems and proceeding is None:
        notify(
            holders(organisation, WORKERS),
            key=f"problems:{check.pk if check else 0}",
            subject=f"督查发现问题 {len(problems)} 条，请按期整改",
            link="/desk/problems",
            at=at,
        )


def _step(
    row: Problem, state: ProblemState, words: str, files: Sequence[int], by: Actor, at: datetime, on: date
) -> None:
    row.state, row.steps_count = state, row.steps_count + 1
    row.save()
    ProblemStep.objects.create(
        problem=row,
        number=row.steps_count,
        state=state,
        words=words.strip(),
        files=list(files),
        by=by.user,
        by_name=by.name,
        at=at,
        on=on,
    )
    record(
        by=by,
        at=at,
        action=f"supervision.problem_{state.value}",
        organisation=row.organisation_id,
        object_kind="problem",
        object_id=row.pk,
        summary=f"问题“{row.text[:60]}”：{state.words}",
    )
