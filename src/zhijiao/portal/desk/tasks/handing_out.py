"""Files that hang on a step, an entry, a check or a letter: for whoever sees that."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from zhijiao.portal.desk.files import handed_out
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.supervision.queries.files import file_on


def _file(request: HttpRequest, desk: Desk, thing: str, number: int, file: int) -> HttpResponse:
    return handed_out(file_on(desk.actor, thing, number, file), desk.actor)


file_view = require_safe(at_desk(_file))
