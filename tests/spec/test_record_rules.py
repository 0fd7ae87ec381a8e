"""Rules of student records in words that an official can read: each line is one case on one side of a border.

Whoever doubts a line changes the pack's `records.yaml`; nothing of this stands in the program.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.records import policy_of
from zhijiao.core.workdays import china
from zhijiao.records.places import calendar_of, parameters_of
from zhijiao.records.rules.deciding import facts, unmet
from zhijiao.records.rules.position import closing, term_of
from zhijiao.records.types import Application, Detail, State, Status

VOCATIONAL, TECHNICIAN = "secondary_vocational", "technician"
THREE, FIVE, TECHNICIAN_3, TECHNICIAN_5, TECHNICIAN_6 = (
    "secondary_3",
    "five_year",
    "technician_3",
    "technician_5",
    "technician_6",
)
MACHINING, MECHATRONICS, COOKING = "660103", "660301", "740201"
TERM_1, TERM_2, TERM_3 = date(2026, 10, 8), date(2027, 3, 8), date(2027, 10, 8)
TERM_4, TERM_5, TERM_6 = date(2028, 3, 8), date(2028, 10, 9), date(2029, 3, 8)
"""Days within the terms of somebody who entered in 2026."""
AGREED = {"guardian": True}


def judged(
    event: str,
    on: date,
    school: str = VOCATIONAL,
    own_track: str = THREE,
    status: Status = Status.ENROLLED,
    own_major: str = MACHINING,
    to: str | None = None,
    time_off: tuple[str, date, date] | None = None,
    **said: Any,
) -> list[str]:
    """The conditions that are not met, by their ids."""
    index = policy_of("taizhou")
    rule = index.record_rule(event)
    assert rule is not None
    tracks, terms = calendar_of(index)
    since = date(2026, 9, 1)
    state = State(
        status,
        since,
        {Detail.GRADE: "2026", Detail.MAJOR: own_major, Detail.TRACK: own_track},
        since,
        None,
        *((time_off and (time_off[0], time_off[2], time_off[1])) or ()),
    )
    wanted = Application(**said)
    known = facts(
        None if event == "general_in" else state,
        wanted,
        on,
        school_kind=school,
        target_kind=to,
        same_school=False,
        same_city=True,
        duplicate=False,
        tracks=tracks,
        terms=terms,
    )
    return [fault.check for fault in unmet(rule, wanted.reason, known, parameters_of(index, rule, on))]


MOVING = {"reason": "moving", "proof": True, "to": VOCATIONAL, **AGREED}
TABLE: list[tuple[str, list[str], list[str]]] = [
    # (the case in words, what is not met, what the rule says of it)
    ("第一学期转学：不可", judged("transfer", TERM_1, **MOVING), ["first-term"]),
    ("第二学期转学：可", judged("transfer", TERM_2, **MOVING), []),
    ("第四学期转学：可", judged("transfer", TERM_4, **MOVING), []),
    ("最高年级第一学期转学：不可", judged("transfer", TERM_5, **MOVING), ["last-year"]),
    ("休学期间转学：不可", judged("transfer", TERM_3, status=Status.SUSPENDED, **MOVING), ["status"]),
    ("没有监护人同意转学：不可", judged("transfer", TERM_3, **(MOVING | {"guardian": False})), ["guardian"]),
    ("三年制转到五年制：不可", judged("transfer", TERM_3, track=FIVE, **MOVING), ["same-length"]),
    (
        "中职按“转学”转到技工：不可，办互转",
        judged("transfer", TERM_3, **(MOVING | {"to": TECHNICIAN})),
        ["same-kind"],
    ),
    ("转学没有说原因：不可", judged("transfer", TERM_3, **(MOVING | {"reason": ""})), ["reason"]),
    ("家庭搬迁没有户口簿：不可", judged("transfer", TERM_3, **(MOVING | {"proof": False})), ["proof"]),
    # R32
    (
        "三年制中专转入技工：可",
        judged("cross_transfer", TERM_3, to=TECHNICIAN, track=TECHNICIAN_3, **AGREED),
        [],
    ),
    (
        "三年制中专转入技工五年制：可",
        judged("cross_transfer", TERM_3, to=TECHNICIAN, track=TECHNICIAN_5, **AGREED),
        [],
    ),
    (
        "五年制中专转入技工：不可",
        judged("cross_transfer", TERM_3, own_track=FIVE, to=TECHNICIAN, track=TECHNICIAN_5, **AGREED),
        ["three-years"],
    ),
    (
        "技工第二年转入三年制中专：可",
        judged("cross_transfer", TERM_3, TECHNICIAN, TECHNICIAN_3, to=VOCATIONAL, track=THREE, **AGREED),
        [],
    ),
    (
        "技工五年制第三年转入三年制中专：可",
        judged("cross_transfer", TERM_5, TECHNICIAN, TECHNICIAN_5, to=VOCATIONAL, track=THREE, **AGREED),
        [],
    ),
    (
        "技工六年制第四年转入三年制中专：不可",
        judged(
            "cross_transfer",
            date(2029, 10, 8),
            TECHNICIAN,
            TECHNICIAN_6,
            to=VOCATIONAL,
            track=THREE,
            **AGREED,
        ),
        ["first-years"],
    ),
    (
        "技工转入五年制中专：不可",
        judged("cross_transfer", TERM_3, TECHNICIAN, TECHNICIAN_5, to=VOCATIONAL, track=FIVE, **AGREED),
        ["into-three-years"],
    ),
    (
        "互转没有监护人同意：不可",
        judged("cross_transfer", TERM_3, to=TECHNICIAN, track=TECHNICIAN_3),
        ["guardian"],
    ),
    # general education
    (
        "普高转入中职，还剩一年半（第四学期）：可",
        judged("general_in", TERM_4, to=None, track=THREE, grade=2026, **AGREED),
        [],
    ),
    (
        "普高转入中职，只剩一年（第五学期）：不可",
        judged("general_in", TERM_5, to=None, track=THREE, grade=2026, **AGREED),
        ["years-left"],
    ),
    (
        "普高转入中职低一个年级：可",
        judged("general_in", TERM_5, to=None, track=THREE, grade=2027, **AGREED),
        [],
    ),
    ("中职第一学期转普高：不可", judged("general_out", TERM_1, **AGREED), ["first-term"]),
    # change of major
    (
        "第一学期跨大类转专业：可",
        judged("change_major", TERM_1, major=COOKING, reason="talent", proof=True, **AGREED),
        [],
    ),
    (
        "第二学期跨大类转专业：不可",
        judged("change_major", TERM_2, major=COOKING, reason="talent", proof=True, **AGREED),
        ["across"],
    ),
    (
        "二年级第一学期同大类转专业：可",
        judged("change_major", TERM_3, major=MECHATRONICS, reason="talent", proof=True, **AGREED),
        [],
    ),
    (
        "二年级第二学期同大类转专业：不可",
        judged("change_major", TERM_4, major=MECHATRONICS, reason="talent", proof=True, **AGREED),
        ["within"],
    ),
    (
        "最高年级转专业：不可",
        judged("change_major", TERM_5, major=MECHATRONICS, reason="talent", proof=True, **AGREED),
        ["last-year", "within"],
    ),
    (
        "转到原专业：不用",
        judged("change_major", TERM_1, major=MACHINING, reason="talent", proof=True, **AGREED),
        ["other-major"],
    ),
    # time off
    (
        "因病休学没有医院证明：不可",
        judged("suspend", TERM_3, reason="illness", until=date(2028, 6, 30), **AGREED),
        ["proof"],
    ),
    (
        "因病休学有医院证明：可",
        judged("suspend", TERM_3, reason="illness", proof=True, until=date(2028, 6, 30), **AGREED),
        [],
    ),
    (
        "创业休学，读满一年：可",
        judged("suspend", TERM_3, reason="work", until=date(2028, 6, 30), **AGREED),
        [],
    ),
    (
        "创业休学，还没读满一年：不可",
        judged("suspend", TERM_2, reason="work", until=date(2027, 12, 31), **AGREED),
        ["reason.work"],
    ),
    (
        "一次休学两年：不可",
        judged("suspend", TERM_3, reason="work", until=date(2029, 10, 8), **AGREED),
        ["length"],
    ),
    ("参军休学两年：可", judged("suspend", TERM_3, reason="army", proof=True, until=date(2029, 10, 8)), []),
]
ILL = ("illness", date(2027, 3, 1), date(2028, 1, 31))
OFF = {"status": Status.SUSPENDED, "time_off": ILL}
TABLE += [
    ("开学前一个月申请复学：可", judged("resume", date(2028, 1, 20), **OFF, reason="due", proof=True), []),
    (
        "休学未满，离开学不足一个月才申请：不可",
        judged("resume", date(2028, 1, 25), **OFF, reason="early", proof=True),
        ["month-before"],
    ),
    ("休学期满当天申请复学：可", judged("resume", date(2028, 1, 31), **OFF, reason="due", proof=True), []),
    (
        "因病休学，复学没有康复证明：不可",
        judged("resume", date(2028, 1, 20), **OFF, reason="due"),
        ["healthy"],
    ),
    (
        "休学期满第14天按未复学退学：不可",
        judged("withdraw", date(2028, 2, 14), **OFF, reason="not-back"),
        ["reason.not-back"],
    ),
    ("休学期满第15天按未复学退学：可", judged("withdraw", date(2028, 2, 15), **OFF, reason="not-back"), []),
    (
        "连续休学不满两年退学：不可",
        judged("withdraw", date(2029, 2, 27), **OFF, reason="two-years"),
        ["reason.two-years"],
    ),
    ("连续休学满两年退学：可", judged("withdraw", date(2029, 3, 1), **OFF, reason="two-years"), []),
    ("旷课89学时退学：不可", judged("withdraw", TERM_3, reason="truant", truant_hours=89), ["reason.truant"]),
    ("旷课90学时退学：可", judged("withdraw", TERM_3, reason="truant", truant_hours=90), []),
    ("离校13天退学：不可", judged("withdraw", TERM_3, reason="absent", absent_days=13), ["reason.absent"]),
    ("离校两周退学：可", judged("withdraw", TERM_3, reason="absent", absent_days=14), []),
    (
        "本人申请退学，监护人不同意：不可",
        judged("withdraw", TERM_3, reason="own", proof=True),
        ["reason.own"],
    ),
    ("本人申请退学，监护人同意：可", judged("withdraw", TERM_3, reason="own", proof=True, **AGREED), []),
    # the end
    (
        "毕业：思想品德、课程、实习都合格",
        judged("graduate", TERM_6, conduct=True, passed=True, practice=True),
        [],
    ),
    ("实习不合格不能毕业", judged("graduate", TERM_6, conduct=True, passed=True), ["practice"]),
    ("有课程不合格不能毕业", judged("graduate", TERM_6, conduct=True, practice=True), ["passed"]),
    (
        "没到最高年级不能毕业",
        judged("graduate", TERM_4, conduct=True, passed=True, practice=True),
        ["last-year"],
    ),
    ("有不及格的结业", judged("complete", TERM_6), []),
    ("读不满一年不发肄业证明", judged("leave", TERM_2, **AGREED), ["one-year"]),
    ("读满一年发肄业证明", judged("leave", TERM_3, **AGREED), []),
]


@pytest.mark.parametrize(("case", "found", "said"), TABLE, ids=[words for words, _, _ in TABLE])
def test_the_rules_of_student_records(case: str, found: list[str], said: list[str]) -> None:
    assert found == said, case


@pytest.mark.parametrize(
    ("words", "enrolled", "on", "said"),
    [
        ("入学当天注册", date(2026, 9, 1), date(2026, 9, 1), []),
        ("入学后第20个工作日注册", date(2026, 9, 1), china().add(date(2026, 9, 1), 20), []),
        ("入学后第21个工作日注册", date(2026, 9, 1), china().add(date(2026, 9, 1), 21), ["in-time"]),
        ("秋季截止日11月20日注册", date(2026, 11, 9), date(2026, 11, 20), []),
        ("秋季截止后一天注册", date(2026, 11, 9), date(2026, 11, 21), ["before-closing"]),
        ("春季截止日4月20日注册", date(2027, 4, 1), date(2027, 4, 20), []),
        ("春季截止后一天注册", date(2027, 4, 1), date(2027, 4, 21), ["before-closing"]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_when_new_students_are_registered(words: str, enrolled: date, on: date, said: list[str]) -> None:
    index = policy_of("taizhou")
    rule = index.record_rule("register")
    assert rule is not None
    _, term, starts = term_of(enrolled, calendar_of(index)[1])
    known = {
        "duplicate": False,
        "working_days_since": china().between(enrolled, on),
        "days_past_closing": max(0, (on - closing(starts, term)).days),
    }
    assert [f.check for f in unmet(rule, "", known, {})] == said, words
    assert unmet(rule, "", known | {"duplicate": True}, {})[0].check == "no-duplicate"


def test_a_city_without_the_clause_has_no_such_transfer() -> None:
    assert policy_of("wenzhou").record_rule("cross_transfer") is None
    assert policy_of("wenzhou").record_rule("transfer") is not None


@pytest.mark.parametrize("pack", ["zhejiang", "taizhou", "wenzhou"])
def test_each_signature_has_ten_working_days(pack: str) -> None:
    for rule in policy_of(pack).record_rules:
        assert [(step.days, step.working) for step in rule.steps] == [(10, True)] * len(rule.steps), rule.name


def test_a_day_before_term_is_the_term_before() -> None:
    terms = calendar_of(policy_of("taizhou"))[1]
    first = date(2027, 2, 20)
    assert term_of(first, terms)[0] == "2027-spring"
    assert term_of(first - timedelta(days=1), terms)[0] == "2026-autumn"
