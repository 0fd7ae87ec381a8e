"""One file on its way: what was found, what would change, and the steps that are open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from zhijiao.core.access.actor import Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.exchange import actions
from zhijiao.exchange.queries.batches import batch, batches, by_number, for_eyes, held, returned
from zhijiao.exchange.queries.pages import Planned, planned
from zhijiao.exchange.types import (
    Dataset,
    Field,
    FileUnusable,
    Privacy,
    Problem,
    Role,
    Severity,
    State,
)
from zhijiao.exchange.types.batches import Refused
from zhijiao.exchange.types.views import BatchView, Detail
from zhijiao.portal.desk.data import masking
from zhijiao.portal.desk.data.shared import NEEDS, Hub, show
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import XLSX

SHOWN = 50
"""Problems and changes that the page lists; the file that goes back has all of them."""


def found(desk: Desk, number: str) -> Detail:
    """A batch that the person sees. Raises Http404."""
    try:
        return by_number(desk.actor, number)
    except Invisible as error:
        raise Http404(f"没有批次 {number}，或它不在您的范围内。") from error


def _view(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    return file_page(request, desk, found(desk, number))


def file_page(
    request: HttpRequest, desk: Desk, detail: Detail, fault: str = "", field: str = "", status: int = 200
) -> HttpResponse:
    """The page, with why a step was refused."""
    hub = Hub(desk)
    one = detail.batch
    own = masking.is_own(desk, one.organisation)
    problems = [covered(p, hub, one.dataset, own=own) for p in detail.problems]
    errors = [p for p in problems if p.severity is Severity.ERROR]
    changes, gone = planned(desk.actor, one.number) if one.state is State.CHECKED else ([], [])
    told = [_change(hub, one.dataset, each) for each in changes[:SHOWN]]
    return show(
        request,
        desk,
        "file.html",
        hub,
        status,
        detail=detail,
        batch=one,
        counts=one.counts,
        errors=errors[:SHOWN],
        warnings=[p for p in problems if p.severity is Severity.WARNING][:SHOWN],
        shown=SHOWN,
        mine=own,
        changes=told,
        emptied=emptied(told),
        gone=sorted((_gone(hub, one.dataset, each) for each in gone[:SHOWN]), key=lambda each: each.label),
        undone=batch(desk.actor, one.undo_of).batch if one.undo_of else None,
        undoing=batch(desk.actor, one.undone_by).batch if one.undone_by else None,
        waiting=held(desk.actor, batch=one.id, limit=SHOWN) if one.waiting and own else [],
        later=_later(desk, one) if one.state is State.CHECKED else None,
        typed=request.POST.get("words", ""),
        fault=fault,
        field=field,
    )


def emptied(changes: Sequence[Shown]) -> list[str]:
    """The fields that changes only take values from: most often the file has no such column."""
    kept = {name for one in changes for name, _, after in one.fields if after}
    return list(dict.fromkeys(name for one in changes for name, _, after in one.fields if name not in kept))


def _later(desk: Desk, one: BatchView) -> BatchView | None:
    """The newest file that was sent for the same data after this one, and taken."""
    there = (State.RECEIVED, State.CHECKED, State.APPLIED)
    newest = batches(desk.actor, organisations=[one.organisation], dataset=one.dataset, states=there, limit=1)
    return newest[0] if newest and newest[0].id > one.id and newest[0].source == one.source else None


def covered(problem: Problem, hub: Hub, dataset: str, *, own: bool) -> Problem:
    """A problem with the name of its field; for who may not read the sender's persons, without what stands in the cell."""
    described = hub.standard.by_id.get(dataset)
    field = described.by_id.get(problem.field) if described else None
    if field is not None and not problem.column:
        problem = replace(problem, column=field.name)
    if own or field is None or field.privacy is Privacy.NONE:
        return problem
    return replace(problem, value="", words=f"“{field.name}”填得不对（涉及个人信息，内容只有报送单位看得到）")


@dataclass(frozen=True)
class Shown:
    """A record of the plan for eyes: what a clerk knows it by, and its fields with what stands and what comes."""

    row: int
    label: str
    fields: tuple[tuple[str, str, str], ...]


def _change(hub: Hub, dataset: str, one: Planned) -> Shown:
    described = hub.dataset(dataset)
    return Shown(
        one.row,
        _label(hub, described, one),
        tuple(
            (field.name, _words(hub, field, before, one), _words(hub, field, after, one))
            for field in described.fields
            if (before := one.before.get(field.id, "")) != (after := one.after.get(field.id, ""))
        ),
    )


def _gone(hub: Hub, dataset: str, one: Planned) -> Shown:
    described = hub.dataset(dataset)
    return Shown(
        0,
        _label(hub, described, one),
        tuple(
            (field.name, "", _words(hub, field, value, one))
            for field in described.fields
            if field.role not in (Role.ORGANISATION, Role.PERSON) and (value := one.after.get(field.id, ""))
        ),
    )


def _label(hub: Hub, described: Dataset, one: Planned) -> str:
    own = masking.is_own(hub.desk, one.organisation)
    return one.label if own or not masking.is_personal(described) else masking.covered(one.label)


def _words(hub: Hub, field: Field, value: str, one: Planned) -> str:
    own = masking.is_own(hub.desk, one.organisation)
    return for_eyes(masking.shown(hub.standard, field, value, own=own, whole=own))


def _step(
    request: HttpRequest, desk: Desk, number: str, take: Callable[[Detail], object], field: str = ""
) -> HttpResponse:
    """Do a step and show the file again; what is refused is told on its page."""
    detail = found(desk, number)
    try:
        take(detail)
    except (Refused, FileUnusable) as refused:
        return file_page(request, desk, found(desk, number), str(refused), field, 422 if field else 409)
    return HttpResponseRedirect(reverse("portal:data_batch", args=[number]))


def _apply(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Let it become records, as it was looked at."""
    return _step(
        request,
        desk,
        number,
        lambda detail: actions.apply(
            batch=detail.batch.id, by=desk.actor, at=timezone.now(), seen=request.POST.get("seen", "")
        ),
    )


def _withdraw(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    words = request.POST.get("words", "")
    return _step(
        request,
        desk,
        number,
        lambda detail: actions.withdraw(by=desk.actor, at=timezone.now(), batch=detail.batch.id, words=words),
    )


def _undo(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    words = request.POST.get("words", "")
    return _step(
        request,
        desk,
        number,
        lambda detail: actions.undo(batch=detail.batch.id, by=desk.actor, at=timezone.now(), words=words),
        "words",
    )


def _returned(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The sender's own file with the wrong cells marked."""
    detail = found(desk, number)
    desk.actor.require(Permission.REPORT, detail.batch.organisation)
    if not masking.is_own(desk, detail.batch.organisation):
        raise NotAllowed(Permission.REPORT, "原表只还给交它的单位")
    try:
        back = returned(desk.actor, detail.batch.id)
    except (FileUnusable, Refused) as refused:
        return file_page(request, desk, detail, str(refused), status=409)
    kind = XLSX if back.name.endswith(".xlsx") else "text/csv; charset=utf-8"
    answer = HttpResponse(back.content, content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(back.name, safe='')}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


view = require_safe(at_desk(_view, *NEEDS))
apply_view = require_POST(at_desk(_apply, Permission.REPORT))
withdraw_view = require_POST(at_desk(_withdraw, Permission.REPORT))
undo_view = require_POST(at_desk(_undo, Permission.REPORT))
returned_view = require_safe(at_desk(_returned, Permission.REPORT))
