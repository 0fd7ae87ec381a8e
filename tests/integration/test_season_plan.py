"""The plan of a season: from a school's line to the locked, signed plan, and who may do what on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from tests.support.planning_season import AT, ON, PACK, YEAR, Planners, line, plant_planners
from zhijiao.admissions.actions.lines import (
    approve_lines,
    copy_lines,
    draft_of,
    drop_line,
    pass_lines,
    propose_lines,
    return_line,
    save_line,
)
from zhijiao.admissions.actions.plan import correct_line, current_digest, lock_plan, open_filling, sign_plan
from zhijiao.admissions.actions.seasons import begin_planning, open_season
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.models import PlanCell, PlanLine, PlanSignature, PlanStep, Round, Run, Season
from zhijiao.admissions.queries.waiting import waiting
from zhijiao.admissions.types.plan import BadLine, CellDraft, LimitDraft
from zhijiao.admissions.types.season import Opening
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.models import Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shipped_packs")]


def _opened(planners: Planners, year: int = YEAR) -> Season:
    season = open_season(
        opening=Opening(planners.city.pk, PACK, str(year), f"示例市{year}年统一招生", year, "示例文号"),
        by=planners.officers["education"],
        at=AT,
        on=ON,
    )
    begin_planning(season=season.pk, by=planners.officers["education"], at=AT, on=ON)
    return season


def _proposed(planners: Planners, season: Season) -> tuple[int, int]:
    one = save_line(
        season=season.pk,
        organisation=planners.vocational.pk,
        draft=line(seats=30, kept=10),
        by=planners.vocational_officer,
        at=AT,
        on=ON,
    )
    two = save_line(
        season=season.pk,
        organisation=planners.technician.pk,
        draft=line("示例焊接", "0216"),
        by=planners.technician_officer,
        at=AT,
        on=ON,
    )
    propose_lines(
        season=season.pk, organisation=planners.vocational.pk, by=planners.vocational_officer, at=AT, on=ON
    )
    propose_lines(
        season=season.pk, organisation=planners.technician.pk, by=planners.technician_officer, at=AT, on=ON
    )
    return one, two


def _approved(planners: Planners, season: Season) -> tuple[int, int]:
    one, two = _proposed(planners, season)
    _decide(planners, one, two)
    return one, two


def _decide(planners: Planners, one: int, two: int) -> None:
    pass_lines(lines=[one], by=planners.county_officer, at=AT, on=ON)
    approve_lines(lines=[one], by=planners.officers["education"], at=AT, on=ON)
    approve_lines(lines=[two], by=planners.officers["labour"], at=AT, on=ON)


def _signed(planners: Planners, season: Season, digest: str | None = None) -> None:
    for bureau, leader in planners.leaders.items():
        found = digest or current_digest(leader, season.pk)
        sign_plan(season=season.pk, bureau=bureau, digest=found, by=leader, at=AT)


def _locked(planners: Planners, season: Season) -> tuple[int, int]:
    lines = _approved(planners, season)
    _signed(planners, season)
    lock_plan(season=season.pk, by=planners.officers["education"], at=AT, on=ON)
    return lines


def test_a_plan_is_formed_signed_and_locked() -> None:
    planners = plant_planners()
    season = _opened(planners)
    one, two = _approved(planners, season)
    with bulk():
        codes = list(PlanLine.objects.order_by("code").values_list("code", flat=True))
        cells = list(
            PlanCell.objects.filter(line=one)
            .order_by("number")
            .values_list("origin", "seats", "flows_to__origin")
        )
    assert codes == ["10101", "10201"]
    assert cells == [("本县户籍", 10, ""), ("", 30, None)]  # unused seats of the county go to everybody
    with pytest.raises(Refused, match="会签"):
        lock_plan(season=season.pk, by=planners.officers["education"], at=AT, on=ON)
    _signed(planners, season)
    digest = lock_plan(season=season.pk, by=planners.officers["education"], at=AT, on=ON)
    with bulk():
        season.refresh_from_db()
        actions = set(PlanStep.objects.filter(line=two).values_list("action", flat=True))
    assert (season.phase, season.plan_digest) == ("locked", digest)
    assert actions == {"propose", "approve"}


def test_each_kind_of_school_is_approved_by_its_own_bureau() -> None:
    planners = plant_planners()
    season = _opened(planners)
    one, two = _proposed(planners, season)
    with pytest.raises(Refused, match="县（市、区）审核"):
        approve_lines(lines=[one], by=planners.officers["education"], at=AT, on=ON)
    with pytest.raises(NotAllowed):
        approve_lines(lines=[two], by=planners.officers["education"], at=AT, on=ON)
    with pytest.raises(NotAllowed):
        approve_lines(lines=[one], by=planners.county_officer, at=AT, on=ON)
    with pytest.raises(NotAllowed):
        approve_lines(lines=[two], by=planners.technician_officer, at=AT, on=ON)
    with pytest.raises(Refused, match="不属县"):
        pass_lines(lines=[two], by=planners.officers["labour"], at=AT, on=ON)


def test_schools_see_and_change_only_their_own_lines_before_the_lock() -> None:
    planners = plant_planners()
    season = _opened(planners)
    one, _ = _proposed(planners, season)
    with acting(planners.technician_officer):
        assert set(PlanLine.objects.values_list("organisation", flat=True)) == {planners.technician.pk}
    with pytest.raises(Invisible):
        drop_line(line=one, reason="示例", by=planners.technician_officer, at=AT, on=ON)
    with pytest.raises(NotAllowed):
        save_line(
            season=season.pk,
            organisation=planners.vocational.pk,
            draft=line(),
            by=planners.technician_officer,
            at=AT,
            on=ON,
        )
    with pytest.raises(Refused, match="已申报，不能再改"):
        save_line(
            season=season.pk,
            organisation=planners.vocational.pk,
            draft=line(),
            by=planners.vocational_officer,
            at=AT,
            on=ON,
            line=one,
        )


def test_a_returned_line_is_changed_and_handed_in_again() -> None:
    planners = plant_planners()
    season = _opened(planners)
    one, _ = _approved(planners, season)
    return_line(line=one, reason="计划数偏大", by=planners.officers["education"], at=AT, on=ON)
    with bulk():
        told = set(Message.objects.filter(subject__contains="被退回").values_list("user", "body"))
        signers = set(Message.objects.filter(subject__contains="等待会签").values_list("user", flat=True))
    assert told == {(planners.vocational_officer.user, "计划数偏大")}
    assert signers == {leader.user for leader in planners.leaders.values()}
    save_line(
        season=season.pk,
        organisation=planners.vocational.pk,
        draft=line(seats=20),
        by=planners.vocational_officer,
        at=AT,
        on=ON,
        line=one,
    )
    propose_lines(
        season=season.pk, organisation=planners.vocational.pk, by=planners.vocational_officer, at=AT, on=ON
    )
    with pytest.raises(Refused, match="县（市、区）审核"):  # the county looks again
        approve_lines(lines=[one], by=planners.officers["education"], at=AT, on=ON)
    pass_lines(lines=[one], by=planners.county_officer, at=AT, on=ON)
    approve_lines(lines=[one], by=planners.officers["education"], at=AT, on=ON)
    with bulk():
        assert PlanLine.objects.get(pk=one).code == "10101"  # a code that was given stays


def test_a_signature_is_for_the_plan_that_was_seen() -> None:
    planners = plant_planners()
    season = _opened(planners)
    one, _ = _approved(planners, season)
    seen = current_digest(planners.leaders["reform"], season.pk)
    drop_line(line=one, reason="停招", by=planners.officers["education"], at=AT, on=ON)
    with pytest.raises(Refused, match="有变动"):
        _signed(planners, season, seen)
    _signed(planners, season)
    _signed(planners, season)  # twice changes nothing
    with bulk():
        assert PlanSignature.objects.count() == 3


def test_a_plan_waits_for_its_signers_once_every_line_is_decided() -> None:
    planners = plant_planners()
    season = _opened(planners)

    def waits() -> dict[str, list[str]]:
        found = {}
        for bureau, leader in planners.leaders.items():
            with acting(leader):
                found[bureau] = [one.matter.value for one in waiting(leader, PACK)]
        return found

    one, two = _proposed(planners, season)
    assert not any(waits().values())
    _decide(planners, one, two)
    assert set(map(tuple, waits().values())) == {("plan_signature",)}
    _signed(planners, season)
    assert not any(waits().values())


def test_only_a_bureaus_own_leader_signs_for_it() -> None:
    planners = plant_planners()
    season = _opened(planners)
    _approved(planners, season)
    digest = current_digest(planners.leaders["reform"], season.pk)
    for actor in (planners.leaders["education"], planners.officers["reform"], planners.vocational_officer):
        with pytest.raises(NotAllowed):
            sign_plan(season=season.pk, bureau="reform", digest=digest, by=actor, at=AT)


def test_a_locked_plan_changes_only_by_a_signed_correction() -> None:
    planners = plant_planners()
    season = _opened(planners)
    one, _ = _locked(planners, season)
    with pytest.raises(Refused, match="已经锁定"):
        drop_line(line=one, reason="示例", by=planners.officers["education"], at=AT, on=ON)
    with pytest.raises(DatabaseError, match="is locked"), bulk(), transaction.atomic():
        PlanCell.objects.filter(line=one).update(seats=99)
    with pytest.raises(DatabaseError, match="is locked"), bulk(), transaction.atomic():
        Season.objects.filter(pk=season.pk).update(rules={})
    with acting(planners.officers["education"]):
        draft = draft_of(PlanLine.objects.get(pk=one))
    bigger = replace(
        draft,
        cells=(CellDraft("", 35), CellDraft("本县户籍", 10)),
        limits=(LimitDraft("sex", "性别 = 2", "只招女生"),),
    )
    with pytest.raises(Refused, match="文号"):
        correct_line(
            line=one, draft=bigger, document="", words="笔误", by=planners.officers["education"], at=AT, on=ON
        )
    digest = correct_line(
        line=one,
        draft=bigger,
        document="示例〔2026〕1号",
        words="计划数笔误",
        by=planners.officers["education"],
        at=AT,
        on=ON,
    )
    with bulk():
        assert PlanLine.objects.get(pk=one).limits[0]["require"] == "性别 = 2"
        change = PlanStep.objects.get(season=season, action="correct").change
    assert (change["before"]["limits"], change["after"]["limits"]) == ([], [["性别 = 2", "只招女生"]])
    with pytest.raises(Refused, match="没有全部会签"):
        open_filling(season=season.pk, by=planners.officers["education"], at=AT, on=ON)
    _signed(planners, season, digest)
    open_filling(season=season.pk, by=planners.officers["education"], at=AT + timedelta(days=1), on=ON)
    with bulk():
        season.refresh_from_db()
    assert season.phase == "filling"


def test_a_bad_line_is_not_kept() -> None:
    planners = plant_planners()
    season = _opened(planners)
    with pytest.raises(BadLine, match="学制"):
        save_line(
            season=season.pk,
            organisation=planners.vocational.pk,
            draft=replace(line(), years=5),
            by=planners.vocational_officer,
            at=AT,
            on=ON,
        )
    with bulk():
        assert not PlanLine.objects.exists()


def test_who_does_not_lead_opens_no_season() -> None:
    planners = plant_planners()
    opening = Opening(planners.city.pk, PACK, "2026", "示例", YEAR)
    for actor in (planners.officers["labour"], planners.leaders["education"], planners.vocational_officer):
        with pytest.raises(NotAllowed):
            open_season(opening=opening, by=actor, at=AT, on=ON)
    _opened(planners)
    with pytest.raises(Refused, match="已有代码"):
        _opened(planners)


def test_everybody_reads_a_locked_plan_and_nobody_an_open_one() -> None:
    planners = plant_planners()
    season = _opened(planners)
    _approved(planners, season)
    nobody = Actor(
        user=planners.technician_officer.user, name="示例", tenant=planners.technician_officer.tenant
    )
    with acting(nobody):
        seen_before = PlanLine.objects.exclude(organisation=planners.technician.pk).count()
    _signed(planners, season)
    lock_plan(season=season.pk, by=planners.officers["education"], at=AT, on=ON)
    with acting(nobody):
        seen_after = PlanLine.objects.exclude(organisation=planners.technician.pk).count()
    assert (seen_before, seen_after) == (0, 1)


def test_a_line_says_how_it_came_out_last_year() -> None:
    planners = plant_planners()
    before = _opened(planners, YEAR - 1)
    one, _ = _locked(planners, before)
    with bulk():
        kept, everybody = PlanCell.objects.filter(line=one).order_by("number")
        Run.objects.create(
            season=before,
            round=Round.objects.get(season=before, kind="main"),
            number=1,
            kind="real",
            state="published",
            lines=[
                {"cell": kept.pk, "seats": 10, "admitted": 10, "last_total": 401.0},
                {"cell": everybody.pk, "seats": 30, "admitted": 28, "last_total": 420.5},
            ],
            started_at=AT,
            started_by="tests",
            signed_at=AT,
            published_at=AT,
        )
    season = _opened(planners)

    def copy(actor: Actor) -> int:
        return copy_lines(season=season.pk, organisation=planners.vocational.pk, by=actor, at=AT, on=ON)

    assert copy(planners.vocational_officer) == 1
    with pytest.raises(Refused, match="没有可以照抄"):
        copy(planners.vocational_officer)
    with pytest.raises(NotAllowed):
        copy(planners.technician_officer)
    with bulk():
        copied = PlanLine.objects.get(season=season)
        assert (copied.state, copied.code, copied.cells.count()) == ("draft", "", 2)
    drop_line(line=copied.pk, reason="示例", by=planners.vocational_officer, at=AT, on=ON)
    again, new = _approved(planners, season)  # written anew, it is taken up again
    assert again == copied.pk
    with bulk():
        assert PlanLine.objects.get(pk=again).last_year == {"seats": "40", "admitted": "38", "line": "420.5"}
        assert PlanLine.objects.get(pk=new).last_year == {}
