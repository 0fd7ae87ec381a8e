"""Judging a data set of an organisation: what is checked, what is not and why, what is to be mended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.support.intake import dataset
from zhijiao.engines.quality import Subject
from zhijiao.exchange.rules import quality
from zhijiao.exchange.types import Keeping
from zhijiao.exchange.types.quality import Asked, Counted, Facts, Inside

ON = date(2026, 11, 22)
THINGS = dataset("things", Keeping.STATE)
EVENTS = dataset("happenings", Keeping.EVENTS)


def test_nothing_at_all_is_late_and_otherwise_unchecked() -> None:
    found = quality.judged(Facts(THINGS, 1, term="2025 年", due=date(2026, 1, 31)), ON)
    assert [one.subject for one in found.findings] == [Subject.TIMELINESS]
    assert found.findings[0].words == "2025 年的数据应在2026年1月31日前交，已逾期 295 天。"
    assert {part.subject for part in found.score.parts} == {Subject.TIMELINESS}
    assert found.score.unchecked.keys() == set(Subject) - {Subject.TIMELINESS}


def test_what_came_late_is_told_but_is_nobodys_task_any_more() -> None:
    facts = Facts(
        THINGS, 1, [Counted("2025", 2, [2, 2, 2, 2])], due=date(2026, 1, 31), received=date(2026, 2, 5)
    )
    found = quality.judged(facts, ON)
    part = found.score.part(Subject.TIMELINESS)
    assert part is not None
    assert (part.good, part.of) == (0, 1)
    assert not found.findings


def test_before_its_day_nothing_is_owed() -> None:
    found = quality.judged(Facts(THINGS, 1, due=date(2027, 1, 31)), ON)
    assert not found.findings
    assert found.score.unchecked[Subject.TIMELINESS] == "还没到截止日（2027年1月31日）"


def test_every_kind_of_finding_says_what_to_do_and_who() -> None:
    counted = Counted(
        "2025",
        10,
        [10, 10, 9, 4],
        shared=1,
        history=Asked("往期 3 期为 40 到 44；实为 10。"),
        peers=Asked(untested="可比的同类不足 4 个"),
        inside=Inside(4, 1, ["甲班 填 40 人，在册 10 人"]),
    )
    facts = Facts(
        THINGS,
        1,
        [counted],
        waiting=3,
        faults={"missing": 2, "row:order": 1},
        differing=2,
        sources=["“全国系统”"],
        due=date(2026, 1, 31),
        received=date(2026, 1, 3),
    )
    found = quality.judged(facts, ON)
    said = {one.subject: one for one in found.findings}
    assert said.keys() == set(Subject) - {Subject.OPTIONAL, Subject.TIMELINESS}
    assert said[Subject.VALIDITY].words == (
        "3 行没有通过检查，还没入库：必填项没有填 2 行、同一行里前后矛盾 1 行。"
    )
    assert said[Subject.COMPLETENESS].words == "必填项有空缺：“年份” 1 行。"
    assert said[Subject.ADDITION].period == said[Subject.OUTLIERS].period == "2025"
    assert said[Subject.DUPLICATES].owes == "报送单位与对方单位"
    assert all(one.todo for one in found.findings)
    assert [gap.field.id for gap in found.gaps] == ["year", "value"]
    parts = {part.subject: (part.good, part.of) for part in found.score.parts}
    assert parts[Subject.VALIDITY] == (10, 13)
    assert parts[Subject.OPTIONAL] == (4, 10)
    assert parts[Subject.AGREEMENT] == (8, 10)
    assert parts[Subject.OUTLIERS] == (0, 1), "what could not be compared is not counted as compared"
    assert found.weight > quality.judged(replace(facts, waiting=0), ON).weight


def test_a_count_that_breaks_with_its_past_is_asked_about() -> None:
    rows = [(o, str(y), 400 + 3 * o) for o in range(1, 9) for y in range(2020, 2025)]
    rows += [(o, "2025", 40 if o == 3 else 401 + 3 * o) for o in range(1, 9)]
    found = quality.compared(THINGS, rows, {}, ON)
    assert {place for place, said in found.items() if said["history"].words} == {(3, "2025")}
    assert "实为 40" in found[3, "2025"]["history"].words


def test_the_running_year_of_events_is_not_compared() -> None:
    rows = [(o, str(y), 100) for o in range(1, 7) for y in range(2020, 2026)] + [
        (o, "2026", 5) for o in range(1, 7)
    ]
    assert {period for _, period in quality.compared(EVENTS, rows, {}, ON)} == {"2025"}
    assert {period for _, period in quality.compared(THINGS, rows, {}, ON)} == {"2026"}


def test_peers_are_compared_on_their_base() -> None:
    rows = [(o, "", 50 * o) for o in range(1, 9)] + [(9, "", 40)]
    base = {o: 500 * o for o in range(1, 10)}
    found = quality.compared(THINGS, rows, base, ON)
    assert {o for (o, _), said in found.items() if said["peers"].words} == {9}
    assert "history" not in found[1, ""], "without periods there is no past"


def test_one_row_a_period_is_nothing_to_compare() -> None:
    assert quality.compared(THINGS, [(o, "2025", 1) for o in range(9)], {}, ON) == {}
    assert quality.compared(THINGS, [], {}, ON) == {}


def test_class_sizes_allow_for_a_few_who_came_or_left() -> None:
    found = quality.class_sizes([("甲班", 40, 38), ("乙班", 40, 41), ("丙班", 40, 30)])
    assert (found.tested, found.missed) == (3, 1)
    assert found.examples == ("丙班 填 40 人，在册 30 人",)
    assert quality.NEAR.absolute == Decimal(2)


def test_a_rule_without_a_name_is_still_told() -> None:
    assert quality.rule_words("row:anything") == "同一行里前后矛盾"
    assert quality.rule_words("new-check") == "未通过检查"
