"""Whatever is edited in the workbook comes back as exactly that edit, and whatever is sent never breaks the reader."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.support.packs import shipped
from tests.support.small_pack import write_small_pack
from tests.support.workbooks import HEADER, Desk
from zhijiao.policy.packs.loading import Library
from zhijiao.policy.packs.workbook import WorkbookRefused, read_draft, write_workbook
from zhijiao.policy.packs.workbook.fields import LAYOUTS, REQUIRED, TARGETS, TASKS, Field, Layout
from zhijiao.policy.packs.workbook.lines import Line, lines_of
from zhijiao.policy.packs.workbook.values import join, list_text, read, same, shown, split, tidy
from zhijiao.policy.packs.workbook.writing import workbook

EXAMPLES = int(os.environ.get("ZHIJIAO_EXAMPLES", "15"))
"""More for a long trial: each example writes and reads a workbook."""

FEW = settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))

# What spreadsheet programs would read otherwise (_x0041_, a formula, an error value) is not what officials write.
words = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"], exclude_characters="_\ufffe\uffff"),
    min_size=1,
    max_size=30,
).filter(lambda text: tidy(text) == text and text.strip() == text and text[0] not in "=#")


@pytest.fixture(scope="module")
def shelf() -> Iterator[Library]:
    with tempfile.TemporaryDirectory() as place:
        write_small_pack(Path(place) / "small")
        yield Library([Path(place)])


@pytest.mark.parametrize("pack", ["zhejiang", "taizhou", "wenzhou"])
def test_a_shipped_pack_goes_out_and_comes_back_unchanged(pack: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_workbook(shipped().index(pack), path)
    draft = read_draft(shipped(), Desk(path).save())
    assert (draft.changes, draft.notes) == ([], [])


# -- values ----------------------------------------------------------------------------------------


@FEW
@given(st.lists(words, min_size=1, max_size=5))
def test_lists_survive_their_cell(listed: list[str]) -> None:
    field = TASKS.field("evidence")
    canonical = list_text(listed)
    assert read(field, shown(field, canonical)) == canonical


@FEW
@given(
    st.lists(
        st.sampled_from(["示例局", "县（市、区）", "市直高校，中职学校", "甲；乙", "三(1、2)"]), max_size=4
    )
)
def test_separators_inside_brackets_belong_to_the_word(listed: list[str]) -> None:
    if listed:
        assert split(join(listed)) == listed


@FEW
@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9))
def test_numbers_survive_their_cell(value: Decimal) -> None:
    field = TARGETS.field("value")
    for typed in (str(value), f"{value:,}", float(value), "".join(chr(ord(c) + 0xFEE0) for c in str(value))):
        assert Decimal(read(field, typed)) == value


# -- edits -----------------------------------------------------------------------------------------

EDITABLE: dict[str, tuple[str, ...]] = {
    "目标": ("words", "numerator", "excluded", "criterion", "to", "kind", "strength"),
    "任务": ("number", "work", "row", "name", "deliverable", "evidence", "on", "every", "inferred", "units"),
}
NAMES = ("示例局", "县（市、区）", "示例市示例局")


def new_value(draw: Any, field: Field, layout: Layout) -> Any:
    """Something that an official may type into a cell of this field."""
    if field.key in ("units", "own_units"):
        return "、".join(draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)))
    match field.kind:
        case "choice":
            return draw(st.sampled_from(sorted(field.choices.values())))
        case "date":
            return draw(st.sampled_from(["2026", "2027-02", "2028-12-31", "２０２６年", 2027]))
        case "list":
            return "；".join(draw(st.lists(words.filter(lambda w: split(w) == [w]), min_size=1, max_size=3)))
    required = field.key in REQUIRED[layout.name]
    return draw(words if required else words | st.none())


@st.composite
def edits(draw: Any) -> list[tuple[str, int, str, Any]]:
    """Some cells of the small pack's workbook: sheet, number of the line, field, what is typed."""
    found = {}
    for _ in range(draw(st.integers(1, 4))):
        layout = draw(st.sampled_from(LAYOUTS))
        lines = lines_of(_index())[layout.name]
        number = draw(st.integers(0, len(lines) - 1))
        field = layout.field(draw(st.sampled_from(EDITABLE[layout.name])))
        if field.key == "strength" and not lines[number].get("value"):
            continue
        if field.key == "criterion" and lines[number].get("direction") == "judgement":
            continue
        found[layout.name, number, field.key] = new_value(draw, field, layout)
    return [(*place, value) for place, value in found.items()]


