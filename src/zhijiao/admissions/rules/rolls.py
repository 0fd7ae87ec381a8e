"""Reading the exam body's files: headings by name, every fault at once, nothing guessed. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from zhijiao.admissions.types.rolls import BadRoll, Entry, MarkColumn, Marked, RollFault
from zhijiao.lib import citizens

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "number": ("考号", "准考证号", "报名号", "报名序号"),
    "name": ("姓名", "考生姓名"),
    "sex": ("性别",),
    "identity": ("身份证件号", "证件号码", "身份证号", "身份证件号码"),
    "school": ("毕业学校代码", "学校代码", "毕业学校", "初中学校"),
    "county": ("报名县", "报名县（市、区）", "县（市、区）", "报名地"),
    "class_name": ("班级",),
    "origins": ("生源类别", "考生类别"),
    "phone": ("手机号", "联系电话", "考生手机"),
    "guardian": ("监护人", "监护人姓名", "家长姓名"),
    "relation": ("关系", "与考生关系"),
    "guardian_phone": ("监护人手机", "家长手机", "监护人手机号"),
}
NEEDED = ("number", "name")
NUMBER = re.compile(r"[0-9A-Z]{4,20}")
PHONE = re.compile(r"1[3-9][0-9]{9}")
MOST_FAULTS = 2_000


def read_roll(
    heading: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    schools: Mapping[str, str],
    counties: Mapping[str, str],
    origins: Collection[str],
) -> list[Entry]:
    """The entries of a roll. `schools`, `counties`: what a file may call a junior school or a county → its code; `origins`: the
    words of the season (empty: any). Raises BadRoll with every fault."""
    columns = _columns(heading)
    faults: list[RollFault] = []
    found: list[Entry] = []
    seen: dict[str, int] = {}
    known = {plain(name): code for name, code in schools.items()}
    places = {plain(name): code for name, code in counties.items()}
    for line, row in enumerate(rows, 2):
        cells = {field: plain(row[at]) if at < len(row) else "" for field, at in columns.items()}
        if not any(cells.values()):
            continue
        before = len(faults)
        number = cells["number"].upper()
        if not NUMBER.fullmatch(number):
            say(faults, line, "考号", f"“{number}”不是 4—20 位的数字或大写字母", "对照准考证核对")
        elif number in seen:
            say(faults, line, "考号", f"{number} 与第 {seen[number]} 行重复", "删去多出的一行，或更正考号")
        seen.setdefault(number, line)
        if not 0 < len(cells["name"]) <= 60:
            say(faults, line, "姓名", "是空的或超过 60 个字", "补上姓名")
        sex = cells.get("sex", "")
        if sex not in ("", "男", "女"):
            say(faults, line, "性别", f"“{sex}”无法识别", "写男或女")
        identity = cells.get("identity", "").upper()
        if identity and len(identity) == citizens.SIGNS and not citizens.is_number(identity):
            say(faults, line, "身份证件号", "校验位或出生日期不对", "对照户口簿核对这一行的号码")
        school = cells.get("school", "")
        if school and school not in known:
            say(faults, line, "毕业学校", f"“{school}”不在组织里", "核对代码或名称，或先登记这所初中学校")
        county = cells.get("county", "")
        if county and county not in places:
            say(faults, line, "报名县", f"“{county}”不在组织里", "核对代码或名称")
        if not school and not county:
            say(faults, line, "毕业学校", "和报名县都是空的", "补上一项，考生才有人负责")
        words = tuple(word for word in re.split(r"[;；、,，]", cells.get("origins", "")) if word)
        for word in words:
            if origins and word not in origins:
                say(
                    faults,
                    line,
                    "生源类别",
                    f"“{word}”不是本季的类别",
                    f"写{'、'.join(sorted(origins))}之一，几个用分号隔开",
                )
        for field, name in (("phone", "手机号"), ("guardian_phone", "监护人手机")):
            if cells.get(field) and not PHONE.fullmatch(cells[field]):
                say(faults, line, name, f"“{cells[field]}”不是 11 位手机号", "更正，或留空由初中学校补登")
        if len(faults) == before:
            found.append(
                Entry(
                    line,
                    number,
                    cells["name"],
                    sex,
                    identity,
                    known.get(school, ""),
                    places.get(county, ""),
                    cells.get("class_name", "")[:40],
                    words,
                    cells.get("phone", ""),
                    cells.get("guardian", "")[:60],
                    cells.get("relation", "")[:20],
                    cells.get("guardian_phone", ""),
                )
            )
        if len(faults) >= MOST_FAULTS:
            break
    _refuse(faults, empty=not found)
    return found


def read_marks(
    heading: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    columns: Sequence[MarkColumn],
    numbers: Collection[str],
) -> list[Marked]:
    """The marks of candidates. Each column of the season must be there under its name; each number must be on the roll.
    Raises BadRoll with every fault."""
    titles = [plain(title) for title in heading]
    faults: list[RollFault] = []
    at: dict[str, int] = {}
    key = next((titles.index(name) for name in HEADINGS["number"] if name in titles), -1)
    if key < 0:
        say(faults, 1, "考号", "没有这一列", "第一行写列名，考号列叫“考号”")
    for column in columns:
        if column.name in titles:
            at[column.id] = titles.index(column.name)
        else:
            say(faults, 1, column.name, "没有这一列", f"补上“{column.name}”列")
    if faults:
        raise BadRoll(faults)
    known, seen, found = set(numbers), dict[str, int](), list[Marked]()
    for line, row in enumerate(rows, 2):
        cells = [plain(cell) for cell in row]
        if not any(cells):
            continue
        before = len(faults)
        number = (cells[key] if key < len(cells) else "").upper()
        if number not in known:
            say(faults, line, "考号", f"“{number}”不在本季的考生名册里", "先导入名册，或更正考号")
        elif number in seen:
            say(faults, line, "考号", f"{number} 与第 {seen[number]} 行重复", "删去多出的一行")
        seen.setdefault(number, line)
        marks: dict[str, Decimal] = {}
        for column in columns:
            text = cells[at[column.id]] if at[column.id] < len(cells) else ""
            mark = _mark(text)
            if mark is None or not 0 <= mark <= column.most:
                say(faults, line, column.name, f"“{text}”不是 0—{column.most} 的分数", "更正；缺考写 0")
            else:
                marks[column.id] = mark
        if len(faults) == before:
            found.append(Marked(line, number, marks))
        if len(faults) >= MOST_FAULTS:
            break
    _refuse(faults, empty=not found)
    return found


def _refuse(faults: list[RollFault], *, empty: bool) -> None:
    if empty and not faults:
        say(faults, 2, "", "没有一行数据", "检查是不是选错了文件或工作表")
    if faults:
        raise BadRoll(faults)


def _columns(heading: Sequence[str]) -> dict[str, int]:
    titles = [plain(title) for title in heading]
    found = {
        field: next(titles.index(name) for name in names if name in titles)
        for field, names in HEADINGS.items()
        if any(name in titles for name in names)
    }
    missing = [field for field in NEEDED if field not in found]
    if missing:
        raise BadRoll(
            [
                RollFault(
                    1, HEADINGS[field][0], "没有这一列", f"第一行写列名，这一列叫{'或'.join(HEADINGS[field])}"
                )
                for field in missing
            ]
        )
    return found


def _mark(text: str) -> Decimal | None:
    try:
        mark = Decimal(text)
    except InvalidOperation:
        return None
    return mark if mark.is_finite() and -int(mark.as_tuple().exponent) <= 2 else None


def plain(text: str | None) -> str:
    """A cell as it is compared: full-width signs as half-width ones, without blanks around it."""
    text = text or ""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()


def say(faults: list[RollFault], line: int, column: str, words: str, remedy: str) -> None:
    """Note a fault."""
    faults.append(RollFault(line, column, words, remedy))
