"""Verbs: accounts of candidates and guardians, bound at the junior school or the county; phone numbers changed there."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone

from zhijiao.admissions.actions.shared import Refused, candidate_of, log, require_sender
from zhijiao.admissions.models import Candidate, Guardian
from zhijiao.admissions.rules.rolls import PHONE
from zhijiao.admissions.store import identity
from zhijiao.admissions.types.people import Slip
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import ROLES, Permission, Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.inbox import notify
from zhijiao.core.models import Membership, User
from zhijiao.core.people.actions import one_time_password

SENDER = Permission.ADMIT_PLAN
MOST_AT_ONCE = 200
ITERATIONS = 5_000
"""Of the hash of a slip's password. It is sixty random bits and gives way to one of the person's own at the first sign-in, so a
slow hash would guard nothing and make a class wait for minutes."""


def hand_out(*, by: Actor, at: datetime, candidates: Sequence[int]) -> list[Slip]:
    """Make the accounts of candidates, or replace the passwords of those that are there; each password is shown once. Needs
    ADMIT_PLAN at the junior school or county of each. Raises Refused, NotAllowed, Invisible."""
    if len(candidates) > MOST_AT_ONCE:
        raise Refused(f"一次最多办理 {MOST_AT_ONCE} 人，请按班级分次办理。")
    slips = []
    with acting(by):
        rows = [candidate_of(by, one) for one in dict.fromkeys(candidates)]
        for row in rows:
            organisation = require_sender(by, row, SENDER)
            with bulk():
                slip = _account(row, by, at)
            log(
                by,
                at,
                "hand_out",
                f"为考生{row.name}（{row.number}）发放登录口令",
                organisation=organisation,
                kind="candidate",
                id_=row.pk,
            )
            slips.append(slip)
    return slips


def bind_guardian(
    *,
    by: Actor,
    at: datetime,
    candidate: int,
    name: str,
    relation: str,
    phone: str,
    document: str,
    username: str = "",
) -> Slip | None:
    """Bind a guardian, with an account of their own: a new one, or the one named `username` (a second child). Returns the slip
    of a new account. Needs ADMIT_PLAN at junior school or county; nobody binds themselves. Raises Refused, NotAllowed, Invisible."""
    name, relation, phone, document = name.strip(), relation.strip(), phone.strip(), document.strip()
    for value, field, words in (
        (name and len(name) <= 60, "name", "请写监护人姓名（60 个字以内）。"),
        (relation and len(relation) <= 20, "relation", "请写与考生的关系，如母亲。"),
        (PHONE.fullmatch(phone), "phone", "请写监护人的 11 位手机号，提交志愿的验证码发到这里。"),
        (document and len(document) <= 200, "document", "请写核验了什么证件，如“户口簿原件”。"),
    ):
        if not value:
            raise Refused(words, field)
    with acting(by):
        row = candidate_of(by, candidate)
        organisation = require_sender(by, row, SENDER)
        if row.user_id == by.user:
            raise Refused("监护人由初中学校或县招生办绑定，不能由本人办理。")
        with bulk():
            user, slip = _guardian_account(row, name, username.strip(), by, at)
            if user.pk == row.user_id:
                raise Refused("监护人的账号不能就是考生本人的账号。", "username")
            if Guardian.objects.filter(candidate=row, user=user, ended_at__isnull=True).exists():
                raise Refused("这个账号已经绑定为这名考生的监护人。", "username")
            Guardian.objects.create(
                candidate=row,
                user=user,
                name=name,
                relation=relation,
                phone_sealed=identity.seal(phone),
                phone_end=phone[-4:],
                bound_at=at,
                bound_by=by.name[:80],
                document=document,
            )
        log(
            by,
            at,
            "bind_guardian",
            f"为考生{row.name}（{row.number}）绑定监护人{name}（{relation}），核验{document}",
            organisation=organisation,
            kind="candidate",
            id_=row.pk,
        )
        _tell(row, f"{name}被绑定为您的监护人，由{by.name}办理。有疑问请联系初中学校。", "guardian", at)
        return slip


def end_guardian(*, by: Actor, at: datetime, guardian: int, reason: str) -> None:
    """End a binding. Needs ADMIT_PLAN at junior school or county, and a reason. Raises Refused, NotAllowed, Invisible."""
    reason = reason.strip()
    if not reason:
        raise Refused("请写解除的原因和核验的材料。", "reason")
    with acting(by):
        found = Guardian.objects.filter(pk=guardian).select_related("candidate").first()
        row = candidate_of(by, found.candidate_id if found else 0)
        assert found is not None
        organisation = require_sender(by, row, SENDER)
        if found.ended_at is not None:
            return
        Guardian.objects.filter(pk=guardian, ended_at__isnull=True).update(ended_at=at, ended_by=by.name[:80])
        log(
            by,
            at,
            "end_guardian",
            f"解除考生{row.name}（{row.number}）与监护人{found.name}的绑定：{reason}",
            organisation=organisation,
            kind="candidate",
            id_=row.pk,
        )
        _tell(row, f"{found.name}不再是您的监护人，由{by.name}办理。", "guardian", at)


def change_phone(*, by: Actor, at: datetime, candidate: int, phone: str, document: str) -> None:
    """Change the phone to which a candidate's codes go. Needs ADMIT_PLAN at junior school or county; never the person signed in
    alone. Raises Refused, NotAllowed, Invisible."""
    phone, document = phone.strip(), document.strip()
    if not PHONE.fullmatch(phone):
        raise Refused("请写 11 位手机号。", "phone")
    if not document:
        raise Refused("请写核验了什么，如“监护人持户口簿到校”。", "document")
    with acting(by):
        row = candidate_of(by, candidate)
        organisation = require_sender(by, row, SENDER)
        before = row.phone_end
        Candidate.objects.filter(pk=row.pk).update(
            phone_sealed=identity.seal(phone), phone_end=phone[-4:], revision=row.revision + 1
        )
        log(
            by,
            at,
            "change_phone",
            f"更改考生{row.name}（{row.number}）的手机号：尾号 {before or '无'} 改为 {phone[-4:]}，核验{document}",
            organisation=organisation,
            kind="candidate",
            id_=row.pk,
        )
        _tell(
            row,
            f"接收验证码的手机号改为尾号 {phone[-4:]}，由{by.name}办理。不是您要求的，请立即联系初中学校。",
            "phone",
            at,
        )


def phone_of(candidate: Candidate) -> str:
    """The phone to which codes go: the candidate's own, else that of a bound guardian; empty where there is none."""
    sealed = candidate.phone_sealed
    if not sealed:
        bound = Guardian.objects.filter(candidate=candidate, ended_at__isnull=True).exclude(phone_sealed="")
        sealed = bound.values_list("phone_sealed", flat=True).first() or ""
    return identity.unseal(sealed)


