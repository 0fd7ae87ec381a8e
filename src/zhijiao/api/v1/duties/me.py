"""Who the key's owner is and what they may do."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from zhijiao.api.v1.duties.access import ANSWERS, KEY, actor

router = Router(tags=["账号与消息"], auth=KEY)


class SeatOut(Schema):
    """A role at an organisation."""

    organisation: int
    organisation_name: str
    role: str
    role_words: str
    ends: date | None


class MeOut(Schema):
    """The owner of the key."""

    name: str
    tenant: str
    seats: list[SeatOut]
    permissions: list[str]


@router.get(
    "/me",
    response={200: MeOut, **ANSWERS},
    summary="这把密钥是谁的，能做什么",
    description="所有人的姓名、角色，以及密钥带有的权限。",
)
def me(request: HttpRequest) -> Any:
    """Name, roles and permissions, as far as the key carries them."""
    who = actor(request)
    return {
        "name": who.name,
        "tenant": who.tenant.value,
        "seats": [
            {
                "organisation": seat.organisation,
                "organisation_name": seat.organisation_name,
                "role": seat.role.value,
                "role_words": seat.role.words,
                "ends": seat.ends,
            }
            for seat in who.seats
        ],
        "permissions": sorted(permission.value for permission in who.grants),
    }
