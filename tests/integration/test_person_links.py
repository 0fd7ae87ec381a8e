"""Which account is which person: said by their school, and no door to anything else."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from django.db import DatabaseError, transaction

from tests.support.handed_in import given as circumstances
from tests.support.intake import AT, plant
from tests.support.people import hired
from tests.support.students import NUMBERS, as_csv, put, student
from zhijiao.core.access.actor import Invisible, NotAllowed
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.models import AuditEvent
from zhijiao.exchange import actions
from zhijiao.exchange.models import PersonLink
from zhijiao.exchange.queries import pages, people, records
from zhijiao.exchange.rules.intake import begin
from zhijiao.exchange.types import FileUnusable
from zhijiao.exchange.types.batches import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> dict[str, int]:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    with bulk():
        return plant()


def test_a_school_links_an_account_and_takes_it_back(ids: dict[str, int]) -> None:
    clerk = hired("clerk", Role.SCHOOL, ids["s1"])
    pupil = hired("pupil", Role.LEARNER, ids["s1"])
    put(ids, as_csv([student(NUMBERS[0]), student(NUMBERS[1], name="李示例")]), by=clerk)
    one, other = sorted(records.records(clerk, "students"), key=lambda row: row.values["name"], reverse=True)
    assert people.reads_of_mine(pupil) is None
    for _ in range(2):
        actions.link_person(by=clerk, at=AT, record=one.id, username=" pupil ")
    assert people.reads_of_mine(pupil) == []
    actions.read_identity(by=clerk, at=AT, record_id=one.id, purpose="核对学籍")
    assert [line.purpose for line in people.reads_of_mine(pupil) or ()] == ["核对学籍"]
    with pytest.raises(Refused, match="另一个人"):
        actions.link_person(by=clerk, at=AT, record=other.id, username="pupil")
    assert one.person is not None
    assert people.linked(clerk, one.person) == ["pupil"]
    for _ in range(2):
        actions.unlink_person(by=clerk, at=AT, record=one.id, username="pupil")
    assert people.reads_of_mine(pupil) is None
    with bulk():
        done = AuditEvent.objects.filter(action__in=("exchange.link", "exchange.unlink"))
        assert sorted(done.values_list("action", flat=True)) == ["exchange.link", "exchange.unlink"]


def test_others_cannot_link(ids: dict[str, int]) -> None:
    clerk = hired("clerk", Role.SCHOOL, ids["s1"])
    stranger = hired("stranger", Role.SCHOOL, ids["other"])
    leader = hired("leader", Role.LEADER, ids["county"])
    put(ids, as_csv([student(NUMBERS[0])]), by=clerk)
    one = records.records(clerk, "students")[0]
    with pytest.raises(Invisible):
        actions.link_person(by=stranger, at=AT, record=one.id, username="stranger")
    with pytest.raises(NotAllowed):
        actions.link_person(by=leader, at=AT, record=one.id, username="leader")
    with pytest.raises(Refused, match="没有用户名"):
        actions.link_person(by=clerk, at=AT, record=one.id, username="stranger")
    with bulk():
        assert not PersonLink.objects.exists()


def test_a_link_is_never_changed(ids: dict[str, int]) -> None:
    clerk = hired("clerk", Role.SCHOOL, ids["s1"])
    hired("pupil", Role.LEARNER, ids["s1"])
    put(ids, as_csv([student(NUMBERS[0])]), by=clerk)
    actions.link_person(by=clerk, at=AT, record=records.records(clerk, "students")[0].id, username="pupil")
    with pytest.raises(DatabaseError, match="pgtrigger"), bulk(), transaction.atomic():
        PersonLink.objects.update(username="clerk")
    with pytest.raises(DatabaseError, match="pgtrigger"), bulk(), transaction.atomic():
        PersonLink.objects.all().delete()


def test_a_file_is_known_by_its_heading(ids: dict[str, int]) -> None:
    found = pages.recognise(as_csv([student(NUMBERS[0])]), "x.csv")
    assert found[0].dataset.id == "students"
    assert found[0].sure
    assert not pages.recognise(b"a,b\n1,2\n", "x.csv")
    # Three columns that many data sets have: whoever hands it in says which it is.
    some = pages.recognise("学校代码,身份证件号,姓名\n1,2,示例\n".encode("gb18030"), "x.csv")
    assert len(some) > 1
    assert not some[0].sure


def test_a_workbook_without_a_cell_holds_nothing(ids: dict[str, int]) -> None:
    held = io.BytesIO()
    openpyxl.Workbook().save(held)
    with pytest.raises(FileUnusable, match="里面没有内容"):
        pages.recognise(held.getvalue(), "x.xlsx")
    with pytest.raises(FileUnusable, match="里面没有内容"):
        begin(held.getvalue(), "x.xlsx", circumstances())


def test_a_number_is_searched_for_by_its_index(ids: dict[str, int]) -> None:
    clerk = hired("clerk", Role.SCHOOL, ids["s1"])
    put(ids, as_csv([student(NUMBERS[0]), student(NUMBERS[1])]), by=clerk)
    assert records.count_records(clerk, "students", words=pages.searched(NUMBERS[0])) == 1
    assert pages.searched("示例") == "示例"
