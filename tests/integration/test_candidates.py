"""From the exam body's files to marks that count; guardians and phones; rounds and their windows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.support.season import CLOSES, DURING, OPENS, Scene, lay
from zhijiao.admissions.actions.accounts import bind_guardian, change_phone, end_guardian, hand_out, phone_of
from zhijiao.admissions.actions.bonus import claim_bonus, decide_bonus
from zhijiao.admissions.actions.candidates import take_roll
from zhijiao.admissions.actions.rounds import extend, move_window, open_round, wipe
from zhijiao.admissions.actions.scores import propose_correction, sign_correction, take_marks
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.actions.submitting import submit
from zhijiao.admissions.models import Candidate, Guardian, Round, Submission
from zhijiao.admissions.queries import filling
from zhijiao.admissions.store import identity
from zhijiao.admissions.types.filling import Chosen
from zhijiao.admissions.types.rolls import BadRoll
from zhijiao.admissions.types.states import RoundKind
from zhijiao.core.access.actor import Invisible, NotAllowed
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.models import AuditEvent, Message, User

pytestmark = pytest.mark.django_db

ROLL = """考号,姓名,性别,身份证件号,毕业学校,班级,生源类别,手机号,监护人,监护人手机
27000001,示例甲,女,11010519491231002X,示例初中,九（1）班,本县户籍,13800000001,示例家长甲,13900000001
27000002,示例乙,男,,示例第二初中,九（2）班,,,,
"""
MARKS = """考号,语文,数学
27000001,100,99.5
27000002,80,70
"""


@pytest.fixture
def scene() -> Scene:
    return lay()


def test_a_roll_and_marks_are_taken_over(scene: Scene) -> None:
    season = scene.season.pk
    taken = take_roll(by=scene.bureau, at=DURING, season=season, name="名册.csv", content=ROLL.encode())
    assert (taken.added, taken.changed) == (2, 0)
    again = take_roll(by=scene.bureau, at=DURING, season=season, name="名册.csv", content=ROLL.encode())
    assert again.same == 2
    changed = ROLL.replace("九（1）班", "九（3）班").encode("gb18030")
    third = take_roll(by=scene.bureau, at=DURING, season=season, name="名册.csv", content=changed)
    assert (third.added, third.changed, third.same) == (0, 1, 1)
    take_marks(by=scene.bureau, at=DURING, season=season, name="成绩.csv", content=MARKS.encode())
    with bulk():
        row = Candidate.objects.get(number="27000001")
        assert identity.unseal(row.identity_sealed) == "11010519491231002X"
        assert (row.class_name, row.origins, row.total) == ("九(3)班", ["本县户籍"], Decimal("199.5"))
        assert row.county_id == scene.candidates[0].county_id
        assert phone_of(row) == "13800000001"
        assert Guardian.objects.get(candidate=row).phone_end == "0001"
        assert "27000001" not in str(AuditEvent.objects.filter(action="admissions.take_roll").values())


def test_bad_files_change_nothing(scene: Scene) -> None:
    season = scene.season.pk
    double = ROLL + "27000003,示例丙,男,11010519491231002X,示例初中,,,,,\n"
    for content in (b"", b"PK\x03\x04broken", double.encode(), ROLL.replace("示例初中", "没有的").encode()):
        with pytest.raises(BadRoll):
            take_roll(by=scene.bureau, at=DURING, season=season, name="名册.csv", content=content)
    with bulk():
        assert not Candidate.objects.filter(number__startswith="27").exists()
    for actor in (scene.teacher, scene.county, scene.vocational):
        with pytest.raises(NotAllowed):
            take_roll(by=actor, at=DURING, season=season, name="名册.csv", content=ROLL.encode())


def test_a_correction_counts_once_somebody_else_signed_it(scene: Scene) -> None:
    marks = "考号,语文,数学\n26000000,100,99\n"
    take_marks(by=scene.bureau, at=DURING, season=scene.season.pk, name="成绩.csv", content=marks.encode())
    who = scene.candidates[0].pk
    made = propose_correction(
        by=scene.bureau,
        at=DURING,
        candidate=who,
        column="数学",
        after=Decimal(101),
        reason="漏加第 20 题",
        document="复核〔2026〕1号",
    )
    with bulk():
        assert Candidate.objects.get(pk=who).total == 199
    with pytest.raises(Refused, match="另一人"):
        sign_correction(by=scene.bureau, at=DURING, correction=made)
    sign_correction(by=scene.second_bureau, at=DURING, correction=made)
    sign_correction(by=scene.second_bureau, at=DURING, correction=made)
    with bulk():
        assert Candidate.objects.get(pk=who).total == 201
    other = marks.replace("100", "90")
    with pytest.raises(BadRoll, match="复核更正"):
        take_marks(
            by=scene.bureau, at=DURING, season=scene.season.pk, name="成绩.csv", content=other.encode()
        )
    with bulk():
        Round.objects.filter(pk=scene.round.pk).update(frozen_at=CLOSES)
    with pytest.raises(Refused, match="冻结"):
        propose_correction(
            by=scene.bureau,
            at=CLOSES,
            candidate=who,
            column="数学",
            after=Decimal(1),
            reason="x",
            document="y",
        )


def test_added_marks_count_once_confirmed(scene: Scene) -> None:
    who = scene.candidates[0].pk
    first = claim_bonus(by=scene.parents[0], at=DURING, candidate=who, item="minority", document="户口簿")
    second = claim_bonus(by=scene.teacher, at=DURING, candidate=who, item="overseas", document="侨办证明")
    with pytest.raises(Invisible):
        claim_bonus(by=scene.parents[1], at=DURING, candidate=who, item="soldier", document="证明")
    for claim in (first, second):
        decide_bonus(by=scene.county, at=DURING, claim=claim, confirm=True)
    with bulk():
        assert Candidate.objects.get(pk=who).bonus == 10
    third = claim_bonus(by=scene.teacher, at=DURING, candidate=who, item="soldier", document="政治机关证明")
    with pytest.raises(Refused, match="理由"):
        decide_bonus(by=scene.county, at=DURING, claim=third, confirm=False)
    with pytest.raises(NotAllowed):
        decide_bonus(by=scene.teacher, at=DURING, claim=third, confirm=True)
    decide_bonus(by=scene.bureau, at=DURING, claim=third, confirm=True)
    with bulk():
        assert Candidate.objects.get(pk=who).bonus == 20


def test_a_guardian_is_bound_at_the_junior_school(scene: Scene) -> None:
    who = scene.candidates[0].pk
    said = {
        "candidate": who,
        "name": "示例父亲",
        "relation": "父亲",
        "phone": "13900000009",
        "document": "户口簿",
    }
    slip = bind_guardian(by=scene.teacher, at=DURING, **said)  # type: ignore[arg-type]
    assert slip is not None
    with bulk():
        user = User.objects.get(username=slip.username)
        assert user.check_password(slip.password)
        assert user.must_change_password
        bound = Guardian.objects.get(user=user)
    for actor in (scene.pupils[0], scene.other_teacher):
        with pytest.raises((Invisible, NotAllowed)):
            bind_guardian(by=actor, at=DURING, **said)  # type: ignore[arg-type]
    sibling = bind_guardian(
        by=scene.teacher, at=DURING, **{**said, "candidate": scene.candidates[1].pk}, username=slip.username
    )  # type: ignore[arg-type]
    assert sibling is None
    end_guardian(by=scene.teacher, at=DURING, guardian=bound.pk, reason="示例")
    with bulk():
        assert Guardian.objects.filter(user=user, ended_at__isnull=True).count() == 1


def test_the_phone_is_never_changed_by_who_is_signed_in(scene: Scene) -> None:
    who = scene.candidates[0].pk
    for actor in (scene.pupils[0], scene.parents[0], scene.vocational):
        with pytest.raises((Invisible, NotAllowed)):
            change_phone(by=actor, at=DURING, candidate=who, phone="13700000000", document="无")
    change_phone(
        by=scene.teacher, at=DURING, candidate=who, phone="13700000001", document="监护人持户口簿到校"
    )
    with bulk():
        row = Candidate.objects.get(pk=who)
        assert (phone_of(row), row.phone_end) == ("13700000001", "0001")
        told = Message.objects.filter(key__startswith="phone-").values_list("user_id", flat=True)
        assert set(told) == {scene.pupils[0].user, scene.parents[0].user}


def test_slips_open_accounts(scene: Scene) -> None:
    with bulk():
        row = Candidate.objects.create(
            season=scene.season, number="28A00001", name="示例新", school=scene.junior, added_at=OPENS
        )
    (slip,) = hand_out(by=scene.teacher, at=DURING, candidates=[row.pk])
    assert slip.username == "28a00001"
    (again,) = hand_out(by=scene.teacher, at=DURING, candidates=[row.pk])
    assert again.username == slip.username
    assert again.password != slip.password
    with pytest.raises(Invisible):
        hand_out(by=scene.other_teacher, at=DURING, candidates=[row.pk])


def test_a_mock_round_is_wiped(scene: Scene) -> None:
    opens, closes = OPENS - timedelta(days=9), OPENS - timedelta(days=8)
    made = open_round(
        by=scene.bureau,
        at=opens - timedelta(days=1),
        season=scene.season.pk,
        kind=RoundKind.MOCK,
        code="mock",
        name="模拟填报",
        batches=["main"],
        opens=opens,
        closes=closes,
        second_factor=False,
    )
    submit(
        by=scene.pupils[0],
        at=opens,
        candidate=scene.candidates[0].pk,
        round_code="mock",
        chosen=Chosen((scene.lines[2].pk,)),
        key="the-mock-key",
    )
    with pytest.raises(Refused, match="正式志愿"):
        wipe(by=scene.bureau, at=closes, round_=scene.round.pk)
    with pytest.raises((Invisible, NotAllowed)):
        wipe(by=scene.teacher, at=closes, round_=made)
    assert wipe(by=scene.bureau, at=closes, round_=made) == 1
    assert wipe(by=scene.bureau, at=closes, round_=made) == 0
    with bulk():
        assert not Submission.objects.exists()


def test_a_window_that_is_open_only_gets_longer(scene: Scene) -> None:
    said = {
        "round_": scene.round.pk,
        "opens": OPENS,
        "closes": CLOSES + timedelta(days=1),
        "grace": 5,
        "revision": 1,
    }
    with pytest.raises(Refused, match="已经开始"):
        move_window(by=scene.bureau, at=DURING, reason="示例", **said)  # type: ignore[arg-type]
    move_window(by=scene.bureau, at=OPENS - timedelta(days=1), reason="示例", **said)  # type: ignore[arg-type]
    later = CLOSES + timedelta(days=2)
    with pytest.raises(Refused, match="文号"):
        extend(by=scene.bureau, at=DURING, round_=scene.round.pk, until=later, document="", reason="停电")
    extend(
        by=scene.bureau,
        at=DURING,
        round_=scene.round.pk,
        until=later,
        document="示例〔2026〕2号",
        reason="停电",
        school=scene.junior.pk,
    )
    with acting(scene.pupils[0]):
        assert filling.place(scene.pupils[0], scene.candidates[0].pk, "main").window.end == later
    with acting(scene.pupils[2]):
        assert filling.place(scene.pupils[2], scene.candidates[2].pk, "main").window.end < later
