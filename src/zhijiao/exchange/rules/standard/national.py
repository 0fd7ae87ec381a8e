"""The national file of the standard: tables, fields and dictionaries, as the Ministry hands it out, into our own types."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from zhijiao.core.kinds import OrganisationKind
from zhijiao.exchange.rules.reading import Opened
from zhijiao.exchange.rules.standard.checking import faults
from zhijiao.exchange.rules.standard.editions import laid_over
from zhijiao.exchange.rules.standard.grids import Row, found_table, normal
from zhijiao.exchange.types import (
    Code,
    CodeList,
    Dataset,
    Due,
    Field,
    FieldType,
    Frequency,
    Keeping,
    Privacy,
    Problem,
    Role,
    Standard,
)

TABLES = {
    "subset": ("数据子集",),
    "klass": ("数据类",),
    "subclass": ("数据子类",),
    "number": ("数据表序号", "表序号", "序号"),
    "english": ("英文名", "数据表英文名", "表英文名", "英文表名", "表名"),
    "name": ("中文名", "数据表中文名", "表中文名", "中文表名", "中文名称"),
    "source": ("主要来源", "数据来源"),
    "frequency": ("上报频率", "采集频率"),
    "scope": ("上报范围",),
}
FIELDS = {
    "table": ("数据表英文名", "表英文名", "英文表名", "所属表", "数据表", "表名", "英文名"),
    "number": ("编号", "字段编号"),
    "pinyin": ("字段名", "数据项名", "字段英文名"),
    "name": ("中文名", "中文名称", "中文简称", "字段中文名"),
    "type": ("类型", "数据类型"),
    "length": ("长度", "数据长度"),
    "obligation": ("约束", "约束条件", "可选"),
    "values": ("值空间", "取值范围", "字典标识"),
    "note": ("说明", "解释说明", "备注"),
    "key": ("主键", "是否主键"),
}
_FIELD_COLUMNS = ("pinyin", "name", "type", "obligation")
DICTIONARY = {
    "mark": ("DictMark", "字典标识", "字典编号"),
    "english": ("EnglishName", "英文名", "英文名称"),
    "chinese": ("ChineseName", "中文名", "中文名称", "名称"),
    "code": ("Code", "代码"),
    "order": ("SortNumber", "排序", "排序号"),
}
_K = OrganisationKind
_FREQUENCIES = (
    ("学年", Frequency.SCHOOL_YEAR, 61),
    ("学期", Frequency.TERM, 30),
    ("季", Frequency.QUARTER, 15),
    ("月", Frequency.MONTH, 10),
    ("年", Frequency.YEAR, 31),
)
_OWERS: Mapping[str, frozenset[OrganisationKind]] = {
    "技工": frozenset({_K.TECHNICIAN}),
    "高职|高等职业|高等专科": frozenset({_K.HIGHER_VOCATIONAL}),
    "职业院校|职业学校|各类院校": frozenset({_K.SECONDARY_VOCATIONAL, _K.TECHNICIAN, _K.HIGHER_VOCATIONAL}),
    "学校|中职|院校": frozenset({_K.SECONDARY_VOCATIONAL}),
    "企业": frozenset({_K.ENTERPRISE}),
    "教育局|教育行政|主管部门|区县|县区|县级": frozenset({_K.COUNTY, _K.ZONE}),
}
"""Words of a table's source and who hands it in then. The standard is that of secondary vocational schools: where it only says
school, it means those. A word counts once: what an earlier line took is not read again."""
_TYPES = {"C": FieldType.TEXT, "N": FieldType.NUMBER, "M": FieldType.MONEY, "T": FieldType.TIME}
_SENSITIVE = ("身份证", "证件号", "银行卡", "健康", "血型", "残疾", "宗教")
_PERSONAL = ("姓名", "联系电话", "手机", "出生日期", "家庭", "住址", "电子邮", "照片", "监护人")
_ORGANISATION = ("xxdm", "xxbsm", "xxjgdm")
_PERSON = ("sfzjh", "sfzh", "sfzjhm")


@dataclass
class National:
    """What the file gave: data sets and lists; `guesses` say what it leaves open and was assumed."""

    datasets: list[Dataset] = field(default_factory=list)
    lists: list[CodeList] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_national(files: Sequence[Opened], base: Standard, edition: str) -> National:
    """The national standard out of its file or files. All that is wrong is told at once, and then nothing may be taken."""
    made = National()
    lists = _lists(files, edition, made)
    tables = list(_rows(files, TABLES, ("english", "name", "frequency")))
    fields: dict[str, list[Row]] = {}
    for row in _rows(files, FIELDS, _FIELD_COLUMNS):
        # Where no column names the table, each table has a sheet of its own.
        table = row.values.get("table") or row.sheet
        fields.setdefault(table.lower(), []).append(row)
    if not tables:
        made.problems.append(_missing("数据表", TABLES, ("english", "name", "frequency")))
    if not fields:
        made.problems.append(_missing("字段", FIELDS, _FIELD_COLUMNS))
    made.lists = list(lists.values())
    for row in tables:
        _table(row, fields.pop(row.values["english"].lower(), []), lists, made)
    for name, rows in fields.items():
        if tables:
            words = f"字段所属的表 {name} 不在数据表清单里；在清单里补上这张表，或改正表名"
            made.problems.append(rows[0].problem("table", words))
    if not made.problems:
        _fit(made, base, edition)
    return made


def _rows(
    files: Sequence[Opened], titles: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> Iterator[Row]:
    for file in files:
        for sheet in file.sheets:
            table = found_table(sheet, titles, needed)
            if table is not None:
                yield from table.rows(file)


def _missing(what: str, titles: Mapping[str, Sequence[str]], needed: Sequence[str]) -> Problem:
    names = "、".join(f"“{titles[word][0]}”" for word in needed)
    return Problem("", 0, "", "", "", "heading", "", f"没有找到{what}清单：要有一个工作表，表头写着{names}")


def _lists(files: Sequence[Opened], edition: str, made: National) -> dict[str, CodeList]:
    names: dict[str, str] = {}
    entries: dict[str, list[tuple[int, Code]]] = {}
    for place, row in enumerate(_rows(files, DICTIONARY, ("mark", "chinese", "code"))):
        mark = _id(row.values["mark"])
        if not mark:
            made.problems.append(row.problem("mark", f"第 {row.number} 行没有字典标识；补上，或删去这一行"))
            continue
        if not row.values["code"]:  # the line that names the dictionary itself
            names[mark] = row.values["chinese"]
            continue
        order = row.values.get("order", "")
        english = row.values.get("english", "")
        code = Code(
            row.values["code"],
            row.values["chinese"] or row.values["code"],
            other_names=(english,) if english else (),
        )
        there = entries.setdefault(mark, [])
        if any(each.code == code.code for _, each in there):
            said = (
                f"第 {row.number} 行：字典 {row.values['mark']} 的代码 {code.code} 已经写过；同一代码只留一行"
            )
            made.problems.append(row.problem("code", said))
            continue
        there.append((int(order) if order.isdigit() else 1_000_000 + place, code))
    return {
        mark: CodeList(mark, names.get(mark, mark), "国家数据标准字典", edition, _distinct(rows))
        for mark, rows in entries.items()
    }


def _distinct(rows: list[tuple[int, Code]]) -> tuple[Code, ...]:
    """In the order of the file's sort numbers; an English name that several entries share names none of them."""
    ordered = [code for _, code in sorted(rows, key=lambda each: each[0])]
    counted = Counter(name for code in ordered for name in {code.name, *code.other_names})
    return tuple(
        replace(
            code,
            other_names=tuple(name for name in code.other_names if counted[name] == 1 and name != code.name),
        )
        for code in ordered
    )


