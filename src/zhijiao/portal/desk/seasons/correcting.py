"""Correct a line of the locked plan, under a document. Every bureau signs again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhijiao.admissions.actions.lines import draft_of
from zhijiao.admissions.actions.plan import correct_line
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import seasons
from zhijiao.admissions.queries.seasons import rules_of
from zhijiao.admissions.types.plan import BadLine
from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.seasons.editing import form_page
from zhijiao.portal.desk.seasons.forms import draft_from, raw_from, raw_of
from zhijiao.portal.desk.seasons.line import line_of

FIXED = ("batch", "major_code", "major_name", "direction")
"""What a correction leaves alone: it would be another line."""


@require_http_methods(["GET", "POST"])
def _view(request: HttpRequest, desk: Desk, season: int, line: int) -> HttpResponse:
    found = seasons.season(desk.actor.tenant, season)
    row = line_of(found, line)
    node = desk.tree.nodes.get(row.organisation_id)
    if node is None:
        raise Invisible("这所学校已撤并。")
    rules = rules_of(found.rules)
    kept = raw_from(rules, draft_of(row))
    if request.method == "GET":
        return form_page(request, desk, found, node, kept, row, correcting=True)
    raw = {**raw_of(request, rules), **{name: kept[name] for name in FIXED}}
    draft, faults = draft_from(rules, raw)
    if not faults:
        try:
            correct_line(
                line=line,
                draft=draft,
                document=raw["document"],
                words=raw["words"],
                by=desk.actor,
                at=timezone.now(),
                on=desk.on,
            )
            return HttpResponseRedirect(reverse("portal:season_line", args=[season, line]))
        except BadLine as bad:
            faults = [(fault.field, fault.words) for fault in bad.faults]
        except Refused as refused:
            faults = [(refused.field, str(refused))]
    return form_page(request, desk, found, node, raw, row, faults, 422, correcting=True)


view = at_desk(_view, Permission.ADMIT_RUN)
