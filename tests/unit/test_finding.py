"""Searching: what is found, what comes first, and the words shown around the match."""

from __future__ import annotations

import pytest

from zhijiao.lib.folding import LONGEST, fold, matches, words_of
from zhijiao.policy.finding import EXCERPT, Entry, excerpt, find


def entry(object_id: str, name: str, text: str = "") -> Entry:
    return Entry("city", "rules", object_id, name, text, fold(name), fold(f"{object_id} {text}"))


SHELF = [
    entry("r.1", "教师企业实践", "每年一个月"),
    entry("r.2", "企业补助", "教师到企业实践的补助"),
    entry("r.3", "双师型教师", "认定标准"),
    entry("r.4", "教师", "教师是基础"),
    entry("r.5", "经费", "教师与企业"),
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param(
            "教师", ["r.4", "r.1", "r.3", "r.2", "r.5"], id="the name itself, in the name, in the text"
        ),
        pytest.param("教师 企业", ["r.1", "r.2", "r.5"], id="every word; all in the name, some, none"),
        pytest.param("企 师", ["r.1", "r.2", "r.5"], id="one character each"),
        pytest.param("r.3", ["r.3"], id="by id"),
        pytest.param("Ｒ．３", ["r.3"], id="however it is typed"),
        pytest.param("  ", [], id="nothing asked"),
        pytest.param("没有", [], id="nothing there"),
    ],
)
def test_what_is_found_and_in_which_order(query: str, found: list[str]) -> None:
    assert [hit.id for hit in find(SHELF, query)] == found


@pytest.mark.parametrize(
    ("text", "word", "shown"),
    [
        ("短文", "短", "短文"),
        ("甲" * 100, "乙", "甲" * EXCERPT + "…"),
        ("甲" * 50 + "乙", "乙", "…" + "甲" * EXCERPT + "乙"),
        ("甲" * 50 + "乙" + "丙" * 50, "乙", "…" + "甲" * EXCERPT + "乙" + "丙" * (EXCERPT - 1) + "…"),
        ("", "乙", ""),
    ],
)
def test_the_words_around_the_first_match(text: str, word: str, shown: str) -> None:
    assert excerpt(text, [word]) == shown


@pytest.mark.parametrize(
    ("query", "texts", "said"),
    [
        ("教师 企业", ("教师", "企业"), True),
        ("教师 企业", ("教师", None), False),
        ("ＡＢ", ("ab级",), True),
        ("", ("什么都行",), True),
        ("甲乙", ("甲", "乙"), False),
    ],
)
def test_words_may_stand_in_different_texts_but_not_across_them(
    query: str, texts: tuple[str | None, ...], said: bool
) -> None:
    assert matches(query, texts) is said


def test_a_query_is_words() -> None:
    assert words_of("　产教融合\t企业 ") == ["产教融合", "企业"]


def test_of_an_endless_query_only_the_beginning_is_looked_at() -> None:
    assert len(words_of("甲 " * 1_000_000)) == LONGEST // 2
