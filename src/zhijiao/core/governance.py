"""What every table says about itself: who may see its rows, how personal they are, how long they are kept.

A test refuses a model without this, so that nobody has to guess later (tests/architecture/test_governance.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Whose eyes a row is for."""

    PUBLIC = "public"  # anybody; published by its nature
    SIGNED_IN = "signed_in"  # every user of the platform
    ORGANISATION = "organisation"  # users whose scope covers the organisation that the row belongs to
    PERSON = "person"  # the person and who acts for them, besides their organisation
    SYSTEM = "system"  # no user: read by the product itself


class Privacy(StrEnum):
    """How personal a row is (个人信息保护法 asks for more from one class to the next)."""

    NONE = "none"  # says nothing about a natural person
    WORK = "work"  # a person in their office: name, post, office phone
    PERSONAL = "personal"  # personal information
    SENSITIVE = "sensitive"  # identity numbers, health, and everything about a child under fourteen


@dataclass(frozen=True)
class Retention:
    """How long a row is kept. `years` counts from `after`; None keeps it for good, and `why` says by what right."""

    years: int | None
    after: str
    why: str

    @classmethod
    def forever(cls, why: str) -> Retention:
        """Keep without end."""
        return cls(years=None, after="", why=why)


@dataclass(frozen=True)
class Governance:
    """The three answers of one table."""

    scope: Scope
    privacy: Privacy
    retention: Retention
