"""What a page of computed figures says of rows that were left out, and of values that add up over years."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from zhijiao.exchange.queries import standard
from zhijiao.exchange.rules.standard import shipped
from zhijiao.policy.types.metrics import Window
from zhijiao.policy.types.telling import window_in_words
from zhijiao.portal.cockpit.computed.levels import left_out
from zhijiao.portal.cockpit.computed.place import Standpoint


def test_windows_in_words() -> None:
    assert window_in_words(Window.model_validate({"from": "2021"})) == "自2021年起累计"
    assert window_in_words(Window.model_validate({"years": 3})) == "含当年在内3年累计"


def test_rows_left_out_are_told_by_the_names_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standard, "standard", shipped)
    measures = {"there": SimpleNamespace(in_="graduates")}
    run = SimpleNamespace(
        notes=("one#part：缺少数据", "other：与这个指标无关"),
        undated={"graduates.graduated_on": 1741, "teachers.contract_since": 5},
        unplaced={"one": 2, "other": 9},
    )
    indicator = SimpleNamespace(id="one", metric=SimpleNamespace(measures=measures))
    words = left_out(cast(Standpoint, SimpleNamespace(indicator=indicator, run=run)))
    assert words == [
        "缺少数据",
        "毕业生去向：1,741 行没有填“毕业日期”，归不进任何期间",
        "2 行的机构代码不在组织树里",
    ]
