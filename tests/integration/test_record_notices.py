"""A student whom nobody reaches is called in public first; only when that is over may the authority record that they have left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.support.people import seat_at
from tests.support.records import AT, TODAY, City, ask, city, enrol, policy_of, step
from zhijiao.core.access.scope import acting, bulk
from zhijiao.records import actions, queries
from zhijiao.records.models import RecordCase, RecordNotice, StudentRecord
from zhijiao.records.types import NotEligible, Reached, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped_packs")]
LOST: dict[str, Any] = {
    "reason": "absent",
    "absent_days": 20,
    "reached": Reached.UNREACHABLE,
    "words": "11月2日、9日电话，12日家访，都没有联系上",
    "contact": "示例老师 0000-00000000",
}
DAYS = policy_of("zhejiang").record_rule("withdraw").notice_days  # type: ignore[union-attr]
LAST = TODAY + timedelta(days=(DAYS or 0) - 1)


@pytest.fixture
def place() -> City:
    return city()


def status(record: int) -> str:
    with bulk():
        return StudentRecord.objects.get(pk=record).status


def notice(case: int) -> RecordNotice:
    with bulk():
        return RecordNotice.objects.filter(case=case).latest("pk")


def test_leaving_is_recorded_only_after_the_notice(place: City) -> None:
    record = enrol(place)
    case = ask(place, "withdraw", record, **LOST)
    made = notice(case)
    assert (made.starts, made.ends, made.name) == (TODAY, LAST, "示" + "＊" * 3 + "1")
    with bulk():
        due = RecordCase.objects.get(pk=case).due
        assert due is not None
        assert due > LAST
    for day in (TODAY, LAST):
        with pytest.raises(Refused, match=f"公示到 {LAST} 止"):
            step(place, case, "county", "record", on=day)
    assert status(record) == "enrolled"
    assert step(place, case, "county", "record", on=LAST + timedelta(days=1)) == "recorded"
    assert status(record) == "withdrawn"


def test_who_was_told_needs_none_and_nobody_leaves_it_open(place: City) -> None:
    record = enrol(place)
    for changed, words in (
        ({"reached": None}, "是否已告知"),
        ({"guardian": True}, "监护人已同意"),
        ({"words": " "}, "什么方式联系"),
        ({"contact": ""}, "联系人和电话"),
    ):
        with pytest.raises(NotEligible, match=words):
            ask(place, "withdraw", record, **(LOST | changed))
    case = ask(place, "withdraw", record, **(LOST | {"reached": Reached.TOLD}))
    with bulk():
        assert not RecordNotice.objects.exists()
    step(place, case, "county", "record")
    assert status(record) == "withdrawn"


def test_a_notice_comes_down_with_its_case(place: City) -> None:
    record = enrol(place)
    case = ask(place, "withdraw", record, **LOST)
    step(place, case, "county", "return", "学生已来电话")
    assert notice(case).withdrawn_at is None  # the school says first what it found
    kept = queries.cases(place.by("school"))
    assert [line.id for line in kept] == [case]
    with bulk():
        wanted = actions.applying.wanted_of(RecordCase.objects.get(pk=case))
    assert wanted.reached is Reached.UNREACHABLE
    actions.amend(case=case, application=wanted, by=place.by("school"), at=AT, on=TODAY)
    with bulk():
        assert RecordNotice.objects.count() == 1  # it went on
    step(place, case, "county", "refuse", "学生已返校")
    assert notice(case).withdrawn_at is not None
    assert "不予办理" in queries.case_view(place.by("school"), case).notices[0].why


def test_everybody_reads_it_while_it_stands(place: City, client: Client) -> None:
    record = enrol(place)
    today = timezone.localdate()
    case = ask(place, "withdraw", record, on=today, **LOST)
    address = reverse("portal:record_notice", args=[notice(case).code])
    answer = client.get(address)
    said = answer.content.decode()
    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert LOST["contact"] in said
    assert "示＊＊＊1" in said
    assert "示例学生1" not in said
    assert client.get(reverse("portal:record_notice", args=["0" * 16])).status_code == 404
    with bulk(), pytest.raises(DatabaseError), transaction.atomic():
        RecordNotice.objects.update(ends=date(2999, 1, 1))
    listed = client.get(reverse("portal:record_notices", args=["taizhou"]))
    assert listed["X-Robots-Tag"].startswith("noindex")
    assert address in listed.content.decode()
    front = client.get(reverse("portal:public_pack", args=["taizhou"])).content.decode()
    assert reverse("portal:record_notices", args=["taizhou"]) in front
    assert client.get(reverse("portal:record_notices", args=["nowhere"])).status_code == 404
    none = client.get(reverse("portal:record_notices", args=["taizhou"]), {"q": "示例别校"})
    assert "没有找到" in none.content.decode()
    step(place, case, "county", "refuse", "学生已返校", on=today)
    assert client.get(address).status_code == 404
    assert address not in client.get(reverse("portal:record_notices", args=["taizhou"])).content.decode()


def test_only_the_parties_of_the_case_see_it_at_their_desk(place: City) -> None:
    case = ask(place, "withdraw", enrol(place), **LOST)
    for who, count in (("school", 1), ("county", 1), ("county2", 0), ("technician", 0), ("school2", 0)):
        with acting(place.by(who)):
            assert RecordNotice.objects.filter(case=case).count() == count


def test_the_form_asks_and_says_what_is_missing(place: City, client: Client) -> None:
    record = enrol(place)
    seat_at(client, place.by("school"))
    address = reverse("portal:record_apply", args=[record, "withdraw"])
    assert "联系不上的，提交后公示" in client.get(address).content.decode()
    answer = client.post(address, {"reason": "absent", "absent_days": "20", "reached": "unreachable"})
    assert answer.status_code == 422
    said = answer.content.decode()
    assert 'href="#contact"' in said
    assert 'href="#words"' in said
    done = client.post(
        address,
        {
            "reason": "absent",
            "absent_days": "20",
            "reached": "unreachable",
            "words": LOST["words"],
            "contact": LOST["contact"],
        },
    )
    assert done.status_code == 302
    page = client.get(done["Location"]).content.decode()
    assert "期满前不能核准" in page
    assert "联系不上，先公示" in page
