"""A reporter's own workbook: rows are found by the figure's name or code, exactly; what is not found is listed, never guessed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from zhijiao.lib.folding import fold
from zhijiao.render.xlsx.opening import open_book
from zhijiao.reports.hand_in.cells import MOST_COLUMNS, MOST_ROWS, place, text_of
from zhijiao.reports.hand_in.types import (
    Columns,
    Entry,
    Found,
    Grid,
    Matched,
    Owed,
    Part,
    Problem,
    Row,
    Taken,
)

MOST_SHEETS = 12
_NUMBERING = re.compile(
    r"^(?:[(（]?[0-9一二三四五六七八九十]+[)）]|[0-9]+(?:\.[0-9]+)*[.、．]|[一二三四五六七八九十]+[、.．])\s*"
)
_UNIT = re.compile(r"[(（\[【](?:单位[:：]?)?([^()（）\[\]【】]{1,8})[)）\]】]$")
_SIGNS = re.compile(r"[\s\"'“”‘’《》〈〉,，、;；:：.。·•\-—_/]")
_YEAR = re.compile(r"^(?:19|20)[0-9]{2}[年学]")
_LOOKS_NUMERIC = re.compile(r"^[+\-−]?[0-9０-９][0-9０-９,，. ]*\s*(?:%|％|[一-鿿]{0,4})$")


def read_grids(content: bytes) -> tuple[Grid, ...]:
    """The sheets as texts; of formulas their last result. Raises UnreadableBook."""
    written, values = open_book(content), open_book(content, values=True)
    grids = []
    for sheet in written.worksheets[:MOST_SHEETS]:
        rows: list[tuple[str, ...]] = []
        computed: set[tuple[int, int]] = set()
        beside = values[sheet.title]
        height, width = min(sheet.max_row, MOST_ROWS), min(sheet.max_column, MOST_COLUMNS)
        for r in range(1, height + 1):
            line = []
            for c in range(1, width + 1):
                cell = sheet.cell(r, c)
                if cell.data_type == "f":
                    computed.add((r - 1, c - 1))
                    cell = beside.cell(r, c)
                line.append(text_of(cell.value, str(cell.number_format or "")))
            rows.append(tuple(line))
        grids.append(Grid(sheet.title, tuple(rows), frozenset(computed)))
    return tuple(grids)


def names_of(owed: Sequence[Owed]) -> dict[str, list[tuple[int, Part]]]:
    """What each name could mean: names and codes of figures, and labels of numerators and denominators."""
    found: dict[str, list[tuple[int, Part]]] = defaultdict(list)
    for figure in owed:
        for asked in figure.asked:
            names = {asked.name} if asked.part in ("numerator", "denominator") else set()
            if len(figure.asked) == 1:
                names |= {figure.name, figure.indicator, *figure.other_names}
            for name in {folded(name) for name in names if name}:
                found[name].append((figure.report, asked.part))
    return found


def folded(name: str) -> str:
    """A name as it is compared: without numbering, unit in brackets, spaces and signs."""
    text = _NUMBERING.sub("", fold(name))
    without_unit = _UNIT.sub("", text)
    return _SIGNS.sub("", without_unit or text)


def guess(grids: Sequence[Grid], owed: Sequence[Owed]) -> Columns | None:
    """Where names and numbers most likely stand: the column with the most known names, and the one with numbers in those
    rows, the last such column first, since the newest period stands at the right. Shown to the reporter, who may change it."""
    known = names_of(owed)
    best: tuple[int, Columns] | None = None
    for number, grid in enumerate(grids):
        width = max((len(row) for row in grid.rows), default=0)
        for column in range(width):
            rows = [
                r for r, row in enumerate(grid.rows) if _at(row, column) and folded(_at(row, column)) in known
            ]
            values = _values(grid, rows, column, width)
            if rows and values is not None and (best is None or len(rows) > best[0]):
                best = (len(rows), Columns(number, column, values))
    return best[1] if best else None


def _values(grid: Grid, rows: Sequence[int], names: int, width: int) -> int | None:
    numeric = {
        column: sum(bool(_LOOKS_NUMERIC.match(_at(grid.rows[r], column))) for r in rows)
        for column in range(width)
        if column != names
    }
    most = max(numeric.values(), default=0)
    return max((c for c, n in numeric.items() if n == most), default=None) if most else None


def match(
    grid: Grid, columns: Columns, owed: Sequence[Owed], chosen: Mapping[str, tuple[int, Part]] | None = None
) -> Matched:
    """The rows of a sheet against what is owed. `chosen` settles rows with several candidates, by their cell."""
    known, chosen = names_of(owed), chosen or {}
    by_report = {figure.report: figure for figure in owed}
    entries: dict[int, dict[Part, Found]] = defaultdict(dict)
    problems: list[Problem] = []
    unmatched: list[Row] = []
    unclear: list[Row] = []
    blank = 0
    for row in _rows(grid, columns, known):
        if not row.candidates:
            if row.text:
                unmatched.append(row)
            continue
        if not row.text:
            blank += 1
            continue
        at = row.candidates[0] if len(row.candidates) == 1 else chosen.get(row.cell)
        if at is None or at not in row.candidates:
            unclear.append(row)
            continue
        report, part = at
        if part in entries[report]:
            first = entries[report][part].cell
            problems.append(
                Problem(
                    grid.name, row.cell, f"“{row.name}”与 {first} 对应同一个数；请只留一处，或在表里改名。"
                )
            )
            continue
        entries[report][part] = Found(row.text, grid.name, row.cell, row.computed)
    for report, found in entries.items():
        problems.extend(_half(by_report[report], found, grid.name))
    taken = Taken(tuple(Entry(r, f) for r, f in entries.items() if f), tuple(problems), blank)
    return Matched(taken, tuple(unmatched), tuple(unclear), _missing(owed, entries))


def _half(owed: Owed, found: Mapping[Part, Found], sheet: str) -> list[Problem]:
    """A ratio with only one of its two numbers, where the other was not entered before either."""
    lacking = [a.name for a in owed.asked if a.part not in found and a.now is None and a.part != "note"]
    if not lacking:
        return []
    cell = next(iter(found.values())).cell
    return [
        Problem(
            sheet,
            cell,
            f"“{owed.name}”还缺“{'、'.join(lacking)}”；请在表里补上这一行，或存为草稿后在页面上填。",
        )
    ]


def _missing(owed: Sequence[Owed], entries: Mapping[int, Mapping[Part, Found]]) -> tuple[str, ...]:
    return tuple(
        figure.name if len(figure.asked) == 1 else f"{figure.name}：{asked.name}"
        for figure in owed
        for asked in figure.asked
        if figure.open and asked.part not in entries.get(figure.report, {}) and asked.now is None
    )


def _rows(grid: Grid, columns: Columns, known: Mapping[str, Collection[tuple[int, Part]]]) -> list[Row]:
    found = []
    for number, cells in enumerate(grid.rows):
        name, text = _at(cells, columns.names), _at(cells, columns.values)
        if not name:
            continue
        candidates = tuple(known.get(folded(name), ()))
        if not candidates and (not _LOOKS_NUMERIC.match(text) or _YEAR.match(text)):
            continue  # a title or a heading
        computed = (number, columns.values) in grid.computed
        found.append(Row(place(number, columns.values), name, text, candidates, computed))
    return found


def _at(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""


def titles(grid: Grid) -> list[tuple[int, str]]:
    """The columns of a sheet as a list to choose from: B 指标名称."""
    width = max((len(row) for row in grid.rows), default=0)
    letters = [place(0, column)[:-1] for column in range(width)]
    shown = []
    for column in range(width):
        words = next((row[column] for row in grid.rows[:8] if _at(row, column)), "")
        shown.append((column, f"{letters[column]} 列 {words[:16]}".strip()))
    return shown
