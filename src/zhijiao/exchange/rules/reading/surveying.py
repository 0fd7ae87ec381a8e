"""What the columns of a workbook do not tell: how far its cells reach, merged ranges, errors, formulas nobody computed,
numbers too long to be exact, percentages. Looked for in the bytes, because almost every file has none of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isfinite

import numpy as np

from zhijiao.exchange.rules.reading.refusing import unusable
from zhijiao.exchange.rules.reading.types import Fault

MOST_COLUMNS = 2_000
MOST_ROWS = 1_048_576
MOST_CELLS = 30_000_000
MOST_MERGED = 100_000
_LOOKED_AT = 1 << 18

_UNUSUAL = re.compile(rb'<c(?! r="(?:[A-Z][0-9]{1,6}|A[A-Z][0-9]{1,5})"|ol)')
"""A cell far to the right, far below, or without a plain reference. Most sheets have none, and this is one quick look."""
_BARE_CELL = re.compile(rb"<c(?:>|\s(?![^>]*\br\s*=))")
_REFERENCE = re.compile(rb'<c\s[^>]*?\br\s*=\s*["\']([A-Za-z]+)([0-9]+)["\']')
_EMPTY = re.compile(rb"<c\s[^>]*/>")
_ANY_HIDDEN = re.compile(rb'<row\s[^>]*?\br="([0-9]+)"[^>]*?\bhidden="(?:1|true)"')
_ANY_ROW = re.compile(rb"<row[\s>/]")
_HIDDEN = re.compile(rb'<row\s[^>]*?\br="([0-9]+)"[^>]*?\bhidden="(?:1|true)"')
_ERROR = re.compile(rb'<c\s([^>]*?\bt="e"[^>]*)>(?:<f[^>]*?(?:/>|>[^<]*</f>))?\s*(?:<v>([^<]*)</v>)?')
_UNCOMPUTED = re.compile(rb"<c\s([^>]*)>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_LONG = re.compile(
    rb"<v>(-?(?=[0-9.eE+]{15})(?:[0-9]{16,}|[0-9](?:\.[0-9]+)?[eE]\+?(?:1[5-9]|[2-9][0-9])))</v>"
)
_MERGED = re.compile(
    rb'<mergeCell\s+ref="\$?([A-Za-z]{1,3})\$?([0-9]{1,7}):\$?([A-Za-z]{1,3})\$?([0-9]{1,7})"'
)
_PLACE = re.compile(rb'\br\s*=\s*["\']([A-Za-z]{1,3})([0-9]{1,7})["\']')


@dataclass(frozen=True)
class Survey:
    """What was found. Rows count from 1, columns from 0."""

    merged: tuple[tuple[int, int, int, int], ...] = ()  # top, left, bottom, right
    faults: tuple[Fault, ...] = ()
    hidden: tuple[int, ...] = ()
    shown: dict[tuple[int, int], str] = field(default_factory=dict)  # text of cells whose style changes it


def bounded(xml: bytes, file: str, sheet: str) -> bytes:
    """The sheet, if its cells span what can be held; without its empty formatted cells where only those reach too far.
    The reader makes a whole rectangle, so one cell at the far corner would cost more than the machine has. Raises
    FileUnusable."""
    if not _UNUSUAL.search(xml, max(xml.find(b"<sheetData"), 0), max(xml.rfind(b"</sheetData>"), 0)):
        return xml
    if _spans(xml) <= MOST_CELLS and _width(xml) <= MOST_COLUMNS:
        return xml
    xml = _EMPTY.sub(b"", xml)
    width = _width(xml)
    if width > MOST_COLUMNS:
        raise unusable(
            file,
            f"工作表“{sheet}”的内容一直到第 {width} 列，最多读 {MOST_COLUMNS} 列",
            "删去右边无关的列（选中后删除，不只是清空）再交",
        )
    if _spans(xml) > MOST_CELLS:
        raise unusable(
            file,
            f"工作表“{sheet}”占的范围超过 {MOST_CELLS:,} 格",
            "删去最后一行数据以下、最后一列以右的内容，或拆成几个文件、另存为 csv 再交",
        )
    return xml


def survey(xml: bytes, looks: dict[int, str]) -> Survey:
    """Look through a sheet whose size is bounded."""
    has_formulas, may_have_errors = _pairs(xml, b"<f", b'e"')
    faults = _errors(xml) if may_have_errors else []
    faults += _uncomputed(xml) if has_formulas else []
    faults += _long(xml)
    hidden = tuple(int(row) for row in _HIDDEN.findall(xml)) if b"hidden=" in xml else ()
    return Survey(merged(xml), tuple(faults), hidden, _shown(xml, looks))


def column_number(letters: bytes) -> int:
    """A is 0, AA is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def _spans(xml: bytes) -> int:
    rows = [int(row) for _, row in _REFERENCE.findall(xml)]
    height = max(max(rows, default=0), len(_ANY_ROW.findall(xml)))
    if height > MOST_ROWS:
        return MOST_CELLS + 1
    return height * _width(xml)


