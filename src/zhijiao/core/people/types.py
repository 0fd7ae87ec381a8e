"""What the administration of people says and refuses. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from zhijiao.core.access.roles import Role
from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import OrganisationKind, Tenant


class PeopleRefused(Refusal):
    """A step that would break a rule of accounts and roles. `field` is the field of the form that is wrong."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True)
class Held:
    """A role that somebody holds, held or will hold, from `starts` until before `ends`."""

    role: Role
    organisation: int
    starts: date
    ends: date | None

    def on(self, day: date) -> bool:
        """Whether it is held on a day."""
        return self.starts <= day and (self.ends is None or self.ends > day)

    def meets(self, starts: date, ends: date | None) -> bool:
        """Whether it is held on some day of a time."""
        if self.ends is not None and self.ends <= self.starts:
            return False  # taken back on the day on which it was given
        return (ends is None or self.starts < ends) and (self.ends is None or self.ends > starts)


@dataclass(frozen=True)
class Person:
    """An account as the rules look at it."""

    id: int
    name: str
    tenant: Tenant
    organisation: int
    active: bool = True
    held: tuple[Held, ...] = ()


@dataclass(frozen=True)
class Place:
    """The organisation at which a role is given, as it stands on the first day."""

    id: int
    name: str
    kind: OrganisationKind
    tenant: Tenant


@dataclass(frozen=True)
class Grant:
    """A role to be given."""

    role: Role
    place: Place
    starts: date
    ends: date | None = None
    basis: str = ""


@dataclass(frozen=True)
class NewAccount:
    """An account just made, or whose password was reset, with the one-time password that opens it."""

    id: int
    username: str
    name: str
    code: str