def _table(row: Row, rows: Sequence[Row], lists: Mapping[str, CodeList], made: National) -> None:
    values = row.values
    name = _id(values["english"])
    if not name or not values["name"]:
        made.problems.append(row.problem("english", f"第 {row.number} 行的表没有英文名或中文名；补上"))
        return
    if not rows:
        words = f"表 {values['english']} 一个字段也没有；在字段清单里补上它的字段，或从数据表清单里删去"
        made.problems.append(row.problem("english", words))
        return
    found = [each for each in (_field(one, lists, made) for one in rows) if each is not None]
    _say_twice(found, values["english"], rows, made)
    fields = _with_organisation(_with_roles(found), values.get("number") or name, name, made)
    key = _key(fields, rows, name, made)
    made.datasets.append(
        Dataset(
            id=name,
            subset=values.get("subset") or "国家数据标准",
            klass=values.get("klass") or values["name"],
            subclass=values.get("subclass") or values["name"],
            number=values.get("number") or name.upper(),
            english=values["english"],
            name=values["name"],
            source=values.get("source", ""),
            scope=values.get("scope", ""),
            due=_due(values.get("frequency", "")),
            keeping=Keeping.STATE if any(each.role is Role.PERIOD for each in fields) else Keeping.EVENTS,
            fields=tuple(fields),
            key=key,
            owes=_owers(values.get("source", ""), name, made),
        )
    )


