"""The board with approved figures, as tables that an official can check: reports in, rows out.

Each file of `live/` speaks of one indicator: its first table says what was approved when, its second what the board shows
from a day (and, where it says so, with what was known by another).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.support.duties import City, city_of
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.indicators import actions
from zhijiao.indicators.models import Report
from zhijiao.indicators.queries.live import end_of, live_board
from zhijiao.indicators.types import Entered, Reason
from zhijiao.lib.numbers import quantity
from zhijiao.policy import queries as policy

TABLES = sorted((Path(__file__).parent / "live").glob("*.md"))
SHANGHAI = ZoneInfo("Asia/Shanghai")


def tables(path: Path) -> tuple[str, list[list[str]], list[list[str]]]:
    """The indicator, the rows of reports, the rows of the board."""
    text = path.read_text(encoding="utf-8")
    indicator = re.search(r"（(tzw[.\w]+)", text)
    assert indicator is not None
    parts = text.split("## ")[1:]
    found = [
        [
            [cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in part.splitlines()
            if line.startswith("| ")
        ][1:]
        for part in parts
    ]
    return indicator[1], found[0], found[1]


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_the_board_is_the_written_table(path: Path, shipped_packs: None) -> None:
    indicator, reports, rows = tables(path)
    city = city_of("taizhou")
    actions.open_reports(
        pack="taizhou",
        tenant=Tenant.REAL,
        on=date(2024, 6, 1),
        at=datetime(2024, 6, 1, tzinfo=SHANGHAI),
        since=date(2021, 1, 1),
    )
    for when, who, period, value in reports:
        report(
            city, indicator, who, period, value, datetime.combine(date.fromisoformat(when), time(9), SHANGHAI)
        )
    assert [seen(indicator, *row[:2]) for row in rows] == [tuple(row[2:]) for row in rows]


def report(city: City, indicator: str, who: str, period: str, value: str, at: datetime) -> None:
    """Report and approve, or open again and approve anew; `其余`: everybody who has not yet."""
    keys = ("numerator", "denominator") if "/" in value else ("value",)
    values = {**dict(zip(keys, value.split("/"), strict=True)), "note": "测试"}
    with bulk():
        waiting = Report.objects.filter(indicator=indicator, period=period)
        if who == "其余":
            found = list(waiting.exclude(state="approved"))
        else:
            found = list(waiting.filter(organisation__standings__name=who))
        assert found
    for row in found:
        if row.state == "approved":
            actions.reopen(
                by=city.system, at=at, report=row.pk, revision=None, reason=Reason.LATE_DATA, words="更正"
            )
    actions.hand_in(by=city.system, at=at, entries=[Entered(row.pk, values) for row in found])
    while open_ := [row.pk for row in found if state(row.pk) != "approved"]:
        actions.decide(by=city.system, at=at, reports=dict.fromkeys(open_))


def state(report_id: int) -> str:
    with bulk():
        return Report.objects.values_list("state", flat=True).get(pk=report_id)


def seen(indicator: str, on: str, known: str) -> tuple[str, str, str, str]:
    """What the board shows, in the words of the table."""
    index = policy.index("taizhou")
    assert index is not None
    day = date.fromisoformat(on)
    made = live_board(index, day, known_at=end_of(date.fromisoformat(known)) if known else None)
    row = made.row(indicator)
    if row.live is None:
        return "—", "—", "—", row.verdict.words
    point = row.live.shown or row.live.points[0]
    running = row.live.running
    value = "—" if point.value is None else quantity(point.value, row.live.unit)
    said = "报齐" if running is None else f"{running.period_words}未报齐"
    return value, point.period_words, said, row.verdict.words
