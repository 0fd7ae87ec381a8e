"""Student records: which events there are, what each asks, checks and needs signed; and what the upper registers read.

A check is an expression over `RECORD_FACTS` and the parameters that its rule names; it must be true, else its words are the
refusal.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from zhijiao.core.kinds import OrganisationKind
from zhijiao.engines.expressions import Field as Fact
from zhijiao.engines.expressions import Kind, Schema
from zhijiao.policy.types.base import Entry, Id, Identified, Text

RecordEvent = Literal[
    "register",
    "transfer",
    "cross_transfer",
    "general_in",
    "general_out",
    "change_major",
    "suspend",
    "resume",
    "withdraw",
    "cancel",
    "repeat",
    "graduate",
    "complete",
    "leave",
    "decease",
]
RecordAsked = Literal[
    "target",
    "outside",
    "paper",
    "major",
    "track",
    "grade",
    "class_no",
    "until",
    "credits",
    "proof",
    "guardian",
    "truant_hours",
    "absent_days",
    "passed",
    "practice",
    "conduct",
    "document",
]

_ASKED = {
    "target": "转入学校",
    "outside": "平台外学校名称",
    "paper": "对方学校出具的证明文号",
    "major": "专业代码",
    "track": "学制",
    "grade": "年级（入学年份）",
    "class_no": "班级编号",
    "until": "休学到哪一天",
    "credits": "已修学分",
    "proof": "证明材料",
    "guardian": "监护人是否同意",
    "truant_hours": "一学期旷课学时",
    "absent_days": "未请假离校天数",
    "passed": "课程（学分）是否全部合格",
    "practice": "实习是否合格",
    "conduct": "思想品德是否合格",
    "document": "文号",
}
_EVENTS = {
    "register": "新生注册",
    "transfer": "同类学校转学",
    "cross_transfer": "中专与技工互转",
    "general_in": "普通高中转入",
    "general_out": "转到普通高中",
    "change_major": "转专业",
    "suspend": "休学",
    "resume": "复学",
    "withdraw": "退学",
    "cancel": "注销",
    "repeat": "留级",
    "graduate": "毕业",
    "complete": "结业",
    "leave": "肄业",
    "decease": "死亡、失踪",
}


def _number(label: str, unit: str | None = None, scale: int = 0) -> Fact:
    return Fact(Kind.NUMBER, label, unit=unit, digits=6, scale=scale)


RECORD_FACTS = Schema(
    {
        "status": Fact(Kind.TEXT, "学籍状态"),
        "school_kind": Fact(Kind.TEXT, "学校类别"),
        "target_kind": Fact(Kind.TEXT, "转入学校类别"),
        "track": Fact(Kind.TEXT, "学制类型"),
        "target_track": Fact(Kind.TEXT, "转入学制类型"),
        "track_years": _number("学制年数"),
        "target_years": _number("转入学制年数"),
        "study_year": _number("所在学年"),
        "term": _number("所在学期"),
        "terms_studied": _number("已读学期"),
        "years_left": _number("剩余学年", scale=1),
        "target_years_left": _number("转入后剩余学年", scale=1),
        "last_year": Fact(Kind.BOOL, "在最高年级"),
        "same_school": Fact(Kind.BOOL, "转入的就是本校"),
        "same_city": Fact(Kind.BOOL, "两校在同一市"),
        "same_grade": Fact(Kind.BOOL, "年级相同"),
        "same_category": Fact(Kind.BOOL, "专业大类相同"),
        "same_major": Fact(Kind.BOOL, "专业相同"),
        "reason": Fact(Kind.TEXT, "原因"),
        "proof": Fact(Kind.BOOL, "有证明材料"),
        "guardian": Fact(Kind.BOOL, "监护人同意"),
        "suspended_for": Fact(Kind.TEXT, "休学原因"),
        "suspension_days_over": _number("休学期满后天数"),
        "suspended_years": _number("连续休学年数"),
        "until_days": _number("休学天数"),
        "days_to_term": _number("离下学期开学天数"),
        "truant_hours": _number("一学期旷课学时"),
        "absent_days": _number("未请假离校天数"),
        "passed": Fact(Kind.BOOL, "课程学分全部合格"),
        "practice": Fact(Kind.BOOL, "实习合格"),
        "conduct": Fact(Kind.BOOL, "思想品德合格"),
        "working_days_since": _number("入学后工作日"),
        "days_past_closing": _number("注册截止后天数"),
        "duplicate": Fact(Kind.BOOL, "查重不通过"),
    }
)
"""What checks may ask of a case. What is not known is missing, and a missing check is not met."""


def event_words(event: str) -> str:
    """An event as screens say it."""
    return _EVENTS[event]


def asked_words(asked: str) -> str:
    """What a form asks, as screens say it."""
    return _ASKED[asked]


class RecordCheck(Identified):
    """What must be true before a case may be handed in."""

    when: Text = Field(description="成立的条件（表达式，字段见编写指南）")
    words: Text = Field(description="不成立时怎么说：什么不合、怎么办")


class RecordReason(Identified):
    """A reason that this event accepts."""

    name: Text = Field(description="原因")
    proof: Text | None = Field(None, description="须上传的证明；不需要则留空")
    when: Text | None = Field(None, description="这一原因另外要满足的条件（表达式）")
    words: Text | None = Field(None, description="条件不满足时怎么说")


class RecordStep(Entry):
    """One signature on a case."""

    side: Literal["out", "in"] = Field("out", description="out 学籍所在的一方 / in 转入的一方")
    by: Literal["school", "authority", "unit"] = Field(
        description="school 学校 / authority 学校的学籍主管部门（组织树上最近的部门或县） / unit 指定的单位"
    )
    unit: Text | None = Field(None, description="unit 时：单位名称，写法见 organisations.yaml")
    name: Text = Field(description="这一步叫什么")
    days: int | None = Field(None, ge=1, le=366, description="办理期限；没有规定则留空")
    working: bool = Field(True, description="按工作日（true）还是自然日（false）计")


class RecordTrack(Entry):
    """A length of schooling of the code table, in years."""

    code: Text = Field(description="学制类型代码")
    years: int = Field(ge=1, le=9, description="学制年数")
    kinds: list[OrganisationKind] = Field(min_length=1, description="哪类学校办")


class RecordTerm(Entry):
    """A term: when it begins and when its registration closes, each year."""

    id: Id = Field(description="学期编号")
    name: Text = Field(description="学期名称")
    starts: str = Field(pattern=r"^\d\d-\d\d$", description="开学月日")
    closes: str = Field(pattern=r"^\d\d-\d\d$", description="注册截止月日")


class RecordRule(Identified):
    """One kind of event of a record. Of a family's packs the nearest one that writes an event decides it."""

    name: Text = Field(description="名称")
    event: RecordEvent = Field(description="、".join(f"{key} {words}" for key, words in _EVENTS.items()))
    clauses: list[Id] = Field(default_factory=list, description="它落实的条款编号")
    basis: Text | None = Field(None, description="条款之外的依据")
    kinds: list[OrganisationKind] = Field(min_length=1, description="哪类学校的学生")
    targets: list[OrganisationKind] = Field(default_factory=list, description="可以转到哪类学校")
    statuses: list[Text] = Field(default_factory=list, description="办理前的学籍状态")
    asks: list[RecordAsked] = Field(default_factory=list, description="申请时要填什么")
    reasons: list[RecordReason] = Field(default_factory=list, description="可以用的原因；不限则留空")
    checks: list[RecordCheck] = Field(default_factory=list, description="申请时的条件")
    parameters: dict[Id, Id] = Field(default_factory=dict, description="条件里用到的参数：名称和参数编号")
    steps: list[RecordStep] = Field(default_factory=list, description="逐级办理；末一步办结并记入学籍")
    notice_days: int | None = Field(None, ge=1, le=366, description="联系不上时公示几天")
    tracks: list[RecordTrack] = Field(default_factory=list, description="register：各学制的年数")
    terms: list[RecordTerm] = Field(default_factory=list, description="register：学期和注册截止日")
    inferred: bool = Field(False, description="是否推定")
    note: str | None = Field(None, description="给读者的说明")


