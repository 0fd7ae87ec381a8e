"""A data set whose fields were put in another order, with one more and one less: what was handed in before is read as it was meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.intake import AT, SYSTEM, plant
from tests.support.students import NUMBERS, as_csv, put, student
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.engines.expressions import parse
from zhijiao.engines.metrics.types import Calendar, During, How, Measure
from zhijiao.exchange.models import Difference, Profile, StandardEdition
from zhijiao.exchange.queries import records as reading
from zhijiao.exchange.queries import rolls
from zhijiao.exchange.queries.batches import by_number
from zhijiao.exchange.queries.standard import NATIONAL, standard
from zhijiao.exchange.rules.standard.mapping import dataset_mapping
from zhijiao.exchange.store import layouts
from zhijiao.exchange.store.profiling import refresh
from zhijiao.exchange.types.measured import Measured

pytestmark = pytest.mark.django_db

ROWS = [student(NUMBERS[0]), student(NUMBERS[1], name="李示例", 学籍状态="休学")]
GONE = "phone"


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> dict[str, int]:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    with bulk():
        return plant()


def change_fields() -> None:
    """A national file that puts the fields of students the other way round, without telephone numbers, with one new field."""
    own = standard().by_id["students"]
    fields = [f for f in reversed(own.fields) if f.id != GONE]
    new = replace(own.by_id["class_no"], id="dormitory", name="示例宿舍号", pinyin="SSH", mandatory=False)
    content = {"datasets": [dataset_mapping(replace(own, fields=(new, *fields)))], "codes": []}
    StandardEdition.objects.create(
        subject=NATIONAL,
        edition="示例版",
        hash="a" * 64,
        content=content,
        file_name="示例.xlsx",
        imported_at=AT,
        imported_by="tests",
    )
    assert [f.id for f in standard().by_id["students"].fields][:2] == ["dormitory", "status"]


def names(found: list[reading.RecordView]) -> list[str]:
    return sorted(row.values["name"] for row in found)


def test_the_order_of_the_batch_counts(ids: dict[str, int]) -> None:
    put(ids, as_csv(ROWS))
    assert layouts.values_of(Tenant.REAL, "students") == "exchange_record.data"
    change_fields()
    assert layouts.values_of(Tenant.REAL, "students").startswith("CASE")
    assert layouts.values_of(Tenant.DEMO, "students") == "exchange_record.data"

    assert names(reading.records(SYSTEM, "students")) == ["张示例", "李示例"]
    assert names(reading.records(SYSTEM, "students", values={"status": "suspended"})) == ["李示例"]
    measure = Measure("students", How.ROWS, During("enrolled_on"), where=parse('status = "enrolled"'))
    asked = Measured(measure, Calendar.YEAR, 2023, 2023, {})
    assert names(reading.records(SYSTEM, "students", measured=asked)) == ["张示例"]
    assert {one.values["name"] for one in rolls.roll(SYSTEM, "students", ids["s1"])} == {"张示例", "李示例"}

    refresh(Tenant.REAL, on=AT.date())
    with bulk():
        filled = Profile.objects.get(organisation=ids["s1"]).filled
    fields = [f.id for f in standard().by_id["students"].fields]
    assert {field for field, count in zip(fields, filled, strict=True) if count} == {
        *("organisation", "person", "name", "grade", "major", "track"),
        *("education", "full_time", "enrolled_on", "status"),
    }


def test_the_same_file_changes_nothing_and_another_one_what_it_says(ids: dict[str, int]) -> None:
    put(ids, as_csv(ROWS))
    change_fields()
    again = put(ids, as_csv(ROWS), "again.csv")
    assert (again.counts.unchanged, again.counts.changed, again.counts.new) == (2, 0, 0)
    other = put(ids, as_csv([ROWS[0], ROWS[1] | {"姓名": "王示例"}]), "other.csv")
    assert (other.counts.unchanged, other.counts.changed) == (1, 1)
    (change,) = by_number(SYSTEM, other.batch).changes
    assert list(change.fields) == [("姓名", "李示例", "王示例")]
    assert names(reading.records(SYSTEM, "students")) == ["张示例", "王示例"]
    changed = next(row for row in reading.records(SYSTEM, "students") if row.values["name"] == "王示例")
    assert reading.history(SYSTEM, changed.id)[0].changes == [("姓名", "李示例", "王示例")]


def test_sources_are_compared_field_by_field(ids: dict[str, int]) -> None:
    put(ids, as_csv(ROWS))
    change_fields()
    put(ids, as_csv([ROWS[0], ROWS[1] | {"姓名": "王示例"}]), "national.csv", source="全国系统")
    with bulk():
        found = list(Difference.objects.values_list("field", "own", "other"))
    assert found == [("name", "李示例", "王示例")]
