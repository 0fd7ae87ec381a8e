"""Notices, circulars, inspections: from the draft to the end, with the unit concerned on the other side."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.support.duties import City, city_of
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.models import Message
from zhijiao.supervision.actions import (
    add_problems,
    answer_problem,
    draw_batch,
    edit_proceeding,
    escalate_problems,
    lapse_proceedings,
    open_proceedings,
    recheck_problem,
    record_check,
    report_progress,
    start_from_pack,
    take_step,
)
from zhijiao.supervision.models import Assignment, Batch, Check, Problem, Proceeding, WorkItem
from zhijiao.supervision.queries.inspection import batch_view, problem_counts, problem_lines
from zhijiao.supervision.queries.proceedings import due_cases, proceeding_view
from zhijiao.supervision.queries.week import week
from zhijiao.supervision.types import (
    BatchPlan,
    Finding,
    FoundProblem,
    Manner,
    Opening,
    Outdated,
    ProceedingKind,
    Refused,
    Report,
    Step,
)

# The Monday before the Spring Festival of 2026, which is off from the 15th to the 23rd of February.
ON = date(2026, 2, 9)
AT = datetime(2026, 2, 9, 2, tzinfo=UTC)


@pytest.fixture
def city(shipped_packs: None) -> City:
    return city_of("taizhou")


def open_one(city: City, kind: ProceedingKind, *subjects: int, item: int | None = None) -> int:
    return open_proceedings(
        kind=kind,
        opening=Opening(
            "排查工作滞后", "至今没有报进展。", subjects or (city.county.id,), "月底前报完成", item=item
        ),
        organisation=city.place.id,
        pack="taizhou",
        by=city.office,
        at=AT,
        on=ON,
    )[0]


def go(
    case: int, step: str, by: Actor, words: str = "", *, on: date = ON, due: date | None = None
) -> int | None:
    return take_step(proceeding=case, step=Step(step, words, due=due), by=by, at=AT, on=on)


def stage(case: int) -> str:
    with bulk():
        return str(Proceeding.objects.get(pk=case).stage)


def test_a_notice_is_answered_put_right_checked_and_closed(city: City) -> None:
    case = open_one(city, ProceedingKind.NOTICE)
    with acting(city.county_officer), pytest.raises(Invisible):
        proceeding_view(city.county_officer, city.tree, case, on=ON)
    go(case, "issue", city.office)
    with acting(city.county_officer):
        view = proceeding_view(city.county_officer, city.tree, case, on=ON)
        assert [c.id for c in view.choices] == ["answer"]
        assert view.line.due == date(2026, 2, 19)  # ten days of the calendar, as the pack says
        assert [c.id for c in due_cases(city.county_officer, city.tree, on=ON)] == [case]
        assert Message.objects.filter(link=f"/desk/notices/{case}").exists()
    with pytest.raises(Refused, match="整改措施"):
        go(case, "answer", city.county_officer, due=date(2026, 3, 10))
    with pytest.raises(Refused, match="期限"):
        go(case, "answer", city.county_officer, "三月十日前完成")
    go(case, "answer", city.county_officer, "三月十日前完成", due=date(2026, 3, 10))
    go(case, "report", city.county_officer, "已全部排查")
    with bulk():
        # Ten working days: two Saturdays are worked to make up for the Spring Festival.
        assert Proceeding.objects.get(pk=case).due == date(2026, 2, 28)
    with pytest.raises(Refused, match="理由"):
        go(case, "return", city.office)
    go(case, "pass", city.office)
    assert stage(case) == "closed"
    with pytest.raises(Refused, match="办结"):
        go(case, "pass", city.office)


def test_silence_is_noted_and_escalates_to_a_circular(city: City) -> None:
    case = open_one(city, ProceedingKind.NOTICE)
    go(case, "issue", city.office)
    assert lapse_proceedings(by=city.system, at=AT, on=date(2026, 2, 19)) == 0
    assert lapse_proceedings(by=city.system, at=AT, on=date(2026, 3, 1)) == 1
    assert lapse_proceedings(by=city.system, at=AT, on=date(2026, 3, 1)) == 0
    with bulk():
        row = Proceeding.objects.get(pk=case)
        assert (row.stage, row.entered) == ("unanswered", date(2026, 2, 20))
    circular = go(case, "escalate", city.office, "两次催办没有答复", on=date(2026, 3, 1))
    assert circular is not None
    with acting(city.county_officer), pytest.raises(Invisible):
        proceeding_view(city.county_officer, city.tree, circular, on=ON)
    go(circular, "submit", city.office)
    with pytest.raises(Refused, match="不由您办理"):
        go(circular, "approve", city.second_office)
    go(circular, "approve", city.leader, due=date(2026, 3, 31))
    go(circular, "acknowledge", city.county_officer)
    go(circular, "close", city.office)
    assert stage(circular) == "closed"


def test_a_circular_to_two_counties_waits_for_both(city: City) -> None:
    case = open_one(city, ProceedingKind.CIRCULAR, city.county.id, city.counties[1].id)
    go(case, "submit", city.office)
    go(case, "approve", city.leader, due=date(2026, 3, 31))
    go(case, "acknowledge", city.county_officer)
    assert stage(case) == "issued"
    with acting(city.county_officer):
        assert proceeding_view(city.county_officer, city.tree, case, on=ON).choices == ()
    with pytest.raises(Refused, match="已经办过"):
        go(case, "acknowledge", city.second_county)
    go(case, "acknowledge", city.other_county)
    assert stage(case) == "read"


def test_notices_to_several_units_run_apart(city: City) -> None:
    made = open_proceedings(
        kind=ProceedingKind.NOTICE,
        opening=Opening("滞后", "请报", tuple(c.id for c in city.counties[:3])),
        organisation=city.place.id,
        pack="taizhou",
        by=city.office,
        at=AT,
        on=ON,
    )
    assert len(made) == 3
    with bulk():
        numbers = list(Proceeding.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == ["督办〔2026〕1号", "督办〔2026〕2号", "督办〔2026〕3号"]


def test_an_inspection_with_objection_and_problem_sheet(city: City) -> None:
    case = open_one(city, ProceedingKind.SUPERVISION)
    go(case, "form-team", city.office)
    go(case, "begin", city.office)
    add_problems(
        proceeding=case,
        problems=[FoundProblem("账实不符", date(2026, 5, 1)), FoundProblem("缺安全制度", date(2026, 5, 1))],
        by=city.office,
        at=AT,
        on=ON,
    )
    with acting(city.county_officer):
        assert problem_lines(city.county_officer, city.tree, on=ON) == []
    go(case, "give-opinion", city.office, "督导意见")
    go(case, "answer", city.county_officer)
    go(case, "issue", city.office, "意见书")
    go(case, "object", city.county_officer, "第一条有异议")
    with pytest.raises(Refused, match="不由您办理"):
        go(case, "uphold", city.office, "维持")
    with bulk():
        assert Proceeding.objects.get(pk=case).due == date(2026, 3, 11)
        upper = Proceeding.objects.get(pk=case).upper_id
    assert upper == city.tree.nodes[city.place.id].parent
    province = city.hire_above()
    go(case, "uphold", province, "维持意见书", due=date(2026, 4, 30))
    with acting(city.county_officer):
        problems = problem_lines(city.county_officer, city.tree, on=ON)
    assert len(problems) == 2
    with pytest.raises(Refused, match="整改报告"):
        go(case, "report", city.county_officer, "整改报告")  # the sheet has unanswered lines
    for problem in problems:
        answer_problem(problem=problem.id, words="已改", by=city.county_officer, at=AT, on=ON)
    go(case, "report", city.county_officer, "整改报告")
    with pytest.raises(Refused, match="复查销号"):
        go(case, "pass", city.office)
    for problem in problems:
        recheck_problem(problem=problem.id, settled=True, words="看过现场", by=city.office, at=AT, on=ON)
    go(case, "pass", city.office)
    assert stage(case) == "closed"


def test_a_letter_is_changed_only_before_it_goes_out(city: City) -> None:
    case = open_one(city, ProceedingKind.NOTICE)
    changed = Opening("改过的标题", "正文", (city.counties[1].id,))
    edit_proceeding(proceeding=case, opening=changed, seen=1, by=city.second_office, at=AT, on=ON)
    with pytest.raises(Outdated):
        edit_proceeding(proceeding=case, opening=changed, seen=1, by=city.office, at=AT, on=ON)
    go(case, "issue", city.office)
    with pytest.raises(Refused, match="不能再改"):
        edit_proceeding(proceeding=case, opening=changed, by=city.office, at=AT, on=ON)


def test_who_may_not_supervise_opens_nothing(city: City) -> None:
    with pytest.raises(NotAllowed):
        open_proceedings(
            kind=ProceedingKind.NOTICE,
            opening=Opening("x", "y", (city.counties[1].id,)),
            organisation=city.county.id,
            pack="taizhou",
            by=city.county_officer,
            at=AT,
            on=ON,
        )
    with pytest.raises(Refused, match="督办范围"):
        open_one(city, ProceedingKind.NOTICE, city.place.id)


# -- batches ---------------------------------------------------------------------------------------


def drawn(city: City, seed: str = "20260209") -> int:
    return draw_batch(
        plan=BatchPlan(
            title="春季督查",
            manner=Manner.ONSITE,
            starts=ON,
            ends=date(2026, 3, 31),
            seed=seed,
            objects=tuple(c.id for c in city.counties),
            objects_drawn=3,
        ),
        organisation=city.place.id,
        pack="taizhou",
        by=city.office,
        at=AT,
        on=ON,
    )


def test_a_draw_can_be_repeated_and_its_objects_do_not_know_before_the_visit(city: City) -> None:
    batch = drawn(city)
    with acting(city.office):
        view = batch_view(city.office, city.tree, batch, on=ON)
    assert len(view.checks) == 3
    assert view.repeats
    assert sum(chosen for *_, chosen in view.lots) == 3
    with bulk():
        counties = set(Check.objects.values_list("organisation_id", flat=True))
    for officer, county in ((city.county_officer, city.county), (city.other_county, city.counties[1])):
        with acting(officer):
            assert not Check.objects.exists()
            assert not Batch.objects.exists()
        assert county.id in {c.id for c in city.counties}
    assert len(counties) == 3
    with pytest.raises(Refused, match="已有"):
        drawn(city)


def test_problems_are_answered_rechecked_and_the_late_ones_named(city: City) -> None:
    batch = drawn(city)
    with bulk():
        check = Check.objects.filter(batch=batch).first()
        assert check is not None
    owner = check.organisation_id
    with pytest.raises(Refused, match="至少写一条"):
        record_check(
            check=check.pk,
            finding=Finding.PROBLEM,
            manner=Manner.ONSITE,
            checked_on=ON,
            checkers="甲、乙",
            words="看台账",
            by=city.office,
            at=AT,
            on=ON,
        )
    record_check(
        check=check.pk,
        finding=Finding.PROBLEM,
        manner=Manner.ONSITE,
        checked_on=ON,
        checkers="甲、乙",
        words="看台账",
        problems=[FoundProblem("台账不全", date(2026, 2, 28)), FoundProblem("场地未开放", date(2026, 2, 28))],
        by=city.office,
        at=AT,
        on=ON,
    )
    with acting(city.office):
        one, two = problem_lines(city.office, city.tree, on=ON)
    unit = city.hire_at(owner)
    answer_problem(problem=one.id, words="已补齐", by=unit, at=AT, on=ON)
    with pytest.raises(NotAllowed):
        recheck_problem(problem=one.id, settled=True, words="好", by=unit, at=AT, on=ON)
    with pytest.raises(Refused, match="新的期限"):
        recheck_problem(problem=one.id, settled=False, words="还差两册", by=city.office, at=AT, on=ON)
    recheck_problem(problem=one.id, settled=True, words="已看", by=city.office, at=AT, on=ON)
    late = date(2026, 3, 2)
    with pytest.raises(Refused, match="还没有逾期"):
        escalate_problems(
            problems=[one.id], title="t", words="w", by=city.office, at=AT, on=late, pack="taizhou"
        )
    circular = escalate_problems(
        problems=[two.id],
        title="督查问题通报",
        words="逾期未改",
        by=city.office,
        at=AT,
        on=late,
        pack="taizhou",
    )
    with bulk():
        assert Proceeding.objects.get(pk=circular).subjects == [owner]
        assert Problem.objects.get(pk=two.id).escalated_id == circular
    with acting(city.office):
        counts = problem_counts(city.office, city.tree, on=late)
    assert (counts[owner]["found"], counts[owner]["settled"], counts[owner]["late"]) == (2, 1, 1)


# -- the week --------------------------------------------------------------------------------------


def test_the_week_says_what_moved_what_stuck_and_whom_to_call(city: City) -> None:
    start_from_pack(pack="taizhou", by=city.system, at=AT, on=date(2021, 3, 1))
    with bulk():
        item = next(row for row in WorkItem.objects.all() if city.county.id in row.parties)
        part = Assignment.objects.get(item=item, organisation=city.county.id)
        WorkItem.objects.filter(pk=item.pk).update(due=date(2021, 3, 20), closed_on=None)
    report_progress(
        assignment=part.pk,
        report=Report("已开工"),
        by=city.county_officer,
        at=AT,
        on=date(2021, 3, 10),
    )
    later = date(2021, 4, 14)
    with acting(city.office):
        then = week(city.office, city.tree, day=date(2021, 3, 10), on=later)
        now = week(city.office, city.tree, day=later, on=later)
    assert [(m.what, m.who.id) for m in then.moved] == [("报进展", city.county.id)]
    assert now.moved == ()
    mine = next(s for s in now.stuck if s.item == item.pk and s.who.id == city.county.id)
    assert mine.late
    call = next(c for c in now.calls if c.who.id == city.county.id)
    assert {name for name, _ in call.people} == {"county", "county-2"}
    with acting(city.county_officer):
        own = week(city.county_officer, city.tree, day=later, on=later)
    below = {n.id for n in city.tree.below(city.county.id)}
    assert own.stuck
    assert {s.who.id for s in own.stuck} <= below
