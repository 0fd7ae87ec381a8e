"""Reading files of other bodies: what they found out besides marks, and seats that they gave. Every fault at once, nothing guessed.
Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from zhijiao.admissions.rules.conditions import number_of
from zhijiao.admissions.rules.rolls import HEADINGS, MOST_FAULTS, plain, say
from zhijiao.admissions.types.rolls import BadRoll, CheckColumn, Found, Given, RollFault

PASSED, FAILED = ("合格", "通过", "是", "1"), ("不合格", "不通过", "否", "0")
SEATS: Mapping[str, tuple[str, ...]] = {
    "number": HEADINGS["number"],
    "name": HEADINGS["name"],
    "school": ("录取学校", "录取学校代码", "学校", "学校代码"),
    "major_code": ("专业代码",),
    "major_name": ("专业名称", "录取专业", "专业"),
    "years": ("学制", "学制（年）"),
}
"""The columns of a file of seats; each must be there."""
LONGEST = 8


def read_checks(
    heading: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    columns: Sequence[CheckColumn],
    names: Mapping[str, str],
    first: int = 2,
) -> list[Found]:
    """Results of checks. Columns of the season that the file does not have are left alone; `names`: who is on the roll, by number;
    `first`: the line of the first row. Raises BadRoll with every fault."""
    titles = [plain(title) for title in heading]
    faults: list[RollFault] = []
    key = next((titles.index(name) for name in HEADINGS["number"] if name in titles), -1)
    at = {column.id: titles.index(column.name) for column in columns if column.name in titles}
    if key < 0:
        say(faults, 1, "考号", "没有这一列", "第一行写列名，考号列叫“考号”")
    if not at:
        listed = "、".join(column.name for column in columns) or "（本季没有设定）"
        say(faults, 1, "", "没有一列是本季的检查项目", f"列名写成：{listed}")
    if faults:
        raise BadRoll(faults)
    found: list[Found] = []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, first):
        cells = [plain(cell) for cell in row]
        if not any(cells):
            continue
        number = _number(cells[key] if key < len(cells) else "", line, names, seen, faults)
        results: dict[str, Decimal] = {}
        for column in columns:
            text = cells[at[column.id]] if column.id in at and at[column.id] < len(cells) else ""
            if not text:
                continue
            value = _value(column, text)
            if value is None:
                remedy = (
                    "写一个正数，最多两位小数；没有结果就留空"
                    if column.number
                    else "写合格或不合格；没有结果就留空"
                )
                say(faults, line, column.name, f"“{text}”无法识别", remedy)
            else:
                results[column.id] = value
        if results:
            found.append(Found(line, number, results))
        if len(faults) >= MOST_FAULTS:
            break
    _whole(found, faults)
    return found


def read_seats(
    heading: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    schools: Mapping[str, str],
    names: Mapping[str, str],
    first: int = 2,
) -> list[Given]:
    """Seats that another body gave. `schools`: what the file may call a school of the kinds that it places with → its code; `names`:
    who is on the roll, by number: the name must be the same, so that nobody gets another's seat. Raises BadRoll with every fault."""
    titles = [plain(title) for title in heading]
    faults: list[RollFault] = []
    at: dict[str, int] = {}
    for field, words in SEATS.items():
        place = next((titles.index(word) for word in words if word in titles), -1)
        if place < 0:
            say(faults, 1, words[0], "没有这一列", f"第一行写列名，这一列叫{'或'.join(words)}")
        at[field] = place
    if faults:
        raise BadRoll(faults)
    known = {plain(name): code for name, code in schools.items()}
    found: list[Given] = []
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, first):
        cells = {field: plain(row[place]) if place < len(row) else "" for field, place in at.items()}
        if not any(cells.values()):
            continue
        number = _number(cells["number"], line, names, seen, faults)
        if number in names and plain(names[number]) != cells["name"]:
            say(faults, line, "姓名", f"“{cells['name']}”与名册里考号 {number} 的姓名不同", "核对考号和姓名")
        if cells["school"] not in known:
            say(
                faults,
                line,
                "录取学校",
                f"“{cells['school']}”不是由它录取的学校",
                "写组织里的学校代码或全称；没有登记的先登记",
            )
        for field, most, name in (("major_code", 16, "专业代码"), ("major_name", 80, "专业名称")):
            if not 0 < len(cells[field]) <= most:
                say(faults, line, name, f"是空的或超过 {most} 个字", "照录取通知书补上")
        years = cells["years"].removesuffix("年")
        if not (years.isascii() and years.isdecimal() and 1 <= int(years) <= LONGEST):
            say(faults, line, "学制", f"“{cells['years']}”不是 1 到 {LONGEST} 的整数", "写几年，如 5")
            years = "0"
        found.append(
            Given(
                line,
                number,
                known.get(cells["school"], ""),
                cells["major_code"],
                cells["major_name"],
                int(years),
            )
        )
        if len(faults) >= MOST_FAULTS:
            break
    _whole(found, faults)
    return found


def _number(
    text: str, line: int, names: Mapping[str, str], seen: dict[str, int], faults: list[RollFault]
) -> str:
    number = text.upper()
    if number not in names:
        say(faults, line, "考号", f"“{number}”不在本季的考生名册里", "先导入名册，或更正考号")
    elif number in seen:
        say(faults, line, "考号", f"{number} 与第 {seen[number]} 行重复", "删去多出的一行")
    seen.setdefault(number, line)
    return number


def _value(column: CheckColumn, text: str) -> Decimal | None:
    if column.number:
        return number_of(text)
    return Decimal(1) if text in PASSED else Decimal(0) if text in FAILED else None


def _whole(found: Sequence[object], faults: list[RollFault]) -> None:
    if not found and not faults:
        say(faults, 2, "", "没有一行数据", "检查是不是选错了文件或工作表")
    if faults:
        raise BadRoll(faults)
