"""Verbs on accounts and roles. Each is one transaction in the scope of who acts, with its line in the audit trail."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import ROLES, Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.audit import record
from zhijiao.core.inbox import notify
from zhijiao.core.models import Membership, User
from zhijiao.core.people import queries, rules
from zhijiao.core.people.types import Grant, Held, NewAccount, PeopleRefused, Person

# Without signs that are taken for each other when read out on the phone.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def create_account(
    *, username: str, name: str, organisation: int, phone: str = "", by: Actor, at: datetime
) -> NewAccount:
    """Make an account and the one-time password that opens it, shown once."""
    today = _day(at)
    username, name, phone = username.strip(), name.strip(), phone.strip()
    with acting(by):
        place = queries.place(organisation, on=today)
        rules.check_account(by, organisation, place.name)
        rules.check_username(username)
        if not name or len(name) > 60:
            raise PeopleRefused("请写姓名（60 个字以内）。", "name")
        if len(phone) > 20:
            raise PeopleRefused("电话至多 20 个字符。", "phone")
        code = one_time_password()
        try:
            with transaction.atomic():
                user = User.objects.create(
                    tenant=place.tenant,
                    organisation_id=organisation,
                    username=username,
                    name=name,
                    phone=phone,
                    password=make_password(code),
                    password_changed_at=at,
                    must_change_password=True,
                    created_at=at,
                    created_by=by.name[:80],
                )
        except IntegrityError:
            raise PeopleRefused(
                f"用户名“{username}”已被使用。请换一个，例如加上单位的简称。", "username"
            ) from None
        _note(by, at, user, "account.created", f"为{place.name}的{name}建立账号 {username}")
        return NewAccount(user.pk, username, name, code)


def deactivate(*, user: int, reason: str, by: Actor, at: datetime) -> None:
    """Close an account: nobody signs in with it any more; its roles rest, its decisions stay."""
    today = _day(at)
    with acting(by):
        row, person = _find(user)
        rules.check_care(by, person, "停用自己的账号", today=today)
        if not reason.strip():
            raise PeopleRefused("请写停用的原因，例如“调离”。", "reason")
        if not row.is_active:
            raise PeopleRefused(f"{row.name}的账号已经停用。")
        _keep_a_security_administrator(person, today)
        User.objects.filter(pk=user).update(is_active=False)
        _note(by, at, row, "account.deactivated", f"停用{row.name}的账号：{reason.strip()}")


def activate(*, user: int, by: Actor, at: datetime) -> None:
    """Open a closed account again, with the roles that have not ended meanwhile."""
    with acting(by):
        row, person = _find(user)
        rules.check_care(by, person, "启用自己的账号", today=_day(at))
        if row.is_active:
            raise PeopleRefused(f"{row.name}的账号没有停用。")
        User.objects.filter(pk=user).update(is_active=True)
        _note(by, at, row, "account.activated", f"启用{row.name}的账号")


def reset_password(*, user: int, by: Actor, at: datetime) -> NewAccount:
    """Replace a forgotten password by a one-time one, shown once. Open sessions end."""
    with acting(by):
        row, person = _find(user)
        rules.check_care(by, person, "重置自己的口令（请在“我的账号”里修改）", today=_day(at))
        if not row.is_active:
            raise PeopleRefused(f"{row.name}的账号已停用。请先启用。")
        code = one_time_password()
        User.objects.filter(pk=user).update(
            password=make_password(code), must_change_password=True, password_changed_at=at
        )
        _note(by, at, row, "account.password_reset", f"重置{row.name}的口令")
        notify(
            [user],
            key=f"password-reset-{at.isoformat()}",
            subject="您的口令被重置",
            body=f"{by.name}重置了您的口令。如果不是您要求的，请告诉安全管理员。",
            at=at,
        )
        return NewAccount(user, row.username, row.name, code)


def grant_role(
    *,
    user: int,
    role: Role,
    organisation: int,
    starts: date,
    ends: date | None = None,
    basis: str = "",
    by: Actor,
    at: datetime,
) -> int:
    """Give somebody a role at an organisation; return the number of the membership."""
    today = _day(at)
    with acting(by):
        row, person = _find(user)
        grant = Grant(role, queries.place(organisation, on=max(starts, today)), starts, ends, basis.strip())
        rules.check_grant(by, person, grant, today=today)
        return _give(row, grant, by, at)


def end_role(*, membership: int, on: date, reason: str, by: Actor, at: datetime) -> None:
    """Take a role back: `on` is the first day without it."""
    today = _day(at)
    with acting(by):
        found = Membership.objects.select_for_update().filter(pk=membership).first()
        if found is None:
            raise Invisible("membership")
        row, person = _find(found.user_id)
        held = _held(found)
        place = queries.names([found.organisation_id], on=today).get(found.organisation_id, "")
        rules.check_end(by, person, held, place, on=on, today=today)
        if not reason.strip():
            raise PeopleRefused("请写收回的原因或依据，例如“岗位调整”。", "reason")
        if held.role is Role.SECURITY_ADMINISTRATOR:
            _keep_a_security_administrator(person, on)
        _take(row, found, place, on, reason.strip(), by, at)


@dataclass(frozen=True)
class HandedOver:
    """What a hand-over did: roles that passed on, and those that the other person held already."""

    passed: tuple[Role, ...]
    had: tuple[Role, ...]


def hand_over(
    *, giver: int, taker: int, organisation: int, on: date, basis: str, by: Actor, at: datetime
) -> HandedOver:
    """Pass a post on: the giver's roles at the organisation end on a day, the taker's begin.

    Open work is the organisation's and needs no passing; what was decided stays under the name of who decided it.
    """
    today = _day(at)
    basis = basis.strip()
    with acting(by):
        place = queries.place(organisation, on=max(on, today))
        (out, giving), (into, taking) = _find(giver), _find(taker)
        rules.check_hand_over(by, giving, taking, on=on, basis=basis, today=today)
        passing = rules.handed_over(giving, organisation, on=on)
        if not passing:
            raise PeopleRefused(f"{out.name}在{place.name}没有可以交接的角色。请检查单位和日期。", "giver")
        passed, had = [], []
        for membership in Membership.objects.select_for_update().filter(
            user_id=giver, organisation_id=organisation
        ):
            held = _held(membership)
            if held not in passing:
                continue
            first = max(on, held.starts)
            rules.check_end(by, giving, held, place.name, on=first, today=today)
            _take(out, membership, place.name, first, f"交接给{into.name}（{basis}）", by, at)
            if any(
                own.role is held.role and own.organisation == organisation and own.meets(first, held.ends)
                for own in taking.held
            ):
                had.append(held.role)
                continue
            grant = Grant(held.role, place, first, held.ends, basis)
            rules.check_grant(by, taking, grant, today=today)
            _give(into, grant, by, at)
            passed.append(held.role)
        _note(
            by,
            at,
            out,
            "role.handed_over",
            f"{out.name}在{place.name}的岗位自 {on} 起由{into.name}接手（{basis}）",
            {"taker": taker, "organisation": organisation, "on": on},
        )
        return HandedOver(tuple(passed), tuple(had))


@dataclass(frozen=True)
class First:
    """One of the accounts with which an instance begins."""

    role: Role
    account: NewAccount


def create_first_administrators(
    *, organisation: int, basis: str, until: date | None = None, by: Actor, at: datetime
) -> list[First]:
    """The three administrators of a fresh instance, three accounts with one-time passwords. Only for the operator, and
    only while nobody holds these roles at the organisation."""
    if not by.everything:
        raise PeopleRefused("最初的管理员只能由运维人员用命令建立。")
    today = _day(at)
    place = queries.place(organisation, on=today)
    people = (
        ("sysadmin", "系统管理员", Role.SYSTEM_ADMINISTRATOR),
        ("secadmin", "安全管理员", Role.SECURITY_ADMINISTRATOR),
        ("auditor", "审计员", Role.AUDITOR),
    )
    made = []
    with acting(by):
        if Membership.objects.filter(
            organisation_id=organisation, role__in=[role for _, _, role in people]
        ).exists():
            raise PeopleRefused(
                f"{place.name}已有管理员。忘了口令时用 zhijiao account reset-password 用户名；"
                "看有哪些管理员用 zhijiao role list --organisation 代码。"
            )
        for word, name, role in people:
            username = word if not User.objects.filter(username=word).exists() else f"{word}-{organisation}"
            account = create_account(username=username, name=name, organisation=organisation, by=by, at=at)
            grant_role(
                user=account.id,
                role=role,
                organisation=organisation,
                starts=today,
                ends=(until or today + timedelta(days=365)) if role is Role.AUDITOR else None,
                basis=basis,
                by=by,
                at=at,
            )
            made.append(First(role, account))
    return made


def one_time_password() -> str:
    """Sixty bits in three groups that can be read out."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))


