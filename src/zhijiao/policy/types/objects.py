"""The objects that clauses become: goals, indicators, standards, tasks, programmes, rules, systems, facts.

Every object names the clauses that it serves; `policy.packs.checking` proves that the names resolve.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import ConfigDict, Field

from zhijiao.policy.types.base import Bound, Entry, Id, Identified, Level, Op, Part, PartialDate, Period, Text
from zhijiao.policy.types.metrics import Metric


class Serving(Identified):
    """An object that serves clauses."""

    name: Text = Field(description="名称，与文件一致")
    clauses: list[Id] = Field(min_length=1, description="它落实的条款编号")
    note: str | None = Field(None, description="给读者的说明")


class Goal(Serving):
    """A node of the goal tree. Indicators hang on goals in the order given."""

    parent: Id | None = Field(None, description="上级目标")
    kind: Literal["goal", "framework", "group"] = Field(
        description="goal 目标 / framework 指标体系（统计口径，如 20 项） / group 体系内的分组"
    )
    indicators: list[Id] = Field(default_factory=list, description="挂在此处的指标，按文件次序")


class Definition(Entry):
    """What a figure means, in words that an official can check."""

    words: Text = Field(description="一句话说明统计的是什么")
    numerator: str | None = Field(None, description="分子")
    denominator: str | None = Field(None, description="分母")
    excluded: str | None = Field(None, description="不计入什么")
    basis: str | None = Field(None, description="数据来自哪里、哪一天的数")
    decisions: list[Id] = Field(default_factory=list, description="所依据的口径决定（F 编号）")


class Target(Bound):
    """One bound that a clause sets on an indicator."""

    clause: Id = Field(description="写出这个数的条款")
    strength: Literal["required", "encouraged", "strive"] = Field(
        "required", description="required 应达 / encouraged 鼓励、支持 / strive 争取、力争"
    )


class Parts(Entry):
    """How other indicators make up this one.

    `all`: the parts are components; the whole is met when each is, and shows as the parts' parent.
    `sum`: the parts' values add up to the whole (a check); the parts keep standing on their own.
    """

    rule: Literal["all", "sum"] = Field(description="all 各部分都达到才算达到 / sum 各部分相加等于总数")
    of: list[Id] = Field(min_length=1, description="组成它的指标")


class Indicator(Serving):
    """A measure with its targets. Without a number (`criterion`) it is a judgement."""

    unit: str | None = Field(None, description="单位；定性指标留空")
    direction: Literal["higher", "lower", "within", "judgement", "milestone"] = Field(
        description="higher 越高越好 / lower 越低越好 / within 在区间内 / judgement 定性判断 / milestone 达成即可"
    )
    level: list[Level] = Field(min_length=1, description="按哪些层级统计")
    definition: Definition = Field(description="口径")
    targets: list[Target] = Field(default_factory=list, description="目标值，一个或两个界")
    criterion: str | None = Field(None, description="定性目标的判断标准，没有数值时必填")
    period: Period = Field(description="目标期")
    breakdown: list[Text] = Field(default_factory=list, description="还要分开看的维度")
    parts: Parts | None = Field(None, description="由哪些指标组成")
    concept: Id | None = Field(None, description="跨城市比较用的概念编号（见 concepts.yaml）")
    part: Part = Field("cockpit", description="归入平台的哪一部分")
    disclosure: Literal["public", "internal"] = Field("public", description="是否公开")
    metric: Metric | None = Field(None, description="怎样由记录算出；记录回答不了的不写，由责任单位填报")


class StandardItem(Identified):
    """One line of a checklist."""

    name: Text = Field(description="检查什么")
    bound: Bound | None = Field(None, description="数值要求；文件未给则留空")
    missing: str | None = Field(None, description="没有数值时，缺什么、去哪里取")
    clause: Id | None = Field(None, description="写出此项的条款")


class StandardVersion(Entry):
    """A dated version of a standard."""

    version: Text = Field(description="版本号")
    status: Literal["in_force", "draft", "to_be_issued"] = Field(description="现行 / 草案 / 待制定")
    from_: PartialDate | None = Field(None, alias="from", description="生效日期")
    items: list[StandardItem] = Field(min_length=1, description="检查项")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Standard(Serving):
    """A standard as a versioned checklist."""

    applies_to: Text = Field(description="适用于谁")
    versions: list[StandardVersion] = Field(min_length=1, description="各版本，新版在后")


class Due(Entry):
    """When a task is due."""

    on: PartialDate | None = Field(None, description="完成时间；文件未写且不能推定则留空")
    inferred: bool = Field(False, description="是否从规划期推定")
    every: Literal["year", "month", "term"] | None = Field(None, description="周期性任务的周期")


class TaskItem(Serving):
    """One thing to be done, with what shows that it is done."""

    deliverable: Text = Field(description="交付什么")
    evidence: list[Text] = Field(default_factory=list, description="用什么证明")
    due: Due = Field(default_factory=Due, description="时限")  # type: ignore[arg-type]
    units: list[Text] | None = Field(
        None, description="责任单位（首位牵头）；不写则同所在行；文件未写明则写 []"
    )
    indicators: list[Id] = Field(default_factory=list, description="对应的指标")


class TaskRow(Serving):
    """A row of a document's task list, units in the document's order; the first leads."""

    document: Id = Field(description="所属文件")
    number: Text = Field(description="行号，如 3.4;清单外任务写 外.1")
    work: Text = Field(description="所属重点工作")
    units: list[Text] = Field(
        default_factory=list, description="责任单位，按原文次序，首位牵头；文件未写明则写 []"
    )
    items: list[TaskItem] = Field(min_length=1, description="拆成的事项")


class Capable(Serving):
    """An object that needs something of the product before it runs."""

    capabilities: list[Id] = Field(min_length=1, description="由产品的哪些能力落实（编号见产品能力清单）")
    part: Part = Field(description="归入平台的哪一部分")


class Programme(Capable):
    """Something that can be applied for, planned, held or recognised."""

    shape: Literal["recognition", "plan", "activity", "training_agreement", "external_licence"] = Field(
        description="recognition 认定 / plan 建设计划 / activity 活动评选 / training_agreement 培养协议 / "
        "external_licence 许可由他处办理，本平台只登记"
    )
    what: Text = Field(description="是什么、给什么")
    applicants: list[Text] = Field(default_factory=list, description="谁可以申报或参加；文件未写则留空")
    level: list[Level] = Field(min_length=1, description="哪一级")
    quota: list[Bound] = Field(default_factory=list, description="名额；文件未写则留空")
    units: list[Text] = Field(default_factory=list, description="组织单位")
    indicators: list[Id] = Field(default_factory=list, description="计入哪些指标")


class ParameterValue(Entry):
    """A value from a day on, with its source (the shape of OpenFisca's parameter files)."""

    from_: PartialDate | None = Field(None, alias="from", description="自何日起；文件未写则留空")
    value: Decimal = Field(description="数值")
    clause: Id = Field(description="来源条款")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Parameter(Identified):
    """A number that a rule needs. Without a value the rule refuses to compute and names it."""

    name: Text = Field(description="名称")
    unit: Text = Field(description="单位")
    values: list[ParameterValue] = Field(default_factory=list, description="各时期的值，新值在后")
    missing: str | None = Field(None, description="文件没有给出时：缺什么、由谁定")


class Case(Entry):
    """A worked example of a rule."""

    name: Text = Field(description="一句话说明情形")
    given: dict[str, Decimal | str] = Field(description="输入")
    expect: Decimal | str = Field(description="应得结果")


class Rule(Capable):
    """A rule in words with its parameters; it is computed by the engine of a later capability."""

    number: str | None = Field(None, description="规则编号，如 R4")
    statement: Text = Field(description="用自己的话说明规则")
    formula: str | None = Field(None, description="算式，写给人看")
    jurisdiction: Text = Field(description="适用地域")
    parameters: list[Id] = Field(default_factory=list, description="参数编号")
    cases: list[Case] = Field(default_factory=list, description="算例，界线两侧各一")
    decisions: list[Id] = Field(default_factory=list, description="所依据的口径决定")


class System(Capable):
    """A platform, database or portal that a document names or implies."""

    number: str | None = Field(None, description="系统编号，如 S4")
    aliases: list[Text] = Field(default_factory=list, description="文件中的其他叫法")
    named: bool = Field(True, description="文件点名（true）或由机制推出（false）")
    what: Text = Field(description="它要做什么")


class Mechanism(Capable):
    """A way of working that a document asks for."""

    what: Text = Field(description="要做到什么、看什么能知道做到了")
    units: list[Text] = Field(default_factory=list, description="责任单位，按原文写法")


class Answer(Entry):
    """How a published figure compares with one target; the verdict is computed from this.

    `same`            the same measure, population and period
    `other_name`      reached or not, if what it is called elsewhere is the same thing
    `component`       one of several things that the target asks for
    `aggregate`       a total that holds this indicator among others
    `other_population` another population, class, period or kind of figure: not comparable
    `self_statement`  the reporting side says so; no criterion, no acceptance
    `step`            a step towards a milestone, not the milestone
    """

    indicator: Id | None = Field(None, description="对应的指标")
    task: Id | None = Field(None, description="对应的任务事项")
    how: Literal[
        "same", "other_name", "component", "aggregate", "other_population", "self_statement", "step"
    ] = Field(description="与目标的可比关系")
    reason: Text = Field(description="为什么这样判断")
    as_value: Decimal | None = Field(None, description="换算到目标口径后的值")
    derivation: str | None = Field(None, description="怎样换算")


class Reported(Serving):
    """A figure or statement that was made public, and what it answers."""

    value: Decimal | None = Field(None, description="数值；只有文字表述则留空")
    op: Op = Field("=", description="= 恰为 / >= 以上 / ~ 约")
    unit: str | None = Field(None, description="单位")
    text: str | None = Field(None, description="文字表述（自己的话）")
    as_of: PartialDate = Field(description="数据截至")
    published: PartialDate = Field(description="公布日期")
    scope: str | None = Field(None, description="范围，如 市、某校")
    answers: list[Answer] = Field(default_factory=list, description="回应了哪些指标；没有则为观察数据")
