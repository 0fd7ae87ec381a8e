"""Claims that wait for this office: who says to be which school or enterprise, confirmed or sent back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import now
from zhijiao.core.accounts.types import Faulty
from zhijiao.core.claims import actions, queries
from zhijiao.core.claims.types import ClaimState
from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Claim
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.cards import Card, Line
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.pages import page
from zhijiao.registry.actions import add_organisation
from zhijiao.render.xlsx import Cell, Column

NEEDS = Permission.CONFIRM_CLAIMS
SORTS = {
    "asked": lambda claim: (claim.asked_at, claim.id),
    "name": lambda claim: claim.name,
    "code": lambda claim: claim.code,
    "state": lambda claim: claim.state,
}


def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The claims, open ones first unless the address asks otherwise."""
    asked = desk.frame.query.get("sort", "asked")
    return page(
        request,
        "desk/claims.html",
        desk.frame,
        desk=desk,
        view="claims",
        claims=_rows(desk),
        states=[(state.value, state.words) for state in ClaimState],
        words=_words,
        kind_words=lambda kind: OrganisationKind(kind).words,
        sort=asked.lstrip("-"),
        descending=asked.startswith("-"),
    )


def as_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The same list as a workbook."""
    rows: list[list[Cell]] = [
        [
            claim.number,
            claim.name,
            claim.code,
            OrganisationKind(claim.kind).words,
            desk.tree.nodes[claim.reviewer_id].name if claim.reviewer_id in desk.tree.nodes else "",
            claim.contact,
            claim.phone,
            timezone.localtime(claim.asked_at).date(),
            _words(claim),
            claim.decided_by,
            claim.reason,
        ]
        for claim in _rows(desk)
    ]
    columns = (
        Column("回执号", width=18),
        Column("单位", width=30),
        Column("代码", width=22),
        Column("类型", width=12),
        Column("确认单位", width=18),
        Column("联系人", width=12),
        Column("电话", width=16),
        Column("提交日期", kind="date", width=13),
        Column("状态", width=12),
        Column("经办人", width=12),
        Column("退回原因", width=40),
    )
    return workbook(request, desk, "单位认领", columns, rows, "claims", reverse("portal:claims"))


def one(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One claim, and its decision."""
    claim = queries.claim(desk.actor, number)
    faults: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            _decide(request, desk, claim)
        except Faulty as error:
            faults = [(fault.field, fault.words) for fault in error.faults]
        except Refusal as error:
            faults = [("", str(error))]
        else:
            return HttpResponseRedirect(reverse("portal:claim", args=[number]))
    covered = desk.actor.organisations(NEEDS)
    offered = queries.candidates(desk.tree, claim, covered) if claim.state == ClaimState.OPEN else []
    response = page(
        request,
        "desk/claim.html",
        desk.frame,
        desk=desk,
        view="claims",
        claim=claim,
        state=ClaimState(claim.state),
        kind=OrganisationKind(claim.kind),
        reviewer=desk.tree.path(claim.reviewer_id) if claim.reviewer_id in desk.tree.nodes else "",
        offered=[(str(node.id), desk.tree.path(node.id)) for node in offered],
        likely=_likely(claim, offered),
        faults=faults,
        typed=request.POST,
    )
    response.status_code = 422 if faults else 200
    return response


def _decide(request: HttpRequest, desk: Desk, claim: Claim) -> None:
    if request.POST.get("do") == "refuse":
        reason = request.POST.get("reason", "")
        actions.refuse_claim(by=desk.actor, at=now(), number=claim.number, reason=reason)
        return
    chosen = request.POST.get("organisation", "")
    if chosen != "new" and row_id(chosen) is None:
        raise Faulty([actions.Fault("organisation", "请选择它是名录里的哪个单位，名录里没有就选“新增”。")])
    actions.confirm_claim(
        by=desk.actor,
        at=now(),
        number=claim.number,
        organisation=None if chosen == "new" else int(chosen),
        add=_add,
    )


def _add(claim: Claim) -> int:
    """Put the claimed organisation into the tree, under the office that confirms it."""
    return add_organisation(
        code=claim.code,
        name=claim.name,
        kind=OrganisationKind(claim.kind),
        parent=claim.reviewer_id,
        starts=timezone.localdate(),
        basis=f"认领 {claim.number}",
        by=Actor.system(f"认领 {claim.number}", Tenant(claim.tenant)),
        at=now(),
    )


def _likely(claim: Claim, offered: list[queries.Node]) -> str:
    """Which choice stands selected: the organisation of the same code or name, else none."""
    same = queries.known(Tenant(claim.tenant), claim.code)
    return next((str(n.id) for n in offered if n.id == same or n.name == claim.name), "")


def _rows(desk: Desk) -> list[Claim]:
    query = desk.frame.query
    asked = query.get("sort", "asked")
    found = queries.claims(desk.actor, state=query.get("state", ""), text=query.get("q", ""))
    key = SORTS.get(asked.lstrip("-"), SORTS["asked"])
    found = sorted(found, key=key, reverse=asked.startswith("-"))
    if "sort" not in query:
        found.sort(key=lambda claim: claim.state != ClaimState.OPEN)
    return found


def _words(claim: Claim) -> str:
    return ClaimState(claim.state).words


def card(desk: Desk) -> Card | None:
    """What waits, for the first page of the desk."""
    if not desk.actor.may(NEEDS):
        return None
    waiting = queries.claims(desk.actor, state=ClaimState.OPEN)
    lines = tuple(
        Line(
            claim.name, reverse("portal:claim", args=[claim.number]), f"{(now() - claim.asked_at).days} 天前"
        )
        for claim in waiting[:5]
    )
    return Card("单位认领", len(waiting), reverse("portal:claims"), lines, nothing="没有等待确认的认领。")


list_view = require_safe(at_desk(listed, NEEDS))
file_view = require_safe(at_desk(as_file, NEEDS))
one_view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(one, NEEDS))