def looked_at(*, user: int, by: Actor, at: datetime) -> None:
    """Note that somebody else opened the page of an account: its person can see that."""
    if by.user == user:
        return
    row, _ = _find(user)
    _note(by, at, row, "account.read", f"查看{row.name}的账号")


class _NotReally(Exception):
    """Undoes what was done to see whether it could be."""


def would_grant(**asked: Any) -> None:
    """Raise what `grant_role` would raise, and change nothing."""
    _rehearse(grant_role, asked)


def would_hand_over(**asked: Any) -> None:
    """Raise what `hand_over` would raise, and change nothing."""
    _rehearse(hand_over, asked)


def _rehearse(verb: Callable[..., object], asked: Mapping[str, Any]) -> None:
    with suppress(_NotReally), acting(asked["by"]):
        verb(**asked)
        raise _NotReally


# -- steps -----------------------------------------------------------------------------------------


def _find(user: int) -> tuple[User, Person]:
    row = User.objects.filter(pk=user).first()
    if row is None:
        raise Invisible("account")
    with bulk():
        # The rules look at everything that the person holds, also where the one who acts sees nothing; and two who act
        # on one person do so one after the other.
        return row, queries.person(User.objects.select_for_update().get(pk=user))


def _held(row: Membership) -> Held:
    return Held(Role(row.role), row.organisation_id, row.starts, row.ends)


