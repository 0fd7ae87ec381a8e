"""Added marks from the family's claim to the notice: who may do and see what, and what a paper may be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.support.people import hire, seat_at
from tests.support.season import Scene, lay
from zhijiao.admissions.models import BonusClaim, BonusProof, Candidate, Publicity, Round, Season
from zhijiao.core import blobs, environment
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.models import AuditEvent, Message

pytestmark = pytest.mark.django_db

PAPER = b"%PDF-1.7\nshili\n%%EOF\n"


@pytest.fixture
def scene() -> Scene:
    now = timezone.now()
    return lay(opens=now - timedelta(days=1), closes=now + timedelta(days=1))


def family(scene: Scene) -> tuple[Client, str]:
    return seat_at(Client(), scene.parents[0]), f"/choices/bonus/{scene.candidates[0].pk}"


def paper(name: str = "户口簿.pdf", content: bytes = PAPER) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def claimed(scene: Scene) -> int:
    client, here = family(scene)
    said = {"do": "claim", "item": "minority", "document": "户口簿 示例", "files": [paper()]}
    assert client.post(here, said).status_code == 302
    with bulk():
        return BonusClaim.objects.get().pk


def test_a_family_claims_with_papers_that_are_kept_sealed(scene: Scene) -> None:
    client, here = family(scene)
    assert "示例加分一" in client.get(here).content.decode()
    claimed(scene)
    page = client.get(here).content.decode()
    assert "等待审核" in page
    assert "户口簿.pdf" in page
    with bulk():
        proof = BonusProof.objects.get()
    kept = blobs.place_of(environment.data_folder(), proof.blob).read_bytes()
    assert b"shili" not in kept
    answer = client.get(f"/choices/proofs/{proof.pk}")
    assert answer.content == PAPER
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with bulk():
        assert AuditEvent.objects.filter(action="admissions.open_proof").count() == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"item": "", "document": "户口簿"}, "请重新选择"),
        ({"item": "minority", "document": " "}, "凭什么材料"),
        ({"item": "minority", "document": "户口簿", "files": [paper("户口簿.exe")]}, "不能上传"),
        ({"item": "minority", "document": "户口簿", "files": [paper("户口簿.pdf", b"<html>")]}, "内容不是"),
        ({"item": "minority", "document": "户口簿", "files": [paper("空.pdf", b"")]}, "空文件"),
        ({"item": "minority", "document": "户口簿", "files": [paper() for _ in range(6)]}, "最多 5 份"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(scene: Scene, said: dict[str, object], words: str) -> None:
    client, here = family(scene)
    answer = client.post(here, {"do": "claim", **said})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with bulk():
        assert not BonusClaim.objects.exists()
        assert not BonusProof.objects.exists()


def test_papers_are_seen_by_those_who_answer_for_the_candidate(scene: Scene) -> None:
    claim = claimed(scene)
    with bulk():
        proof = BonusProof.objects.get().pk
    for actor in (scene.pupils[0], scene.teacher, scene.county, scene.bureau):
        assert seat_at(Client(), actor).get(f"/choices/proofs/{proof}").status_code == 200
    for actor in (scene.pupils[1], scene.parents[1], scene.other_teacher, scene.vocational):
        client = seat_at(Client(), actor)
        assert client.get(f"/choices/proofs/{proof}").status_code == 404
        assert client.get(f"/desk/bonus/{claim}").status_code in (403, 404)
        assert client.get(f"/choices/bonus/{scene.candidates[0].pk}").status_code == 404


def test_refused_with_a_reason_and_claimed_again(scene: Scene) -> None:
    claim = claimed(scene)
    county = seat_at(Client(), scene.county)
    assert "示例考生0" in county.get("/desk/bonus").content.decode()
    assert county.get("/desk/bonus.xlsx").status_code == 200
    here = f"/desk/bonus/{claim}"
    assert "请选择" in county.post(here, {"do": "decide"}).content.decode()
    assert county.post(here, {"do": "decide", "decision": "refuse"}).status_code == 422
    assert (
        seat_at(Client(), scene.teacher).post(here, {"do": "decide", "decision": "confirm"}).status_code
        == 422
    )
    done = county.post(here, {"do": "decide", "decision": "refuse", "reason": "户口簿看不清"})
    assert done.status_code == 302
    client, mine = family(scene)
    page = client.get(mine).content.decode()
    assert "户口簿看不清" in page
    assert "重新申报" in page
    with bulk():
        assert Message.objects.filter(user_id=scene.parents[0].user, subject__contains="没有确认").exists()
    said = {"do": "claim", "item": "minority", "document": "户口簿", "files": [paper()]}
    assert client.post(mine, said).status_code == 302
    with bulk():
        assert BonusClaim.objects.count() == 2


def test_papers_are_added_until_the_decision(scene: Scene) -> None:
    claim = claimed(scene)
    client, here = family(scene)
    assert client.post(here, {"do": "add", "claim": claim}).status_code == 422
    assert client.post(here, {"do": "add", "claim": claim, "files": [paper("二.pdf")]}).status_code == 302
    other = seat_at(Client(), scene.parents[1])
    there = f"/choices/bonus/{scene.candidates[1].pk}"
    assert other.post(there, {"do": "add", "claim": claim, "files": [paper()]}).status_code == 404
    seat_at(Client(), scene.county).post(f"/desk/bonus/{claim}", {"do": "decide", "decision": "confirm"})
    assert client.post(here, {"do": "add", "claim": claim, "files": [paper()]}).status_code == 422


def test_confirmed_is_put_up_without_marks_objected_to_and_taken_back(scene: Scene) -> None:
    claim = claimed(scene)
    bureau = seat_at(Client(), scene.bureau)
    here = f"/desk/bonus/notices/{scene.season.pk}"
    said = {"do": "publicise", "contact": "示例招生办"}
    assert bureau.post(here, said).status_code == 422
    seat_at(Client(), scene.county).post(f"/desk/bonus/{claim}", {"do": "decide", "decision": "confirm"})
    assert bureau.post(here, {"do": "publicise"}).status_code == 422
    assert seat_at(Client(), scene.county).get(here).status_code in (403, 404)
    assert bureau.post(here, said).status_code == 302
    with bulk():
        notice = Publicity.objects.get()
        assert Candidate.objects.get(pk=scene.candidates[0].pk).bonus == 5
    number, name, school, item = notice.rows[0]
    assert (number, school, item) == (scene.candidates[0].number, "示例初中", "示例加分一")
    assert "示例考生0" not in name
    shown = Client().get(f"/publicity/{notice.code}")
    assert "noindex" in shown.headers["X-Robots-Tag"]
    assert "示例加分一" in shown.content.decode()
    assert "5 分" not in shown.content.decode()
    assert bureau.post(here, said).status_code == 422

    client, _ = family(scene)
    client.post(f"/publicity/{notice.code}/object", {"words": "示例：户口簿不是本人的"})
    page = bureau.get(here).content.decode()
    assert "户口簿不是本人的" in page
    with bulk():
        objection = notice.objections.get().pk
    assert bureau.post(here, {"do": "answer", "objection": objection, "answer": "短"}).status_code == 422
    answered = {"do": "answer", "objection": objection, "answer": "经核查属实", "upheld": "yes"}
    assert bureau.post(here, answered).status_code == 302
    county = seat_at(Client(), scene.county)
    assert county.post(f"/desk/bonus/{claim}", {"do": "take_back"}).status_code == 422
    assert county.post(f"/desk/bonus/{claim}", {"do": "take_back", "reason": "查实"}).status_code == 302
    with bulk():
        assert Candidate.objects.get(pk=scene.candidates[0].pk).bonus == 0


def test_after_the_last_day_only_the_county_claims(scene: Scene) -> None:
    with bulk():
        yesterday = timezone.localdate() - timedelta(days=1)
        rules = {**scene.season.rules}
        rules["terms"] = {**rules["terms"], "bonus": f"{yesterday:%m-%d}"}
        # A locked season keeps its rules: another one stands in for it.
        scene.season.pk, scene.season.code = None, "other"
        scene.season.rules, scene.season.year = rules, yesterday.year
        scene.season.plan_digest, scene.season.locked_at = "", None
        scene.season._state.adding = True
        scene.season.save()
        row = scene.candidates[0]
        row.pk, row.season, row._state.adding = None, scene.season, True
        row.number = "27999999"
        row.save()
    client = seat_at(Client(), scene.pupils[0])
    here = f"/choices/bonus/{row.pk}"
    assert "已于" in client.get(here).content.decode()
    said = {"do": "claim", "item": "minority", "document": "户口簿"}
    assert client.post(here, said).status_code == 422
    county = seat_at(Client(), scene.county)
    assert county.post(f"/desk/candidates/{row.pk}", {**said, "proof": "户口簿"}).status_code == 302


def test_nothing_moves_once_the_choices_are_frozen(scene: Scene) -> None:
    claim = claimed(scene)
    with bulk():
        Round.objects.filter(season=Season.objects.get()).update(frozen_at=timezone.now())
    client, here = family(scene)
    assert "已经冻结" in client.get(here).content.decode()
    said = {"do": "claim", "item": "overseas", "document": "证明"}
    assert client.post(here, said).status_code == 422
    county = seat_at(Client(), scene.county)
    assert county.post(f"/desk/bonus/{claim}", {"do": "decide", "decision": "confirm"}).status_code == 422


def test_an_auditor_reads_all_of_it_and_changes_nothing(scene: Scene) -> None:
    claim = claimed(scene)
    with bulk():
        auditor = hire("auditor", Role.AUDITOR, scene.season.organisation)
        proof = BonusProof.objects.get().pk
    client = seat_at(Client(), auditor)
    candidate = scene.candidates[0].pk
    for address in (
        *("/desk/seasons", "/desk/candidates", "/desk/candidates.xlsx", f"/desk/candidates/{candidate}"),
        *("/desk/bonus", "/desk/bonus.xlsx", f"/desk/bonus/{claim}", f"/choices/proofs/{proof}"),
        *(f"/desk/bonus/notices/{scene.season.pk}", f"/desk/seasons/{scene.season.pk}/allocation"),
    ):
        assert client.get(address).status_code == 200, address
    with bulk():
        read = AuditEvent.objects.filter(user=auditor.user, action="audit.read")
        assert read.filter(summary__startswith=f"/desk/candidates/{candidate}").exists()
    page = client.get(f"/desk/candidates/{candidate}").content.decode()
    assert "审计记录" in page
    for address, said in (
        (f"/desk/bonus/{claim}", {"do": "decide", "decision": "confirm"}),
        (f"/desk/bonus/notices/{scene.season.pk}", {"do": "publicise", "contact": "示例"}),
        (f"/desk/candidates/{candidate}", {"do": "claim", "item": "overseas", "proof": "示例"}),
        ("/desk/candidates/remind", {"round": "main"}),
    ):
        assert client.post(address, said).status_code in (403, 404, 422), address
    with bulk():
        assert BonusClaim.objects.get().state == "asked"
        assert not Publicity.objects.exists()


def test_the_tab_of_candidates_is_for_who_answers_for_some(scene: Scene) -> None:
    tab = 'href="/desk/candidates"'
    for actor in (scene.teacher, scene.county, scene.bureau):
        assert tab in seat_at(Client(), actor).get("/inbox").content.decode()
    client = seat_at(Client(), scene.vocational)
    assert tab not in client.get("/inbox").content.decode()
    assert "录取之后" in client.get("/desk/candidates").content.decode()
