"""My own record: what a student or guardian reads of it, and who looked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from zhijiao.exchange.queries.people import reads_of_mine
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.records.shared import STATUSES, School
from zhijiao.portal.pages import page
from zhijiao.records import queries


def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    return page(
        request,
        "account/record.html",
        desk.frame,
        desk=desk,
        view="account",
        school=School(desk),
        statuses=STATUSES,
        records=queries.own_records(desk.actor),
        reads=(reads_of_mine(desk.actor) or [])[:8],
    )


view = require_safe(at_desk(_view))
