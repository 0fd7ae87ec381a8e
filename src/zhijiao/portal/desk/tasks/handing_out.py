"""Files that hang on a step, an entry, a check or a letter: for whoever sees that."""

from __future__ import annotations

from typing import cast
from urllib.parse import quote

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from zhijiao.core import filestore
from zhijiao.core.access.sessions import now
from zhijiao.core.filestore import FileRefused
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.supervision.queries.files import file_on


def _file(request: HttpRequest, desk: Desk, thing: str, number: int, file: int) -> HttpResponse:
    found = file_on(desk.actor, thing, number, file)
    try:
        place = filestore.content_of(found, by=desk.actor, at=now())
    except FileRefused as refused:
        raise Http404(str(refused)) from refused
    answer = FileResponse(place.open("rb"), content_type=found.media_type)
    answer["Content-Length"] = str(found.size)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return cast(HttpResponse, answer)


file_view = require_safe(at_desk(_file))