def _width(xml: bytes) -> int:
    named = {letters for letters, _ in _REFERENCE.findall(xml)}
    # A cell without a reference stands right of the one before it.
    bare = max((len(_BARE_CELL.findall(row)) for row in _ANY_ROW.split(xml)), default=0)
    return max((column_number(letters) + 1 for letters in named), default=0) + bare


def _place(tag: bytes) -> tuple[int, int] | None:
    found = _PLACE.search(tag)
    return (int(found.group(2)), column_number(found.group(1))) if found else None


def _pairs(xml: bytes, *pairs: bytes) -> list[bool]:
    """Whether each pair of bytes is there. Signs that are everywhere, one by one, slow a search for text down sevenfold."""
    found = [False] * len(pairs)
    for shift in (0, 1):
        words = np.frombuffer(xml, dtype="<u2", count=(len(xml) - shift) // 2, offset=shift)
        for start in range(0, len(words), _LOOKED_AT):
            some = words[start : start + _LOOKED_AT]
            for number, pair in enumerate(pairs):
                found[number] = found[number] or bool((some == int.from_bytes(pair, "little")).any())
    return found


def _errors(xml: bytes) -> list[Fault]:
    if b't="e"' not in xml:
        return []
    faults = []
    for tag, value in _ERROR.findall(xml):
        if place := _place(tag):
            shown = value.decode("utf-8", "replace")
            words = f"是公式错误 {shown or '#'}；改好公式，或直接填写它的值"
            faults.append(Fault(*place, "error", shown, words))
    return faults


def _uncomputed(xml: bytes) -> list[Fault]:
    words = "是公式，文件里没有它算出的值；用 Excel 或 WPS 打开、保存一次，或改为直接填写数值"
    places = (_place(tag) for tag in _UNCOMPUTED.findall(xml))
    return [Fault(*place, "formula", "", words) for place in places if place]


def _long(xml: bytes) -> list[Fault]:
    """Numbers of more digits than a spreadsheet keeps: identity numbers and codes typed as numbers."""
    faults = []
    for found in _LONG.finditer(xml):
        start = xml.rfind(b"<c ", 0, found.start())
        tag = xml[start : xml.find(b">", start)]
        if b't="s' in tag or b't="inl' in tag:
            continue
        if place := _place(tag):
            words = "被当作数字保存，15 位以后的数字已经丢失；把这一列设为“文本”格式，再重新填写"
            faults.append(Fault(*place, "digits", found.group(1).decode(), words))
    return faults


def merged(xml: bytes) -> tuple[tuple[int, int, int, int], ...]:
    """The ranges that are filled with their first cell: top, left, bottom, right."""
    after = xml.rfind(b"</sheetData>")
    ranges = []
    cells = 0
    for left, top, right, bottom in _MERGED.findall(xml, max(after, 0)):
        found = (int(top), column_number(left), int(bottom), column_number(right))
        cells += max(found[2] - found[0] + 1, 0) * max(found[3] - found[1] + 1, 0)
        if cells > MOST_MERGED:
            return ()  # whole rows or columns were merged for looks: nothing is to be filled
        ranges.append(found)
    return tuple(ranges)


def _shown(xml: bytes, looks: dict[int, str]) -> dict[tuple[int, int], str]:
    """Cells of styles that show 12.5% for 0.125, or 0012 for 12."""
    used = {number: look for number, look in looks.items() if b's="%d"' % number in xml}
    if not used:
        return {}
    styles = b"|".join(b"%d" % number for number in used)
    pattern = re.compile(
        rb'<c\s([^>]*?\bs="(' + styles + rb')"[^>]*)>(?:<f[^>]*?(?:/>|>[^<]*</f>))?<v>([^<]*)</v>'
    )
    found: dict[tuple[int, int], str] = {}
    for tag, style, value in pattern.findall(xml):
        if b't="s' in tag or b't="e"' in tag or b't="b"' in tag:
            continue
        place = _place(tag)
        text = _as_shown(value.decode("ascii", "replace"), used[int(style)])
        if place and text is not None:
            found[place] = text
    return found


def _as_shown(value: str, look: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return None
    if not isfinite(number):
        return None
    if look == "%":
        return f"{number * 100:.10g}%"
    return f"{int(number):0{len(look)}d}" if number == int(number) >= 0 and number < 1e15 else None
