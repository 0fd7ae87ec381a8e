"""Chinese text is set as Chinese, whoever typed it."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from zhijiao.lib.typesetting import typeset
from zhijiao.portal.typeset import finalize


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("征求意见稿;正式文本已印发,应核对", "征求意见稿；正式文本已印发，应核对"),
        ("工作方案(征求意见稿)", "工作方案（征求意见稿）"),
        ("十一(3),第5条: 要求", "十一（3），第5条：要求"),
        ("公布 50.6 %，目标 ≥ 45 %", "公布50.6%，目标≥45%"),
        ("三项,5个,12,000 元", "三项，5个，12,000元"),
    ],
)
def test_half_width_signs_beside_chinese_become_full_width(typed: str, set_: str) -> None:
    assert typeset(typed) == set_


@pytest.mark.parametrize("text", ["tzw.ind.1,2", "12,000", "https://example.org/a?b=c:d", "f(x, y)"])
def test_what_is_not_chinese_stays(text: str) -> None:
    assert typeset(text) == text


def test_markup_is_never_touched() -> None:
    ready = Markup("<a title='甲,乙'>甲,乙</a>")
    assert finalize(ready) is ready
