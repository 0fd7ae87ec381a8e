"""Roles: named lists of permissions that a manager can read. No Django.

A role is held at a node of the organisation tree. `reach` says how far from there it sees, `sphere` what it sees: the
work of the platform, the people and their roles, or everything for reading only. The three administrators of the
classified-protection rules are kept apart: the system administrator makes accounts, the security administrator grants
roles, the auditor reads; none of the first two sees a report, and the auditor changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from zhijiao.core.kinds import SCHOOLS, OrganisationKind


class Permission(StrEnum):
    """What can be done. A verb asks for exactly one of these at the organisation concerned."""

    VIEW = "view"
    REPORT = "report"
    REVIEW = "review"
    PROGRESS = "progress"
    ASSIGN = "assign"
    SUPERVISE = "supervise"
    SIGN = "sign"
    SPLIT_TARGETS = "split_targets"
    WRITE_PLANS = "write_plans"
    APPROVE_PLANS = "approve_plans"
    ADMIT_PLAN = "admit_plan"
    ADMIT_APPROVE = "admit_approve"
    ADMIT_RUN = "admit_run"
    ADMIT_SIGN = "admit_sign"
    KEEP_RECORDS = "keep_records"
    ACCEPT_PACKS = "accept_packs"
    CONFIRM_CLAIMS = "confirm_claims"
    NAME_STAFF = "name_staff"
    MANAGE_ORGANISATIONS = "manage_organisations"
    MANAGE_ACCOUNTS = "manage_accounts"
    GRANT_ROLES = "grant_roles"
    READ_AUDIT = "read_audit"

    @property
    def words(self) -> str:
        """The permission as screens say it."""
        return PERMISSION_WORDS[self]


PERMISSION_WORDS: Mapping[Permission, str] = {
    Permission.VIEW: "查看本单位及下级的业务",
    Permission.REPORT: "填报数据",
    Permission.REVIEW: "审核、退回、重开数据",
    Permission.PROGRESS: "填报任务进展和佐证",
    Permission.ASSIGN: "立项交办、分解任务",
    Permission.SUPERVISE: "督办、核查、拟写通报和约谈",
    Permission.SIGN: "签发通报和约谈",
    Permission.SPLIT_TARGETS: "分解目标",
    Permission.WRITE_PLANS: "编制方案",
    Permission.APPROVE_PLANS: "审定方案、决定结转",
    Permission.ADMIT_PLAN: "申报招生计划、办理考生和录取事项",
    Permission.ADMIT_APPROVE: "审定招生计划、考生资格和加分",
    Permission.ADMIT_RUN: "组织投档录取",
    Permission.ADMIT_SIGN: "签署招生计划和录取结果",
    Permission.KEEP_RECORDS: "办理学籍",
    Permission.ACCEPT_PACKS: "接受政策包新版本",
    Permission.CONFIRM_CLAIMS: "确认学校和企业认领",
    Permission.NAME_STAFF: "指定本单位人员",
    Permission.MANAGE_ORGANISATIONS: "维护组织、合并拆分、导入名录",
    Permission.MANAGE_ACCOUNTS: "建立、停用账号，重置口令",
    Permission.GRANT_ROLES: "授予和收回角色",
    Permission.READ_AUDIT: "查看审计记录",
}


class Reach(StrEnum):
    """How far a role sees from its node."""

    BELOW = "below"  # the node and everything under it
    NODE = "node"
    NONE = "none"  # only what is addressed to the person


class Sphere(StrEnum):
    """What a role sees."""

    WORK = "work"
    PEOPLE = "people"  # accounts and roles, no business data
    AUDIT = "audit"  # everything, for reading only, each read logged


class Role(StrEnum):
    """The roles."""

    LEADER = "leader"
    OFFICE = "office"
    DEPARTMENT = "department"
    COUNTY = "county"
    SCHOOL = "school"
    ENTERPRISE = "enterprise"
    MANAGER = "manager"
    EXPERT = "expert"
    LEARNER = "learner"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDITOR = "auditor"

    @property
    def words(self) -> str:
        """The role as screens say it."""
        return ROLES[self].name


@dataclass(frozen=True)
class Description:
    """A role in full. `kinds` are the organisations at which it can be held; empty means any."""

    name: str
    what: str
    permissions: frozenset[Permission]
    reach: Reach = Reach.BELOW
    sphere: Sphere = Sphere.WORK
    kinds: frozenset[OrganisationKind] = frozenset()


_K = OrganisationKind
_P = Permission
_OFFICES = frozenset({_K.GOVERNMENT, _K.DEPARTMENT, _K.OFFICE})
_COUNTIES = frozenset({_K.COUNTY, _K.ZONE})

ROLES: Mapping[Role, Description] = {
    Role.LEADER: Description(
        "领导",
        "看全局，签发通报和约谈，审定方案、决定结转，签署招生计划和录取结果",
        frozenset({_P.VIEW, _P.SIGN, _P.APPROVE_PLANS, _P.ADMIT_SIGN}),
        kinds=_OFFICES | _COUNTIES,
    ),
    Role.OFFICE: Description(
        "统筹办公室",
        "统筹任务、督办、目标分解和政策包更新（政府办公室、专班）",
        frozenset(
            {
                *(_P.VIEW, _P.REPORT, _P.REVIEW, _P.PROGRESS, _P.ASSIGN, _P.SUPERVISE),
                *(_P.SPLIT_TARGETS, _P.WRITE_PLANS, _P.ACCEPT_PACKS),
            }
        ),
        kinds=_OFFICES | _COUNTIES,
    ),
    Role.DEPARTMENT: Description(
        "部门经办",
        "报本部门的数，审下级报来的数，办牵头和配合的任务，审定招生计划、组织录取、办学籍",
        frozenset(
            {
                *(_P.VIEW, _P.REPORT, _P.REVIEW, _P.PROGRESS, _P.ASSIGN, _P.SUPERVISE),
                *(_P.SPLIT_TARGETS, _P.WRITE_PLANS, _P.CONFIRM_CLAIMS),
                *(_P.ADMIT_APPROVE, _P.ADMIT_RUN, _P.KEEP_RECORDS),
            }
        ),
        kinds=_OFFICES,
    ),
    Role.COUNTY: Description(
        "县（市、区）经办",
        "报本县的数，审本县学校和企业的数，办本县的任务和方案，办本县考生和学籍事项",
        frozenset(
            {
                *(_P.VIEW, _P.REPORT, _P.REVIEW, _P.PROGRESS, _P.ASSIGN),
                *(_P.SPLIT_TARGETS, _P.WRITE_PLANS, _P.CONFIRM_CLAIMS),
                *(_P.ADMIT_PLAN, _P.ADMIT_APPROVE, _P.KEEP_RECORDS),
            }
        ),
        kinds=_COUNTIES,
    ),
    Role.SCHOOL: Description(
        "学校经办",
        "报本校的数，办本校的任务和方案，办本校的招生和学籍",
        frozenset({*(_P.VIEW, _P.REPORT, _P.PROGRESS, _P.WRITE_PLANS), *(_P.ADMIT_PLAN, _P.KEEP_RECORDS)}),
        kinds=SCHOOLS | {_K.GENERAL, _K.BASIC},
    ),
    Role.ENTERPRISE: Description(
        "企业经办",
        "报本企业的数，办本企业的事项",
        frozenset({_P.VIEW, _P.REPORT, _P.PROGRESS}),
        kinds=frozenset({_K.ENTERPRISE, _K.ASSOCIATION, _K.INSTITUTE, _K.OTHER}),
    ),
    Role.MANAGER: Description(
        "单位管理员",
        "指定本单位的经办人，收回离岗人员的角色",
        frozenset({_P.NAME_STAFF}),
        reach=Reach.NODE,
        sphere=Sphere.PEOPLE,
    ),
    Role.EXPERT: Description("专家", "只看派给本人的评审", frozenset(), reach=Reach.NONE),
    Role.LEARNER: Description("学生", "只看本人的事", frozenset(), reach=Reach.NONE),
    Role.SYSTEM_ADMINISTRATOR: Description(
        "系统管理员",
        "建立和停用账号，维护组织；看不到业务数据，不能授权",
        frozenset({_P.MANAGE_ACCOUNTS, _P.MANAGE_ORGANISATIONS}),
        sphere=Sphere.PEOPLE,
    ),
    Role.SECURITY_ADMINISTRATOR: Description(
        "安全管理员",
        "授予和收回角色；看不到业务数据，不能给自己授权",
        frozenset({_P.GRANT_ROLES}),
        sphere=Sphere.PEOPLE,
    ),
    Role.AUDITOR: Description(
        "审计员",
        "在期限内凭文号只读查看，每次查看留痕",
        frozenset({_P.VIEW, _P.READ_AUDIT}),
        sphere=Sphere.AUDIT,
    ),
}
