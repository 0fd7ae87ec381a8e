"""The tree of a day as a list, and the same list as a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import Node, Tree, tree
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import XLSX, name_of_file
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.registry import queries
from zhijiao.registry.queries import Contact
from zhijiao.render.xlsx import Book, Fact, Sheet, write_book
from zhijiao.render.xlsx import Column as SheetColumn

_PLACES = (OrganisationKind.GOVERNMENT, OrganisationKind.COUNTY, OrganisationKind.ZONE)


@dataclass(frozen=True)
class Line:
    """An organisation in the list. `depth` counts from the top of the tree; `below` those directly under it."""

    node: Node
    parent: Node | None
    depth: int
    below: int
    places: tuple[str, ...]
    contacts: tuple[Contact, ...]


COLUMNS = (
    Column("name", "单位", value=lambda line: by_pinyin(line.node.name)),
    Column("kind", "类别", value=lambda line: list(OrganisationKind).index(line.node.kind)),
    Column("parent", "上级", value=lambda line: by_pinyin(line.parent.name) if line.parent else None),
    Column("below", "下属单位", num=True, value=lambda line: line.below),
    Column("contact", "找谁"),
    Column("starts", "自何日起", value=lambda line: line.node.starts),
    Column("code", "代码", value=lambda line: line.node.code),
)


def lines(standing: Tree) -> list[Line]:
    """Every organisation of the tree, depth first."""
    nodes = queries.in_order(standing)
    in_office = queries.contacts([node.id for node in nodes], standing.on)
    found = []
    for node in nodes:
        above = list(standing.above(node.id))
        places = tuple(n.code for n in (node, *above) if n.kind in _PLACES)
        found.append(
            Line(
                node,
                above[0] if above else None,
                len(above),
                len(standing.children.get(node.id, ())),
                places,
                tuple(in_office.get(node.id, ())),
            )
        )
    return found


def listed(desk: Desk) -> Listing:
    """The list as the address asks for it."""
    standing = tree(desk.actor.tenant, desk.frame.on)
    names = {node.code: node.name for node in standing.nodes.values()}
    return listing(
        desk.frame,
        lines(standing),
        COLUMNS,
        (
            Choice("kind", "类别", lambda line: [line.node.kind.value], lambda k: OrganisationKind(k).words),
            Choice("place", "所在地", lambda line: line.places, lambda code: names.get(code, code)),
        ),
        lambda line: (line.node.name, line.node.short, line.node.code, *(c.name for c in line.contacts)),
    )


@require_GET
def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    return page(
        request,
        "desk/organisations/list.html",
        desk.frame,
        desk=desk,
        view="organisations",
        list=listed(desk),
        may_manage=desk.actor.may(Permission.MANAGE_ORGANISATIONS),
    )


@require_GET
def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    found, day = listed(desk), desk.frame.on.isoformat()
    columns = [
        *(SheetColumn("单位", width=44), SheetColumn("类别"), SheetColumn("上级", width=44)),
        *(SheetColumn("下属单位", kind="number"), SheetColumn("找谁", width=40)),
        *(SheetColumn("自何日起", kind="date"), SheetColumn("代码"), SheetColumn("依据", width=40)),
    ]
    rows = [
        [
            *(line.node.name, line.node.kind.words, line.parent.name if line.parent else None, line.below),
            *(call(line.contacts) or None, line.node.starts, line.node.code, line.node.basis or None),
        ]
        for line in found.rows
    ]
    sheet = Sheet("组织", f"组织（{day}）", columns, rows, found.found, "没有符合条件的单位。", 1)
    link = request.build_absolute_uri(desk.frame.permalink).replace(".xlsx", "")
    facts = [Fact("截至", desk.frame.on), Fact("范围", found.found), Fact("网页", link)]
    created = datetime(desk.frame.on.year, desk.frame.on.month, desk.frame.on.day)  # noqa: DTZ001
    return as_file(
        write_book(Book("组织", [sheet], created, facts)), f"组织_{day}.xlsx", "organisations.xlsx"
    )


def call(contacts: tuple[Contact, ...]) -> str:
    """Whom to call, in one line."""
    return "；".join(f"{c.post}{c.name}{' ' + c.phone if c.phone else ''}" for c in contacts)


def as_file(content: bytes, name: str, plain: str) -> HttpResponse:
    """A workbook under its Chinese name, and under a plain one for programs that cannot read it (RFC 6266)."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = name_of_file(name, plain)
    return response


view, file = at_desk(_view), at_desk(_file)
