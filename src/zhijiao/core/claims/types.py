"""What a claim says, and in which states it can be. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zhijiao.core.access.roles import Role
from zhijiao.core.kinds import SCHOOLS, OrganisationKind

CLAIMABLE = (
    OrganisationKind.SECONDARY_VOCATIONAL,
    OrganisationKind.TECHNICIAN,
    OrganisationKind.HIGHER_VOCATIONAL,
    OrganisationKind.UNIVERSITY,
    OrganisationKind.ENTERPRISE,
    OrganisationKind.ASSOCIATION,
    OrganisationKind.INSTITUTE,
)
"""Kinds that come by themselves; departments and places are named by the platform's administrators."""


def working_role(kind: OrganisationKind) -> Role:
    """The role that a claimant gets beside that of the manager."""
    return Role.SCHOOL if kind in SCHOOLS else Role.ENTERPRISE


class ClaimState(StrEnum):
    """`open` → `confirmed` or `refused`."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REFUSED = "refused"

    @property
    def words(self) -> str:
        """The state as screens say it."""
        return {
            ClaimState.OPEN: "等待确认",
            ClaimState.CONFIRMED: "已确认",
            ClaimState.REFUSED: "已退回",
        }[self]


@dataclass(frozen=True)
class Asked:
    """What a claimant typed."""

    code: str = ""
    name: str = ""
    kind: str = ""
    reviewer: str = ""
    contact: str = ""
    phone: str = ""
    username: str = ""
    password: str = ""
    again: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Receipt:
    """What a claimant sees of a claim: nothing about who decided."""

    number: str
    name: str
    state: ClaimState
    asked_at: datetime
    decided_at: datetime | None
    reason: str
    username: str


@dataclass(frozen=True)
class Reviewer:
    """An organisation to which claims are made. `open`: somebody there confirms claims today."""

    id: int
    place: str
    name: str
    open: bool
