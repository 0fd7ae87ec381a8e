"""What the list of figures owed says of itself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from zhijiao.portal.desk.reports.hand_in import cut_words, is_late


def lines(count: int, state: str) -> list[Any]:
    return [SimpleNamespace(state=state)] * count


def test_a_list_that_ends_early_says_so() -> None:
    assert cut_words(lines(999, "draft") + lines(199, "approved")) == []
    assert cut_words(lines(1000, "draft") + lines(200, "approved")) == [
        "还没审定的只列出截止最早的 1000 项",
        "已审定的只列出最近的 200 项",
    ]


@pytest.mark.parametrize(("state", "told"), [("draft", True), ("step.1", False)])
def test_what_was_handed_in_is_not_late_with_its_reporter(state: str, told: bool) -> None:
    line: Any = SimpleNamespace(state=state, late=True)
    assert is_late(line) is told
