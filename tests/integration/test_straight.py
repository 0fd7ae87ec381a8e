"""The straight way to hand in takes what the long way takes, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.support.straightly import LONG, key_of, post, scene_now
from zhijiao.admissions.models import Guardian, Round, Submission
from zhijiao.core.access.scope import bulk
from zhijiao.core.models import AuditEvent, User

pytestmark = pytest.mark.django_db


def test_it_hands_in_once() -> None:
    scene = scene_now()
    session = key_of(scene.pupils[0])
    status, said = post(scene, session)
    assert (status, said["version"]) == ("200 OK", 1)
    assert post(scene, session)[1] == said
    with bulk():
        row = Submission.objects.get()
        assert row.receipt == said["receipt"]
        assert row.lines == [scene.lines[5].pk, scene.lines[3].pk]
        assert AuditEvent.objects.get(action="admissions.submit").address == "127.0.0.1"
    assert (
        post(
            scene, key_of(scene.parents[0]), said={"lines": row.lines[:1], "adjust": [], "key": "another-key"}
        )[1]["version"]
        == 2
    )


def test_it_leaves_other_requests_alone() -> None:
    scene = scene_now()
    session = key_of(scene.pupils[0])
    for more in (
        {"REQUEST_METHOD": "GET"},
        {"PATH_INFO": "/choices"},
        {"CONTENT_TYPE": "application/x-www-form-urlencoded"},
    ):
        assert post(scene, session, **more)[0] == LONG


def test_it_refuses_what_the_long_way_refuses() -> None:
    scene = scene_now()
    mine = key_of(scene.pupils[0])
    refused = [
        post(scene, ""),
        post(scene, "x" * 32),
        post(scene, mine, who=1),
        *(
            post(scene, key_of(actor))
            for actor in (
                scene.pupils[1],
                scene.parents[1],
                scene.teacher,
                scene.county,
                scene.bureau,
                scene.vocational,
            )
        ),
        post(scene, mine, HTTP_ORIGIN="http://elsewhere.example"),
        post(scene, mine, HTTP_ORIGIN=""),
        post(scene, mine, HTTP_HOST="elsewhere.example", HTTP_ORIGIN="http://elsewhere.example"),
        post(scene, mine, CONTENT_LENGTH="x"),
        post(scene, mine, CONTENT_LENGTH="9999999"),
        post(scene, mine, HTTP_COOKIE="\x00;;="),
        *(
            post(scene, mine, said=said)
            for said in (
                [],
                {},
                {"lines": [True], "adjust": [], "key": "a-key-of-a-page"},
                {"lines": ["1"], "adjust": [], "key": "a-key-of-a-page"},
                {"lines": [], "adjust": [], "key": "a-key-of-a-page"},
                {"lines": [scene.lines[3].pk] * 2, "adjust": [], "key": "a-key-of-a-page"},
                {"lines": [10**30], "adjust": [], "key": "a-key-of-a-page"},
                {"lines": [scene.lines[3].pk], "adjust": [], "key": 5},
                {"lines": [scene.lines[3].pk], "adjust": [], "key": "short"},
            )
        ),
    ]
    assert {status for status, _ in refused} == {"409 Conflict"}
    with bulk():
        assert not Submission.objects.exists()


def test_it_asks_for_the_account_the_window_and_the_second_factor() -> None:
    scene = scene_now()
    session, parent = key_of(scene.pupils[0]), key_of(scene.parents[0])
    with bulk():
        Round.objects.update(second_factor=True)
    assert post(scene, session)[0] == "409 Conflict"
    with bulk():
        Round.objects.update(second_factor=False, closes_at=timezone.now())
    assert post(scene, session)[0] == "409 Conflict"
    with bulk():
        Round.objects.update(closes_at=timezone.now() + timedelta(days=1))
        Guardian.objects.filter(user_id=scene.parents[0].person).update(
            ended_at=timezone.now(), ended_by="tests"
        )
    assert post(scene, parent)[0] == "409 Conflict"
    with bulk():
        User.objects.filter(pk=scene.pupils[0].person).update(must_change_password=True)
    assert post(scene, session)[0] == "409 Conflict"
    with bulk():
        User.objects.filter(pk=scene.pupils[0].person).update(must_change_password=False, is_active=False)
    assert post(scene, session)[0] == "409 Conflict"
    with bulk():
        User.objects.filter(pk=scene.pupils[0].person).update(is_active=True)
        Session.objects.filter(session_key=session).update(expire_date=timezone.now())
    assert post(scene, session)[0] == "409 Conflict"
    fresh = key_of(scene.pupils[0])
    with bulk():
        User.objects.filter(pk=scene.pupils[0].person).update(password="changed")
    assert post(scene, fresh)[0] == "409 Conflict"
    with bulk():
        assert not Submission.objects.exists()
