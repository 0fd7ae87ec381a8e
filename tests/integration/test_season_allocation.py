"""An allocation from the frozen round to the published result, and what becomes of the seats."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError

from tests.support.whole_season import (
    AFTER_NOTICE,
    CLOSES,
    FROZEN,
    FROZEN_ON,
    SEED,
    Pupil,
    Whole,
    allocate,
    hand_in,
    marks,
    publish,
    whole,
)
from zhijiao.admissions.actions.allocating import evidence, freezing, publishing, running, signing
from zhijiao.admissions.actions.seats import declining, enrolling, letters, offering, topping_up
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.models import (
    Decline,
    Enrolment,
    Explanation,
    Letter,
    Outcome,
    Publicity,
    Round,
    RoundSeat,
    Run,
    Season,
)
from zhijiao.admissions.types.states import Phase, RunState
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.scope import acting, bulk
from zhijiao.engines.matching.files import read_input, read_output
from zhijiao.engines.matching.verifying import verify

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shipped_packs")]

PUBLISHED = datetime(2026, 7, 15, 2, tzinfo=UTC)
SIX = (
    Pupil(marks(500), (0, 1)),
    Pupil(marks(480), (0, 1)),
    Pupil(marks(470), (0, 1)),
    Pupil(marks(460), (0,)),
    Pupil(marks(450), (0, 1)),
    Pupil(marks(440), (1, 0)),
)
"""Two seats at each of two lines: 500 and 480 have the first, 470 and 450 the second; 460 asked only the first."""


def _seats(scene: Whole, run: int) -> list[str]:
    """The line of everybody, by candidate; empty for none."""
    with bulk():
        lines = {o.candidate_id: o.line for o in Outcome.objects.filter(run=run).select_related("line")}
    places = [lines[candidate.pk] for candidate in scene.candidates]
    return [str(scene.lines.index(line)) if line is not None else "" for line in places]


def test_a_round_is_matched_verified_and_kept() -> None:
    scene = whole(SIX)
    run = allocate(scene)
    assert _seats(scene, run) == ["0", "0", "1", "", "1", ""]
    with bulk():
        row = Run.objects.get(pk=run)
        assert (row.state, row.violations, row.withheld) == (RunState.VERIFIED, [], [])
        assert row.counts["took_part"] == 6
        assert row.counts["placed"] == 4
        assert Season.objects.get(pk=scene.season.pk).phase == Phase.RUN
        reasons = Explanation.objects.get(run=run, candidate=scene.candidates[3]).reasons
        assert [(r["code"], r["at"], r["place"]) for r in reasons] == [("below_line", "480", 4)]
        assert row.input is not None
        assert row.output is not None


def test_the_same_input_gives_the_same_digest() -> None:
    scene = whole(SIX)
    first = allocate(scene)
    running.cancel(
        run=first,
        reason="示例：种子抽取程序有误",
        document="示例文号",
        by=scene.officer,
        at=FROZEN,
        on=FROZEN_ON,
    )
    second = running.run(
        season=scene.season.pk, round_=scene.round.pk, seed=SEED, by=scene.officer, at=FROZEN
    )
    running.work(run=second, by=Actor.system("tests"), at=FROZEN, on=FROZEN_ON)
    with bulk():
        one, two = (Run.objects.get(pk=pk) for pk in (first, second))
    assert (one.input_digest, one.output_digest) == (two.input_digest, two.output_digest)


def test_only_the_last_version_counts() -> None:
    scene = whole(SIX)
    with bulk():
        hand_in(scene.candidates[0], scene.round, [scene.lines[1]], version=2)
    assert _seats(scene, allocate(scene)) == ["1", "0", "0", "", "1", ""]


def test_nothing_is_frozen_while_somebody_may_still_hand_in() -> None:
    scene = whole(SIX)
    with pytest.raises(Refused, match="截止"):
        freezing.freeze(
            season=scene.season.pk,
            round_=scene.round.pk,
            by=scene.officer,
            at=CLOSES + timedelta(minutes=5),
            on=FROZEN_ON,
        )


def test_a_simulation_gives_counts_and_no_outcome_of_anybody() -> None:
    scene = whole(SIX)
    run = running.simulate(
        season=scene.season.pk, round_=scene.round.pk, seed="", by=scene.officer, at=FROZEN
    )
    running.work(run=run, by=Actor.system("tests"), at=FROZEN, on=FROZEN_ON)
    with bulk():
        assert Run.objects.get(pk=run).counts["placed"] == 4
        assert not Outcome.objects.filter(run=run).exists()
        assert not Explanation.objects.filter(run=run).exists()
        assert Season.objects.get(pk=scene.season.pk).phase == Phase.FILLING


def test_work_that_is_done_is_not_done_again() -> None:
    scene = whole(SIX)
    run = allocate(scene)
    assert running.work(run=run, by=Actor.system("tests"), at=FROZEN, on=FROZEN_ON) is RunState.VERIFIED
    with bulk():
        assert Outcome.objects.filter(run=run).count() == 6


def test_nobody_sees_a_result_before_it_is_published() -> None:
    scene = whole(SIX)
    run = allocate(scene)
    pupil, school, teacher = scene.pupils[0], scene.planners.vocational_officer, scene.planners.county_officer
    for actor in (pupil, scene.parents[0], school, teacher):
        with acting(actor):
            assert not Outcome.objects.filter(run=run).exists()
            assert not Explanation.objects.filter(run=run).exists()
    publish(scene, run)
    with acting(pupil):
        assert [o.candidate_id for o in Outcome.objects.filter(run=run)] == [scene.candidates[0].pk]
        assert Explanation.objects.filter(run=run).count() == 1
    with acting(school):
        assert Outcome.objects.filter(run=run).count() == 2
        assert not Explanation.objects.filter(run=run).exists()
    with acting(scene.pupils[3]):
        assert [o.line_id for o in Outcome.objects.filter(run=run)] == [None]


def test_each_named_bureau_signs_the_digest_that_it_saw() -> None:
    scene = whole(SIX)
    run = allocate(scene)
    with bulk():
        digest = Run.objects.get(pk=run).output_digest
    education, labour = (scene.planners.leaders[b] for b in ("education", "labour"))
    with pytest.raises(Refused, match="刷新"):
        signing.sign(run=run, digest="0" * 64, by=education, at=FROZEN)
    with pytest.raises((NotAllowed, Invisible)):
        signing.sign(run=run, digest=digest, by=scene.planners.leaders["reform"], at=FROZEN)
    assert not signing.sign(run=run, digest=digest, by=education, at=FROZEN)
    with pytest.raises(Refused, match="会签"):
        publishing.publicise(run=run, contact="示例", by=scene.officer, at=FROZEN, on=FROZEN_ON)
    assert not signing.sign(run=run, digest=digest, by=education, at=FROZEN)
    assert signing.sign(run=run, digest=digest, by=labour, at=FROZEN)


def test_a_notice_shows_number_and_masked_name_and_is_answered_before_publishing() -> None:
    scene = whole(SIX)
    run = allocate(scene)
    with bulk():
        digest = Run.objects.get(pk=run).output_digest
    for bureau in ("education", "labour"):
        signing.sign(run=run, digest=digest, by=scene.planners.leaders[bureau], at=FROZEN)
    notice = publishing.publicise(run=run, contact="示例招办", by=scene.officer, at=FROZEN, on=FROZEN_ON)
    with bulk():
        row = Publicity.objects.get(pk=notice)
    assert [each[:2] for each in row.rows if each[0] == "26000000"] == [["26000000", "演＊＊0"]]
    assert all("500" not in str(each) for each in row.rows)
    assert row.ends == date(2026, 7, 6)  # five working days from 30 June
    publishing.object_to(
        notice=notice,
        about="26000003",
        words="示例：总分登记有误",
        contact="",
        by=scene.pupils[3],
        at=FROZEN,
        on=FROZEN_ON,
    )
    with pytest.raises(Refused, match="异议"):
        publishing.publish(run=run, by=scene.officer, at=PUBLISHED, on=AFTER_NOTICE)
    with bulk():
        objection = row.objections.get()
    publishing.answer(
        objection=objection.pk, upheld=False, words="经复核，总分登记无误。", by=scene.officer, at=FROZEN
    )
    with pytest.raises(Refused):
        publishing.publish(run=run, by=scene.officer, at=FROZEN, on=FROZEN_ON)
    publishing.publish(run=run, by=scene.officer, at=PUBLISHED, on=AFTER_NOTICE)
    assert (
        publishing.clear_notices(tenant="real", by=Actor.system("tests"), at=PUBLISHED, on=AFTER_NOTICE) == 1
    )
    with bulk():
        assert Publicity.objects.get(pk=notice).rows == []


def _published(pupils: tuple[Pupil, ...] = SIX) -> tuple[Whole, int]:
    scene = whole(pupils)
    run = allocate(scene)
    publish(scene, run)
    return scene, run


def _supplementary(scene: Whole) -> int:
    """The round that the pack has opened from 20 to 22 July."""
    with bulk():
        return Round.objects.get(season=scene.season, code="supplementary").pk


def _given_up(scene: Whole, run: int, n: int) -> None:
    with bulk():
        outcome = Outcome.objects.get(run=run, candidate=scene.candidates[n]).pk
    at = PUBLISHED + timedelta(hours=1)
    decline = declining.ask(outcome=outcome, reason="示例", by=scene.pupils[n], at=at)
    with pytest.raises(Refused, match="两人"):
        declining.confirm(decline=decline, by=scene.pupils[n], at=at)
    declining.confirm(decline=decline, by=scene.parents[n], at=at)
    declining.decide(decline=decline, approve=True, words="", by=scene.planners.county_officer, at=at)


def test_a_seat_given_up_is_offered_again_and_cannot_be_given_up_twice() -> None:
    scene, run = _published()
    extra = _supplementary(scene)
    letters.issue(season=scene.season.pk, by=scene.officer, at=PUBLISHED, on=AFTER_NOTICE)
    _given_up(scene, run, 0)
    with bulk():
        assert Letter.objects.get(candidate=scene.candidates[0]).revoked_at is not None
        outcome = Outcome.objects.get(run=run, candidate=scene.candidates[0]).pk
    with pytest.raises(Refused):
        declining.ask(outcome=outcome, reason="", by=scene.pupils[0], at=PUBLISHED + timedelta(hours=2))
    seats = offering.offer(
        season=scene.season.pk, round_=extra, by=scene.officer, at=PUBLISHED, on=AFTER_NOTICE
    )
    assert seats == 1
    with bulk():
        row = RoundSeat.objects.get(round=extra)
        assert (row.cell.line_id, row.seats, row.freed) == (scene.lines[0].pk, 1, 1)


def test_a_supplementary_seat_is_not_given_up_and_who_has_a_seat_takes_no_part() -> None:
    scene, run = _published()
    extra = _supplementary(scene)
    _given_up(scene, run, 0)
    offering.offer(season=scene.season.pk, round_=extra, by=scene.officer, at=PUBLISHED, on=AFTER_NOTICE)
    with bulk():
        round_ = RoundSeat.objects.select_related("round__season").filter(round=extra)[0].round
        for n in (0, 1, 3, 5):  # gave up, seated, none, none
            hand_in(scene.candidates[n], round_, [scene.lines[0]])
    late = PUBLISHED + timedelta(days=8)
    freezing.freeze(season=scene.season.pk, round_=extra, by=scene.officer, at=late, on=late.date())
    second = running.run(season=scene.season.pk, round_=extra, seed=SEED, by=scene.officer, at=late)
    running.work(run=second, by=Actor.system("tests"), at=late, on=late.date())
    with bulk():
        found = {
            o.candidate.number: o.line_id
            for o in Outcome.objects.filter(run=second).select_related("candidate")
        }
    assert found == {"26000000": scene.lines[0].pk, "26000003": None, "26000005": None}
    with bulk():
        digest = Run.objects.get(pk=second).output_digest
    for bureau in ("education", "labour"):
        signing.sign(run=second, digest=digest, by=scene.planners.leaders[bureau], at=late)
    publishing.publicise(run=second, contact="示例", by=scene.officer, at=late, on=late.date())
    after = late + timedelta(days=15)
    publishing.publish(run=second, by=scene.officer, at=after, on=after.date())
    with bulk():
        outcome = Outcome.objects.get(run=second, candidate=scene.candidates[0]).pk
    with pytest.raises(Refused, match="征集志愿录取的"):
        declining.ask(outcome=outcome, reason="", by=scene.pupils[0], at=after)
    assert not Decline.objects.filter(outcome=outcome).exists()


def test_a_school_names_somebody_for_a_left_over_seat() -> None:
    scene, _ = _published((*SIX[:2], Pupil(marks(300), (0,))))
    by, season, at = scene.planners.technician_officer, scene.season.pk, PUBLISHED
    given = {"season": season, "line": scene.lines[1].pk, "words": "", "by": by, "at": at, "on": AFTER_NOTICE}
    with pytest.raises(Refused, match="姓名"):
        topping_up.propose(number="26000002", name="别人", **given)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="已经有学校录取"):
        topping_up.propose(number="26000000", name="演示生0", **given)  # type: ignore[arg-type]
    top_up = topping_up.propose(number="26000002", name="演示生2", **given)  # type: ignore[arg-type]
    with pytest.raises((NotAllowed, Invisible)):
        topping_up.decide(top_up=top_up, approve=True, reason="", by=by, at=at)
    topping_up.decide(top_up=top_up, approve=True, reason="", by=scene.planners.officers["labour"], at=at)
    assert letters.issue(season=season, by=scene.officer, at=at, on=AFTER_NOTICE) == 3


def test_who_came_gets_a_student_record_once() -> None:
    scene, _ = _published()
    season, at, on = scene.season.pk, datetime(2026, 9, 5, 1, tzinfo=UTC), date(2026, 9, 5)
    assert enrolling.begin_registering(season=season, by=scene.officer, at=at, on=on) == 4
    with pytest.raises(Refused, match="登记完"):
        enrolling.hand_over(season=season, document="示例文号", by=scene.officer, at=at, on=on)
    with bulk():
        rows = list(Enrolment.objects.order_by("candidate__number"))
    for by, mine in (
        (scene.planners.vocational_officer, rows[:2]),
        (scene.planners.technician_officer, rows[2:]),
    ):
        enrolling.note(
            season=season, came={r.pk: r is not rows[3] for r in mine}, came_on=on, words="", by=by, at=at
        )
    with pytest.raises(Invisible):
        enrolling.note(
            season=season,
            came={rows[0].pk: False},
            came_on=on,
            words="",
            by=scene.planners.technician_officer,
            at=at,
        )
    done = enrolling.hand_over(season=season, document="示例文号", by=scene.officer, at=at, on=on)
    assert (done.done, done.refused) == (3, {})
    again = enrolling._each(season, "示例文号", scene.officer, at, on)
    assert again.done == 0
    enrolling.close(season=season, by=scene.officer, at=at, on=on)
    with bulk():
        assert Season.objects.get(pk=season).phase == Phase.CLOSED


def test_outcomes_are_only_ever_added() -> None:
    scene = whole(SIX)
    run = allocate(scene)
    with pytest.raises(DatabaseError), bulk():
        Outcome.objects.filter(run=run).update(order=9)


def test_the_kept_files_prove_the_result_on_another_machine(tmp_path: Path) -> None:
    scene = whole(SIX)
    run = allocate(scene)
    with pytest.raises(Refused, match="事由"):
        evidence.hand_out(run=run, reason="", by=scene.officer, at=FROZEN)
    with pytest.raises((NotAllowed, Invisible)):
        evidence.hand_out(run=run, reason="示例：信访核查", by=scene.planners.vocational_officer, at=FROZEN)
    packed = evidence.hand_out(run=run, reason="示例：信访核查", by=scene.officer, at=FROZEN)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name in ("input", "output"):
            with zipfile.ZipFile(io.BytesIO(archive.read(f"{name}.zip"))) as inner:
                inner.extractall(tmp_path / name)
    market = read_input(tmp_path / "input")
    assert verify(market, read_output(market, tmp_path / "output")) == ()
    assert list(market.ids) == [c.number for c in scene.candidates]
