"""A csv says the same to both ways of checking: to the compiled loops, and to the one that looks at every cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.handed_in import FIELDS, FIRMS, KEYS, TITLES, number, row
from tests.support.handed_in import given as circumstances
from zhijiao.engines.cells.kernel.keeping import KEPT
from zhijiao.exchange.rules import identity
from zhijiao.exchange.rules.checking import Repeated, swift
from zhijiao.exchange.rules.intake import Circumstances, Part, begin
from zhijiao.exchange.rules.reading import delimited
from zhijiao.exchange.store.frames import BAD
from zhijiao.lib.codes import check_sign

CELLS = {
    "school": ["9900000001", "9900000002", "9900000009", "示例二校", "9900000003 ", "合计", "", "学校代码"],
    "name": ["示例乙", "示例·丙", "示例“丁”", "示例（戊）", "示例甲乙丙丁", "示例甲乙丙丁戊", "a\\b", "示\u200b例", "　示例", "示例\u00a0", "示\ufffd", "示 例", "n\u00b7m", ""],
    "sex": ["1", "2", "男", "女", "男性", "3", "１", "1 男", ""],
    "grade": ["2023", "2000", "2100", "1999", "2101", "02023", "+2023", "2023.0", "2023级", "２０２３", "-5", "20230", ""],
    "major": ["710205", "660301", "051300", "大数据技术应用", "机电技术应用（旧）", "710206", ""],
    "entered": ["2023-09-01", "2024-02-29", "2023-02-29", "1999-12-31", "2000-01-01", "2100-12-31", "2101-01-01", "2023-9-1", "2023/09/01", "20230901", "2023-09-0１", "0000-01-01", "2023-13-01", ""],
    "left": ["", "", "2026-06-30", "2020-06-30", "2023-09-01", "无"],
    "fee": ["", "0", "-0", "0.5", "0.50", "-0.5", "1200", "1200.5", "1200.05", "1200.00", "0.00", "-0.00", "1.10", "1200.50", "1200.055", "01", ".5", "1.", "1234567890", "12345678901", "99999999999999999999", "1e3", "-"],
    "phone": ["", "13900000001", "1390000000", "139000000012", "1390000000a", "0576-88000001", "23900000001"],
    "note": ["", "-", "一\tb", "=1+1", "注：示例", "\u2028", "x" * 50, "x" * 51, "示" * 50, "示" * 51, "\ufeff", "\x7f", " "],
}  # fmt: skip
"""Of each field what is canonical, what is another spelling, and what is wrong. Nobody's: 示例."""
PEOPLE = [
    "",
    "13900000001",
    number(7)[:17] + "0",
    number(7)[:17],
    number(8).lower(),
    "E12345678",
    " " + number(9),
]
PEOPLE += [
    "110101210001010016",
    "990000190001010014",
    "9900002023022900" + "1X",
    number(7)[:6] + "20240230" + "0017",
]

_serials = st.integers(0, 40)
_changes = st.dictionaries(st.sampled_from(list(CELLS)), st.integers(0, 17), max_size=3)
_good = st.builds(lambda serial: row(serial), _serials)
_changed = st.builds(
    lambda serial, changes: row(
        serial, **{name: CELLS[name][which % len(CELLS[name])] for name, which in changes.items()}
    ),
    _serials,
    _changes,
)
_nobody = st.builds(lambda serial, who: row(serial, person=who), _serials, st.sampled_from(PEOPLE))
_other = st.sampled_from(
    [
        list(TITLES),
        [""] * len(FIELDS),
        [],
        ["合计", "", "共 3 人"],
        ["", "总计：", *[""] * 9],
        ["填表人：示例甲", *[""] * 10],
        ["示例", number(3), "示例甲", "男", "2023", "710205", "2023-09-01", "", "", "", ""],
        [f.example or "" for f in FIELDS],
        [*row(5), "多出"],
        [*row(6), ""],
        row(6)[:7],
    ]
)
# A list of rows of several shapes: their strategies have several types.
_ROW: st.SearchStrategy[Any] = st.one_of(_good, _good, _good, _changed, _nobody, _other)
_rows = st.lists(_ROW, min_size=4, max_size=40)


def _csv(rows: Sequence[Sequence[Any]], sign: str, end: str, *, last: bool) -> str:
    lines = [sign.join(cell or "" for cell in cells) for cells in [list(TITLES), *rows]]
    return end.join(lines) + (end if last else "")


@dataclass(frozen=True)
class _Whole:
    good: list[tuple[object, ...]]
    bad: list[tuple[object, ...]]
    problems: list[str]
    read: int


