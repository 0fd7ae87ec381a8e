"""Handing in choices: what counts, what does not, and whose it is to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from tests.support.season import CLOSES, DURING, OPENS, Scene, lay
from zhijiao.admissions.actions.drafting import DraftMoved, save_draft
from zhijiao.admissions.actions.submitting import submit
from zhijiao.admissions.models import Extension, Round, RoundSeat, Season, SeasonStep, Submission, TopUp
from zhijiao.admissions.queries import filling
from zhijiao.admissions.rules.receipts import digest_of, number_of, text_of
from zhijiao.admissions.types.filling import BadChoices, Chosen, Closed, NotProved, Receipt, Standing
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.models import AuditEvent, Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return lay()


def hand_in(scene: Scene, lines: tuple[int, ...], **more: object) -> Receipt:
    said: dict[str, object] = {
        "by": scene.pupils[0],
        "at": DURING,
        "candidate": scene.candidates[0].pk,
        "round_code": "main",
        "key": f"the-key-of-{lines}",
        **more,
    }
    chosen = said.pop("chosen", Chosen(tuple(scene.lines[n].pk for n in lines)))
    return submit(chosen=chosen, **said)  # type: ignore[arg-type]


def test_a_receipt_proves_what_was_handed_in(scene: Scene) -> None:
    lines = (scene.lines[0].pk, scene.lines[5].pk, scene.lines[3].pk)
    receipt = hand_in(scene, (), chosen=Chosen(lines, frozenset({lines[1]})))
    text = text_of(
        season="2026",
        round_code="main",
        candidate="26000000",
        version=1,
        at=DURING,
        choices=[("0000", False), ("0005", True), ("0003", False)],
    )
    assert (receipt.version, receipt.digest, receipt.number) == (
        1,
        digest_of(text),
        number_of(digest_of(text)),
    )
    with bulk():
        row = Submission.objects.get()
        assert (row.lines, row.adjust, row.user) == (list(lines), [lines[1]], scene.pupils[0].user)
        said = AuditEvent.objects.get(action="admissions.submit")
        assert receipt.number in said.summary
        assert "lines" not in said.detail
        notes = Message.objects.filter(key=f"choices-{receipt.number}")
        assert {n.user_id for n in notes} == {scene.pupils[0].user, scene.parents[0].user}


def test_the_last_version_counts(scene: Scene) -> None:
    hand_in(scene, (2, 3))
    second = hand_in(scene, (3, 2), by=scene.parents[0])
    assert second.version == 2
    with acting(scene.pupils[0]):
        state = filling.state(scene.candidates[0], scene.round)
        assert state.last is not None
        assert (state.last.version, state.standing) == (2, Standing.SUBMITTED)
        made = filling.history(scene.candidates[0], scene.round)
    assert [one.moved for one in made] == [True, False]
    assert made[0].receipt.by == scene.parents[0].name


def test_the_same_click_twice_is_one_version(scene: Scene) -> None:
    first = hand_in(scene, (2,), key="the-same-key")
    again = hand_in(scene, (2,), key="the-same-key", at=CLOSES + timedelta(days=1))
    assert (again.number, again.again) == (first.number, True)
    with pytest.raises(BadChoices, match="先前已经提交过"):
        hand_in(scene, (3,), key="the-same-key")
    with bulk():
        assert Submission.objects.count() == 1


def test_the_server_clock_closes(scene: Scene) -> None:
    minute = timedelta(minutes=1)
    with pytest.raises(Closed, match="才开始"):
        hand_in(scene, (2,), at=OPENS - minute)
    with pytest.raises(Closed, match="截止"):
        hand_in(scene, (2,), at=CLOSES)
    with pytest.raises(Closed, match="截止"):
        hand_in(scene, (2,), at=CLOSES + minute, opened=CLOSES)
    assert hand_in(scene, (2,), at=CLOSES + minute, opened=CLOSES - minute).version == 1
    with pytest.raises(Closed):
        hand_in(scene, (3,), at=CLOSES + 10 * minute, opened=CLOSES - minute)


def test_a_decision_gives_longer_to_whom_it_names(scene: Scene) -> None:
    hour = timedelta(hours=1)
    with bulk():
        Extension.objects.create(
            round=scene.round,
            school=scene.junior,
            until=CLOSES + 3 * hour,
            document="示例发〔2026〕1号",
            reason="停电",
            made_by="tests",
            made_at=CLOSES,
        )
    assert hand_in(scene, (2,), at=CLOSES + hour).version == 1
    with pytest.raises(Closed):
        hand_in(scene, (2,), at=CLOSES + hour, by=scene.pupils[2], candidate=scene.candidates[2].pk)
    with bulk():
        Round.objects.filter(pk=scene.round.pk).update(frozen_at=CLOSES)
    with pytest.raises(Closed):
        hand_in(scene, (3,), at=CLOSES + hour)


def test_nothing_is_taken_before_the_season_is_open(scene: Scene) -> None:
    with bulk():
        SeasonStep.objects.create(
            season=scene.season,
            number=1,
            transition="lock",
            name="示例",
            source="filling",
            target="locked",
            party="tests",
            by_name="tests",
            at=DURING,
            on=DURING.date(),
        )
        Season.objects.filter(pk=scene.season.pk).update(phase="locked", steps_count=1)
    with pytest.raises(Closed, match="不开放"):
        hand_in(scene, (2,))


@pytest.mark.parametrize("who", ["other pupil", "other parent", "teacher", "county", "bureau", "vocational"])
def test_nobody_else_hands_in(scene: Scene, who: str) -> None:
    actors: dict[str, Actor] = {
        "other pupil": scene.pupils[1],
        "other parent": scene.parents[1],
        "teacher": scene.teacher,
        "county": scene.county,
        "bureau": scene.bureau,
        "vocational": scene.vocational,
    }
    with pytest.raises(Invisible):
        hand_in(scene, (2,), by=actors[who])
    with bulk():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT outcome FROM zhijiao_submit_choices(%s, %s, %s, %s, '{}', 'key-12345', %s, NULL, '', '')",
                [actors[who].user, scene.candidates[0].pk, scene.round.pk, [scene.lines[2].pk], DURING],
            )
            assert cursor.fetchone() == ("invisible",)
        assert not Submission.objects.exists()


def test_nobody_else_reads_choices(scene: Scene) -> None:
    hand_in(scene, (2,))
    for actor in (
        scene.pupils[1],
        scene.parents[1],
        scene.teacher,
        scene.county,
        scene.bureau,
        scene.vocational,
    ):
        with acting(actor):
            assert not Submission.objects.exists()
    with acting(scene.parents[0]):
        assert Submission.objects.count() == 1


def test_the_database_refuses_a_broken_list_by_itself(scene: Scene) -> None:
    ids = [line.pk for line in scene.lines]
    for chosen, adjust in (
        ([], []),
        ([ids[2], ids[2]], []),
        ([ids[2], 999_999_999], []),
        ([ids[2]], [ids[3]]),
    ):
        with bulk(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT outcome FROM zhijiao_submit_choices(%s, %s, %s, %s, %s, 'key-12345', %s, NULL, '', '')",
                [scene.pupils[0].user, scene.candidates[0].pk, scene.round.pk, chosen, adjust, DURING],
            )
            assert cursor.fetchone() == ("lines",)


def test_all_faults_of_a_list_are_said(scene: Scene) -> None:
    with pytest.raises(BadChoices) as refused:
        hand_in(scene, (), chosen=Chosen((scene.lines[2].pk, scene.lines[2].pk, 999_999_999)))
    assert [fault.place for fault in refused.value.faults] == [2, 3]


def test_a_second_factor_is_asked_for() -> None:
    scene = lay(second_factor=True)
    with pytest.raises(NotProved):
        hand_in(scene, (2,))
    assert hand_in(scene, (2,), proved=True).version == 1


def test_a_draft_is_worth_nothing_and_says_so(scene: Scene) -> None:
    chosen = Chosen((scene.lines[2].pk,))
    more = {
        "by": scene.pupils[0],
        "candidate": scene.candidates[0].pk,
        "round_code": "main",
        "opened": DURING,
    }
    assert save_draft(at=DURING, chosen=chosen, revision=0, **more) == 1  # type: ignore[arg-type]
    with acting(scene.pupils[0]):
        assert filling.state(scene.candidates[0], scene.round).standing is Standing.DRAFT
    hand_in(scene, (2,), at=DURING + timedelta(minutes=1))
    other = Chosen((scene.lines[3].pk,))
    save_draft(at=DURING + timedelta(minutes=2), chosen=other, revision=1, **more)  # type: ignore[arg-type]
    with acting(scene.pupils[0]):
        assert filling.state(scene.candidates[0], scene.round).standing is Standing.CHANGED
    with pytest.raises(DraftMoved):
        save_draft(at=DURING + timedelta(minutes=3), chosen=other, revision=1, **more)  # type: ignore[arg-type]
    with pytest.raises(Closed):
        save_draft(at=CLOSES + timedelta(hours=1), chosen=other, revision=2, **more)  # type: ignore[arg-type]


def test_who_has_handed_in_is_known_without_what(scene: Scene) -> None:
    hand_in(scene, (2,))
    for actor, count in (
        (scene.teacher, 2),
        (scene.other_teacher, 1),
        (scene.bureau, 3),
        (scene.vocational, 0),
    ):
        with acting(actor), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM admissions_handed_in(%s)", [scene.round.pk])
            assert len(cursor.fetchall()) == count


def test_who_has_a_seat_takes_no_part_in_a_supplementary_round(scene: Scene) -> None:
    line = scene.lines[5]
    with bulk():
        SeasonStep.objects.create(
            season=scene.season,
            number=1,
            transition="supplement",
            name="示例",
            source="filling",
            target="supplementary",
            party="tests",
            by_name="tests",
            at=DURING,
            on=DURING.date(),
        )
        Season.objects.filter(pk=scene.season.pk).update(phase="supplementary", steps_count=1)
        more = Round.objects.create(
            season=scene.season,
            code="more",
            kind="supplementary",
            name="征集志愿",
            batches=["main"],
            opens_at=OPENS,
            closes_at=CLOSES,
            second_factor=False,
            made_at=OPENS,
            made_by="tests",
        )
        RoundSeat.objects.create(round=more, cell=line.cells.get(), seats=3)
        TopUp.objects.create(
            season=scene.season,
            candidate=scene.candidates[0],
            organisation=line.organisation,
            line=line,
            cell=line.cells.get(),
            state="approved",
            proposed_by="tests",
            proposed_at=DURING,
        )
    chosen = Chosen((line.pk,))
    with pytest.raises(Closed, match="已经被录取"):
        hand_in(scene, (), chosen=chosen, round_code="more")
    other = {"by": scene.pupils[1], "candidate": scene.candidates[1].pk, "round_code": "more"}
    assert hand_in(scene, (), chosen=chosen, **other).version == 1
    with pytest.raises(BadChoices, match="不在本季"):
        hand_in(scene, (6,), **other)
