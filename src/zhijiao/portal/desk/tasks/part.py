"""Reporting progress on one part, with evidence."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from zhijiao.core.access.actor import NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import now
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.files import attached, ticket
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.tasks.shared import Form, go, show
from zhijiao.supervision.actions import report_progress
from zhijiao.supervision.queries.work import part_of_item, readers_of
from zhijiao.supervision.types import Refused, Report


def _part(request: HttpRequest, desk: Desk, part: int) -> HttpResponse:
    item, line = part_of_item(desk.actor, desk.tree, part, on=desk.on)
    if line.who.id not in desk.actor.homes:
        raise NotAllowed(Permission.PROGRESS, f"由{line.who.name}自己的经办人办理")
    parties = readers_of(part)
    form = Form.start(percent=line.percent, seen=line.seen)
    kept: tuple[object, ...] = ()
    if request.method == "POST":
        form = Form.of(request)
        files = attached(request, desk, line.who.id, parties)
        kept = files.files
        form.faults += [("evidence", words) for words in files.errors]
        percent = form.whole("percent", "完成比例", least=0, most=100)
        if not form.faults:
            try:
                report_progress(
                    assignment=part,
                    report=Report(
                        words=form.get("words"),
                        percent=percent,
                        done=form.get("done") == "yes",
                        problems=form.get("problems"),
                        help_wanted=form.get("help_wanted"),
                        period=form.get("period"),
                        evidence=tuple(files.ids),
                    ),
                    seen=row_id(form.get("seen")),
                    by=desk.actor,
                    at=now(),
                    on=desk.on,
                )
                return go("duty", item.line.id, anchor="history")
            except Refused as refused:
                form.refuse(refused)
    return show(
        request,
        desk,
        "part.html",
        "tasks",
        form,
        item=item,
        part=line,
        ticket=ticket(desk.actor, line.who.id, parties),
        kept=kept,
    )


part_view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_part, Permission.PROGRESS))
