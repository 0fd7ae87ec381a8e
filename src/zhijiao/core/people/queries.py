"""Reading accounts and roles. Within the scope of who asks; the organisations asked for are theirs to look after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission, Role
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import AuditEvent, Membership, Standing, User
from zhijiao.core.people.types import Held, Person, Place

LOOKS = (
    Permission.MANAGE_ACCOUNTS,
    Permission.GRANT_ROLES,
    Permission.NAME_STAFF,
    Permission.READ_AUDIT,
)
"""Any of these lets somebody look at the accounts of an organisation."""


@dataclass(frozen=True)
class Term:
    """A role of somebody as lists show it."""

    id: int
    role: Role
    organisation: int
    organisation_name: str
    starts: date
    ends: date | None
    basis: str
    granted_by: str
    granted_at: datetime

    def on(self, day: date) -> bool:
        """Whether it is held on a day."""
        return self.starts <= day and (self.ends is None or self.ends > day)

    def state(self, day: date) -> str:
        """`now`, `later` or `over`."""
        if self.on(day):
            return "now"
        return "later" if self.starts > day and self.ends != self.starts else "over"


@dataclass(frozen=True)
class Account:
    """An account as lists show it."""

    id: int
    username: str
    name: str
    phone: str
    organisation: int
    organisation_name: str
    active: bool
    must_change_password: bool
    second_factor: bool
    last_login: datetime | None
    created_at: datetime
    created_by: str
    terms: tuple[Term, ...]

    def now(self, day: date) -> tuple[Term, ...]:
        """The roles held on a day."""
        return tuple(term for term in self.terms if term.on(day))


@dataclass(frozen=True)
class Trace:
    """A line of the audit trail that concerns an account."""

    at: datetime
    name: str
    action: str
    summary: str


def looked_after(actor: Actor) -> frozenset[int] | None:
    """The organisations whose accounts the actor may look at; None means all."""
    if actor.everything:
        return None
    return frozenset().union(*(actor.organisations(permission) for permission in LOOKS))


def accounts(actor: Actor, *, on: date) -> list[Account]:
    """The accounts that belong to these organisations or hold a role there. Unsorted."""
    users = User.objects.filter(tenant=actor.tenant)
    where = looked_after(actor)
    if where is not None:
        here = sorted(where)
        at_home = Q(organisation_id__in=here)
        users = users.filter(at_home | Q(pk__in=_members(here)))
    return _accounts(users, on)


def account(actor: Actor, user: int, *, on: date) -> Account:
    """One of them. Raises `Invisible`."""
    found = {one.id: one for one in accounts(actor, on=on)}
    if user not in found:
        raise Invisible("account")
    return found[user]


def trail(user: int, *, limit: int = 200) -> list[Trace]:
    """Who read or changed an account, newest first, as far as the reader may see the trail."""
    rows = AuditEvent.objects.filter(object_kind="user", object_id=str(user)).order_by("-id")[:limit]
    return [Trace(row.at, row.name, row.action, row.summary) for row in rows]


def person(user: User) -> Person:
    """An account as the rules look at it."""
    return Person(
        user.pk,
        user.name,
        Tenant(user.tenant),
        user.organisation_id,
        user.is_active,
        _held([user.pk])[user.pk],
    )


def holders_of(tenant: str, role: Role) -> list[Person]:
    """Every account of a tenant that ever held a role. In bulk only: it looks past scopes."""
    ids = Membership.objects.filter(role=role, user__tenant=tenant).values("user_id")
    return [person(user) for user in User.objects.filter(pk__in=ids)]


def place(organisation: int, *, on: date) -> Place:
    """An organisation as it stands on a day. Raises `Invisible`."""
    row = (
        Standing.objects.filter(_standing(on), organisation_id=organisation)
        .values_list("organisation_id", "name", "kind", "organisation__tenant")
        .first()
    )
    if row is None:
        raise Invisible("organisation")
    number, name, kind, tenant = row
    return Place(number, name, OrganisationKind(kind), Tenant(tenant))


def names(organisations: Collection[int], *, on: date) -> dict[int, str]:
    """What organisations are called on a day; of one that stands no more, its last name."""
    found: dict[int, str] = {}
    rows = Standing.objects.filter(organisation_id__in=sorted(organisations)).order_by("starts")
    for number, name, starts in rows.values_list("organisation_id", "name", "starts"):
        if starts <= on or number not in found:
            found[number] = name
    return found


def _standing(on: date) -> Q:
    return Q(starts__lte=on) & (Q(ends=None) | Q(ends__gt=on))


def _members(organisations: list[int]) -> QuerySet[Membership, int]:
    return Membership.objects.filter(organisation_id__in=organisations).values_list("user_id", flat=True)


def _held(users: Iterable[int]) -> dict[int, tuple[Held, ...]]:
    found: dict[int, list[Held]] = defaultdict(list)
    for row in Membership.objects.filter(user_id__in=list(users)).order_by("id"):
        found[row.user_id].append(Held(Role(row.role), row.organisation_id, row.starts, row.ends))
    return defaultdict(tuple, {user: tuple(held) for user, held in found.items()})


def _accounts(users: QuerySet[User], on: date) -> list[Account]:
    rows = list(users)
    memberships = list(
        Membership.objects.filter(user__in=[user.pk for user in rows]).order_by("-starts", "-id")
    )
    called = names({m.organisation_id for m in memberships} | {u.organisation_id for u in rows}, on=on)
    terms: dict[int, list[Term]] = defaultdict(list)
    for m in memberships:
        terms[m.user_id].append(
            Term(
                id=m.pk,
                role=Role(m.role),
                organisation=m.organisation_id,
                organisation_name=called.get(m.organisation_id, ""),
                starts=m.starts,
                ends=m.ends,
                basis=m.basis,
                granted_by=m.granted_by,
                granted_at=m.granted_at,
            )
        )
    return [
        Account(
            id=user.pk,
            username=user.username,
            name=user.name,
            phone=user.phone,
            organisation=user.organisation_id,
            organisation_name=called.get(user.organisation_id, ""),
            active=user.is_active,
            must_change_password=user.must_change_password,
            second_factor=bool(user.second_factor),
            last_login=user.last_login,
            created_at=user.created_at,
            created_by=user.created_by,
            terms=tuple(terms[user.pk]),
        )
        for user in rows
    ]
