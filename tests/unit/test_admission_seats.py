"""What becomes of a seat, what a notice shows, and how a reason is told: rules without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from zhijiao.admissions.rules.engine import rules_of
from zhijiao.admissions.rules.notices import last_day, masked_name
from zhijiao.admissions.rules.seats import CellUse, list_digest, may_decline, track_of
from zhijiao.admissions.rules.telling import SHORT, say
from zhijiao.admissions.types.states import RoundKind
from zhijiao.core.workdays import china
from zhijiao.engines.matching.types import LastSeat, Mechanism, Reason

PUBLISHED = datetime(2026, 7, 15, tzinfo=UTC)
NEXT = datetime(2026, 7, 20, tzinfo=UTC)
DURING = datetime(2026, 7, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "can", "published", "until", "at", "why"),
    [
        (RoundKind.MAIN, True, PUBLISHED, NEXT, DURING, ""),
        (RoundKind.MAIN, False, PUBLISHED, NEXT, DURING, "不能放弃"),
        (RoundKind.SUPPLEMENTARY, True, PUBLISHED, NEXT, DURING, "征集志愿录取的"),
        (RoundKind.MAIN, True, None, NEXT, DURING, "还没有公布"),
        (RoundKind.MAIN, True, NEXT, NEXT, DURING, "还没有公布"),
        (RoundKind.MAIN, True, PUBLISHED, None, DURING, "没有安排征集志愿"),
        (RoundKind.MAIN, True, PUBLISHED, NEXT, NEXT, "已于"),
    ],
)
def test_when_a_seat_may_be_given_up(
    kind: RoundKind, can: bool, published: datetime | None, until: datetime | None, at: datetime, why: str
) -> None:
    said = may_decline(kind=kind, can_decline=can, published=published, until=until, at=at)
    assert (said == "") if not why else (why in said)


@pytest.mark.parametrize(
    ("use", "left", "freed"),
    [
        (CellUse(40, 40), 0, 0),
        (CellUse(40, 37), 3, 0),
        (CellUse(40, 40, freed=2), 2, 2),
        (CellUse(40, 37, freed=2), 5, 2),
        (CellUse(40, 41, freed=1), 0, 0),  # one over plan by a tie: giving up brings it back to the plan
        (CellUse(40, 37, freed=2, topped_up=4), 1, 1),
    ],
)
def test_what_a_cell_can_offer_again(use: CellUse, left: int, freed: int) -> None:
    assert (use.left, use.freed_of_left) == (left, freed)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王", "＊"),
        ("王示", "王＊"),
        ("王示例", "王＊＊"),
        ("欧阳示例", "欧＊＊例"),
        (" 王示 ", "王＊"),
        ("", "＊"),
    ],
)
def test_a_notice_masks_names(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("starts", "days", "working", "ends"),
    [
        (date(2026, 6, 30), 5, True, date(2026, 7, 6)),  # Tuesday; the weekend does not count
        (date(2026, 7, 4), 1, True, date(2026, 7, 6)),  # put up on a Saturday
        (date(2026, 6, 30), 7, False, date(2026, 7, 6)),
    ],
)
def test_how_long_a_notice_stays(starts: date, days: int, working: bool, ends: date) -> None:
    assert last_day(starts, days, china(), working=working) == ends


@pytest.mark.parametrize(
    ("category", "kind", "years", "track"),
    [
        ("secondary", "secondary_vocational", 3, "secondary_3"),
        ("secondary", "technician", 3, "technician_3"),
        ("bridge_college", "technician", 5, "technician_5"),
        ("bridge_college", "secondary_vocational", 5, "five_year"),
        ("bridge_college", "secondary_vocational", 3, "three_two"),
        ("bridge_degree", "secondary_vocational", 3, "three_four"),
        ("own", "secondary_vocational", 2, "other"),
    ],
)
def test_what_the_records_call_a_line(category: str, kind: str, years: int, track: str) -> None:
    assert track_of(category, kind, years) == track


def test_a_list_has_one_digest_whatever_its_order() -> None:
    one, two = ("26000001", "甲"), ("26000002", "乙")
    assert list_digest("季", "0001", [one, two]) == list_digest("季", "0001", [two, one])
    assert list_digest("季", "0001", [one]) != list_digest("季", "0001", [one, two])


def test_every_reason_of_the_engine_is_told() -> None:
    for reason in Reason:
        told = say({"code": reason.value, "at": "480", "place": 4, "ties": 2}, limits={})
        assert told.short == SHORT[reason.value]
        assert told.sentences.endswith("。")
        assert "代码" not in told.sentences


def test_a_reason_says_line_place_and_ties() -> None:
    told = say({"code": "below_line", "at": "480", "place": 4, "ties": None}, limits={})
    assert (
        told.sentences == "比您靠前的考生已经把名额用完。录取线是480 分；您在报了这个专业的考生中排第 4 名。"
    )
    lot = say({"code": "lot", "at": "480", "place": 4, "ties": 3}, limits={})
    assert "摇号" in lot.sentences
    assert "3 人" in lot.sentences
    limit = say({"code": "limit:eyes", "at": None, "place": None, "ties": None}, limits={"eyes": "色觉正常"})
    assert limit.sentences == "不符合这个专业的报考条件：色觉正常。"


def test_the_rules_of_a_round_are_those_of_its_season() -> None:
    season = {
        "batches": [
            {"id": "a", "max_choices": 5, "excludes": ["b"]},
            {"id": "b", "mechanism": "deferred", "max_choices": 3, "ratio": "1.2", "stages": 2},
        ],
        "order": [{"by": "total"}, {"by": "语文", "ascending": True}],
        "last_seat": "lottery",
    }
    rules = rules_of(season, ["b", "a"], "种子")
    assert [batch.id for batch in rules.batches] == ["b", "a"]
    assert (rules.batches[0].mechanism, rules.batches[0].stages, rules.batches[0].ratio) == (
        Mechanism.DEFERRED,
        2,
        1.2,
    )
    assert rules.batches[1].excludes == frozenset({"b"})
    assert (rules.last_seat, rules.seed) == (LastSeat.LOTTERY, "种子")
    assert [each.ascending for each in rules.order] == [False, True]
