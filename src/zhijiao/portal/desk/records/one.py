"""One student's record: its state and ledger, what is applied for, who looked; and what the school does without a case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from zhijiao.exchange.queries.people import linked, reads_of
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.records.shared import NEEDS, School, go, refuse, rules_for, show
from zhijiao.portal.desk.tasks.shared import Form
from zhijiao.records import actions, queries
from zhijiao.records.types import Detail, Refused

FIELDS = {"name", "sex", "school_no", "words", "username", "purpose", "class_no"}


def _view(request: HttpRequest, desk: Desk, record: int) -> HttpResponse:
    return _page(request, desk, record, Form({}, {}))


def _page(request: HttpRequest, desk: Desk, record: int, form: Form, full: str = "") -> HttpResponse:
    school = School(desk)
    view, revision = queries.record_view(desk.actor, record)
    at = timezone.now()
    actions.note_look(record=record, by=desk.actor, at=at)
    own = any(n.id == view.line.organisation for n in school.own)
    node = desk.tree.nodes.get(view.line.organisation)
    index = desk.index
    return show(
        request,
        desk,
        "one.html",
        school,
        form,
        record=view,
        revision=revision,
        own=own,
        full=full,
        rules=[
            rule
            for rule in rules_for(index, node.kind.value if node else "")
            if rule.event != "general_in"
            and view.line.status.value in (rule.statuses or [view.line.status.value])
        ]
        if own and view.line.ended_on is None and not view.line.open_case
        else [],
        classes=[
            (c.class_no, f"{c.name}（{c.students}人）")
            for c in queries.classes(desk.actor, [view.line.organisation])
            if c.grade == view.line.grade
        ]
        if own
        else [],
        reads=reads_of(view.person)[:50],
        links=linked(desk.actor, view.person) if own else [],
        done=desk.frame.query.get("done", ""),
        terms=view.terms,
    )


def _change(request: HttpRequest, desk: Desk, record: int) -> HttpResponse:
    """Correct, place in a class, link an account, or read the full number."""
    form, at = Form.of(request), timezone.now()
    by = desk.actor
    full = ""
    try:
        match form.get("verb"):
            case "correct":
                sets = {d: form.get(d.value) for d in actions.keeping.CORRECTABLE if d.value in form.typed}
                seen = row_id(form.get("seen"))
                actions.correct(
                    record=record, sets=sets, words=form.get("words"), seen=seen, by=by, at=at, on=desk.on
                )
            case "place":
                actions.place(records=[record], class_no=form.get("class_no"), by=by, at=at, on=desk.on)
            case "link":
                actions.link_account(record=record, username=form.get("username"), by=by, at=at)
            case "unlink":
                actions.unlink_account(record=record, username=form.get("username"), by=by, at=at)
            case "reveal":
                full = actions.read_number(record=record, purpose=form.get("purpose"), by=by, at=at)
            case _:
                return go("record", record)
    except Refused as refused:
        refuse(form, refused, FIELDS)
        return _page(request, desk, record, form)
    return (
        _page(request, desk, record, Form({}, {}), full)
        if full
        else go("record", record, done=form.get("verb"))
    )


__all__ = ["Detail", "change_view", "view"]
view = require_safe(at_desk(_view, *NEEDS))
change_view = require_POST(at_desk(_change, *NEEDS))
