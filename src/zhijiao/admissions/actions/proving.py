"""Verb: send the code of the second factor to the bound phone. What was sent is kept by the caller, as a digest."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from zhijiao.admissions.actions.accounts import phone_of
from zhijiao.admissions.actions.shared import Refused, log
from zhijiao.admissions.queries import filling
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.accounts.adapters.configured import text_messages
from zhijiao.core.inbox import notify
from zhijiao.core.kinds import Tenant

VALID = timedelta(minutes=10)
PAUSE = timedelta(seconds=60)
TRIES = 5


@dataclass(frozen=True)
class Sent:
    """A code on its way: its digest, and where it went, in words."""

    digest: str = field(repr=False)
    where: str
    until: datetime


def send_code(*, by: Actor, at: datetime, candidate: int, round_code: str) -> Sent:
    """Send a code of six digits to the bound phone. Among the examples, and where no gateway is connected, it goes to the inbox.
    Raises Refused, ServiceTrouble, Invisible."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    with acting(by):
        place = filling.place(by, candidate, round_code)
        gateway = text_messages() if by.tenant is Tenant.REAL else None
        with bulk():
            phone = phone_of(place.candidate) if gateway is not None else ""
        if gateway is not None:
            if not phone:
                raise Refused("还没有登记接收验证码的手机号。请监护人持户口簿到初中学校登记。")
            gateway.send(
                phone, f"您正在提交{place.candidate.name}的志愿，验证码 {code}，10 分钟内有效。", at=at
            )
            where = f"尾号 {phone[-4:]} 的手机"
        else:
            notify(
                [by.person],
                key=f"code-{candidate}-{at.isoformat()}",
                subject=f"提交志愿的验证码 {code}",
                body=f"您正在提交{place.candidate.name}的志愿，验证码 {code}，10 分钟内有效。",
                at=at,
            )
            where = "您的消息（本平台没有接通短信）"
        log(
            by,
            at,
            "send_code",
            f"向{where}发送提交志愿的验证码",
            organisation=place.candidate.school_id or place.candidate.county_id,
            kind="candidate",
            id_=candidate,
        )
    return Sent(digest_of(code, candidate), where, at + VALID)


def digest_of(code: str, candidate: int) -> str:
    """What is kept of a code."""
    return salted_hmac(
        "zhijiao.admissions.code", f"{candidate}:{code.strip()}", algorithm="sha256"
    ).hexdigest()


def fits(code: str, candidate: int, digest: str) -> bool:
    """Whether a typed code is the one that was sent."""
    return constant_time_compare(digest_of(code, candidate), digest)
