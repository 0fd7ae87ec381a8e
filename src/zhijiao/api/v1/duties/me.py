"""Who the key's owner is and what they may do; the organisations that they see."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from zhijiao.api.v1.common import day
from zhijiao.api.v1.duties.access import ANSWERS, KEY, actor
from zhijiao.core.tree import tree

router = Router(tags=["账号与组织"], auth=KEY)


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


class OrganisationOut(Schema):
    """An organisation as it stands on the day asked for."""

    id: int
    code: str
    name: str
    short: str
    kind: str
    parent: int | None


@router.get("/me", response={200: MeOut, **ANSWERS}, summary="这把密钥是谁的，能做什么")
def me(request: HttpRequest) -> Any:
    """Name, roles and permissions, as far as the key carries them."""
    who = actor(request)
    return 200, {
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


@router.get("/organisations", response={200: list[OrganisationOut], **ANSWERS}, summary="某一天的组织树")
def organisations(request: HttpRequest, on: date | None = None) -> Any:
    """Every organisation of the owner's tenant on a day; names and places are no secret."""
    standing = tree(actor(request).tenant, day(on))
    return 200, [
        {
            "id": node.id,
            "code": node.code,
            "name": node.name,
            "short": node.short,
            "kind": node.kind.value,
            "parent": node.parent,
        }
        for node in standing.nodes.values()
    ]
