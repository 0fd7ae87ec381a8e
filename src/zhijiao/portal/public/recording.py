"""The notice (公示) for a student whom the school does not reach. Not for search engines; gone when its days are over."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhijiao.portal.frame import frame
from zhijiao.portal.pages import page
from zhijiao.records import queries


@require_safe
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """The notice while it stands."""
    found = queries.notice_of(code, timezone.localdate())
    if found is None:
        raise Http404("没有这个公示，或公示期已满。")
    line, demo = found
    response = page(request, "public/record_notice.html", frame(request), notice=line, demo=demo)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "private, no-store"
    return response
