"""What everybody reads of an admission: a notice while it stands, and whether a letter is good. Neither is for search engines.
Whoever is signed in may object to a notice."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from zhijiao.admissions.actions.allocating.publishing import object_to
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries.notices import letter_of, notice_of, own_objections
from zhijiao.core.access.sessions import signed_in
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.frame import frame
from zhijiao.portal.pages import page

SAID = "objection_receipt"


@require_safe
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """A notice (公示): number and masked name; gone when its days are over."""
    return _notice(request, code)


def _notice(request: HttpRequest, code: str, fault: str = "") -> HttpResponse:
    found = notice_of(code, timezone.localdate())
    if found is None:
        raise Http404("没有这个公示，或公示期已满。")
    wanted = request.GET.get("q", "").strip()[:40]
    rows = [
        row for row in found.rows if not wanted or wanted in row[0] or wanted in row[2] or wanted in row[3]
    ]
    actor = signed_in(request)
    objects = actor is not None and actor.user is not None and actor.tenant.value == found.season.tenant
    response = page(
        request,
        "public/notice.html",
        frame(request),
        notice=found,
        rows=rows,
        q=wanted,
        objects=objects,
        own=own_objections(found, actor) if objects and actor is not None else [],
        receipt=request.session.pop(SAID, "") if objects else "",
        typed=request.POST,
        faults=[("words", fault)] if fault else [],
    )
    response.status_code = 422 if fault else 200
    return _unlisted(response)


@require_POST
def _object(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    found = notice_of(code, timezone.localdate())
    if found is None:
        raise Http404("没有这个公示，或公示期已满。")
    try:
        request.session[SAID] = object_to(
            notice=found.pk,
            about=request.POST.get("about", ""),
            words=request.POST.get("words", ""),
            contact=request.POST.get("contact", ""),
            by=desk.actor,
            at=timezone.now(),
            on=timezone.localdate(),
        )
    except Refused as refused:
        return _notice(request, code, str(refused))
    return HttpResponseRedirect(f"{reverse('portal:publicity', args=[code])}#object")


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


objecting = at_desk(_object)
