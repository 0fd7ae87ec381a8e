"""A pack as a whole: manifest, decisions, and everything else by room."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from zhijiao.policy.types.admissions import Admission
from zhijiao.policy.types.base import Entry, Id, Identified, Text
from zhijiao.policy.types.documents import Clause, Document
from zhijiao.policy.types.duties import Chain, Obligation, Procedure
from zhijiao.policy.types.objects import (
    Goal,
    Indicator,
    Mechanism,
    Parameter,
    Programme,
    Reported,
    Rule,
    Standard,
    System,
    TaskRow,
)
from zhijiao.policy.types.places import Industry, Places
from zhijiao.policy.types.records import RecordRule, UpperRegister


class Names(Entry):
    """What this city calls the five parts of the platform."""

    cockpit: Text = Field(description="驾驶舱（指标、任务、督查）")
    management: Text = Field(description="管理云（招生、学籍、学分、教师）")
    enterprise: Text = Field(description="校企云（岗位、实习、合作、供需）")
    resources: Text = Field(description="资源云（课程、空间、培训）")
    policy: Text = Field(description="政策（文件与条款）")


class Publication(Entry):
    """What the public portal shows."""

    title: Text = Field(description="公开页标题")
    introduction: Text = Field(description="公开页导语")
    indicators: Literal["all"] | list[Id] = Field("all", description="公开哪些指标")
    documents: Literal["all"] | list[Id] = Field("all", description="公开哪些文件")
    tasks: bool = Field(True, description="是否公开任务清单")
    programmes: bool = Field(True, description="是否公开项目")
    rules: bool = Field(True, description="是否公开规则和参数")


class Manifest(Identified):
    """The file pack.yaml."""

    title: Text = Field(description="政策包标题")
    place: Text = Field(description="地名全称")
    short: Text = Field(description="地名短名")
    region: Text = Field(description="行政区划代码")
    level: Literal["province", "city", "county"] = Field(description="层级")
    version: Text = Field(description="版本号，由编写者递增")
    extends: Id | None = Field(None, description="上级政策包编号")
    board: Id | None = Field(
        None, description="首页统计所用的指标体系（goals.yaml 中 kind 为 framework 的目标）"
    )
    about_percent: int = Field(10, ge=0, le=50, description="“左右、约”的容差（±%）")
    names: Names = Field(description="平台各部分在本地的名称")
    publication: Publication = Field(description="公开内容")
    documents: list[Document] = Field(min_length=1, description="文件")


class Side(Entry):
    """What one clause says in a conflict. `pack` is named when the clause is another pack's."""

    pack: Id | None = Field(None, description="条款所在政策包；本包则留空")
    clause: Id = Field(description="条款编号")
    says: Text = Field(description="这一条怎么说（自己的话，数字照原文）")


class Conflict(Identified):
    """Two clauses that differ, and the decision taken."""

    topic: Text = Field(description="分歧点")
    sides: list[Side] = Field(min_length=1, description="各方说法")
    decision: Text = Field(description="系统采用的处理")


class Default(Identified):
    """A question that the documents leave open, and the default taken."""

    question: Text = Field(description="文件没有说清的问题")
    taken: Text = Field(description="采用的默认口径")
    clauses: list[Side] = Field(default_factory=list, description="涉及的条款")


class Decisions(Entry):
    """The file decisions.yaml."""

    conflicts: list[Conflict] = Field(default_factory=list, description="文件之间的分歧（C 编号）")
    defaults: list[Default] = Field(default_factory=list, description="口径默认（F 编号）")


class Concept(Identified):
    """A measure that several cities set targets on, so that they can stand side by side."""

    name: Text = Field(description="比较的主题")
    question: Text = Field(description="这一行回答什么问题")
    comparable: bool = Field(description="各地数值能否直接比大小")
    caveat: str | None = Field(None, description="不能直接比的原因或比较时的注意")
    conflicts: list[Id] = Field(default_factory=list, description="相关分歧（C 编号）")


class Score(Identified):
    """One dimension of an assessment. The documents give no weights: then `missing` says so."""

    name: Text = Field(description="考核什么")
    weight: int | None = Field(None, description="权重（百分点）；文件未给则留空")
    missing: str | None = Field(None, description="没有权重时缺什么、由谁定")


class Scoring(Identified):
    """How counties or schools are assessed."""

    name: Text = Field(description="名称")
    clauses: list[Id] = Field(min_length=1, description="依据条款")
    object: Text = Field(description="考核谁")
    by: list[Text] = Field(default_factory=list, description="由谁考核")
    dimensions: list[Score] = Field(min_length=1, description="维度")
    note: str | None = Field(None, description="说明")


class Pack(Entry):
    """Everything that a pack folder says. Each attribute is one room (file or folder) of the pack."""

    manifest: Manifest
    places: Places
    decisions: Decisions
    clauses: list[Clause]
    goals: list[Goal]
    indicators: list[Indicator]
    standards: list[Standard]
    tasks: list[TaskRow]
    programmes: list[Programme]
    rules: list[Rule]
    parameters: list[Parameter]
    reported: list[Reported]
    systems: list[System]
    mechanisms: list[Mechanism]
    industries: list[Industry]
    concepts: list[Concept]
    scoring: list[Scoring]
    obligations: list[Obligation]
    chains: list[Chain]
    procedures: list[Procedure]
    records: list[RecordRule]
    registers: list[UpperRegister]
    admissions: list[Admission]

    @property
    def id(self) -> str:
        return self.manifest.id
