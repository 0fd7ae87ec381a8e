"""Notices (公示) for students whom their schools do not reach. Not for search engines; gone when their days are over."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhijiao.lib.folding import matches
from zhijiao.portal.frame import frame
from zhijiao.portal.pages import page
from zhijiao.records import queries


@require_safe
def notices(request: HttpRequest, pack: str) -> HttpResponse:
    """The notices of a place that stand today, to be searched by school, grade and class."""
    here = frame(request, pack)
    wanted = here.query.get("q", "")
    every = queries.standing_notices(here.tenant, pack, timezone.localdate())
    shown = [line for line in every if not wanted or matches(wanted, (line.school, line.about))]
    return _unlisted(
        page(request, "public/record_notices.html", here, notices=shown, total=len(every), q=wanted)
    )


@require_safe
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """The notice while it stands."""
    found = queries.notice_of(code, timezone.localdate())
    if found is None:
        raise Http404("没有这个公示，或公示期已满。")
    line, demo = found
    return _unlisted(page(request, "public/record_notice.html", frame(request), notice=line, demo=demo))


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "private, no-store"
    return response
