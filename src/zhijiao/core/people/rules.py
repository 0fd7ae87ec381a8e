"""Who may give which role to whom, and who may look after whose account. No Django, no clock.

Guarantees, whatever the roles of the person who acts:
- nobody gives a role to themselves or takes one away from themselves;
- nobody holds two of the three administrators' roles on the same day;
- an auditor's role has a term and a document number;
- a role is held only at organisations of the kinds that it is meant for;
- nobody gives what they could not see: the organisation lies where their permission to give works.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import ROLES, Permission, Role
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.people.types import Grant, Held, PeopleRefused, Person

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR})
"""Kept apart: who makes accounts, who gives roles, who reads the trail of both."""

PERSONAL = frozenset({Role.EXPERT, Role.LEARNER})
"""Roles of a person, not of a post."""

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{2,59}")


def roles_for_staff(kind: OrganisationKind) -> list[Role]:
    """The roles that a manager may give at an organisation of this kind."""
    return [role for role, described in ROLES.items() if kind in described.kinds] + [Role.MANAGER]


def roles_at(kind: OrganisationKind) -> list[Role]:
    """The roles that can be held at an organisation of this kind."""
    return [role for role, described in ROLES.items() if not described.kinds or kind in described.kinds]


def grantable(actor: Actor, organisation: int, kind: OrganisationKind) -> list[Role]:
    """The roles that the actor may give here; empty where none."""
    if actor.may(Permission.GRANT_ROLES, organisation):
        return roles_at(kind)
    if actor.may(Permission.NAME_STAFF, organisation):
        return roles_for_staff(kind)
    return []


def check_grant(actor: Actor, person: Person, grant: Grant, *, today: date) -> None:
    """Raise `Invisible`, `NotAllowed` or `PeopleRefused` unless the actor may give this role to this person."""
    place, role = grant.place, grant.role
    _may_give(actor, role, place.id, place.kind, place.name)
    if actor.tenant is not place.tenant or person.tenant is not place.tenant:
        raise Invisible("organisation")
    _not_oneself(actor, person, "给自己授权")
    if not person.active:
        raise PeopleRefused(f"{person.name}的账号已停用。请先启用账号，再授权。", "person")
    if role not in roles_at(place.kind):
        kinds = "、".join(kind.words for kind in OrganisationKind if kind in ROLES[role].kinds)
        raise PeopleRefused(
            f"“{role.words}”不能在“{place.name}”（{place.kind.words}）担任，只能在：{kinds}。请换一个角色或单位。",
            "role",
        )
    _check_term(actor, grant, today)
    _check_others(person, grant)


def check_end(actor: Actor, person: Person, held: Held, place: str, *, on: date, today: date) -> None:
    """Raise unless the actor may end this role of this person on a day."""
    _may_take(actor, held, place)
    _not_oneself(actor, person, "收回自己的角色")
    if held.ends is not None and held.ends <= on:
        raise PeopleRefused(f"{person.name}的“{held.role.words}”已于 {held.ends} 到期，不用再收回。", "on")
    if on < held.starts:
        raise PeopleRefused(
            f"收回日期 {on} 早于任职日期 {held.starts}。请写 {held.starts} 或以后的日期。", "on"
        )
    if on < today and not actor.everything:
        raise PeopleRefused(f"收回日期 {on} 已过去。请写今天（{today}）或以后的日期。", "on")


def check_hand_over(actor: Actor, giver: Person, taker: Person, *, on: date, basis: str, today: date) -> None:
    """What concerns a hand-over as a whole; each of its roles is checked as a grant and an end besides."""
    if giver.id == taker.id:
        raise PeopleRefused("交出人和接手人是同一个人。请重新选择接手人。", "taker")
    if not basis.strip():
        raise PeopleRefused("请写明交接依据，例如任免文件的文号。", "basis")
    if on < today and not actor.everything:
        raise PeopleRefused(f"交接日期 {on} 已过去。请写今天（{today}）或以后的日期。", "on")
    _not_oneself(actor, taker, "把角色交给自己")


def handed_over(giver: Person, organisation: int, *, on: date) -> list[Held]:
    """The roles of a post that pass on: those held at the organisation on that day, without what is personal and without
    the administrators', which are given anew by name."""
    return [
        held
        for held in giver.held
        if held.organisation == organisation
        and held.role not in ADMINISTRATORS | PERSONAL
        and held.meets(on, None)
    ]


def check_account(actor: Actor, organisation: int, where: str = "") -> None:
    """Raise unless the actor makes accounts for this organisation."""
    if not looks_after(actor, organisation):
        raise NotAllowed(Permission.MANAGE_ACCOUNTS, where)


