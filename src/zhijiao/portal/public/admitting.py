"""What everybody reads of an admission: a notice while it stands, and whether a letter is good. Neither is for search engines."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhijiao.admissions.queries.notices import letter_of, notice_of
from zhijiao.portal.frame import frame
from zhijiao.portal.pages import page


@require_safe
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """A notice (公示): number and masked name; gone when its days are over."""
    found = notice_of(code, timezone.localdate())
    if found is None:
        raise Http404("没有这个公示，或公示期已满。")
    wanted = request.GET.get("q", "").strip()[:40]
    rows = [
        row for row in found.rows if not wanted or wanted in row[0] or wanted in row[2] or wanted in row[3]
    ]
    return _unlisted(page(request, "public/notice.html", frame(request), notice=found, rows=rows, q=wanted))


@require_safe
def letter(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a letter is good, and for which school; of the person only the masked name."""
    found = letter_of(code)
    response = page(request, "public/letter.html", frame(request), letter=found, code=code[:32])
    response.status_code = 200 if found else 404
    return _unlisted(response)


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "private, no-store"
    return response
