"""The workbook of duties: what the reader's scope shows, a sheet each."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest

from tests.support.duties import City, city_of
from tests.support.programs import program_of
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import Tenant
from zhijiao.indicators.actions import open_reports
from zhijiao.policy import queries as policy
from zhijiao.reports.queries import duties_workbook
from zhijiao.supervision.actions import start_from_pack

ON = date(2024, 1, 10)
AT = datetime(2024, 1, 10, 2, tzinfo=UTC)
COUNTED = "tzw.ind.13"


@pytest.fixture
def city(shipped_packs: None) -> City:
    made = city_of("taizhou")
    open_reports(pack="taizhou", tenant=Tenant.REAL, on=ON, at=AT, since=date(2022, 12, 31))
    start_from_pack(pack="taizhou", by=made.system, at=AT, on=ON)
    county, bureau = program_of(made.county_officer), program_of(made.bureau_officer)
    for value in ("12", "11"):
        (owed,) = county.read("/obligations", on=ON, indicator=COUNTED, period="2023")
        entries = [{"report": owed["report"], "values": {"value": value}}]
        county.send("/reports", {"entries": entries})
        bureau.send("/reports/decisions", {"reports": [{"report": owed["report"]}]})
        if value == "12":
            cause = {"reason": "late_data", "words": "示例：一个项目撤销"}
            bureau.send(f"/reports/{owed['report']}/reopening", cause)
    return made


def workbook(who: Actor) -> Any:
    index = policy.index("taizhou")
    assert index is not None
    with bulk() if who.everything else acting(who):
        content = duties_workbook(who, index, ON)
    return openpyxl.load_workbook(io.BytesIO(content))


def rows(book: Any, name: str) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in book[name].iter_rows()]


def test_an_operator_gets_everything(city: City) -> None:
    book = workbook(city.system)
    assert book.sheetnames[:6] == [
        "报送数据",
        "已审定数据",
        "看板（含审定数）",
        "任务事项",
        "督办与通报",
        "组织",
    ]
    figures = [row for row in rows(book, "已审定数据") if COUNTED in row]
    assert [(row[3], row[11], row[12]) for row in figures] == [(11, "有效", 12), (12, "已更正", None)]
    assert sum(COUNTED in row for row in rows(book, "报送数据")) >= len(city.counties)
    assert len(rows(book, "组织")) > len(city.counties)
    assert any("在办" in row for row in rows(book, "任务事项"))


def test_a_county_gets_its_own(city: City) -> None:
    book = workbook(city.other_county)
    assert not any(COUNTED in row for row in rows(book, "已审定数据"))
    units = {row[0] for row in rows(book, "报送数据") if COUNTED in row}
    assert len(units) == 1
