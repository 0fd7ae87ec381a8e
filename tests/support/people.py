"""A small tree with synthetic people, for tests of who may do what."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import ROLES, Role
from zhijiao.core.access.scope import bulk
from zhijiao.core.access.sessions import actor_of
from zhijiao.core.accounts.factor import seal
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Membership, Organisation, Standing, User

AT = datetime(2026, 1, 1, tzinfo=UTC)
DAY = date(2020, 1, 1)
FAR = date(2999, 1, 1)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""The second factor of synthetic people whose role needs one."""


def plant(
    code: str,
    kind: OrganisationKind,
    parent: Organisation | None = None,
    *,
    name: str = "",
    pack: str = "",
    tenant: Tenant = Tenant.REAL,
    starts: date = DAY,
) -> Organisation:
    """Put an organisation into the tree. Call inside `bulk()`."""
    made = Organisation.objects.create(tenant=tenant, code=code, pack=pack, created_at=AT)
    Standing.objects.create(organisation=made, name=name or code, kind=kind, parent=parent, starts=starts)
    return made


def hire(name: str, role: Role, at: Organisation, *, password: str = "") -> Actor:
    """Give a synthetic person an account with one role. Call inside `bulk()`."""
    user = User(
        tenant=at.tenant,
        organisation=at,
        username=name,
        name=name,
        created_at=AT,
        created_by="tests",
        must_change_password=False,
        second_factor=seal(SECRET, 0) if role in settings.SECOND_FACTOR_ROLES else "",
    )
    if password:
        user.password = _hashed(password)
    else:
        user.set_unusable_password()
    user.save()
    described = ROLES[role]
    Membership.objects.create(
        user=user,
        organisation=at,
        role=role,
        reach=described.reach,
        sphere=described.sphere,
        starts=DAY,
        ends=FAR,
        basis="tests",
        granted_by="tests",
        granted_at=AT,
    )
    return actor_of(user)


def hired(name: str, role: Role, organisation: int) -> Actor:
    """The same outside of `bulk()`, at an organisation by its id."""
    with bulk():
        return hire(name, role, Organisation.objects.get(pk=organisation))


@cache
def _hashed(password: str) -> str:
    """Hashing is slow on purpose; these passwords are no secret, so one hash serves all who have the same."""
    return make_password(password)


def seat_at(client: Client, actor: Actor) -> Client:
    """Sign a synthetic person in without the pages in between."""
    with bulk():
        user = User.objects.get(pk=actor.user)
    client.force_login(user, backend="zhijiao")
    return client
