"""Changes of one organisation: a form, then what it would do, then done. Nothing happens before the second step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import Node, Tree, tree
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page
from zhijiao.registry import actions, queries
from zhijiao.registry.types import Part, RegistryRefused

PARTS = range(1, 4)


@dataclass
class Filled:
    """A form as it came: texts, and what is wrong by field."""

    texts: dict[str, str]
    faults: list[tuple[str, str]] = field(default_factory=list)

    def text(self, name: str) -> str:
        return self.texts.get(name, "").strip()

    def wrong(self, name: str, words: str) -> None:
        self.faults.append((name, words))

    def day(self, name: str, label: str) -> date:
        """A day; noted as wrong where it is none."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            self.wrong(name, f"{label}没有填，或不是日期。写成 2026-09-01 的样子。")
            return date.max

    def node(self, name: str, label: str, standing: Tree) -> int:
        """An organisation chosen from a list."""
        chosen = row_id(self.text(name))
        if chosen is None or chosen not in standing.nodes:
            self.wrong(name, f"没有选择{label}。从列表中选一个。")
            return 0
        return chosen

    def kind(self, name: str) -> OrganisationKind:
        """A kind chosen from the list."""
        try:
            return OrganisationKind(self.text(name))
        except ValueError:
            self.wrong(name, "没有选择类别。从列表中选一个。")
            return OrganisationKind.OTHER


Work = Callable[[], object]
Make = Callable[[Filled, Desk, int, Tree], Work]


@dataclass(frozen=True)
class Form:
    """A change: its title, what it means, the button, and how a filled form becomes a verb."""

    title: str
    lead: str
    button: str
    make: Make
    staff: bool = False
    """Whether who names the staff may do it too."""


def _rename(form: Filled, desk: Desk, organisation: int, standing: Tree) -> Work:
    on = form.day("on", "生效日期")
    return lambda: actions.rename(
        organisation=organisation,
        name=form.text("name"),
        short=form.text("short"),
        on=on,
        **_who(form, desk),
    )


def _move(form: Filled, desk: Desk, organisation: int, standing: Tree) -> Work:
    on, parent = form.day("on", "生效日期"), form.node("parent", "新上级", standing)
    return lambda: actions.move(organisation=organisation, parent=parent, on=on, **_who(form, desk))


def _merge(form: Filled, desk: Desk, organisation: int, standing: Tree) -> Work:
    on, into = form.day("on", "生效日期"), form.node("into", "并入的单位", standing)
    return lambda: actions.merge(into=into, sources=[organisation], on=on, **_who(form, desk))


def _split(form: Filled, desk: Desk, organisation: int, standing: Tree) -> Work:
    on, kind = form.day("on", "生效日期"), standing.nodes[organisation].kind
    goes_on = form.text("goes_on") != "no"
    takes: dict[int, list[str]] = {number: [] for number in PARTS}
    for child in standing.children.get(organisation, ()):
        chosen = row_id(form.text(f"child-{child.id}"))
        if chosen in takes:
            takes[chosen].append(child.code)
    parts = []
    for number in PARTS:
        code, name = form.text(f"code-{number}"), form.text(f"name-{number}")
        if code or name:
            for text, what in ((code, "code"), (name, "name")):
                if not text:
                    words = f"新单位{number}没有填写{'代码' if what == 'code' else '名称'}。填上，或把这一行清空。"
                    form.wrong(f"{what}-{number}", words)
            parts.append(Part(code, name, kind, form.text(f"short-{number}"), tuple(takes[number])))
        elif takes[number]:
            form.wrong(
                f"code-{number}", f"有下属单位要转到新单位{number}，但它没有填写代码和名称。填上它们。"
            )
    if not parts:
        form.wrong("code-1", "没有填写新单位。至少填一个的代码和名称。")
    return lambda: actions.split(
        organisation=organisation, parts=parts, on=on, goes_on=goes_on, **_who(form, desk)
    )


def _close(form: Filled, desk: Desk, organisation: int, standing: Tree) -> Work:
    on = form.day("on", "生效日期")
    return lambda: actions.close(organisation=organisation, on=on, **_who(form, desk))


def _reopen(form: Filled, desk: Desk, organisation: int, standing: Tree) -> Work:
    on, parent = form.day("on", "生效日期"), form.node("parent", "上级单位", standing)
    return lambda: actions.reopen(organisation=organisation, parent=parent, on=on, **_who(form, desk))


def _add(form: Filled, desk: Desk, organisation: int, standing: Tree) -> Work:
    on, kind = form.day("on", "设立日期"), form.kind("kind")
    return lambda: actions.add_organisation(
        code=form.text("code"),
        name=form.text("name"),
        short=form.text("short"),
        kind=kind,
        parent=organisation,
        starts=on,
        **_who(form, desk),
    )


