"""Verbs about claims: make one, confirm it, refuse it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError
from django.utils import timezone

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import ROLES, Permission, Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.accounts.passwords import faults_of as password_faults_of
from zhijiao.core.accounts.rules import ALPHABET
from zhijiao.core.accounts.types import Fault, Faulty
from zhijiao.core.audit import record
from zhijiao.core.claims import queries
from zhijiao.core.claims.rules import cleaned, faults_of
from zhijiao.core.claims.types import Asked, ClaimState, working_role
from zhijiao.core.inbox import holders, notify
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Alias, AuditEvent, Claim, Membership, User
from zhijiao.core.tree import tree

MOST_AN_HOUR = 20
"""Claims from one address in an hour: an office that helps its schools needs a few, a program that floods needs more."""
FILED = "claim.file"

AddOrganisation = Callable[[Claim], int]
"""Puts the claimed organisation into the tree and returns its id. The registry's verb; it stands above this floor."""


def file_claim(*, asked: Asked, tenant: Tenant, address: str, at: datetime) -> str:
    """Make a claim; return its receipt number. Sent twice, it is made once. Raises Faulty."""
    asked = cleaned(asked)
    faults = [*faults_of(asked), *_faults_of_password(asked)]
    if faults:
        raise Faulty(faults)
    by = Actor(user=None, name="认领人", tenant=tenant, address=address)
    try:
        with bulk():
            return _file(asked, by, at)
    except IntegrityError as error:  # another claim of the code was made at this very moment
        raise Faulty([_in_hand()]) from error


def _file(asked: Asked, by: Actor, at: datetime) -> str:
    tenant, day = by.tenant, timezone.localdate(at)
    waiting = Claim.objects.filter(tenant=tenant, code=asked.code, state=ClaimState.OPEN).first()
    if waiting is not None:
        if _same(waiting, asked):
            return waiting.number
        raise Faulty([_in_hand()])
    reviewer = next((r for r in queries.reviewers(tenant, day) if str(r.id) == asked.reviewer), None)
    faults = []
    if reviewer is None or not reviewer.open:
        faults.append(Fault("reviewer", "所选的地方还没有开通受理，请选已经开通的，或请它的管理员先开通。"))
    organisation = queries.known(tenant, asked.code)
    if organisation is not None and queries.is_taken(organisation, day):
        faults.append(
            Fault(
                "code", "这个单位已有管理员，不用再认领。请向本单位的管理员要账号；找不到时请联系确认单位。"
            )
        )
    if User.objects.filter(username=asked.username).exists():
        faults.append(Fault("username", f"用户名“{asked.username}”已有人用，请换一个。"))
    if by.address and _recent(by.address, at) >= MOST_AN_HOUR:
        faults.append(Fault("", "这个网络地址一小时内提交的认领太多，请过一小时再试。"))
    if faults or reviewer is None:
        raise Faulty(faults)
    claim = Claim.objects.create(
        number=_number(at),
        tenant=tenant,
        code=asked.code,
        name=asked.name,
        kind=asked.kind,
        reviewer_id=reviewer.id,
        contact=asked.contact,
        phone=asked.phone,
        username=asked.username,
        password=make_password(asked.password),
        evidence=asked.evidence,
        state=ClaimState.OPEN,
        asked_at=at,
    )
    notify(
        holders(reviewer.id, queries.CONFIRMING),
        key=f"claim:{claim.number}",
        subject=f"{claim.name}申请认领单位",
        body=f"回执号 {claim.number}。请核实后确认或退回。",
        link=f"/desk/claims/{claim.number}",
        at=at,
    )
    _record(by, at, claim, FILED, f"{claim.name}提交认领")
    return claim.number


def confirm_claim(
    *, by: Actor, at: datetime, number: str, organisation: int | None, add: AddOrganisation
) -> int:
    """Let a claimant in: as `organisation`, or as a new one that `add` puts under the reviewer. Makes the account with the
    roles of the manager and of the work; returns the organisation. Confirmed twice, it is done once.
    Needs CONFIRM_CLAIMS at the reviewer. Raises Faulty, Invisible, NotAllowed."""
    with acting(by):
        claim = _locked(by, number)
        by.require(Permission.CONFIRM_CLAIMS, claim.reviewer_id)
        with bulk():
            return _confirm(claim, organisation, by, at, add)


