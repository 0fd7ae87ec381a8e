"""The leaflet as a document, for the bureaus before it is public."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhijiao.admissions.queries import brochure, plan, seasons
from zhijiao.admissions.queries.plan import signatures
from zhijiao.admissions.types.states import LineState
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.seasons.shared import SEES
from zhijiao.portal.desk.sheets import name_of_file

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
def _document(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    found = seasons.season(desk.actor.tenant, season)
    lines = plan.lines(found, desk.tree, states=(LineState.APPROVED,))
    signed = signatures(found, found.plan_digest)
    made = brochure.document(found, lines, seasons.rounds(found), signed, created=timezone.now())
    response = HttpResponse(made, content_type=DOCX)
    response["Content-Disposition"] = name_of_file(f"{found.title}简章.docx", f"brochure-{found.code}.docx")
    return response


document = at_desk(_document, *SEES)
