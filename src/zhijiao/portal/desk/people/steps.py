"""Steps on accounts and roles: a form, for roles a look at what the person will be able to do, then done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from zhijiao.core.access.roles import ROLES, Permission, Reach, Role
from zhijiao.core.access.sessions import now
from zhijiao.core.accounts.factor import reset_factor
from zhijiao.core.accounts.lockout import unlock
from zhijiao.core.errors import Refusal
from zhijiao.core.people import actions, queries, rules
from zhijiao.core.people.queries import LOOKS, Account, Term
from zhijiao.core.people.types import NewAccount, PeopleRefused
from zhijiao.core.tree import Node
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page

A_YEAR = timedelta(days=365)


@dataclass
class Filled:
    """A form as it came, and what is wrong with it by field."""

    texts: dict[str, str]
    faults: list[tuple[str, str]] = field(default_factory=list)

    def text(self, name: str) -> str:
        return self.texts.get(name, "").strip()

    def number(self, name: str, words: str) -> int:
        found = row_id(self.text(name))
        if found is not None:
            return found
        self.faults.append((name, words))
        return 0

    def day(self, name: str, label: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            self.faults.append((name, f"{label}没有填，或不是日期。写成 2026-09-01 的样子。"))
            return date.max

    def last_day(self, name: str) -> date | None:
        return self.day(name, "到期日期") if self.text(name) else None

    def role(self, name: str) -> Role:
        try:
            return Role(self.text(name))
        except ValueError:
            self.faults.append((name, "没有选择角色。从列表中选一个。"))
            return Role.LEARNER


@dataclass(frozen=True)
class Preview:
    """What a person will see and be able to do with a role, before it is given."""

    role: Role
    place: str
    sees: str
    does: list[str]
    names: list[str]


def preview(desk: Desk, role: Role, organisation: int) -> Preview:
    """The reach of a role at an organisation, in words."""
    described = ROLES[role]
    nodes = (
        list(desk.tree.below(organisation))
        if described.reach is Reach.BELOW
        else [desk.tree.nodes[organisation]]
    )
    if described.reach is Reach.NONE:
        nodes = []
    what = {
        "work": "业务",
        "people": "人员、账号和角色（看不到业务）",
        "audit": "全部业务和审计记录（只读，每次查看留痕）",
    }
    sees = f"{len(nodes)} 个单位的{what[described.sphere.value]}" if nodes else "只有派给本人的事项"
    does = [p.words for p in Permission if p in described.permissions]
    return Preview(role, desk.tree.path(organisation), sees, does, [node.label for node in nodes[:12]])


Work = Callable[[Filled, Desk, Account], NewAccount | None]
"""Does the step; gives the account whose one-time password has to be shown, if any."""


@dataclass(frozen=True)
class Step:
    """A step with a form of its own: title, what it means, button, and how the filled form becomes a verb."""

    title: str
    lead: str
    button: str
    work: Work
    danger: bool = False


def _who(desk: Desk) -> dict[str, Any]:
    return {"by": desk.actor, "at": now()}


def _deactivate(form: Filled, desk: Desk, account: Account) -> NewAccount | None:
    actions.deactivate(user=account.id, reason=form.text("reason"), **_who(desk))
    return None


def _activate(form: Filled, desk: Desk, account: Account) -> NewAccount | None:
    actions.activate(user=account.id, **_who(desk))
    return None


def _reset(form: Filled, desk: Desk, account: Account) -> NewAccount | None:
    return actions.reset_password(user=account.id, **_who(desk))


def _unlock(form: Filled, desk: Desk, account: Account) -> NewAccount | None:
    unlock(user=account.id, **_who(desk))
    return None


def _reset_factor(form: Filled, desk: Desk, account: Account) -> NewAccount | None:
    reset_factor(user=account.id, reason=form.text("reason"), **_who(desk))
    return None


STEPS: dict[str, Step] = {
    "deactivate": Step("停用账号", "不能再登录，角色随之失效；已作的决定仍在其名下。以后可以启用。", "停用", _deactivate, True),
    "activate": Step("启用账号", "恢复登录，没有到期的角色随之恢复。", "启用", _activate),
    "reset-password": Step("重置口令", "生成一个 24 小时内有效的一次性口令，显示一次；本人登录后须改。原口令和已登录的都失效。", "生成一次性口令", _reset),
    "unlock": Step("解除登录锁定", "本人确认是自己输错口令后再办。", "解除锁定", _unlock),
    "reset-factor": Step("重置动态口令", "手机丢失、更换时用。请先核实是本人。", "重置", _reset_factor, True),
}  # fmt: skip


def _step(request: HttpRequest, desk: Desk, user: int, verb: str) -> HttpResponse:
    step = STEPS.get(verb)
    if step is None:
        raise Http404(f"没有“{verb}”这一步。")
    account = queries.account(desk.actor, user, on=desk.on)
    form = Filled({key: str(value) for key, value in request.POST.items()})
    if request.method == "POST":
        try:
            done = step.work(form, desk, account)
        except Refusal as refused:
            _refuse(form, refused, "reason")
        else:
            if done is not None:
                return _opened(request, desk, done, "口令已重置")
            return _back(user, verb)
    return _show(request, desk, "step", form, account=account, step=step, verb=verb)


def _create(request: HttpRequest, desk: Desk) -> HttpResponse:
    places = _places(desk, lambda node: rules.looks_after(desk.actor, node.id))
    form = Filled({key: str(value) for key, value in request.POST.items()})
    if request.method == "POST":
        organisation = form.number("organisation", "没有选择单位。从列表中选一个。")
        if not form.faults:
            try:
                made = actions.create_account(
                    username=form.text("username"),
                    name=form.text("name"),
                    phone=form.text("phone"),
                    organisation=organisation,
                    **_who(desk),
                )
            except Refusal as refused:
                _refuse(form, refused, "username")
            else:
                return _opened(request, desk, made, "账号已建立")
    elif len(places) == 1:
        form.texts["organisation"] = places[0][0]
    return _show(request, desk, "new", form, places=places)


def _grant(request: HttpRequest, desk: Desk, user: int) -> HttpResponse:
    account = queries.account(desk.actor, user, on=desk.on)
    places = _places(desk, lambda node: bool(rules.grantable(desk.actor, node.id, node.kind)))
    if not places:
        desk.actor.require(Permission.GRANT_ROLES)
    form = Filled({key: str(value) for key, value in request.POST.items()})
    shown: Preview | None = None
    if request.method == "POST":
        organisation = form.number("organisation", "没有选择单位。从列表中选一个。")
        role, starts = form.role("role"), form.day("starts", "任职日期")
        ends = form.last_day("ends")
        if not form.faults and organisation not in desk.tree.nodes:
            form.faults.append(("organisation", "没有选择单位。从列表中选一个。"))
        if not form.faults:
            grant: dict[str, Any] = {
                "user": user,
                "role": role,
                "organisation": organisation,
                "starts": starts,
                "ends": ends,
                "basis": form.text("basis"),
            }
            try:
                if form.text("confirmed"):
                    actions.grant_role(**grant, **_who(desk))
                    return _back(user, "grant")
                actions.would_grant(**grant, **_who(desk))
                shown = preview(desk, role, organisation)
            except Refusal as refused:
                _refuse(form, refused, "role")
    else:
        home = str(account.organisation)
        start = home if home in dict(places) else places[0][0] if len(places) == 1 else ""
        form.texts = {"starts": desk.on.isoformat(), "organisation": start}
    return _show(
        request,
        desk,
        "grant",
        form,
        account=account,
        places=places,
        roles=_roles(desk, places),
        preview=shown,
        a_year=(desk.on + A_YEAR).isoformat(),
    )


def _end(request: HttpRequest, desk: Desk, user: int, membership: int) -> HttpResponse:
    account = queries.account(desk.actor, user, on=desk.on)
    term = next((one for one in account.terms if one.id == membership), None)
    if term is None:
        raise Http404("没有这条任职。")
    form = Filled({key: str(value) for key, value in request.POST.items()})
    if request.method == "POST":
        on = form.day("on", "结束日期")
        if not form.faults:
            try:
                actions.end_role(membership=membership, on=on, reason=form.text("reason"), **_who(desk))
                return _back(user, "end")
            except Refusal as refused:
                _refuse(form, refused, "on")
    else:
        form.texts = {"on": desk.on.isoformat()}
    return _show(request, desk, "end", form, account=account, term=term)


def _hand_over(request: HttpRequest, desk: Desk, user: int) -> HttpResponse:
    account = queries.account(desk.actor, user, on=desk.on)
    passing = [t for t in account.now(desk.on) if t.role not in rules.ADMINISTRATORS | rules.PERSONAL]
    places = [
        (str(number), name)
        for number, name in dict.fromkeys((t.organisation, t.organisation_name) for t in passing)
    ]
    others = [one for one in queries.accounts(desk.actor, on=desk.on) if one.id != user and one.active]
    form = Filled({key: str(value) for key, value in request.POST.items()})
    shown: list[Term] = []
    if request.method == "POST":
        organisation = form.number("organisation", "没有选择单位。从列表中选一个。")
        taker = form.number("taker", "没有选择接手人。从列表中选一个；还没有账号的，请先建立账号。")
        on = form.day("on", "交接日期")
        if not form.faults:
            post: dict[str, Any] = {
                "giver": user,
                "taker": taker,
                "organisation": organisation,
                "on": on,
                "basis": form.text("basis"),
            }
            try:
                if form.text("confirmed"):
                    actions.hand_over(**post, **_who(desk))
                    return _back(user, "hand-over")
                actions.would_hand_over(**post, **_who(desk))
                shown = [term for term in passing if term.organisation == organisation]
            except Refusal as refused:
                _refuse(form, refused, "taker")
    else:
        form.texts = {"on": desk.on.isoformat(), "organisation": places[0][0] if len(places) == 1 else ""}
    takers = [(str(one.id), f"{one.name}（{one.username}，{one.organisation_name}）") for one in others]
    chosen = next((words for key, words in takers if key == form.text("taker")), "")
    return _show(
        request,
        desk,
        "hand_over",
        form,
        account=account,
        places=places,
        takers=takers,
        passing=shown,
        taker=chosen,
    )


# -- shared ----------------------------------------------------------------------------------------


def _places(desk: Desk, wanted: Callable[[Node], bool]) -> list[tuple[str, str]]:
    """Organisations to choose from, in the order of the tree."""
    nodes = [node for root in desk.tree.children[None] for node in desk.tree.below(root.id)]
    return [(str(node.id), desk.tree.path(node.id)) for node in nodes if wanted(node)]


def _roles(desk: Desk, places: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Every role that the actor may give at one of the places."""
    found: dict[Role, None] = {}
    for number, _ in places:
        node = desk.tree.nodes[int(number)]
        found.update(dict.fromkeys(rules.grantable(desk.actor, node.id, node.kind)))
    return [(role.value, f"{role.words}：{ROLES[role].what}") for role in Role if role in found]


