"""Who and where: divisions, units with their aliases, institutions, industries."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from zhijiao.core.kinds import OrganisationKind
from zhijiao.policy.types.base import Entry, Id, Identified, PartialDate, Text


class Tile(Entry):
    """A cell of the schematic map: column from the west, row from the north, both from 0."""

    col: int = Field(ge=0, le=40, description="第几列（自西向东，从 0 起）")
    row: int = Field(ge=0, le=40, description="第几行（自北向南，从 0 起）")


class Division(Entry):
    """A city, county or county-level zone. A local code marks what the statute book does not list."""

    code: Text = Field(description="行政区划代码；功能区用本地代码，如 331000-TZW")
    name: Text = Field(description="全称")
    short: Text = Field(description="短名，用于色块图")
    level: Literal["province", "city", "county"] = Field(description="层级")
    parent: str | None = Field(None, description="上级区划代码")
    kind: Literal["statutory", "zone"] = Field(
        "statutory", description="statutory 法定区划 / zone 功能区（县级管理）"
    )
    carved_from: list[str] = Field(default_factory=list, description="功能区从哪些区划划出")
    from_: PartialDate | None = Field(None, alias="from", description="自何日起")
    to: PartialDate | None = Field(None, description="至何日止")
    tile: Tile | None = Field(None, description="在示意图上的位置")
    pack: Id | None = Field(None, description="该地的政策包编号（如已有）")
    aliases: list[Text] = Field(default_factory=list, description="其他写法")
    note: str | None = Field(None, description="说明")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Unit(Identified):
    """A responsible unit as documents name it, or a group of units such as 职业院校."""

    name: Text = Field(description="规范名称")
    aliases: list[Text] = Field(default_factory=list, description="文件中的其他写法")
    kind: Literal["department", "office", "county", "institution", "group"] = Field(
        description="department 部门 / office 专班等机构 / county 县区 / institution 院校企业 / group 一类单位"
    )
    members: list[Text] = Field(
        default_factory=list,
        description="group 的成员：单位编号、区划代码或机构编号；尚无名单则留空并写 note",
    )
    kinds: list[OrganisationKind] = Field(
        default_factory=list,
        description="group 时：另加本地这些类别的全部单位，用于文件没有列出名单的院校等",
    )
    oversees: list[OrganisationKind] = Field(
        default_factory=list,
        description="department 时：主管哪几类院校；没有写明所在区划和主管单位的这类院校归在它下面",
    )
    note: str | None = Field(None, description="说明")


class Institution(Identified):
    """A school, college, enterprise or institute that the documents name."""

    name: Text = Field(description="全称")
    aliases: list[Text] = Field(default_factory=list, description="简称")
    kind: Literal[
        "higher_vocational",
        "secondary_vocational",
        "technician",
        "university",
        "enterprise",
        "institute",
        "other",
    ] = Field(description="高职 / 中职 / 技工（技师） / 本科 / 企业 / 研究机构 / 其他")
    division: str | None = Field(None, description="所在区划代码；文件未写则留空")
    authority: Text | None = Field(
        None, description="业务主管单位，写法见 units；不写则归所在区划，再归主管这类院校的部门"
    )
    outside: bool = Field(False, description="文件提到的外地单位，不登记为本地单位")
    clauses: list[Id] = Field(default_factory=list, description="提到它的条款")
    note: str | None = Field(None, description="说明")


class Places(Entry):
    """The file organisations.yaml."""

    divisions: list[Division] = Field(default_factory=list, description="区划")
    units: list[Unit] = Field(default_factory=list, description="责任单位与别名")
    institutions: list[Institution] = Field(default_factory=list, description="文件点名的院校和企业")


class Industry(Identified):
    """A cluster that the documents name, and what the code tables call it."""

    name: Text = Field(description="名称")
    kind: Literal["traditional", "emerging", "cluster", "service"] = Field(
        description="传统优势 / 新兴 / 集群 / 服务业"
    )
    clauses: list[Id] = Field(min_length=1, description="点名的条款")
    gbt4754: list[Text] = Field(default_factory=list, description="国民经济行业代码")
    majors: list[Text] = Field(default_factory=list, description="相关专业代码或名称")
    note: str | None = Field(None, description="说明")
