"""What makes a list of choices one that can be handed in, when, and what the receipt says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from zhijiao.admissions.rules.choices import changes, faults_of
from zhijiao.admissions.rules.receipts import LETTERS, digest_of, number_of, text_of
from zhijiao.admissions.rules.windows import countdown, standing, state_of, takes
from zhijiao.admissions.types.filling import Chosen, Offer, Standing, Window, WindowState
from zhijiao.engines.matching.types import Batch, Group

NAMES = {"early": "提前批", "main": "统一批", "far": "外地学校", "out": "外县的学校"}
BATCHES = {
    "early": Batch("early", max_choices=1, excludes=frozenset({"main"})),
    "main": Batch(
        "main", max_choices=3, groups=(Group("far", 1, frozenset({"s2", "s3"})), Group("out", 1, beyond=True))
    ),
}


def offer(
    id_: int, batch: str = "main", school: str = "s1", origins: frozenset[str] = frozenset({"", "示例县"})
) -> Offer:
    return Offer(id_, f"{id_:04d}", batch, school, f"示例学校{school}", "m", f"示例专业{id_}", origins)


OFFERS = {
    one.id: one
    for one in (
        offer(1),
        offer(2),
        offer(3, school="s2"),
        offer(4, school="s3"),
        offer(5),
        offer(6, "early"),
        offer(7, "other"),
        offer(8, origins=frozenset({"另一县"})),
        offer(9, school="s9", origins=frozenset({""})),
        offer(10, school="s9", origins=frozenset({""})),
    )
}


def said(*lines: int, adjust: tuple[int, ...] = (), origins: tuple[str, ...] = ("示例县",)) -> list[str]:
    found = faults_of(Chosen(lines, frozenset(adjust)), OFFERS, BATCHES, origins, NAMES)
    return [fault.words for fault in found]


def test_a_list_without_faults() -> None:
    assert said(1, 2, 3) == []
    assert said(8, origins=("另一县", "示例组")) == []


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), "还没有填一个志愿"),
        ((99,), "第 1 行的专业不在本季的招生计划里"),
        ((7,), "不在这一轮填报"),
        ((1, 2, 1), "第 3 行与第 1 行是同一个专业"),
        ((1, 2, 5, 8), "统一批最多填 3 个，现在有 4 个。请删去 1 个"),
        ((3, 4), "外地学校最多填 1 个，现在有 2 个"),
        ((9, 10), "外县的学校最多填 1 个，现在有 2 个"),
        ((1, 6), "填了提前批就不能再填统一批"),
        ((8,), "没有面向您的生源类别的计划（只招“另一县”）"),
    ],
)
def test_each_fault_is_said(lines: tuple[int, ...], words: str) -> None:
    assert any(words in one for one in said(*lines)), said(*lines)


def test_all_faults_at_once() -> None:
    assert len(said(1, 1, 99, 7, 8)) == 4


def test_an_exclusion_is_said_once_for_a_pair() -> None:
    assert len(said(6, 1)) == 1


def test_what_a_version_changed() -> None:
    assert changes(None, Chosen((1, 2))) == ((1, 2), (), False)
    assert changes(Chosen((1, 2)), Chosen((2, 3))) == ((3,), (1,), False)
    assert changes(Chosen((1, 2, 3)), Chosen((2, 1, 3))) == ((), (), True)


OPENS = datetime(2026, 7, 1, 1, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=2)
WINDOW = Window(OPENS, CLOSES, timedelta(minutes=10))
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("at", "opened", "state"),
    [
        (OPENS - MINUTE, None, WindowState.BEFORE),
        (OPENS, None, WindowState.OPEN),
        (CLOSES - MINUTE, None, WindowState.OPEN),
        (CLOSES, None, WindowState.CLOSED),
        (CLOSES, CLOSES - MINUTE, WindowState.GRACE),
        (CLOSES + 9 * MINUTE, CLOSES - MINUTE, WindowState.GRACE),
        (CLOSES + 10 * MINUTE, CLOSES - MINUTE, WindowState.CLOSED),
        (CLOSES + MINUTE, CLOSES + MINUTE, WindowState.CLOSED),
        (CLOSES + MINUTE, OPENS - MINUTE, WindowState.CLOSED),
    ],
)
def test_the_window(at: datetime, opened: datetime | None, state: WindowState) -> None:
    assert state_of(WINDOW, at, opened=opened) is state


def test_an_extension_moves_the_closing_and_never_back() -> None:
    later = Window(OPENS, CLOSES, timedelta(minutes=10), CLOSES + timedelta(hours=3))
    assert takes(later, CLOSES + timedelta(hours=2))
    assert not takes(later, CLOSES + timedelta(hours=3))
    earlier = Window(OPENS, CLOSES, timedelta(0), OPENS + MINUTE)
    assert takes(earlier, CLOSES - MINUTE)


def test_a_frozen_round_takes_nothing() -> None:
    assert not takes(Window(OPENS, CLOSES, timedelta(minutes=10), None, frozen=True), OPENS, opened=OPENS)


def test_a_season_that_is_not_filling_takes_nothing() -> None:
    waiting = Window(OPENS, CLOSES, timedelta(minutes=10), ready=False)
    assert state_of(waiting, OPENS) is WindowState.BEFORE
    assert state_of(waiting, CLOSES, opened=OPENS) is WindowState.CLOSED


def test_the_standing() -> None:
    one, other = Chosen((1,)), Chosen((2,))
    assert standing(None, None) is Standing.NOTHING
    assert standing(Chosen(), None) is Standing.NOTHING
    assert standing(one, None) is Standing.DRAFT
    assert standing(None, one) is Standing.SUBMITTED
    assert standing(one, one) is Standing.SUBMITTED
    assert standing(other, one) is Standing.CHANGED


def test_the_countdown_in_words() -> None:
    assert countdown(timedelta(days=2, hours=3, minutes=4)) == "2天3小时"
    assert countdown(timedelta(minutes=61)) == "1小时1分"
    assert countdown(timedelta(seconds=61)) == "1分1秒"


def test_the_receipt() -> None:
    text = text_of(
        season="2026",
        round_code="main",
        candidate="261001",
        version=2,
        at=OPENS,
        choices=[("0101", False), ("0203", True)],
    )
    assert text == "2026\nmain\n261001\n2\n2026-07-01T01:00:00.000000Z\n0101\n0203+"
    number = number_of(digest_of(text))
    assert len(LETTERS) == len(set(LETTERS)) == 32
    assert len(number) == 11
    assert number[5] == "-"
    assert set(number.replace("-", "")) <= set(LETTERS)
