"""Duties: who owes which figure when, along which chain it is approved, and by which steps office work runs."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from zhijiao.core.kinds import OrganisationKind
from zhijiao.policy.types.base import Entry, Id, Identified, PartialDate, Text
from zhijiao.policy.types.objects import Serving

Asks = Literal["value", "ratio", "text"]
ReportPeriod = Literal["month", "quarter", "half_year", "term", "school_year", "year", "once"]
Rollup = Literal["sum", "ratio", "lowest", "none"]
ProcedureKind = Literal[
    "supervision", "notice", "interview", "circular", "plan", "consultation", "plan_review"
]


class ChainStep(Entry):
    """One signature. A step that resolves to the reporter itself, or to nobody, is skipped."""

    by: Literal["superior", "unit"] = Field(
        description="superior 填报单位的上级，按组织树逐级向上找 / unit 指定的单位"
    )
    kinds: list[OrganisationKind] = Field(
        default_factory=list, description="superior 时：最近的、属于这些类别之一的上级"
    )
    unit: Text | None = Field(None, description="unit 时：单位名称，写法见 organisations.yaml")
    name: Text = Field(description="这一步叫什么，如 县（市、区）审核")
    days: int | None = Field(None, ge=1, le=366, description="几天内办结；没有规定则留空")
    working: bool = Field(True, description="按工作日（true）还是自然日（false）计")


class Chain(Serving):
    """The signatures that a figure needs, in order; the last one locks it."""

    for_: Text = Field(alias="for", description="适用于谁报的什么")
    steps: list[ChainStep] = Field(min_length=1, description="逐级审核，末一步审定")
    inferred: bool = Field(False, description="是否推定")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, str_strip_whitespace=True)


class Asked(Entry):
    """One of the two numbers from which a ratio is computed."""

    name: Text = Field(description="填什么")
    unit: Text = Field(description="单位")


class ReportDue(Entry):
    """How long after the period a report is due."""

    days: int = Field(ge=0, le=366, description="几天内报送")
    working: bool = Field(True, description="按工作日（true）还是自然日（false）计")
    after: Literal["period_end"] = Field("period_end", description="period_end 从报告期末起算")


class Obligation(Serving):
    """Who owes which figures for which periods.

    Reporters are those named plus every organisation of the given kinds under the place of the pack that
    writes the obligation. `rollup` says how the figure of a place follows from those of its reporters, taken
    over every obligation of the indicator that has the same rollup: `sum` of values, `ratio` of the sum of
    numerators to the sum of denominators, `lowest` of the values. With `none` a figure is its reporter's own;
    where the reporter is a department or office of the place, it is the figure of the place.
    Of a cumulative indicator each period's own amount is reported; the periods add up.
    """

    indicators: list[Id] = Field(min_length=1, description="报哪些指标")
    reporters: list[Text] = Field(
        default_factory=list, description="填报单位：单位、一类单位、区划或机构，写法见 organisations.yaml"
    )
    kinds: list[OrganisationKind] = Field(
        default_factory=list, description="另加本地这些类别的全部单位，用于文件没有列出名单的院校、企业"
    )
    asks: Asks = Field(description="value 填数值 / ratio 填分子和分母，由平台算出 / text 填文字说明")
    numerator: Asked | None = Field(None, description="ratio 时：分子")
    denominator: Asked | None = Field(None, description="ratio 时：分母")
    period: ReportPeriod = Field(
        description="month 月 / quarter 季 / half_year 半年 / term 学期 / school_year 学年 / year 年 / once 一次；"
        "累计指标每期报当期发生数，由平台累加"
    )
    from_: PartialDate = Field(alias="from", description="自哪一期起（含）")
    to: PartialDate | None = Field(None, description="到哪一期止（含）；一直要报则留空")
    due: ReportDue = Field(description="报送时限")
    chain: Id = Field(description="走哪条审批链")
    rollup: Rollup = Field(
        description="sum 相加 / ratio 分子之和除以分母之和 / lowest 取最低的一家 / none 不汇总，"
        "全市（全省）数由本级填报单位直接报"
    )
    evidence: list[Text] = Field(default_factory=list, description="要附哪些证明材料")
    inferred: bool = Field(False, description="填报单位或周期是推定的而非文件写明的")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, str_strip_whitespace=True)


class ProcedureStage(Identified):
    """Where a case can be."""

    name: Text = Field(description="阶段名称")
    kind: Literal["draft", "review", "wait", "locked", "ended"] = Field(
        description="draft 经办 / review 他人审核 / wait 等候答复或期限 / locked 已定不可改 / ended 已办结"
    )
    holder: Id = Field(description="由谁办理（parties 中的编号）")
    days: int | None = Field(None, ge=1, le=366, description="办理期限；没有规定则留空")
    working: bool = Field(True, description="按工作日（true）还是自然日（false）计")


class ProcedureStep(Identified):
    """A way from one stage to another."""

    name: Text = Field(description="这一步叫什么")
    from_: Id = Field(alias="from", description="从哪个阶段")
    to: Id = Field(description="到哪个阶段")
    by: Id = Field(description="由谁办（parties 中的编号）；期满自动办理的写 clock")
    reason: bool = Field(False, description="是否须写明理由")
    guards: list[Id] = Field(default_factory=list, description="须先具备的条件（facts 中的编号）")
    separate: bool = Field(False, description="不得由提交上一步的同一人办理")
    automatic: bool = Field(False, description="期满时自动办理")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, str_strip_whitespace=True)


class Procedure(Serving):
    """The steps of one kind of office work, in the form that the workflow engine runs."""

    kind: ProcedureKind = Field(
        description="supervision 教育督导 / notice 任务督办 / interview 约谈 / circular 通报 / plan 规划方案 / "
        "consultation 征求意见 / plan_review 一县一策等方案备案"
    )
    parties: dict[Id, Text] = Field(min_length=1, description="参与办理的各方：编号和称呼")
    facts: dict[Id, Text] = Field(
        default_factory=dict, description="步骤要等的条件：编号，以及条件不具备时该做什么"
    )
    start: Id = Field(description="从哪个阶段开始")
    stages: list[ProcedureStage] = Field(min_length=1, description="各阶段")
    transitions: list[ProcedureStep] = Field(min_length=1, description="各步骤")
    inferred: bool = Field(False, description="步骤是否有推定的")
