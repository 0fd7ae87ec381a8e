"""Imported editions of the data standard: in force at once, refused whole, older ones still read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import ProgrammingError, transaction

from zhijiao.core.access.actor import Actor, NotAllowed
from zhijiao.core.access.scope import bulk
from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import AuditEvent
from zhijiao.exchange.actions.standard import (
    ImportRefused,
    import_codes,
    import_national,
    keep_standard,
    plan_codes,
)
from zhijiao.exchange.models import StandardEdition
from zhijiao.exchange.queries.standard import catalogue, edition, editions, schema, standard
from zhijiao.exchange.rules.standard import shipped

pytestmark = pytest.mark.django_db

AT = datetime(2026, 9, 1, tzinfo=UTC)
BY = Actor.system("test")
FIRST = "专业代码,专业名称\n990101,示例甲\n990102,示例乙\n".encode()
SECOND = "专业代码,专业名称,原专业代码\n990101,示例甲,\n990103,示例丙,990102\n".encode()


def _import(content: bytes, edition: str, on: date) -> None:
    import_codes(
        subject="majors",
        files=[("majors.csv", content)],
        edition=edition,
        on=on,
        ends_many=True,
        by=BY,
        at=AT,
    )


def test_nothing_imported_is_what_ships() -> None:
    assert standard() == shipped()
    assert editions() == []


def test_an_import_is_in_force_and_the_one_before_can_be_read() -> None:
    _import(FIRST, "2021", date(2021, 3, 1))
    first = keep_standard(by=BY, at=AT)
    _import(SECOND, "2025", date(2025, 12, 1))
    now = standard()
    assert now.hash != first.hash
    assert now.codes["majors"].by_code["990102"].replaced_by == ("990103",)
    assert [(each.edition, each.in_force) for each in editions()] == [("2025", True), ("2021", False)]
    old = edition(first.hash)
    assert old is not None
    assert old.codes["majors"].by_code["990102"].until is None
    assert old == first
    assert edition("0" * 64) is None
    with bulk():
        assert AuditEvent.objects.filter(action="exchange.standard_imported").count() == 2


def test_importing_the_same_again_adds_nothing() -> None:
    _import(FIRST, "2021", date(2021, 3, 1))
    again = import_codes(
        subject="majors", files=[("again.csv", FIRST)], edition="2021", on=date(2021, 3, 1), by=BY, at=AT
    )
    assert not again.news
    keep_standard(by=BY, at=AT)
    keep_standard(by=BY, at=AT)
    assert StandardEdition.objects.count() == 2


def test_a_file_with_faults_changes_nothing() -> None:
    with pytest.raises(ImportRefused) as refused:
        _import("专业代码,专业名称\n9901X1,甲\n990102,\n".encode(), "x", date(2025, 1, 1))
    assert len(refused.value.problems) == 2
    with pytest.raises(ImportRefused):
        import_national(files=[("n.csv", b"a,b\n1,2\n")], edition="x", by=BY, at=AT)
    assert standard() == shipped()


def test_a_file_that_would_end_most_of_a_list_asks_again() -> None:
    _import(FIRST, "2021", date(2021, 3, 1))
    with pytest.raises(Refusal, match="现行 2 个条目中的 1 个"):
        import_codes(
            subject="majors", files=[("m.csv", SECOND)], edition="2025", on=date(2025, 12, 1), by=BY, at=AT
        )
    assert [each.edition for each in editions()] == ["2021"]


def test_a_plan_says_what_would_change_and_changes_nothing() -> None:
    _import(FIRST, "2021", date(2021, 3, 1))
    other = "专业代码,专业名称,原专业代码\n990101,示例新,\n990103,示例丙,990102\n".encode()
    plan = plan_codes(subject="majors", files=[("m.csv", other)], edition="2025", on=date(2025, 12, 1))
    assert [entry.code for entry in plan.added] == ["990103"]
    assert [(entry.code, entry.replaced_by) for entry in plan.ended] == [("990102", ("990103",))]
    assert [(was.name, now.name) for was, now in plan.renamed] == [("示例甲", "示例新")]
    assert [each.edition for each in editions()] == ["2021"]


def test_only_who_accepts_packs_may_import() -> None:
    with pytest.raises(NotAllowed):
        import_codes(
            subject="majors",
            files=[("majors.csv", FIRST)],
            edition="x",
            on=date(2025, 1, 1),
            by=Actor(user=1, name="某人", tenant=Tenant.REAL),
            at=AT,
        )


def test_rows_never_change() -> None:
    _import(FIRST, "2021", date(2021, 3, 1))
    with pytest.raises(ProgrammingError), transaction.atomic():
        StandardEdition.objects.update(edition="2022")


def test_the_catalogue_has_every_data_set() -> None:
    found = catalogue()
    assert [each.dataset.id for each in found] == [each.id for each in standard().datasets]
    assert schema("graduates") is not None
    assert schema("nothing") is None
