"""Documents, their structure, and their clauses."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from zhijiao.policy.types.base import Entry, Id, Identified, Op, PartialDate, Text

ClauseKind = Literal["target", "actual", "standard", "task", "rule", "programme", "system", "mechanism"]


class Section(Entry):
    """A heading of a document; the tree of sections is the reader's table of contents."""

    id: Id = Field(description="本文件内唯一的编号")
    title: Text = Field(description="标题，与原文一致")
    children: list[Section] = Field(default_factory=list, description="下级标题")


class Horizon(Entry):
    """The years a plan was made for. After `to` its board is closed out （收官）."""

    from_: PartialDate = Field(alias="from", description="起（含）")
    to: PartialDate = Field(description="止（含）")
    closes_on: PartialDate | None = Field(
        None, description="收官日；在此日前公布的期内数据仍计入，缺省为 to 的最后一天"
    )
    inferred: bool = Field(False, description="是否推定")
    note: str | None = Field(None, description="依据")


class Document(Identified):
    """A policy document or a public statement, with its legal state."""

    title: Text = Field(description="全称")
    short: Text = Field(description="简称，用于列表和图表")
    issuer: Text = Field(description="发文机关或发布人；不详则写明不详")
    number: str | None = Field(None, description="文号；没有则留空")
    kind: Literal["plan", "implementation", "statement", "regulation"] = Field(
        description="plan 规划方案 / implementation 实施方案 / statement 发布会等公开表述 / regulation 法规规章"
    )
    status: Literal["draft", "in_force", "statement", "repealed"] = Field(
        description="draft 征求意见稿 / in_force 现行 / statement 公开表述 / repealed 已废止"
    )
    issued: PartialDate | None = Field(None, description="印发或发布日期")
    in_force_from: PartialDate | None = Field(None, description="施行日期")
    in_force_to: PartialDate | None = Field(None, description="失效日期")
    horizon: Horizon | None = Field(None, description="规划期；没有则留空")
    warning: str | None = Field(None, description="每个引用处都要提示读者的话，如正文为征求意见稿")
    note: str | None = Field(None, description="补充说明")
    based_on: list[str] = Field(default_factory=list, description="上位文件名称")
    sections: list[Section] = Field(description="文件结构")


class Figure(Entry):
    """A number that a clause states, carried over exactly."""

    name: Text = Field(description="这个数是什么")
    op: Op = Field(description="= >= <= > < ~")
    value: Decimal = Field(description="数值")
    unit: Text = Field(description="单位")
    by: str | None = Field(None, description="到什么时候")
    base: str | None = Field(None, description="分母或基数")
    scope: str | None = Field(None, description="范围")


class Clause(Identified):
    """One clause: place, kind, a summary in our own words, exact figures, units as the document spells them."""

    document: Id = Field(description="所属文件编号")
    section: Id = Field(description="所在标题编号")
    place: Text = Field(description="原文位置，如 附表1·指标5")
    kind: ClauseKind = Field(description="条款类别")
    title: Text = Field(description="标题")
    summary: Text = Field(description="用自己的话概括，数字与原文一致，不照抄原文")
    figures: list[Figure] = Field(default_factory=list, description="条款中的数字")
    units: list[Text] = Field(default_factory=list, description="责任单位，按原文写法和次序")


Section.model_rebuild()
