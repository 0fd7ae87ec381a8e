"""Unified admission: what a season is opened with. A season keeps a copy, so that a later pack changes nothing of it.

Names of columns (`subjects`, `order`, `requires`) are those of the exam body's sheet; expressions are of the expression
language over these columns and `total` (the sum of marks with confirmed additions).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from zhijiao.core.kinds import OrganisationKind
from zhijiao.policy.types.base import Entry, Id, Identified, Text

DayTime = Annotated[str, StringConstraints(pattern=r"^\d\d-\d\d( \d\d:\d\d)?$")]
Category = Literal["bridge_degree", "bridge_college", "secondary", "technician", "general", "own"]

CATEGORY_WORDS = {
    "bridge_degree": "中本一体化（3+4）",
    "bridge_college": "中高职一体化（五年制、3+2）",
    "secondary": "三年制中职",
    "technician": "技工教育",
    "general": "普通高中",
    "own": "自主招生",
}


class AdmissionBureau(Identified):
    """Who has a part in the season."""

    unit: Text = Field(description="单位，写法见 organisations.yaml")
    short: Text = Field(description="页面上的短名，如 教育")
    leads: Text = Field(description="牵头什么")


class AdmissionKind(Entry):
    """A kind of schools: whether it takes part, and whose hands its plan goes through."""

    kind: OrganisationKind = Field(description="哪类学校")
    on: bool = Field(True, description="是否纳入统一招生")
    propose: Literal["school", "county"] = Field(
        "school", description="招生计划由谁申报：school 学校 / county 县（市、区）"
    )
    review: bool = Field(False, description="县（市、区）属学校的计划是否先经县（市、区）审核")
    approve: Id = Field(description="由哪个部门审定（bureaus 中的编号）；自主补录也由它审批")
    clauses: list[Id] = Field(default_factory=list, description="依据条款")
    inferred: bool = Field(False, description="是否推定")
    note: str | None = Field(None, description="推定依据或说明")


class AdmissionSubject(Entry):
    """A column of marks."""

    column: Text = Field(description="成绩表中的列名，如 语文")
    full: Decimal = Field(gt=0, description="满分")


class AdmissionCheck(Identified):
    """Something besides the marks that a plan line may ask of candidates: a medical finding, an interview."""

    column: Text = Field(description="结果表中的列名，如 色觉；条件里也这样写")
    name: Text = Field(description="怎么称呼，如 色觉检查")
    kind: Literal["passed", "number"] = Field("passed", description="passed 合格或不合格 / number 一个数")
    unit: Text | None = Field(None, description="数的单位，如 厘米")


class AdmissionOrder(Entry):
    """A step of the common order."""

    by: Text = Field(description="按什么比（表达式，列名见 subjects；total 为投档分）")
    name: Text = Field(description="怎么称呼，如 语数英三科之和")
    ascending: bool = Field(False, description="是否低者在前")


class AdmissionBonus(Identified):
    """What adds marks."""

    name: Text = Field(description="项目名称")
    cls: Id = Field(description="类别；同类只计最高一项")
    points: Decimal = Field(ge=0, description="加几分")
    alone_from: Decimal | None = Field(None, description="达到多少分时不再与其他类别累加；没有规定则留空")
    proof: Text = Field(description="须提供的证明")


class AdmissionOrigin(Identified):
    """A word that opens seats kept for those who have it."""

    word: Text = Field(description="生源类别，写在计划和考生名册里，如 本县户籍")
    what: Text = Field(description="指哪些考生")
    flows: bool = Field(True, description="没有用完的名额是否转给不限生源的计划格")


class AdmissionGroup(Identified):
    """A cap on the choices of some schools within a batch."""

    name: Text = Field(description="名称")
    most: int = Field(ge=0, le=50, description="最多填几个")
    schools: list[Text] = Field(
        default_factory=list, description="哪些学校，写法见 organisations.yaml；空为全部"
    )
    beyond: bool = Field(False, description="只数本生源类别以外的志愿")


class AdmissionBatch(Identified):
    """A batch, in sequence."""

    name: Text = Field(description="批次名称")
    category: Category = Field(
        description="、".join(f"{key} {words}" for key, words in CATEGORY_WORDS.items())
    )
    kinds: list[OrganisationKind] = Field(min_length=1, description="哪些类别的学校在这一批招生")
    years: list[int] = Field(default_factory=list, description="允许的学制年数；不限则留空")
    mechanism: Literal["parallel", "deferred"] = Field(
        "parallel", description="parallel 平行志愿，同一排序 / deferred 各专业有自己的排序"
    )
    stages: Literal[1, 2] = Field(1, description="1 志愿单位为学校加专业 / 2 先投学校、再分专业")
    max_choices: int = Field(ge=1, le=50, description="最多几个志愿")
    ratio: Decimal = Field(Decimal(1), ge=1, le=2, description="投档比例")
    returned: Literal["out", "next"] = Field(
        "out", description="退档后：out 不再参加本批 / next 继续投后面的志愿"
    )
    can_decline: bool = Field(False, description="录取后是否可以申请放弃")
    supplementary: bool = Field(True, description="余额是否征集志愿")
    partner: bool = Field(False, description="是否须写明衔接的高校，并封存录取名册")
    excludes: list[Id] = Field(default_factory=list, description="填了本批就不能再填的批次")
    groups: list[AdmissionGroup] = Field(default_factory=list, description="另有上限的志愿组")
    clauses: list[Id] = Field(default_factory=list, description="依据条款")
    inferred: bool = Field(False, description="是否推定")
    note: str | None = Field(None, description="推定依据或说明")


class AdmissionElsewhere(Identified):
    """Another body that gives seats to candidates of the season: its results are taken over, and count as a seat."""

    name: Text = Field(description="由谁录取，如 高职院校招生平台")
    imports: Id = Field(description="由哪个部门导入它的录取结果（bureaus 中的编号）")
    kinds: list[OrganisationKind] = Field(min_length=1, description="哪些类别的学校由它录取")
    closes: list[Id] = Field(
        default_factory=list, description="由它录取后不再参加的批次；空为全部，不会有两个学位"
    )
    clauses: list[Id] = Field(default_factory=list, description="依据条款")
    inferred: bool = Field(False, description="是否推定")
    note: str | None = Field(None, description="推定依据或说明")


class AdmissionWindow(Identified):
    """A round of filling in, as it usually lies in the year; the season sets the days."""

    name: Text = Field(description="名称")
    kind: Literal["mock", "main", "supplementary"] = Field(
        description="mock 模拟填报 / main 正式填报 / supplementary 征集志愿"
    )
    batches: list[Id] = Field(min_length=1, description="哪些批次")
    opens: DayTime = Field(description="开放：月-日 时:分")
    closes: DayTime = Field(description="截止：月-日 时:分")
    grace: int = Field(10, ge=0, le=60, description="截止时已打开填报页的，另给几分钟")


class AdmissionTerms(Entry):
    """Days and limits of a season."""

    proposals: DayTime = Field(description="学校申报计划的截止日：月-日")
    publicity: int = Field(ge=1, le=60, description="公示几天")
    publicity_working: bool = Field(True, description="按工作日（true）还是自然日（false）计")
    objections: int = Field(ge=1, le=60, description="异议几天内书面答复")
    objections_working: bool = Field(True, description="按工作日（true）还是自然日（false）计")
    top_up: DayTime = Field(description="学校自主补录的截止日：月-日")
    registering: DayTime = Field(description="报到截止日：月-日")
    name_list: DayTime = Field(description="一体化培养录取名册封存的截止日：月-日")
    bonus: DayTime | None = Field(
        None, description="家庭和初中学校申报加分的截止日：月-日；不写的，到志愿冻结为止"
    )


class Admission(Identified):
    """The rules of unified admission in a place. Of a family's packs the nearest one that writes them decides."""

    name: Text = Field(description="名称")
    clauses: list[Id] = Field(min_length=1, description="它落实的条款编号")
    bureaus: list[AdmissionBureau] = Field(min_length=1, description="参与的部门")
    lead: Id = Field(description="牵头组织录取的部门（bureaus 中的编号）")
    plan_signed_by: list[Id] = Field(min_length=1, description="计划由哪些部门会签")
    result_signed_by: list[Id] = Field(min_length=1, description="录取结果由哪些部门会签")
    kinds: list[AdmissionKind] = Field(min_length=1, description="各类学校：是否纳入、由谁审定")
    subjects: list[AdmissionSubject] = Field(min_length=1, description="成绩列和满分")
    checks: list[AdmissionCheck] = Field(
        default_factory=list, description="专业可以提出的成绩以外的条件：体检项目、面试"
    )
    order: list[AdmissionOrder] = Field(min_length=1, description="同分排序，逐项比较；第一项为投档分")
    last_seat: Literal["admit_tied", "strict", "lottery"] = Field(
        description="末位同分：admit_tied 一并录取 / strict 一并不录 / lottery 按公布的种子摇号"
    )
    bonus: list[AdmissionBonus] = Field(default_factory=list, description="政策加分")
    bonus_cap: Decimal | None = Field(None, description="加分合计的上限；没有规定则留空")
    origins: list[AdmissionOrigin] = Field(default_factory=list, description="生源类别")
    batches: list[AdmissionBatch] = Field(min_length=1, description="批次，按先后")
    elsewhere: list[AdmissionElsewhere] = Field(
        default_factory=list, description="由别的平台录取的：谁录取、谁导入结果"
    )
    rounds: list[AdmissionWindow] = Field(min_length=1, description="填报轮次")
    terms: AdmissionTerms = Field(description="期限")
    inferred: list[Text] = Field(
        default_factory=list, description="哪些键是推定的、文件没有写明（如 order、rounds）"
    )
    note: str | None = Field(None, description="推定依据和说明")