def _whole(parts: list[Part]) -> _Whole:
    good, bad = [], []
    for part in parts:
        people = part.good.filter(pl.col("person").is_not_null())
        numbers = identity.unseal_all(people["sealed"].to_list(), people["person"].to_list(), KEYS)
        rows = part.good.select("row", "key", "organisation", "period", "person", "data").rows()
        good += [*rows, *zip(people["row"], numbers, strict=True)]
        bad += part.bad.select("row", "key", *(name for name in BAD if name not in ("row", "key"))).rows()
    problems = sorted((problem for part in parts for problem in part.problems), key=lambda p: p.row)
    return _Whole(sorted(good), sorted(bad), [str(p) for p in problems], sum(part.read for part in parts))


def _left_out(notes: list[str]) -> set[tuple[str, str]]:
    """Which rows were no rows, and why; each piece has a note of its own."""
    told = [re.fullmatch(r"第 ([0-9、]+)(?:……)? 行(.*)", note) for note in notes]
    return {(number, one.group(2)) for one in told if one for number in one.group(1).split("、")}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=_rows,
    at_once=st.integers(1, 6),
    sign=st.sampled_from(",;"),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "gb18030"]),
    sender=st.sampled_from([None, 1]),
    allowed=st.sampled_from([None, (1, 2)]),
    block=st.sampled_from([200, 1_000, 1 << 25]),
)
@example([row(n) for n in range(40)], 3, ",", "\n", True, "utf-8", None, None, 1 << 25)
@example(
    [row(n, left="2020-01-01") for n in range(20)] + [row(50)],
    2,
    ",",
    "\n",
    True,
    "utf-8",
    None,
    None,
    1 << 25,
)
@example(  # what stands in the sixth row is no example any more, also where a row before it was none
    [row(1), ["合计", "", "共 3 人"], row(2), row(3), row(4), ["示例", *row(5)[1:]], row(6), row(7)],
    1,
    ",",
    "\n",
    True,
    "utf-8",
    None,
    None,
    420,
)
def test_the_loops_take_what_the_other_way_takes(
    monkeypatch: pytest.MonkeyPatch,
    rows: list[list[str | None]],
    at_once: int,
    sign: str,
    end: str,
    last: bool,
    encoding: str,
    sender: int | None,
    allowed: tuple[int, ...] | None,
    block: int,
) -> None:
    content = _csv(rows, sign, end, last=last).encode(encoding)
    _same(monkeypatch, content, circumstances(sender=sender, allowed=allowed), at_once, block)


CREDITS = ["91350100M000100Y4" + check_sign("91350100M000100Y4"), "91990000MA00000008", "91990000MA00000009"]
CREDITS += [
    "91990000ma00000008",
    " 91990000MA00000008",
    "91990000MA0000000I",
    "91990000MA000000",
    "",
    "9199-0000MA00000008",
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(CREDITS)
            | st.integers(0, 999).map(lambda n: (c := f"91990000MA0{n:06}") + check_sign(c)),
            st.sampled_from(["示例公司", "示例 公司", "公司（示例）", ""]),
            st.sampled_from(["", "0", "12", "012", "12.0", "12人", "1e2", "-3", "123456789"]),
        ),
        min_size=4,
        max_size=30,
    ),
    at_once=st.integers(1, 6),
)
def test_credit_codes_and_numbers_of_firms(
    monkeypatch: pytest.MonkeyPatch, rows: list[tuple[str, str, str]], at_once: int
) -> None:
    lines = [("统一社会信用代码", "企业名称", "职工人数"), *rows]
    content = "".join(",".join(line) + "\n" for line in lines).encode()
    _same(monkeypatch, content, circumstances(FIRMS, sender=1), at_once, 1 << 25)


def _same(
    monkeypatch: pytest.MonkeyPatch, content: bytes, given_: Circumstances, at_once: int, block: int
) -> None:
    assert KEPT.ready(), "compiled at set-up"
    slow, blocks, pieces = (begin(content, "示例.csv", given_) for _ in "sbp")
    monkeypatch.setattr(delimited, "BLOCK", block)
    monkeypatch.setattr(swift, "FROM", 1 << 50)
    expected = _whole(list(slow.chunks()))
    monkeypatch.setattr(swift, "FROM", 0)
    found = _whole(list(blocks.chunks()))
    assert found == expected
    assert blocks.notes == slow.notes
    if block < len(content):
        return
    try:
        found = _whole(list(pieces.chunks(at_once)))
    except Repeated:
        keys = [row[1] for row in (*expected.good, *expected.bad) if len(row) > 2 and row[1]]
        assert len(set(keys)) < len(keys) or any("duplicate" in problem for problem in expected.problems)
        return
    assert found == expected
    assert _left_out(slow.notes) <= _left_out(pieces.notes), "of one piece five rows are named at most"