@cache
def _index() -> Any:
    with tempfile.TemporaryDirectory() as place:
        write_small_pack(Path(place) / "small")
        return Library([Path(place)]).index("small")


def expected(typed: list[tuple[str, int, str, Any]]) -> dict[str, list[Line]]:
    """The lines as they must be afterwards. Values of a group change on all its lines."""
    after = {
        name: [Line(line.key, dict(line.values)) for line in lines]
        for name, lines in lines_of(_index()).items()
    }
    for sheet, number, key, value in typed:
        layout = next(one for one in LAYOUTS if one.name == sheet)
        field = layout.field(key)
        canonical = read(field, value)
        lines = after[sheet]
        for line in lines:
            whole_group = field.level == "group" and line.key[0] == lines[number].key[0]
            merged = key == "work" and line.get("document") == lines[number].get("document")
            before = lines_of(_index())[sheet][number].get("work")
            merged = merged and lines_of(_index())[sheet][lines.index(line)].get("work") == before
            if line is lines[number] or whole_group or merged:
                was = lines_of(_index())[sheet][lines.index(line)].get(key)
                line.values[key] = was if same(field, was, canonical) else canonical
                if not line.values[key]:
                    del line.values[key]
    return after


@FEW
@given(edits())
def test_what_is_edited_comes_back_as_that_edit(
    shelf: Library, typed: list[tuple[str, int, str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "book.xlsx"
        write_workbook(shelf.index("small"), path)
        desk = Desk(path)
        for sheet, number, key, value in typed:
            layout = next(one for one in LAYOUTS if one.name == sheet)
            desk.type(sheet, HEADER + 1 + number, layout.field(key).title, value)
        folder = read_draft(shelf, desk.save()).write(Path(place) / "out")
        found = lines_of(Library([folder]).index("small"))
    assert {s: [(x.key, x.values) for x in lines] for s, lines in found.items()} == {
        s: [(x.key, x.values) for x in lines] for s, lines in expected(typed).items()
    }


# -- anything --------------------------------------------------------------------------------------


def refused_or_read(shelf: Library, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        problems = []
        try:
            read_draft(shelf, Path(file.name))
        except WorkbookRefused as refused:
            problems = refused.problems
            said = str(refused)
    assert all(problem.message and problem.remedy for problem in problems)
    assert not problems or "工作簿" in said


@FEW
@given(st.binary(max_size=400))
def test_random_bytes_are_refused(shelf: Library, content: bytes) -> None:
    refused_or_read(shelf, content)


@FEW
@given(st.data())
def test_a_damaged_file_is_refused_or_read(shelf: Library, data: st.DataObject) -> None:
    content = bytearray(workbook(_index()))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    refused_or_read(shelf, bytes(content))


@FEW
@given(st.data())
def test_a_part_of_the_package_may_hold_anything(shelf: Library, data: st.DataObject) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(_index()))) as old, zipfile.ZipFile(out, "w") as new:
        hit = data.draw(st.sampled_from(old.namelist()))
        for name in old.namelist():
            part = old.read(name)
            if name == hit:
                cut = data.draw(st.integers(0, len(part)))
                part = (
                    part[:cut]
                    + data.draw(st.binary(max_size=40))
                    + part[cut + data.draw(st.integers(0, 40)) :]
                )
            new.writestr(name, part)
    refused_or_read(shelf, out.getvalue())


ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.datetimes()
    | words
    | st.sampled_from(["=1+1", "#REF!", "删除", "2023", "９９", "、", "；", "文件未写明", "1e400", "--", "%"])
)


@FEW
@given(st.data())
def test_any_cells_may_hold_anything(shelf: Library, data: st.DataObject) -> None:
    book = load_workbook(io.BytesIO(workbook(_index())))
    for _ in range(data.draw(st.integers(1, 12))):
        sheet = book[data.draw(st.sampled_from(["目标", "任务"]))]
        row, column = (
            data.draw(st.integers(1, sheet.max_row + 3)),
            data.draw(st.integers(1, sheet.max_column)),
        )
        if any(
            str(b) and b.min_row <= row <= b.max_row and b.min_col <= column <= b.max_col
            for b in sheet.merged_cells.ranges
        ):
            continue
        sheet.cell(row, column).value = data.draw(ANYTHING)
    if data.draw(st.booleans()):
        top, left = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 20))
        sheet.merge_cells(start_row=top, start_column=left, end_row=top + 2, end_column=left + 2)
    out = io.BytesIO()
    book.save(out)
    refused_or_read(shelf, out.getvalue())
