"""Starting an item from an instruction or from minutes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from zhijiao.core.access.actor import NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import now
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import Node
from zhijiao.portal.desk.files import attached, ticket
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.tasks.shared import Form, choosable, go, realm_of, show
from zhijiao.supervision.actions import start_from_instruction
from zhijiao.supervision.types import Addressee, Duty, Instruction, Refused, Rhythm, Rollup, Source

SOURCES = (Source.INSTRUCTION, Source.MINUTES)


def offices(desk: Desk, permission: Permission) -> list[Node]:
    """The person's own organisations at which they hold a permission."""
    return [node for node in desk.homes if desk.actor.may(permission, node.id)]


def office_of(desk: Desk, form: Form, permission: Permission) -> Node:
    """The organisation for which the person acts: the one chosen, else their first. Raises NotAllowed."""
    own = offices(desk, permission)
    if not own:
        raise NotAllowed(permission)
    return next((node for node in own if str(node.id) == form.get("office")), own[0])


def kinds_below(desk: Desk, organisation: int) -> list[tuple[str, str, int]]:
    """Kinds of organisations to which an item can be addressed as a whole: (kind, words, how many)."""
    below = [n for n in desk.tree.below(realm_of(desk, organisation).id) if n.id != organisation]
    counts = {kind: sum(n.kind is kind for n in below) for kind in OrganisationKind}
    return [(kind.value, f"全部{kind.words}", n) for kind, n in counts.items() if n > 1]


def _new(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = Form.start(source=Source.MINUTES.value, rollup="", share="100")
    kept: tuple[object, ...] = ()
    if request.method == "POST":
        form = Form.of(request)
    office = office_of(desk, form, Permission.ASSIGN)
    if request.method == "POST":
        files = attached(request, desk, office.id)
        kept = files.files
        form.faults += [("scan", words) for words in files.errors]
        instruction = _read(form, files.ids)
        if instruction is not None:
            try:
                made = start_from_instruction(
                    instruction=instruction,
                    organisation=office.id,
                    by=desk.actor,
                    at=now(),
                    on=desk.on,
                    pack=desk.pack,
                )
                return go("duty", made)
            except Refused as refused:
                form.refuse(refused)
    return show(
        request,
        desk,
        "instruction.html",
        "tasks",
        form,
        office=office,
        offices=[(str(node.id), node.name) for node in offices(desk, Permission.ASSIGN)],
        sources=[(s.value, s.words) for s in SOURCES],
        units=choosable(desk, office.id),
        kinds=kinds_below(desk, office.id),
        rhythms=[(r.value, r.words) for r in Rhythm],
        rollups=[(r.value, r.words) for r in Rollup],
        ticket=ticket(desk.actor, office.id),
        kept=kept,
    )


def _read(form: Form, files: list[int]) -> Instruction | None:
    """The instruction that was typed; None where something is wrong with it."""
    source = form.one_of("source", [s.value for s in SOURCES], "请选择来源。")
    title = form.need("title", "请写事项名称。")
    deliverable = form.need("deliverable", "请写交付什么，如“排查情况表和整改清单”。")
    number = form.need("number", "请写文号或会议期次，如“〔2026〕3号”。")
    dated = form.day("dated", "批示或会议日期", required=True)
    due = form.day("due", "时限")
    every = form.get("every")
    share = form.whole("share", "比例", least=1, most=100)
    addressees = [Addressee(Duty.LEAD, organisation=o) for o in form.ids("lead")[:1]]
    addressees += [
        Addressee(Duty.MEMBER, kinds=(OrganisationKind(k),))
        for k in form.lists.get("kinds", ())
        if k in set(OrganisationKind)
    ]
    addressees += [Addressee(Duty.MEMBER, organisation=o) for o in form.ids("members")]
    addressees += [Addressee(Duty.JOINT, organisation=o) for o in form.ids("joint")]
    if not addressees:
        form.faults.append(("lead", "请选择牵头单位，或选一类分别落实的单位。"))
    if due is None and not every and not form.get("due"):
        form.faults.append(("due", "请写时限，或选择周期。"))
    if form.faults or dated is None:
        return None
    return Instruction(
        title=title[:200],
        deliverable=deliverable,
        source=Source(source),
        number=number[:80],
        dated=dated,
        addressees=tuple(addressees),
        source_title=form.get("source_title")[:200],
        due=due,
        every=Rhythm(every) if every in set(Rhythm) else None,
        rollup=Rollup(form.get("rollup")) if form.get("rollup") in set(Rollup) else None,
        share=share or 100,
        evidence=tuple(e.strip()[:200] for e in form.get("evidence").splitlines() if e.strip()),
        scan=files[0] if files else None,
    )


new_view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_new, Permission.ASSIGN))
