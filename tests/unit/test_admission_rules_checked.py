"""What is said of rules of admission that cannot be run: where, what, and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from zhijiao.policy.packs.loading import SHIPPED, Library

FILE = "taizhou/admissions.yaml"


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[str, str], list[str]]:
    """Say what is wrong with the shipped rules after one text is put for another."""

    def say(old: str, new: str) -> list[str]:
        folder = tmp_path / "packs"
        shutil.copytree(SHIPPED, folder)
        text = (folder / FILE).read_text(encoding="utf-8")
        assert old in text
        (folder / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
        return [f"{p.message}；{p.remedy}" for p in Library([folder]).problems("taizhou")]

    return say


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  lead: education", "  lead: educaton", "educaton 没有写；是不是 education"),
        ("approve: labour", "approve: nobody", "部门 nobody 没有写"),
        ("plan_signed_by: [reform,", "plan_signed_by: [reforms,", "部门 reforms 没有写"),
        ("unit: 市发展改革委", "unit: 市发改局", "「市发改局」没有登记"),
        ("{by: total, name: 投档分}", "{by: 语文, name: 投档分}", "第一排序不是投档分"),
        ("{by: 语文 + 数学 + 英语,", "{by: 语文 + 数学 + 外语,", "排序“语文 + 数学 + 外语”"),
        ("batches: [degree, college, three-year]", "batches: [degrees]", "批次 degrees 没有写"),
        ("opens: '06-28 09:00'", "opens: '07-28 09:00'", "轮次 main 的截止不晚于开放"),
        ("name_list: '12-05'", "name_list: '02-30'", "日期“02-30”不存在"),
        ("inferred: [result_signed_by,", "inferred: [result_sign,", "inferred 里 result_sign 不是键"),
        ("clauses: [tzr.2.1b]", "clauses: [tzr.2.1x]", "条款 tzr.2.1x 不存在"),
        ("{column: 数学, full: 120}", "{column: 语文, full: 120}", "subjects 里 语文 写了 2 次"),
    ],
)
def test_rules_that_cannot_run_are_refused(
    broken: Callable[[str, str], list[str]], old: str, new: str, said: str
) -> None:
    found = broken(old, new)
    assert any(said in line for line in found), found


def test_the_shipped_rules_have_no_faults() -> None:
    shelf = Library([SHIPPED])
    assert all(not shelf.problems(pack) for pack in shelf.ids())