def _confirm(claim: Claim, organisation: int | None, by: Actor, at: datetime, add: AddOrganisation) -> int:
    day = timezone.localdate(at)
    if claim.state == ClaimState.CONFIRMED:
        return User.objects.get(username=claim.username).organisation_id
    _refuse_decided(claim)
    if User.objects.filter(username=claim.username).exists():
        raise Faulty(
            [Fault("", f"用户名“{claim.username}”在这期间已有人用。请退回，让对方换一个用户名再提交。")]
        )
    if organisation is None:
        organisation = queries.known(Tenant(claim.tenant), claim.code)
    if organisation is None:
        organisation = add(claim)
    else:
        _check_chosen(claim, organisation, by, day)
    if queries.known(Tenant(claim.tenant), claim.code) is None:
        Alias.objects.create(organisation_id=organisation, tenant=claim.tenant, name=claim.code)
    user = User.objects.create(
        tenant=claim.tenant,
        organisation_id=organisation,
        username=claim.username,
        name=claim.contact,
        phone=claim.phone,
        password=claim.password,
        must_change_password=False,
        password_changed_at=claim.asked_at,
        created_at=at,
        created_by=by.name[:80],
    )
    for role in (Role.MANAGER, working_role(OrganisationKind(claim.kind))):
        _give(user, role, claim, by, at)
    claim.password = ""
    _decide(claim, ClaimState.CONFIRMED, "", by, at)
    return organisation


def _check_chosen(claim: Claim, organisation: int, by: Actor, day: date) -> None:
    """Also of an organisation that the claimant's code names: it may stand in another place, or be no school at all, and
    whoever is let in there gets its manager's role."""
    by.require(Permission.CONFIRM_CLAIMS, organisation)
    kind = OrganisationKind(claim.kind)
    node = tree(Tenant(claim.tenant), day).nodes.get(organisation)
    if node is None or node.kind is not kind:
        named = f"“{node.name}”是{node.kind.words}" if node is not None else "所选单位已不在组织树里"
        raise Faulty(
            [Fault("organisation", f"{named}，而认领的是{kind.words}。请核对是否选错，或退回认领。")]
        )
    if queries.is_taken(organisation, day):
        raise Faulty([Fault("organisation", "这个单位已有管理员。请核对是否选错，或退回认领。")])


def refuse_claim(*, by: Actor, at: datetime, number: str, reason: str) -> None:
    """Send a claim back with a reason that the claimant reads. Needs CONFIRM_CLAIMS at the reviewer. Raises Faulty."""
    with acting(by):
        claim = _locked(by, number)
        by.require(Permission.CONFIRM_CLAIMS, claim.reviewer_id)
        reason = reason.strip()
        if claim.state == ClaimState.REFUSED and claim.reason == reason:
            return
        _refuse_decided(claim)
        if not reason or len(reason) > 300:
            raise Faulty(
                [Fault("reason", "请写明退回的原因和补正的办法（300 字以内），对方凭回执号能看到。")]
            )
        claim.password = ""
        _decide(claim, ClaimState.REFUSED, reason, by, at)


def _locked(by: Actor, number: str) -> Claim:
    found = queries.claim(by, number)
    return Claim.objects.select_for_update().get(pk=found.pk)


def _refuse_decided(claim: Claim) -> None:
    if claim.state != ClaimState.OPEN:
        words = ClaimState(claim.state).words
        raise Faulty([Fault("", f"这份认领{words}（{claim.decided_by}），不能再改。")])


def _decide(claim: Claim, state: ClaimState, reason: str, by: Actor, at: datetime) -> None:
    claim.state, claim.reason, claim.decided_at, claim.decided_by = state, reason, at, by.name[:80]
    claim.save(update_fields=["state", "reason", "decided_at", "decided_by", "password"])
    _record(
        by,
        at,
        claim,
        f"claim.{'confirm' if state is ClaimState.CONFIRMED else 'refuse'}",
        f"{claim.name}的认领{state.words}",
    )


def _give(user: User, role: Role, claim: Claim, by: Actor, at: datetime) -> None:
    described = ROLES[role]
    Membership.objects.create(
        user=user,
        organisation_id=user.organisation_id,
        role=role,
        reach=described.reach,
        sphere=described.sphere,
        starts=timezone.localdate(at),
        basis=f"认领 {claim.number}",
        granted_by=by.name[:80],
        granted_at=at,
    )


def _faults_of_password(asked: Asked) -> list[Fault]:
    person = User(username=asked.username, phone=asked.phone, name=asked.contact)
    return [Fault("password", words) for words in password_faults_of(asked.password, person)]


def _same(claim: Claim, asked: Asked) -> bool:
    """Whether the same person sent the same claim again: only they know the password."""
    same = (claim.phone, claim.username, claim.name) == (asked.phone, asked.username, asked.name)
    return same and check_password(asked.password, claim.password)


def _in_hand() -> Fault:
    return Fault("code", "这个代码已有一份认领在等待确认。请等它办完；不是本单位提交的，请联系确认单位。")


def _recent(address: str, at: datetime) -> int:
    filed = AuditEvent.objects.filter(object_kind="claim", action=FILED, address=address)
    return filed.filter(at__gt=at - timedelta(hours=1)).count()


def _number(at: datetime) -> str:
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(6))
    return f"RL{timezone.localtime(at):%y%m%d}-{drawn}"


def _record(by: Actor, at: datetime, claim: Claim, action: str, summary: str) -> None:
    record(
        by=by,
        at=at,
        action=action,
        organisation=claim.reviewer_id,
        object_kind="claim",
        object_id=claim.number,
        summary=summary,
        detail={"code": claim.code, "kind": claim.kind, "reason": claim.reason},
    )