def _refuse(form: Filled, refused: Refusal, otherwise: str) -> None:
    name = refused.field if isinstance(refused, PeopleRefused) and refused.field else otherwise
    form.faults.append((name, str(refused)))


def _back(user: int, done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('portal:person', args=[user])}?done={done}")


def _opened(request: HttpRequest, desk: Desk, made: NewAccount, title: str) -> HttpResponse:
    """The one-time password, shown once: the page is not kept, and has no address to come back to."""
    return page(
        request, "desk/people/opened.html", desk.frame, desk=desk, view="people", made=made, title=title
    )


def _show(request: HttpRequest, desk: Desk, template: str, form: Filled, **context: Any) -> HttpResponse:
    answer = page(
        request,
        f"desk/people/{template}.html",
        desk.frame,
        desk=desk,
        view="people",
        v=form.texts,
        listed=form.faults,
        faults=dict(reversed(form.faults)),
        **context,
    )
    answer.status_code = 422 if form.faults else 200
    return answer


_methods = require_http_methods(["GET", "HEAD", "POST"])
step_view = _methods(at_desk(_step, *LOOKS))
create_view = _methods(at_desk(_create, Permission.MANAGE_ACCOUNTS, Permission.NAME_STAFF))
grant_view = _methods(at_desk(_grant, Permission.GRANT_ROLES, Permission.NAME_STAFF))
end_view = _methods(at_desk(_end, Permission.GRANT_ROLES, Permission.NAME_STAFF))
hand_over_view = _methods(at_desk(_hand_over, Permission.GRANT_ROLES, Permission.NAME_STAFF))
