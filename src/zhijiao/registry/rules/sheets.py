"""The workbook of organisations and people in office: its columns, and the file that goes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from zhijiao.core.kinds import OrganisationKind
from zhijiao.registry.types import Incumbent, Stand
from zhijiao.render.xlsx import Book, Column, Fact, Sheet, write_book

UNITS, PEOPLE = "单位", "在岗人员"
CODE, NAME, SHORT, KIND, PARENT = "单位代码", "名称", "简称", "类别", "上级代码"
STARTS, ENDS, INTO, BASIS, ALIASES = "自何日起", "撤销日期", "并入单位代码", "依据", "别名"
POST, PERSON, PHONE, SINCE, UNTIL = "职务", "姓名", "办公电话", "到任日期", "离任日期"

_KINDS = tuple(kind.words for kind in OrganisationKind)
UNIT_COLUMNS = (
    Column(CODE, width=24, hint="区划代码、学校代码或统一社会信用代码。已有单位的代码不要改"),
    Column(NAME, width=36, hint="全称"),
    Column(SHORT, width=16, hint="表格里用的短名，可不填"),
    Column(KIND, width=16, choices=_KINDS, hint="从列表中选"),
    Column(PARENT, width=24, hint="上级单位的代码，上级要在表中或已登记"),
    Column(STARTS, kind="date", width=14, hint="新设单位写设立日期；改名、移动写生效日期。2026-09-01"),
    Column(ENDS, kind="date", width=14, hint="撤销或并出的单位写生效日期；没有则留空"),
    Column(INTO, width=24, hint="并入哪个单位，写它的代码；没有后继单位则留空"),
    Column(BASIS, width=36, hint="批文名称或文号；改名、移动、撤销、并入必填"),
    Column(ALIASES, width=36, hint="别的写法，用顿号隔开"),
)
PEOPLE_COLUMNS = (
    Column(CODE, width=24, hint="单位代码"),
    Column(POST, width=24, hint="如 校长、分管副局长、职成教科科长"),
    Column(PERSON, width=16),
    Column(PHONE, width=20, hint="只写办公电话"),
    Column(SINCE, kind="date", width=14, hint="2026-09-01"),
    Column(UNTIL, kind="date", width=14, hint="还在任则留空"),
    Column(BASIS, width=36, hint="任免文件，可不填"),
)
SPARE = 300


def write(
    stands: Iterable[Stand],
    aliases: Mapping[str, Iterable[str]],
    incumbents: Iterable[Incumbent],
    *,
    title: str,
    on: date,
) -> bytes:
    """The workbook with what is registered on a day, ready to be changed and sent back."""
    units = [
        [
            *(s.code, s.name, s.short or None, s.kind.words, s.parent, s.starts, s.ends, None),
            *(s.basis or None, "、".join(sorted(aliases.get(s.code, ()))) or None),
        ]
        for s in stands
    ]
    people = [
        [i.code, i.post, i.name, i.phone or None, i.starts, i.ends, i.basis or None] for i in incumbents
    ]
    source = f"登记情况截至 {on}。填写方法见“填写说明”。"
    sheets = [
        Sheet(UNITS, f"{title}单位", UNIT_COLUMNS, units, source, "", freeze_columns=2, spare_rows=SPARE),
        Sheet(
            PEOPLE, f"{title}在岗人员", PEOPLE_COLUMNS, people, source, "", freeze_columns=2, spare_rows=SPARE
        ),
    ]
    # Told by its day: equal content gives equal bytes.
    created = datetime(on.year, on.month, on.day)  # noqa: DTZ001
    return write_book(Book(f"{title}单位和在岗人员", sheets, created, _GUIDE, "填写说明"))


_GUIDE = (
    Fact(
        "用途",
        "登记单位和在岗人员。改好后在“组织”页导入：先核对、看计划，确认后一次导入；有错则一处也不导入。",
    ),
    Fact("不动的单位", "行可以留着，也可以删去：表里没有的单位不受影响。"),
    Fact("新设单位", "在空行填写代码、名称、类别、上级代码和设立日期。上级也可以是本表新设的单位。"),
    Fact(
        "改名、移动",
        "改名称、简称、类别或上级代码，并把“自何日起”改成生效日期，写明依据。此前的数仍按原来的组织汇总。",
    ),
    Fact("撤销", "写撤销日期和依据。下面还有单位的，先把它们移走或一并撤销。"),
    Fact("合并", "被并入的单位写撤销日期、并入单位代码和依据；它下面的单位随之转到并入的单位。"),
    Fact("分设", "一个单位分成几个，请在“组织”页的“分设”办理。"),
    Fact(
        "在岗人员",
        "一个职务同一天只有一人；换人时在新的一行写新任的姓名和到任日期，原任自动离任。只写办公电话。",
    ),
    Fact("日期", "写成 2026-09-01。"),
    Fact("类别", "、".join(_KINDS)),
)
