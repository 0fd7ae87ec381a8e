"""Visitors see which offices stand behind a figure, not which people."""

from __future__ import annotations

from typing import Any

from zhijiao.api.v1.figures import _without_names

PART = {
    "organisation": "示例县",
    "value": 12,
    "approved": True,
    "reported_by": "张三",
    "approved_by": "李四",
    "approved_as": "示例市教育局",
}
OPEN = {"organisation": "示例县二", "value": None, "approved": False}


def row(**live: Any) -> dict[str, Any]:
    return {"indicator": "x", "live": {"value": 12, "reported_by": "张三", "approved_by": "李四", **live}}


def test_the_only_figure_is_that_of_its_offices() -> None:
    told = _without_names(row(parts=[PART, OPEN]))["live"]
    assert (told["reported_by"], told["approved_by"]) == ("示例县", "示例市教育局")
    assert [part.get("reported_by") for part in told["parts"]] == ["示例县", None]
    assert "张三" not in str(told)
    assert "李四" not in str(told)


def test_a_row_without_figures_stays() -> None:
    assert _without_names({"indicator": "x", "live": None}) == {"indicator": "x", "live": None}