class RegisterColumn(Entry):
    """A column of an upper register's file."""

    column: Text = Field(description="表头")
    field: Text = Field(description="学籍数据集的字段编号；organisation 为学校代码")
    codes: dict[str, str] = Field(
        default_factory=dict, description="平台代码到对方写法；没有列出的照平台的名称写"
    )
    aliases: list[Text] = Field(default_factory=list, description="对方表头的别的写法")

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class UpperRegister(Identified):
    """A register above this platform: what its export looks like, what it takes, how it refuses."""

    name: Text = Field(description="名称")
    short: Text = Field(description="短名")
    clauses: list[Id] = Field(default_factory=list, description="它落实的条款编号")
    kinds: list[OrganisationKind] = Field(min_length=1, description="哪类学校用")
    sheet: Text = Field(description="上报文件的工作表名")
    columns: list[RegisterColumn] = Field(min_length=1, description="导出和上报文件的列，按次序")
    refused_number: list[Text] = Field(min_length=1, description="退回文件里身份证件号一列的表头写法")
    refused_reason: list[Text] = Field(min_length=1, description="退回文件里原因一列的表头写法")
    refusals: dict[str, Text] = Field(default_factory=dict, description="原因里的词，以及该怎么办")
    inferred: bool = Field(False, description="是否推定")
    note: str | None = Field(None, description="给读者的说明")
