"""The accounts of my scope as a list, and the same list as a workbook; the catalogue of roles."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhijiao.core.access.roles import ROLES, Role
from zhijiao.core.access.sessions import now
from zhijiao.core.accounts.lockout import locked_names
from zhijiao.core.people import queries, rules
from zhijiao.core.people.queries import LOOKS, Account
from zhijiao.core.tree import Node
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.organisations.listing import as_file
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Book, Sheet, write_book
from zhijiao.render.xlsx import Column as SheetColumn

STATES = {"active": "使用中", "new": "未首次登录", "locked": "登录被锁", "closed": "已停用"}


def listed(desk: Desk) -> Listing:
    """The accounts as the address asks for them."""
    found = queries.accounts(desk.actor, on=desk.on)
    locked = locked_names()
    order = {node.id: place for place, node in enumerate(_in_order(desk))}
    found.sort(key=lambda one: (order.get(one.organisation, len(order)), by_pinyin(one.name)))
    return listing(
        desk.frame,
        found,
        (
            Column("name", "姓名", value=lambda one: by_pinyin(one.name)),
            Column("username", "用户名", value=lambda one: one.username),
            Column("organisation", "单位", value=lambda one: order.get(one.organisation)),
            Column("roles", "现任角色"),
            Column("state", "状态", value=lambda one: list(STATES).index(state(one, locked))),
            Column("login", "最近登录", value=lambda one: one.last_login),
        ),
        (
            Choice(
                "organisation",
                "单位",
                lambda one: [str(one.organisation), *(str(t.organisation) for t in one.now(desk.on))],
                lambda key: _name(desk, int(key)),
            ),
            Choice(
                "role",
                "角色",
                lambda one: [t.role.value for t in one.now(desk.on)] or ["none"],
                lambda key: "无角色" if key == "none" else Role(key).words,
            ),
            Choice("state", "状态", lambda one: [state(one, locked)], lambda key: STATES[key]),
        ),
        lambda one: (one.name, one.username, one.organisation_name, one.phone),
    )


def state(one: Account, locked: set[str]) -> str:
    """In which of `STATES` an account is."""
    if not one.active:
        return "closed"
    if one.username in locked:
        return "locked"
    return "active" if one.last_login else "new"


def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    locked = locked_names()
    return page(
        request,
        "desk/people/list.html",
        desk.frame,
        desk=desk,
        view="people",
        list=listed(desk),
        state=lambda one: state(one, locked),
        states=STATES,
        may_create=any(rules.looks_after(desk.actor, node) for node in desk.tree.nodes),
    )


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    found, at = listed(desk), timezone.localtime(now())
    locked = locked_names()
    columns = [
        *(SheetColumn("姓名"), SheetColumn("用户名", width=24), SheetColumn("电话", width=16)),
        *(SheetColumn("单位", width=40), SheetColumn("现任角色", width=50), SheetColumn("状态")),
        *(SheetColumn("最近登录", width=18), SheetColumn("建立", kind="date")),
    ]
    rows = [
        [
            *(one.name, one.username, one.phone or None, one.organisation_name),
            "；".join(f"{t.role.words}（{t.organisation_name}）" for t in one.now(desk.on)) or "无角色",
            STATES[state(one, locked)],
            f"{timezone.localtime(one.last_login):%Y-%m-%d %H:%M}" if one.last_login else None,
            timezone.localtime(one.created_at).date(),
        ]
        for one in found.rows
    ]
    sheet = Sheet("人员", "人员和角色", columns, rows, found.found, "没有符合条件的账号。", 1)
    book = write_book(Book("人员和角色", [sheet], at.replace(tzinfo=None)))
    return as_file(book, f"人员和角色_{at.date()}.xlsx", "people.xlsx")


def _roles(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What each role may do, as the code has it."""
    return page(request, "desk/people/roles.html", desk.frame, desk=desk, view="people", roles=ROLES)


def _in_order(desk: Desk) -> list[Node]:
    return [node for root in desk.tree.children[None] for node in desk.tree.below(root.id)]


def _name(desk: Desk, organisation: int) -> str:
    node = desk.tree.nodes.get(organisation)
    return node.label if node else "已不在组织里的单位"


view = require_safe(at_desk(_view, *LOOKS))
file_view = require_safe(at_desk(_file, *LOOKS))
roles_view = require_safe(at_desk(_roles))
