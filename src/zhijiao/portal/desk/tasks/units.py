"""Spellings behind which nobody was found: the office says who is meant."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import now
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.tasks.shared import Form, choosable, go, show
from zhijiao.supervision.actions import settle_unit
from zhijiao.supervision.queries.work import unresolved
from zhijiao.supervision.types import Refused


def _units(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = Form.of(request) if request.method == "POST" else Form.start()
    if request.method == "POST":
        try:
            settle_unit(
                pack=desk.pack,
                unit=form.get("unit"),
                organisations=form.ids("organisations"),
                words=form.get("words"),
                by=desk.actor,
                at=now(),
                on=desk.on,
            )
            return go("duty_units")
        except Refused as refused:
            form.refuse(refused)
    place = desk.tree.place(desk.pack)
    rows = unresolved(desk.actor, desk.pack)
    return show(
        request,
        desk,
        "units.html",
        "tasks",
        form,
        rows=[row for row in rows if row[0]],
        silent=[item for unit, _, items in rows if not unit for item in items],
        units=choosable(desk, place.id) if place is not None else [],
    )


units_view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_units, Permission.ASSIGN))