def _give(user: User, grant: Grant, by: Actor, at: datetime) -> int:
    described = ROLES[grant.role]
    made = Membership.objects.create(
        user=user,
        organisation_id=grant.place.id,
        role=grant.role,
        reach=described.reach,
        sphere=described.sphere,
        starts=grant.starts,
        ends=grant.ends,
        basis=grant.basis[:200],
        granted_by=by.name[:80],
        granted_at=at,
    )
    until = f"至 {grant.ends} 前" if grant.ends else "长期"
    words = f"{grant.place.name}“{grant.role.words}”，自 {grant.starts} 起，{until}"
    _note(
        by,
        at,
        user,
        "role.granted",
        f"授予{user.name}{words}",
        {"membership": made.pk, "role": grant.role, "basis": grant.basis},
        grant.place.id,
    )
    notify(
        [user.pk],
        key=f"role-granted-{made.pk}",
        subject=f"您被授予“{grant.role.words}”",
        body=f"{words}。授予人：{by.name}。依据：{grant.basis or '未写'}。",
        at=at,
    )
    return made.pk


def _take(
    user: User, membership: Membership, place: str, on: date, reason: str, by: Actor, at: datetime
) -> None:
    Membership.objects.filter(pk=membership.pk).update(ends=on)
    role = Role(membership.role)
    _note(
        by,
        at,
        user,
        "role.ended",
        f"收回{user.name}在{place}的“{role.words}”，自 {on} 起：{reason}",
        {"membership": membership.pk, "role": role, "before": membership.ends},
        membership.organisation_id,
    )
    notify(
        [user.pk],
        key=f"role-ended-{membership.pk}-{on}",
        subject=f"您的“{role.words}”将于 {on} 结束",
        body=f"单位：{place}。办理人：{by.name}。原因：{reason}。",
        at=at,
    )


def _keep_a_security_administrator(person: Person, on: date) -> None:
    if not any(held.role is Role.SECURITY_ADMINISTRATOR and held.meets(on, None) for held in person.held):
        return
    with bulk():
        others = queries.holders_of(person.tenant, Role.SECURITY_ADMINISTRATOR)
    rules.check_last([other for other in others if other.id != person.id], person.name, on=on)


def _note(
    by: Actor,
    at: datetime,
    user: User,
    action: str,
    summary: str,
    detail: Mapping[str, Any] | None = None,
    organisation: int | None = None,
) -> None:
    record(
        by=by,
        at=at,
        action=action,
        organisation=organisation or user.organisation_id,
        object_kind="user",
        object_id=user.pk,
        summary=summary,
        detail=detail,
    )


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()
