"""The exam body's files: headings by name, every fault at once; and how marks are added."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhijiao.admissions.rules.bonus import Combining, Confirmed, total_of
from zhijiao.admissions.rules.rolls import read_marks, read_roll
from zhijiao.admissions.types.rolls import BadRoll, MarkColumn

HEADING = ["考号", "姓名", "性别", "身份证件号", "毕业学校", "班级", "生源类别", "手机号"]
SCHOOLS = {"3310020001": "3310020001", "示例初中": "3310020001"}
GOOD = ["261001", "示例甲", "女", "", "示例初中", "九（1）", "示例县；示例组", "13800000000"]


def test_a_roll_is_read() -> None:
    (entry,) = read_roll(
        HEADING, [GOOD, [""] * 8], schools=SCHOOLS, counties={}, origins={"示例县", "示例组"}
    )
    assert (entry.number, entry.school, entry.origins) == ("261001", "3310020001", ("示例县", "示例组"))


def test_every_fault_with_its_line() -> None:
    rows = [
        GOOD,
        GOOD,
        ["x", "", "中", "331002201001010000", "没有的学校", "", "没有的类别", "123"],
    ]
    with pytest.raises(BadRoll) as refused:
        read_roll(HEADING, rows, schools=SCHOOLS, counties={}, origins={"示例县", "示例组"})
    said = [(fault.line, fault.column) for fault in refused.value.faults]
    assert said == [
        (3, "考号"),
        (4, "考号"),
        (4, "姓名"),
        (4, "性别"),
        (4, "身份证件号"),
        (4, "毕业学校"),
        (4, "生源类别"),
        (4, "手机号"),
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadRoll, match="没有这一列"):
        read_roll(["姓名"], [["示例"]], schools={}, counties={}, origins=())


def test_the_check_sign_of_an_identity_number() -> None:
    from zhijiao.lib.citizens import is_number

    assert is_number("11010519491231002X")
    assert not is_number("110105194912310021")


COLUMNS = [MarkColumn("chinese", "语文", Decimal(120)), MarkColumn("total", "总分", Decimal(650))]


def test_marks_are_read() -> None:
    (line,) = read_marks(
        ["考号", "总分", "语文"], [["261001", "501.5", "99"]], columns=COLUMNS, numbers={"261001"}
    )
    assert line.marks == {"chinese": Decimal(99), "total": Decimal("501.5")}


def test_marks_out_of_range_and_strangers() -> None:
    rows = [["261001", "651", "1.234"], ["9999", "1", "1"]]
    with pytest.raises(BadRoll) as refused:
        read_marks(["考号", "总分", "语文"], rows, columns=COLUMNS, numbers={"261001"})
    assert [(f.line, f.column) for f in refused.value.faults] == [(2, "语文"), (2, "总分"), (3, "考号")]


def test_five_and_five_of_two_classes_are_ten() -> None:
    claims = [Confirmed("少数民族", Decimal(5)), Confirmed("三侨", Decimal(5))]
    assert total_of(claims, Combining()) == 10


def test_two_of_one_class_count_once() -> None:
    assert total_of([Confirmed("三侨", Decimal(5)), Confirmed("三侨", Decimal(5))], Combining()) == 5


def test_a_class_that_stands_alone() -> None:
    how = Combining(alone=(("军人", Decimal(20)),))
    assert total_of([Confirmed("军人", Decimal(20)), Confirmed("少数民族", Decimal(5))], how) == 20
    assert total_of([Confirmed("军人", Decimal(5)), Confirmed("少数民族", Decimal(5))], how) == 10


def test_a_cap_and_the_highest_only() -> None:
    claims = [Confirmed("a", Decimal(5)), Confirmed("b", Decimal(20))]
    assert total_of(claims, Combining(cap=Decimal(15))) == 15
    assert total_of(claims, Combining(highest_only=True)) == 20
    assert total_of([], Combining()) == 0