def _account(row: Candidate, by: Actor, at: datetime) -> Slip:
    code = one_time_password()
    if row.user_id is not None:
        user = User.objects.get(pk=row.user_id)
        user.password, user.must_change_password, user.password_changed_at = _hashed(code), True, None
        user.save(update_fields=["password", "must_change_password", "password_changed_at"])
        notify(
            [user.pk],
            key=f"password-reset-{at.isoformat()}",
            subject="您的口令被重置",
            body=f"{by.name}重新发放了您的口令。如果不是您要求的，请告诉初中学校。",
            at=at,
        )
    else:
        user = _make(row, row.number.lower(), row.name, code, by, at)
        Candidate.objects.filter(pk=row.pk).update(user=user)
    return Slip(row.pk, row.number, row.name, user.username, code)


def _guardian_account(
    row: Candidate, name: str, username: str, by: Actor, at: datetime
) -> tuple[User, Slip | None]:
    if username:
        user = User.objects.filter(username=username, tenant=by.tenant.value, is_active=True).first()
        bound = (
            user is not None and Guardian.objects.filter(user=user, name=name, ended_at__isnull=True).exists()
        )
        if user is None or not bound:
            raise Refused(
                f"没有名为“{username}”、姓名为{name}的监护人账号。请核对，或留空为其新建账号。", "username"
            )
        return user, None
    code = one_time_password()
    user = _make(row, f"{row.number.lower()}-jz", name, code, by, at)
    return user, Slip(row.pk, row.number, name, user.username, code, guardian=True)


def _make(row: Candidate, username: str, name: str, code: str, by: Actor, at: datetime) -> User:
    taken = set(User.objects.filter(username__startswith=username).values_list("username", flat=True))
    free = next(
        name
        for name in (username, *(f"{username}-{n}" for n in range(2, len(taken) + 3)))
        if name not in taken
    )
    organisation = row.school_id or row.county_id
    assert organisation is not None  # by a constraint of the table
    user = User.objects.create(
        tenant=row.season.tenant,
        organisation_id=organisation,
        username=free,
        name=name,
        password=_hashed(code),
        must_change_password=True,
        password_changed_at=None,
        created_at=at,
        created_by=by.name[:80],
    )
    described = ROLES[Role.LEARNER]
    Membership.objects.create(
        user=user,
        organisation_id=organisation,
        role=Role.LEARNER,
        reach=described.reach,
        sphere=described.sphere,
        starts=timezone.localdate(at),
        basis=f"考号 {row.number}",
        granted_by=by.name[:80],
        granted_at=at,
    )
    return user


def _hashed(code: str) -> str:
    return PBKDF2PasswordHasher().encode(code, secrets.token_hex(8), iterations=ITERATIONS)


def _tell(row: Candidate, body: str, what: str, at: datetime) -> None:
    with bulk():
        bound = Guardian.objects.filter(candidate=row, ended_at__isnull=True, user__isnull=False)
        people = [one for one in (row.user_id, *bound.values_list("user_id", flat=True)) if one is not None]
    notify(
        people,
        key=f"{what}-{row.pk}-{at.isoformat()}",
        subject="考生信息有变动",
        body=body,
        link="/choices",
        at=at,
    )
