"""What an organisation is. No Django: packs name these kinds too."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class OrganisationKind(StrEnum):
    """The kinds of nodes of the organisation tree."""

    GOVERNMENT = "government"
    DEPARTMENT = "department"
    OFFICE = "office"
    COUNTY = "county"
    ZONE = "zone"
    SECONDARY_VOCATIONAL = "secondary_vocational"
    HIGHER_VOCATIONAL = "higher_vocational"
    TECHNICIAN = "technician"
    UNIVERSITY = "university"
    GENERAL = "general_high"
    BASIC = "basic_school"
    ENTERPRISE = "enterprise"
    INSTITUTE = "institute"
    ASSOCIATION = "association"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The kind as screens say it."""
        return KIND_WORDS[self]


KIND_WORDS: Mapping[OrganisationKind, str] = {
    OrganisationKind.GOVERNMENT: "省、市政府",
    OrganisationKind.DEPARTMENT: "部门",
    OrganisationKind.OFFICE: "专班等机构",
    OrganisationKind.COUNTY: "县（市、区）",
    OrganisationKind.ZONE: "功能区",
    OrganisationKind.SECONDARY_VOCATIONAL: "中职学校",
    OrganisationKind.HIGHER_VOCATIONAL: "高职院校",
    OrganisationKind.TECHNICIAN: "技工院校",
    OrganisationKind.UNIVERSITY: "本科高校",
    OrganisationKind.GENERAL: "普通高中",
    OrganisationKind.BASIC: "初中学校",
    OrganisationKind.ENTERPRISE: "企业",
    OrganisationKind.INSTITUTE: "研究机构",
    OrganisationKind.ASSOCIATION: "行业组织",
    OrganisationKind.OTHER: "其他",
}

SCHOOLS = frozenset(
    {
        OrganisationKind.SECONDARY_VOCATIONAL,
        OrganisationKind.HIGHER_VOCATIONAL,
        OrganisationKind.TECHNICIAN,
        OrganisationKind.UNIVERSITY,
    }
)
"""Kinds that teach a trade or a science. Junior and general high schools are not among them."""


class Tenant(StrEnum):
    """Real work, or the marked examples in which everybody may try everything."""

    REAL = "real"
    DEMO = "demo"
