"""What several tables of a season share."""

from __future__ import annotations

from enum import StrEnum

import pgtrigger

from zhijiao.core.governance import Governance, Privacy, Retention, Scope

_PLANS = Retention.forever("the plans of past years are read beside the next one")
_SEASON = Retention(10, "the season closed", "complaints about an admission reach back for years")

PLAN = Governance(Scope.PUBLIC, Privacy.NONE, _PLANS)
"""What the public reads once the plan is locked."""
SIGNED = Governance(Scope.PUBLIC, Privacy.WORK, _PLANS)
"""Who signed what the public reads."""
OFFICE = Governance(Scope.ORGANISATION, Privacy.WORK, _SEASON)
PERSON = Governance(Scope.PERSON, Privacy.SENSITIVE, _SEASON)
"""About a candidate, most of whom are minors."""


def values(kinds: type[StrEnum]) -> list[tuple[str, str]]:
    """The choices of a column of these values."""
    return [(kind.value, kind.value) for kind in kinds]


def only(*columns: str) -> pgtrigger.Protect:
    """Only these columns change once a row is there."""
    return pgtrigger.Protect(
        name="the_rest_stays",
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(exclude=list(columns)),
    )