def _field(row: Row, lists: Mapping[str, CodeList], made: National) -> Field | None:
    values = row.values
    letter, obligation = values["type"][:1].upper(), values["obligation"][:1].upper()
    before = len(made.problems)
    if letter not in _TYPES:
        words = f"第 {row.number} 行的类型“{values['type']}”不认识；写 C（文本）、N（数值）、M（金额）或 T（日期）"
        made.problems.append(row.problem("type", words))
    if obligation not in ("M", "O"):
        words = f"第 {row.number} 行的约束“{values['obligation']}”不认识；写 M（必填）或 O（选填）"
        made.problems.append(row.problem("obligation", words))
    if not _id(values["pinyin"]):
        words = f"第 {row.number} 行的字段名“{values['pinyin']}”不合格；写拼音首字母，只含字母、数字和下划线"
        made.problems.append(row.problem("pinyin", words))
    length = re.fullmatch(r"(\d+)(?:[,，.](\d+))?", values.get("length", "").strip("() "))
    kind = _TYPES.get(letter, FieldType.TEXT)
    if length is None and kind is not FieldType.TIME:
        words = f"第 {row.number} 行的长度“{values.get('length', '')}”不是数；写成 18，有小数的写成 12,2"
        made.problems.append(row.problem("length", words))
    if len(made.problems) > before:
        return None
    listed = _id(values.get("values", ""))
    note = "；".join(
        part for part in (values.get("note", ""), "" if listed in lists else values.get("values", "")) if part
    )
    usual = 2 if kind is FieldType.MONEY else 0
    return Field(
        id=_id(values["pinyin"]),
        number=values.get("number") or values["pinyin"],
        pinyin=values["pinyin"].upper(),
        name=values["name"] or values["pinyin"],
        type=kind,
        length=10 if length is None or kind is FieldType.TIME else int(length[1]),
        mandatory=obligation == "M",
        values=listed if listed in lists and kind is FieldType.TEXT else None,
        decimals=0 if kind is FieldType.TIME else int(length[2]) if length and length[2] else usual,
        privacy=_privacy(values["name"]),
        least=Decimal(0) if kind is FieldType.MONEY else None,
        note=note,
    )


def _privacy(name: str) -> Privacy:
    if any(word in name for word in _SENSITIVE):
        return Privacy.SENSITIVE
    return Privacy.PERSONAL if any(word in name for word in _PERSONAL) else Privacy.NONE


def _say_twice(fields: list[Field], table: str, rows: Sequence[Row], made: National) -> None:
    for name, times in Counter(each.id for each in fields).items():
        if times > 1:
            words = f"表 {table} 的字段 {name.upper()} 写了 {times} 次；只留一行"
            made.problems.append(rows[0].problem("pinyin", words))


