"""What the checker says to an author: the line, the fault and the remedy, in Chinese throughout."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.problems import Problem
from zhijiao.policy.packs.starting import write_minimal


def broken(folder: Path, file: str, old: str, new: str) -> list[Problem]:
    write_minimal(folder / "city")
    path = folder / "city" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return Library([folder]).problems("city")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "indicators.yaml",
            "[city, school]",
            "[city，school]",
            "level 第 1 项：值「city，school」不在允许范围内",
        ),
        ("indicators.yaml", "[city, school]", "[city，school]", "改为下列之一：country、province、city、"),
        ("indicators.yaml", "value: 80", "value: 25万", "targets 第 1 项的 value：应是数字"),
        ("indicators.yaml", "value: 80", "value: 25,000", "数字里不写千分位的逗号"),
        ("indicators.yaml", "'2026'", "“2026”", "引号用英文的"),
        ("indicators.yaml", "unit: '%'", "unit: %", "没有加引号"),
        ("clauses.yaml", "summary:", "sumary:", "是不是 summary？"),
        ("clauses.yaml", "组织专业课教师每年到企业实践。", "", "没有写内容。写上内容"),
        ("clauses.yaml", "title: 双师", "title: '双师", "引号没有成对"),
        ("pack.yaml", "'2024-01'", "'2023-13'", "documents 第 1 项的 issued：日期「2023-13」不合格"),
        ("tasks.yaml", "units: [示例局]", "units: [示列局]", "是不是 示例局？在 organisations.yaml"),
    ],
)
def test_a_slip_is_told_with_its_remedy(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    found = broken(tmp_path, file, old, new)
    assert any(said in str(problem) for problem in found), [str(problem) for problem in found]
    for problem in found:
        assert not re.search(r"[\u4e00-\u9fff」][,:;?!]|[,;?!][\u4e00-\u9fff「]", str(problem)), str(problem)
