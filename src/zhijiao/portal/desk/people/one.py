"""One account: roles now and before, what can be done, and who read or changed it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import now
from zhijiao.core.accounts.adapters.configured import services
from zhijiao.core.accounts.lockout import locked_names
from zhijiao.core.people import actions, queries, rules
from zhijiao.core.people.queries import LOOKS, Account
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.people.listing import STATES, state
from zhijiao.portal.pages import page

DONE = {
    "grant": "角色已授予，已在消息里告知本人。",
    "end": "角色的结束日期已登记。",
    "hand-over": "已办理交接。",
    "deactivate": "账号已停用。",
    "activate": "账号已启用。",
    "unlock": "登录锁定已解除。",
    "reset-factor": "动态口令已重置，本人下次登录时重新启用。",
}


@dataclass(frozen=True)
class Step:
    """Something that can be done with this account by this person."""

    verb: str
    label: str


def steps(desk: Desk, account: Account, *, locked: bool) -> list[Step]:
    """What the actor may do here. The verbs ask again."""
    actor = desk.actor
    if actor.user == account.id:
        return []
    cares = rules.looks_after(actor, account.organisation)
    found = []
    if account.active and any(actor.may(p) for p in (Permission.GRANT_ROLES, Permission.NAME_STAFF)):
        found.append(Step("grant", "授予角色"))
        if account.now(desk.on):
            found.append(Step("hand-over", "交接岗位"))
    if cares and account.active:
        found.append(Step("reset-password", "重置口令"))
        if locked:
            found.append(Step("unlock", "解除登录锁定"))
    if account.second_factor and actor.may(Permission.GRANT_ROLES, account.organisation):
        found.append(Step("reset-factor", "重置动态口令"))
    if cares:
        found.append(Step("deactivate", "停用账号") if account.active else Step("activate", "启用账号"))
    return found


def _view(request: HttpRequest, desk: Desk, user: int) -> HttpResponse:
    account = queries.account(desk.actor, user, on=desk.on)
    actions.looked_at(user=user, by=desk.actor, at=now())
    locked = locked_names()
    return page(
        request,
        "desk/people/one.html",
        desk.frame,
        desk=desk,
        view="people",
        account=account,
        binds=desk.actor.may(Permission.MANAGE_ACCOUNTS, account.organisation) and bool(services()),
        state=STATES[state(account, locked)],
        steps=steps(desk, account, locked=account.username in locked),
        may_end={
            term.id
            for term in account.terms
            if term.state(desk.on) != "over"
            and (term.ends is None or term.ends > desk.on)
            and desk.actor.user != account.id
            and (
                desk.actor.may(Permission.GRANT_ROLES, term.organisation)
                or desk.actor.may(Permission.NAME_STAFF, term.organisation)
            )
        },
        trail=queries.trail(user),
        done=DONE.get(request.GET.get("done", "")),
    )


view = require_safe(at_desk(_view, *LOOKS))
