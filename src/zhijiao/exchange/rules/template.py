"""The workbook that a data set is filled in with: columns, drop-downs, notes, an example and how to fill in, all from metadata.

Equal standards give equal bytes, so that a template can be cached and compared.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from zhijiao.exchange.rules.standard.describing import (
    asks,
    bounds_words,
    codes_in_force,
    facts_of,
    title_of,
    values_words,
)
from zhijiao.exchange.types import Code, CodeList, Dataset, Field, FieldType, Role, Standard
from zhijiao.render.xlsx.formats import Formats
from zhijiao.render.xlsx.measure import row_height, text_width
from zhijiao.render.xlsx.writer import sheet_name

HEADING = 2
"""The row of the titles, from 0: above it the title of the sheet and a line that says how to fill in."""
ROOM = 20_000
"""Rows that carry drop-downs and notes."""
MOST_LISTED = 1_000
"""A longer list makes a drop-down in which nobody finds anything: it gets a sheet to look up codes in."""
_INLINE = 250
"""Characters that a drop-down may hold itself; more stand on a hidden sheet."""
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - a moment of no meaning, so that equal templates have equal bytes
_LISTS = "代码"
_GUIDE = "填表说明"
_A4 = 9


def template(
    standard: Standard,
    dataset: str,
    prefilled: Sequence[Mapping[str, str]] | None = None,
    *,
    own: tuple[str, str] | None = None,
) -> bytes:
    """The workbook. `prefilled` are rows that are known already, by field ids; with them there is no example row. `own`: code and
    name of the organisation that will hand it in, said where its code is asked for (the example row keeps the standard's, by
    which it is known for an example). Raises KeyError for a data set that is none."""
    found = standard.by_id[dataset]
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"{found.name}填报模板", "created": _MADE})
    book.set_custom_property("dataset", found.id, "text")
    book.set_custom_property("standard", standard.hash, "text")
    book.set_size(2400, 1400)
    formats = Formats(book)
    taken = {_LISTS, _GUIDE}
    sheet = book.add_worksheet(sheet_name(found.name, taken))
    guide = book.add_worksheet(_GUIDE)
    sources = _Lists(book, formats, standard, found, taken)
    _heading(sheet, formats, standard, found, own)
    _columns(sheet, formats, found, sources, own)
    _rows(sheet, formats, found, standard, prefilled)
    _guide(guide, formats, standard, found)
    sources.write()
    book.close()
    return out.getvalue()


def _heading(
    sheet: Worksheet, formats: Formats, standard: Standard, dataset: Dataset, own: tuple[str, str] | None
) -> None:
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, f"{dataset.name}（{dataset.number}）", formats.get("title"))
    line = f"带 * 的列必填。灰色斜体一行是示例，不会导入，可以覆盖或删去。填法见“{_GUIDE}”。数据标准 {standard.edition}"
    if own and (asked := dataset.the(Role.ORGANISATION)):
        line = f"{own[1]}的“{asked.name}”填 {own[0]}（示例行里的不是）。{line}"
    sheet.set_row(1, 18)
    sheet.write_string(1, 0, line, formats.get("source"))
    titles = [title_of(field) for field in dataset.fields]
    widths = [_width(field) for field in dataset.fields]
    for place, (field, title) in enumerate(zip(dataset.fields, titles, strict=True)):
        look = formats.get("header", **({"font_color": "#A3261A"} if field.mandatory else {}))
        sheet.write_string(HEADING, place, title, look)
    sheet.set_row(HEADING, row_height(titles, widths) + 8)
    # The key stays in view while a wide table is filled in.
    sheet.freeze_panes(HEADING + 1, _frozen(dataset))
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADING)


def _frozen(dataset: Dataset) -> int:
    leading = 0
    while leading < len(dataset.fields) and dataset.fields[leading].id in dataset.key:
        leading += 1
    return min(leading, 3)


def _columns(
    sheet: Worksheet, formats: Formats, dataset: Dataset, sources: _Lists, own: tuple[str, str] | None
) -> None:
    for place, field in enumerate(dataset.fields):
        look = formats.get("plain", text_wrap=False, **_number_format(field))
        sheet.set_column(place, place, _width(field), look)
        rule = {
            **_rule(field, sources),
            "ignore_blank": True,
            "input_title": field.name[:32],
            "input_message": f"{_own_words(field, own)}{asks(field)}"[:255],
        }
        if rule["validate"] != "any":
            # A warning: what is pasted is checked by the platform in any case, and it may know more than this file.
            rule |= {
                "error_type": "warning",
                "error_title": field.name[:32],
                "error_message": asks(field)[:255],
            }
        sheet.data_validation(HEADING + 1, place, HEADING + ROOM, place, rule)
    last = len(dataset.fields) - 1
    # Codes and the example are text that looks like numbers, on purpose.
    sheet.ignore_errors({"number_stored_as_text": f"A{HEADING + 2}:{xl_col_to_name(last)}{HEADING + ROOM}"})


def _own_words(field: Field, own: tuple[str, str] | None) -> str:
    return f"本单位填 {own[0]}。" if own and field.role is Role.ORGANISATION else ""


def _width(field: Field) -> float:
    title = text_width(title_of(field))
    return max(10.0, min(26.0, max(title / 2 + 3, min(title + 2, 16.0), text_width(field.example) + 3)))


def _number_format(field: Field) -> dict[str, Any]:
    if field.type is FieldType.TIME:
        return {"num_format": "yyyy-mm-dd", "align": "center"}
    if field.type is FieldType.TEXT:
        return {"num_format": "@"}  # leading noughts of codes stay
    # Years carry no separators.
    whole = "0" if field.length <= 4 else "#,##0"
    return {"num_format": f"{whole}.{'0' * field.decimals}" if field.decimals else whole, "align": "right"}


def _rule(field: Field, sources: _Lists) -> dict[str, Any]:
    source = sources.source(field)
    if source is not None:
        return {"validate": "list", "source": source}
    if field.type is FieldType.TIME:
        first = field.least if isinstance(field.least, date) else date(1950, 1, 1)
        last = field.most if isinstance(field.most, date) else date(2100, 12, 31)
        return {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
    if field.type in (FieldType.NUMBER, FieldType.MONEY):
        room = Decimal(10) ** min(field.length - field.decimals, 15)
        least = field.least if isinstance(field.least, Decimal) else -room
        most = field.most if isinstance(field.most, Decimal) else room
        kind = "decimal" if field.decimals else "integer"
        return {"validate": kind, "criteria": "between", "minimum": float(least), "maximum": float(most)}
    return {"validate": "any"}


class _Lists:
    """The code lists of a template: short ones in the drop-down, longer ones on a hidden sheet, the longest to look up."""

    def __init__(
        self, book: Workbook, formats: Formats, standard: Standard, dataset: Dataset, taken: set[str]
    ) -> None:
        self.book, self.formats, self.taken = book, formats, taken
        self.listed = self._needed(standard, dataset)
        self.hidden: list[tuple[CodeList, list[Code]]] = []
        self.long: list[tuple[CodeList, list[Code]]] = []
        self.sources: dict[str, str | list[str]] = {}
        for codes in self.listed.values():
            self._place(codes, codes_in_force(codes))

    @staticmethod
    def _needed(standard: Standard, dataset: Dataset) -> Mapping[str, CodeList]:
        names = dict.fromkeys(field.values for field in dataset.fields if field.values)
        return {name: standard.codes[name] for name in names if name in standard.codes}

    def _place(self, codes: CodeList, entries: list[Code]) -> None:
        if not entries:
            return
        if len(entries) > MOST_LISTED:
            self.long.append((codes, entries))
            return
        names = [entry.name for entry in entries]
        if len(",".join(names)) <= _INLINE and not any("," in name for name in names):
            self.sources[codes.id] = names
            return
        column = xl_col_to_name(len(self.hidden))
        self.hidden.append((codes, entries))
        self.sources[codes.id] = f"='{_LISTS}'!${column}$2:${column}${len(entries) + 1}"

    def source(self, field: Field) -> str | list[str] | None:
        """What the drop-down of a field lists; None where it has none."""
        return self.sources.get(field.values or "")

    def write(self) -> None:
        """The sheets behind the drop-downs."""
        if self.hidden:
            sheet = self.book.add_worksheet(_LISTS)
            sheet.hide()
            for place, (codes, entries) in enumerate(self.hidden):
                sheet.write_string(0, place, codes.name, self.formats.get("header"))
                for row, entry in enumerate(entries, 1):
                    sheet.write_string(row, place, entry.name)
        for codes, entries in self.long:
            sheet = self.book.add_worksheet(sheet_name(f"查{codes.name}", self.taken))
            sheet.set_column(0, 0, 16, self.formats.get("plain", num_format="@"))
            sheet.set_column(1, 1, 44)
            sheet.freeze_panes(1, 0)
            for place, title in enumerate(("代码", "名称")):
                sheet.write_string(0, place, title, self.formats.get("header"))
            for row, entry in enumerate(entries, 1):
                sheet.write_string(row, 0, entry.code)
                sheet.write_string(row, 1, entry.name)
            sheet.autofilter(0, 0, len(entries), 1)


def _rows(
    sheet: Worksheet,
    formats: Formats,
    dataset: Dataset,
    standard: Standard,
    prefilled: Sequence[Mapping[str, str]] | None,
) -> None:
    if not prefilled:
        example = formats.get(
            "plain",
            italic=True,
            font_color="#6B6B6B",
            num_format="@",
            align="left",
            valign="vcenter",
            text_wrap=False,
        )
        sheet.set_row(HEADING + 1, 20)
        for place, field in enumerate(dataset.fields):
            # As text, exactly as the standard says it: this is how the row is known for an example.
            sheet.write_string(HEADING + 1, place, field.example, example)
        return
    for number, row in enumerate(prefilled, HEADING + 1):
        for place, field in enumerate(dataset.fields):
            _cell(sheet, formats, number, place, field, row.get(field.id, ""), standard)


def _cell(
    sheet: Worksheet, formats: Formats, row: int, place: int, field: Field, text: str, standard: Standard
) -> None:
    if not text:
        return
    look = formats.get("plain", text_wrap=False, **_number_format(field))
    if field.type is FieldType.TIME:
        sheet.write_datetime(
            row, place, datetime.combine(date.fromisoformat(text), datetime.min.time()), look
        )
    elif field.type in (FieldType.NUMBER, FieldType.MONEY):
        sheet.write_number(row, place, float(text), look)
    else:
        codes = standard.codes.get(field.values or "")
        entry = codes.by_code.get(text) if codes is not None and not codes.open else None
        sheet.write_string(row, place, entry.name if entry else text, look)


_GUIDE_COLUMNS = (
    ("列名", 26),
    ("必填", 6),
    ("类型", 10),
    ("长度", 7),
    ("填什么", 44),
    ("可填的值", 44),
    ("示例", 22),
    ("字段名", 14),
    ("编号", 12),
)


def _guide(sheet: Worksheet, formats: Formats, standard: Standard, dataset: Dataset) -> None:
    for place, (_, width) in enumerate(_GUIDE_COLUMNS):
        sheet.set_column(place, place, width)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, f"{dataset.name}：{_GUIDE}", formats.get("title"))
    at = 1
    last = len(_GUIDE_COLUMNS) - 1
    for label, text in facts_of(dataset, standard):
        sheet.write_string(at, 0, label, formats.get("header", align="left"))
        sheet.merge_range(at, 1, at, last, text, formats.get("text"))
        sheet.set_row(at, row_height([text], [sum(width for _, width in _GUIDE_COLUMNS[1:])]))
        at += 1
    at += 1
    for place, (title, _) in enumerate(_GUIDE_COLUMNS):
        sheet.write_string(at, place, title, formats.get("header"))
    for number, field in enumerate(dataset.fields, at + 1):
        cells = _guide_row(field, standard)
        for place, text in enumerate(cells):
            sheet.write_string(number, place, text, formats.get("text", num_format="@"))
        sheet.set_row(number, row_height(cells, [width for _, width in _GUIDE_COLUMNS]))
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)


def _guide_row(field: Field, standard: Standard) -> list[str]:
    says = "；".join(part for part in (field.note, bounds_words(field)) if part)
    length = f"{field.length},{field.decimals}" if field.decimals else str(field.length)
    return [
        title_of(field),
        "是" if field.mandatory else "",
        field.type.words,
        "" if field.type is FieldType.TIME else length,
        says,
        values_words(field, standard.codes),
        field.example,
        field.pinyin,
        field.number,
    ]