def _with_roles(fields: list[Field]) -> list[Field]:
    """What intake must know of a field and the national file does not say."""
    organisation = next((each.id for name in _ORGANISATION for each in fields if each.id == name), None)
    person = next((each.id for name in _PERSON for each in fields if each.id == name), None)
    made = []
    for each in fields:
        if each.id == organisation:
            made.append(replace(each, role=Role.ORGANISATION, mandatory=True, length=max(each.length, 18)))
        elif each.id == person:
            made.append(
                replace(each, role=Role.PERSON, privacy=Privacy.SENSITIVE, pattern="identity", values=None)
            )
        else:
            made.append(each)
    return made


def _with_organisation(fields: list[Field], number: str, name: str, made: National) -> list[Field]:
    if any(each.role is Role.ORGANISATION for each in fields):
        return fields
    made.guesses.append(f"表 {name} 没有学校代码，补了一列“学校代码”")
    organisation = Field(
        id="organisation",
        number=f"{number}00",
        pinyin="PTXXDM",
        name="学校代码",
        type=FieldType.TEXT,
        length=18,
        mandatory=True,
        role=Role.ORGANISATION,
        note="国家标准的这张表没有学校代码，由平台补充",
    )
    return [organisation, *fields]


def _key(fields: Sequence[Field], rows: Sequence[Row], name: str, made: National) -> tuple[str, ...]:
    """The file's own key, else all mandatory fields that identify: numbers and dates of measurement do not."""
    owner = tuple(each.id for each in fields if each.role is Role.ORGANISATION)
    mandatory = {each.id for each in fields if each.mandatory}
    marked = tuple(
        _id(row.values["pinyin"])
        for row in rows
        if row.values.get("key", "") in ("是", "Y", "y", "1", "√") or "主键" in row.values.get("note", "")
    )
    if marked and set(marked) <= mandatory:
        return tuple(dict.fromkeys((*owner, *marked)))
    names = [
        each.id
        for each in fields
        if each.mandatory
        and each.values is None
        and (
            each.role is Role.PERSON
            or re.search("代码|编号|号$|学号|工号|标识|年度|学年|日期|时间", each.name)
        )
    ]
    guessed = tuple(dict.fromkeys((*owner, *names)))
    made.guesses.append(f"表 {name} 没有写明主键，按 {'、'.join(guessed)} 认出一行")
    return guessed


def _owers(source: str, name: str, made: National) -> frozenset[OrganisationKind]:
    found: set[OrganisationKind] = set()
    left = source.replace("中等职业学校", "中职").replace("高等职业学校", "高职")
    for words, kinds in _OWERS.items():
        if re.search(words, left):
            found |= kinds
            left = re.sub(f"(?:{words})(?:学校|院校)?", "", left)
    if not found:
        made.guesses.append(f"表 {name} 的主要来源“{source}”看不出由哪类机构报送，先不向任何单位要")
    return frozenset(found)


def _due(words: str) -> Due:
    for sign, frequency, days in _FREQUENCIES:
        if sign in words:
            return Due(frequency, days, 8 if frequency is Frequency.SCHOOL_YEAR else None)
    return Due(Frequency.CHANGE, 15)


def _id(text: str) -> str:
    """A name as an id: small letters, digits, underscores, a letter first; empty where that cannot be."""
    made = re.sub(r"[^a-z0-9_]", "", normal(text).replace("-", "_"))
    return made if made[:1].isalpha() else ""


def _fit(made: National, base: Standard, edition: str) -> None:
    """What the checker of our own files says of it."""
    own = {each.id for each in base.datasets}
    for dataset in made.datasets:
        if dataset.id in own and dataset.domain == "exchange":
            words = f"表 {dataset.english} 与平台自带的数据集 {dataset.id} 同名；改一个英文名"
            made.problems.append(Problem("", 0, "", "", "", "standard", dataset.english, words))
    whole = laid_over(base, made.datasets, made.lists, edition)
    names = {each.id for each in made.datasets} | {each.id for each in made.lists}
    for found in faults(whole):
        if found.of in names:
            words = f"{found.of}：{found.words}；{found.remedy}"
            made.problems.append(Problem("", 0, "", "", "", "standard", found.of, words))