def _appoint(form: Filled, desk: Desk, organisation: int, standing: Tree) -> Work:
    on = form.day("on", "到任日期")
    return lambda: actions.appoint(
        organisation=organisation,
        post=form.text("post"),
        name=form.text("name"),
        phone=form.text("phone"),
        on=on,
        **_who(form, desk),
    )


def _who(form: Filled, desk: Desk) -> dict[str, Any]:
    return {"basis": form.text("basis"), "by": desk.actor, "at": timezone.now()}


FORMS: dict[str, Form] = {
    "rename": Form("更名", "旧名作为别名保留，此前的报表仍显示旧名。", "更名", _rename),
    "move": Form("移动", "连同下面的单位移到新的上级；此前的数仍按原来的组织汇总。", "移动", _move),
    "merge": Form("并入别的单位", "本单位到那一天为止，下面的单位转到并入的单位；此前的数仍按原来的组织汇总。", "并入", _merge),
    "split": Form("分设", "从本单位分出新单位；原单位可以保留，也可以撤销。", "分设", _split),
    "close": Form("撤销", "没有后继单位时用；有后继单位的请用“并入别的单位”。", "撤销", _close),
    "reopen": Form("恢复", "已撤销的单位重新设立，代码不变。", "恢复", _reopen),
    "add": Form("新设下属单位", "成批新设请用工作簿导入。", "新设", _add),
    "appoint": Form("登记任职", "一个职务同一天只有一人：原任自到任日期起离任。这里只写办公电话。", "登记", _appoint, True),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def _view(request: HttpRequest, desk: Desk, organisation: int, verb: str) -> HttpResponse:
    form = FORMS.get(verb)
    if form is None:
        raise Http404(f"没有“{verb}”这种变更。")
    queries.known(desk.actor.tenant, organisation)
    standing = tree(desk.actor.tenant, desk.on)
    node = standing.nodes.get(organisation)
    if (node is None) != (verb == "reopen"):
        raise Http404("这个单位今天不在组织里，或没有撤销，不能办这一步。")
    if not (form.staff and desk.actor.may(Permission.NAME_STAFF, organisation)):
        answering = queries.answering_for(organisation, desk.on)
        desk.actor.require(Permission.MANAGE_ORGANISATIONS, answering)
    if request.method != "POST":
        return _form(request, desk, organisation, verb, node, standing, Filled(_start(node, desk)))
    filled = Filled({key: str(value) for key, value in request.POST.items()})
    work = form.make(filled, desk, organisation, standing)
    effects: list[str] = []
    if not filled.faults:
        try:
            if filled.text("confirmed"):
                work()
                address = reverse("portal:organisation", args=[organisation])
                return HttpResponseRedirect(f"{address}?done={verb}")
            effects = actions.foresee(work, by=desk.actor) or [_in_words(form, filled)]
        except RegistryRefused as refused:
            filled.wrong(_field(refused.field, verb), str(refused))
    return _form(request, desk, organisation, verb, node, standing, filled, effects)


def _field(name: str, verb: str) -> str:
    """The field of the form to which a refusal belongs."""
    if verb == "split" and name in ("parts", "code", "name"):
        return "code-1"
    return {"starts": "on", "ends": "on", "sources": "into"}.get(name, name)


def _in_words(form: Form, filled: Filled) -> str:
    """What the form does that is no change of the tree."""
    return f"{filled.text('post')}：自 {filled.text('on')} 起由{filled.text('name')}担任"


def _start(node: Node | None, desk: Desk) -> dict[str, str]:
    """What a fresh form holds."""
    return {
        "on": desk.on.isoformat(),
        "name": "",
        "goes_on": "yes",
        "was": node.name if node else "",
    }


def _form(
    request: HttpRequest,
    desk: Desk,
    organisation: int,
    verb: str,
    node: Node | None,
    standing: Tree,
    filled: Filled,
    effects: list[str] | None = None,
) -> HttpResponse:
    below = {n.id for n in standing.below(organisation)} if node else set()
    others = [
        (str(n.id), standing.path(n.id))
        for n in queries.manageable(desk.actor, standing)
        if n.id not in below
    ]
    same = [(i, words) for i, words in others if node and standing.nodes[int(i)].kind is node.kind]
    late = False
    if not filled.faults and effects:
        late = date.fromisoformat(filled.text("on")) < desk.on
    response = page(
        request,
        "desk/organisations/change.html",
        desk.frame,
        desk=desk,
        view="organisations",
        organisation=organisation,
        name=node.name if node else queries.standings(organisation)[0].name,
        node=node,
        verb=verb,
        form=FORMS[verb],
        filled=filled,
        faults=dict(reversed(filled.faults)),
        effects=effects or [],
        late=late,
        parents=others,
        targets=same,
        kinds=[(kind.value, kind.words) for kind in OrganisationKind],
        children=standing.children.get(organisation, []) if node else [],
        parts=list(PARTS),
    )
    response.status_code = 422 if filled.faults else 200
    return response


view = at_desk(_view)
