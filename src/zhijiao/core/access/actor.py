"""The actor: who stands behind a request, a command or a job, and where they may do what. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from zhijiao.core.access.roles import ROLES, Permission, Role
from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import Tenant


class NotAllowed(Refusal):
    """The person sees the object, but this step is not theirs. Pages answer 403 with the sentence."""

    def __init__(self, permission: Permission, where: str = "") -> None:
        super().__init__(
            f"您的角色没有“{permission.words}”的权限{f'（{where}）' if where else ''}。"
            "需要办理时，请联系本单位管理员或安全管理员。"
        )
        self.permission = permission


class Invisible(LookupError):
    """The object does not exist, or is somebody else's: the answer is the same, 404."""


@dataclass(frozen=True)
class Seat:
    """A role that the actor holds today. `covers` are the organisations on which its permissions work."""

    membership: int
    organisation: int
    organisation_name: str
    role: Role
    covers: frozenset[int]
    starts: date
    ends: date | None
    basis: str


@dataclass(frozen=True)
class Actor:
    """Whoever acts. Made by `core.access.sessions.actor_of` for people; `Actor.system` stands for commands and jobs."""

    user: int | None
    name: str
    tenant: Tenant
    seats: tuple[Seat, ...] = ()
    limited_to: frozenset[Permission] | None = None  # a token carries fewer permissions than its owner
    address: str = ""
    everything: bool = False
    grants: Mapping[Permission, frozenset[int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        granted: dict[Permission, set[int]] = {}
        for seat in self.seats:
            for permission in ROLES[seat.role].permissions:
                if self.limited_to is None or permission in self.limited_to:
                    granted.setdefault(permission, set()).update(seat.covers)
        object.__setattr__(self, "grants", {p: frozenset(where) for p, where in granted.items()})

    @classmethod
    def system(cls, name: str, tenant: Tenant = Tenant.REAL) -> Actor:
        """A command or a job, by name. It may do anything; what it does stands in the audit trail under this name."""
        return cls(user=None, name=name, tenant=tenant, everything=True)

    @property
    def person(self) -> int:
        """The account that acts. Raises Refusal for a command or a job, which has none."""
        if self.user is None:
            raise Refusal("这一步只能由本人登录办理，不能由命令或后台任务代办。")
        return self.user

    def may(self, permission: Permission, organisation: int | None = None) -> bool:
        """Whether the actor holds a permission, at an organisation or anywhere."""
        if self.everything:
            return True
        where = self.grants.get(permission, frozenset())
        return bool(where) if organisation is None else organisation in where

    def require(self, permission: Permission, organisation: int | None = None, where: str = "") -> None:
        """Raise `NotAllowed` unless `may`."""
        if not self.may(permission, organisation):
            raise NotAllowed(permission, where)

    def organisations(self, permission: Permission) -> frozenset[int]:
        """Where the actor holds a permission."""
        return self.grants.get(permission, frozenset())

    def holds(self, *roles: Role) -> bool:
        """Whether one of these roles is held anywhere."""
        return any(seat.role in roles for seat in self.seats)

    @property
    def audits(self) -> bool:
        """Whether each read has to be logged."""
        return self.holds(Role.AUDITOR)

    @property
    def homes(self) -> tuple[int, ...]:
        """The organisations at which the actor holds a role, in the order of the seats, each once."""
        return tuple(dict.fromkeys(seat.organisation for seat in self.seats))