def looks_after(actor: Actor, organisation: int) -> bool:
    """Whether accounts of an organisation are this actor's to make."""
    return actor.may(Permission.MANAGE_ACCOUNTS, organisation) or actor.may(
        Permission.NAME_STAFF, organisation
    )


def check_care(actor: Actor, person: Person, what: str, *, today: date) -> None:
    """Raise unless the actor may lock, open or reset this account.

    A manager may do so only for people who hold nothing outside the manager's own organisation and are no administrators:
    resetting a password is as good as having all that the account may do.
    """
    _not_oneself(actor, person, what)
    if actor.may(Permission.MANAGE_ACCOUNTS, person.organisation):
        return
    if not actor.may(Permission.NAME_STAFF, person.organisation):
        raise NotAllowed(Permission.MANAGE_ACCOUNTS)
    for held in person.held:
        if not held.meets(today, None):
            continue
        if held.role in ADMINISTRATORS or not actor.may(Permission.NAME_STAFF, held.organisation):
            raise PeopleRefused(f"{person.name}还担任“{held.role.words}”，不限于本单位。请由系统管理员办理。")


def check_last(remaining: Iterable[Person], name: str, *, on: date) -> None:
    """Raise where nobody would be left to give roles: an instance without a security administrator cannot be mended from
    its pages. `remaining` are the other accounts of the tenant that hold the role."""
    if not any(
        person.active
        and any(held.role is Role.SECURITY_ADMINISTRATOR and held.meets(on, None) for held in person.held)
        for person in remaining
    ):
        raise PeopleRefused(f"{name}是最后一位安全管理员。请先另设一位安全管理员，再办理这一步。")


def check_username(username: str) -> None:
    """Raise unless the name can be typed on any keyboard."""
    if not USERNAME.fullmatch(username):
        raise PeopleRefused(
            "用户名要有 3—60 个字符，只用英文字母、数字和 . _ @ -，以字母或数字开头。", "username"
        )


def _may_give(actor: Actor, role: Role, organisation: int, kind: OrganisationKind, where: str) -> None:
    if actor.may(Permission.GRANT_ROLES, organisation):
        return
    actor.require(Permission.NAME_STAFF, organisation, where)
    if role not in roles_for_staff(kind):
        raise PeopleRefused(f"单位管理员不能授予“{role.words}”。请由安全管理员办理。", "role")


def _may_take(actor: Actor, held: Held, where: str) -> None:
    if actor.may(Permission.GRANT_ROLES, held.organisation):
        return
    actor.require(Permission.NAME_STAFF, held.organisation, where)
    if held.role in ADMINISTRATORS:
        raise PeopleRefused(f"单位管理员不能收回“{held.role.words}”。请由安全管理员办理。", "role")


def _not_oneself(actor: Actor, person: Person, what: str) -> None:
    if actor.user == person.id:
        raise PeopleRefused(f"不能{what}。请由另一位管理员办理。", "person")


def _check_term(actor: Actor, grant: Grant, today: date) -> None:
    if grant.starts < today and not actor.everything:
        raise PeopleRefused(
            f"任职日期 {grant.starts} 已过去。角色不能倒填，请写今天（{today}）或以后的日期。", "starts"
        )
    if grant.ends is not None and grant.ends <= grant.starts:
        raise PeopleRefused(f"到期日期 {grant.ends} 要晚于任职日期 {grant.starts}。", "ends")
    if grant.role is Role.AUDITOR:
        if grant.ends is None:
            raise PeopleRefused("审计员要有期限。请写到期日期。", "ends")
        if not grant.basis.strip():
            raise PeopleRefused("审计员要有依据。请写审计通知书等文件的文号。", "basis")


def _check_others(person: Person, grant: Grant) -> None:
    for held in person.held:
        if not held.meets(grant.starts, grant.ends):
            continue
        until = f"至 {held.ends}" if held.ends else "长期"
        if held.role is grant.role and held.organisation == grant.place.id:
            raise PeopleRefused(
                f"{person.name}已在“{grant.place.name}”担任“{held.role.words}”（{held.starts} 起，{until}）。"
                "要改期限，请先收回再授予。",
                "role",
            )
        if held.role in ADMINISTRATORS and grant.role in ADMINISTRATORS and held.role is not grant.role:
            raise PeopleRefused(
                f"{person.name}已是“{held.role.words}”（{held.starts} 起，{until}）。"
                "系统管理员、安全管理员、审计员不能由一人兼任，请换一个人。",
                "role",
            )
