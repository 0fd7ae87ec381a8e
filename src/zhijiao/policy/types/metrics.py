"""How an indicator is computed from records: measures, a formula over them, and worked examples that are its tests.

Names of data sets and fields are those of the data standard; conditions are written in the expression language. What the
words mean is the reference interpreter's affair (engines.metrics); here is only how a pack writes it down.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from zhijiao.lib.numbers import plain
from zhijiao.policy.types.base import Entry, Level, PartialDate, Text

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=60)]
"""A data set, a field or a measure: what may stand in an expression."""

Span = Annotated[list[Name], Field(min_length=2, max_length=2)]
"""Two fields: from when, and until when (the end day itself no longer counts; empty: still in force)."""


def _as_text(value: object) -> object:
    """Numbers of example rows are kept as their exact text; the data standard says how to read it."""
    if isinstance(value, Decimal):
        return plain(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Cell = Annotated[
    bool | str | None,
    BeforeValidator(_as_text),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]
"""A value of an example row; empty means missing."""

Row = dict[Name, Cell]


class _Selection(Entry):
    """Rows of one data set: which, and when they count."""

    in_: Name = Field(alias="in", description="数据集编号（见数据标准）")
    where: Text | None = Field(None, description="只计入符合这个条件的行；写法见表达式说明")
    during: Name | None = Field(None, description="日期字段：这一天在统计期内的行计入")
    standing: Span | None = Field(None, description="[起, 止] 两个日期字段：统计期最后一天有效的行计入")
    active: Span | None = Field(None, description="[起, 止] 两个日期字段：统计期内有一天有效的行就计入")
    year: Name | None = Field(None, description="写着年度的字段：等于统计期的行计入")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @property
    def times(self) -> list[str]:
        """Which rules of time are written; exactly one should be."""
        return [rule for rule in ("during", "standing", "active", "year") if getattr(self, rule) is not None]


class Having(_Selection):
    """A condition on another data set: the row counts when a row there names the same thing."""

    match: dict[Name, Name] = Field(
        min_length=1, description="本行的字段: 那边的字段，值相同才算；如 {organisation: enterprise}"
    )


class Measure(_Selection):
    """A number taken from the rows of one data set."""

    name: Text | None = Field(None, description="叫什么，如 毕业人数；写在算式里给人看")
    count: Name | None = Field(None, description="rows 计行数；写字段则计不同的值，如 person 一人只计一次")
    sum: Name | None = Field(None, description="求和的字段；与 count 恰写一个")
    place: Name = Field("organisation", description="写着这一行归哪个机构的字段")
    having: list[Having] = Field(default_factory=list, description="还要在别的数据集里有对应的行")


class Window(Entry):
    """Over how many periods a value adds up. Exactly one of the two."""

    years: int | None = Field(None, ge=2, le=20, description="含当年在内的几年，如 3")
    from_: PartialDate | None = Field(None, alias="from", description="从这一年起累计，如 '2021'")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Across(Entry):
    """How the value above a level comes about when it is not the quotient of the sums."""

    level: Level = Field(description="逐个计算的层级")
    take: Literal["least", "most"] = Field(description="least 取最低的一个 / most 取最高的一个")


class Beside(Entry):
    """A second figure of the same rows, shown beside the first and never judged."""

    id: Name = Field(description="编号，在这个指标内唯一")
    name: Text = Field(description="它是什么，如 不含升学")
    value: Text = Field(description="算式，用本指标的各个量")
    scale: Decimal | None = Field(None, description="乘数；不写则同主值")
    decimals: int | None = Field(None, ge=0, le=6, description="小数位数；不写则同主值")
    unit: Text | None = Field(None, description="单位；不写则同主值")


class Disclosure(Entry):
    """How small groups are kept from what anybody may read."""

    threshold: int = Field(10, ge=2, le=1000, description="人数少于此数的分组对外不公布")


class MetricExample(Entry):
    """A worked example: these rows, this period, this value."""

    name: Text = Field(description="一句话说明情形")
    period: Text = Field(description="统计期：年份，如 2023；按学年的写 2022/2023")
    rows: dict[Name, list[Row]] = Field(description="各数据集的行，只写用到的字段；没有行写 []")
    organisations: dict[Text, Text] = Field(
        default_factory=dict, description="用到机构类别时写：机构代码: 类别，如 {S1: higher_vocational}"
    )
    value: Decimal | None = Field(None, description="应得的值；分母为零或没有数据时写 null")
    why: Text | None = Field(None, description="没有值的原因，如 分母为零")
    beside: dict[Name, Decimal | None] = Field(default_factory=dict, description="并列各数应得的值")


class Metric(Entry):
    """The computed definition of an indicator."""

    measures: dict[Name, Measure] = Field(min_length=1, description="各个量，名称: 怎样取")
    value: Text = Field(description="算式，如 employed / graduates；只用加减乘除和括号")
    scale: Decimal = Field(Decimal(1), description="乘数；百分比写 100")
    decimals: int = Field(0, ge=0, le=6, description="小数位数，四舍五入一次")
    unit: Text | None = Field(None, description="算出的数的单位；指标自己有单位时不写")
    calendar: Literal["calendar", "school"] = Field(
        "calendar", description="calendar 自然年 / school 学年（9月1日起）"
    )
    window: Window | None = Field(None, description="累计几年，或自哪一年起累计；不累计则不写")
    levels: list[Level] = Field(min_length=1, description="算到哪些层级")
    across: Across | None = Field(None, description="上一级的值不由合计得出时写")
    disclosure: Disclosure | None = Field(None, description="统计人数的写上，小的分组对外不公布")
    beside: list[Beside] = Field(default_factory=list, description="并列给出、不参加判定的数")
    assumes: Text | None = Field(None, description="文件没有写、计算时这样处理的地方")
    examples: list[MetricExample] = Field(min_length=1, description="算例：正常、分母为零、界线")

    @property
    def meaning(self) -> dict[str, Any]:
        """What decides the value, as JSON types: all but the examples, names, remarks and how it is published."""
        told = self.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude={"examples", "assumes", "disclosure"}
        )
        for measure in told["measures"].values():
            measure.pop("name", None)
        return told
