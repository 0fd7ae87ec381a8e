"""Editions of a code list, one after another: nothing is lost, and a name never stands for two codes."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from zhijiao.exchange.rules.reading import open_file
from zhijiao.exchange.rules.standard import shipped
from zhijiao.exchange.rules.standard.building import built_list
from zhijiao.exchange.rules.standard.checking import faults
from zhijiao.exchange.rules.standard.codetables import read_code_table
from zhijiao.exchange.rules.standard.editions import laid_over, succeeded
from zhijiao.exchange.rules.standard.mapping import list_mapping
from zhijiao.exchange.rules.standard.national import read_national
from zhijiao.exchange.types import Code, CodeList, FileUnusable

FIRST = date(2020, 1, 1)
CODES = st.sampled_from([f"6101{number:02}" for number in range(8)])
NAMES = st.sampled_from(["种植", "园艺", "农机", "畜牧", "茶艺"])
EDITION = st.dictionaries(CODES, NAMES, max_size=6).map(
    lambda found: [Code(code, name) for code, name in found.items()]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(EDITION, st.booleans()), min_size=1, max_size=5))
def test_nothing_is_lost(editions: list[tuple[list[Code], bool]]) -> None:
    listed = CodeList("majors", "专业", "", "", (), open=True)
    for place, (entries, supplement) in enumerate(editions):
        on = FIRST + timedelta(days=place)
        before = listed
        listed = succeeded(before, entries, edition=str(place), on=on, supplement=supplement)
        assert {entry.code for entry in before.entries} <= set(listed.by_code)
        for entry in entries:
            assert listed.by_code[entry.code].name == entry.name
            assert listed.by_code[entry.code].until is None
        if not supplement:
            assert {e.code for e in listed.entries if e.until is None} == {e.code for e in entries}
        for entry in listed.entries:
            assert set(entry.replaced_by) <= set(listed.by_code)
            assert entry.name not in entry.other_names
        for name, entry in listed.by_name.items():
            bearers = [e for e in listed.entries if name in (e.name, *e.other_names)]
            standing = [e for e in bearers if e.until is None]
            assert [entry] == (standing or bearers)
        assert built_list(list_mapping(listed), []) == listed


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=4), min_size=1, max_size=8))
def test_any_table_is_read_or_told_what_is_wrong(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["专业代码", "专业名称"], *rows])
    try:
        read = read_code_table("majors", [open_file(out.getvalue().encode("utf-8", "replace"), "a.csv")])
    except FileUnusable:
        return
    assert all(problem.words for problem in read.problems)
    assert all(entry.code and entry.name for entry in read.entries)


CELLS = st.one_of(
    st.text(max_size=8), st.sampled_from(["M", "O", "C", "N", "T", "10", "12,2", "A_B", "XXDM"])
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=9, max_size=9), max_size=4),
    st.lists(st.lists(CELLS, min_size=9, max_size=9), max_size=6),
    st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=4),
)
def test_any_national_file_is_taken_whole_or_not_at_all(
    tables: list[list[str]], fields: list[list[str]], dictionary: list[list[str]]
) -> None:
    sheets = [
        ("数据子集,数据类,数据子类,数据表序号,英文名,中文名,主要来源,上报频率,上报范围", tables),
        ("数据表英文名,编号,字段名,中文名,类型,长度,约束,值空间,说明", fields),
        ("DictMark,EnglishName,ChineseName,Code,SortNumber", dictionary),
    ]
    files = []
    for heading, rows in sheets:
        out = io.StringIO()
        csv.writer(out).writerows([heading.split(","), *rows])
        try:
            files.append(open_file(out.getvalue().encode("utf-8", "replace"), "a.csv"))
        except FileUnusable:
            return
    made = read_national(files, shipped(), "x")
    assert all(problem.words for problem in made.problems)
    if not made.problems:
        whole = laid_over(shipped(), made.datasets, made.lists, "x")
        assert [found for found in faults(whole) if found.of in {each.id for each in made.datasets}] == []
