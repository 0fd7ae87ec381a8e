"""Organisations: the tree of a day, and what became of one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from zhijiao.api.v1.common import day
from zhijiao.api.v1.duties.access import ANSWERS, KEY, actor
from zhijiao.api.v1.duties.fields import InPath
from zhijiao.core.tree import tree
from zhijiao.registry import queries

router = Router(tags=["组织"], auth=KEY)


class OrganisationOut(Schema):
    """An organisation as it stands on the day asked for."""

    id: int
    code: str
    name: str
    short: str
    kind: str
    parent: int | None


class StoodOut(Schema):
    """How it stood from one day to another."""

    name: str
    short: str
    kind: str
    parent: int | None
    parent_name: str
    starts: date
    ends: date | None
    basis: str


class PassedOut(Schema):
    """A line of succession; `other` is null where it was closed."""

    kind: str
    other: int | None
    other_name: str
    on: date
    basis: str


class ContactOut(Schema):
    """Somebody in office."""

    post: str
    name: str
    phone: str
    starts: date
    ends: date | None


class HistoryOut(Schema):
    """An organisation with its history."""

    id: int
    code: str
    standings: list[StoodOut]
    aliases: list[str]
    successors: list[PassedOut]
    predecessors: list[PassedOut]
    contacts: list[ContactOut]


@router.get(
    "/organisations",
    response={200: list[OrganisationOut], **ANSWERS},
    summary="某一天的组织树",
    description="本租户某一天的全部单位；parent 是上级的编号。合并、改名以前的样子，用 on 指定当时的日期。",
)
def list_organisations(request: HttpRequest, on: date | None = None) -> Any:
    """Every organisation of the owner's tenant on a day; names and places are no secret."""
    standing = tree(actor(request).tenant, day(on))
    return [
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


@router.get(
    "/organisations/{int:organisation}",
    response={200: HistoryOut, **ANSWERS},
    summary="一个单位的历史",
    description="历次名称、性质、上级和依据，别名，由谁并入、并到哪里，以及某一天在任的联系人。",
)
def show_organisation(request: HttpRequest, organisation: InPath, on: date | None = None) -> Any:
    """Standings, aliases, successors and predecessors, and who is in office on a day."""
    found = queries.known(actor(request).tenant, organisation)
    return {
        "id": found.id,
        "code": found.code,
        "standings": queries.standings(found.id),
        "aliases": queries.spellings(found.id),
        "successors": queries.successors(found.id),
        "predecessors": queries.predecessors(found.id),
        "contacts": queries.contacts([found.id], day(on)).get(found.id, []),
    }
