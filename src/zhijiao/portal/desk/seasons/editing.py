"""Write a line of the plan: new, or while it is a draft."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhijiao.admissions.actions.lines import draft_of, save_line
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import seasons
from zhijiao.admissions.queries.plan import SEX, SEXES, PlanLine, faults_of
from zhijiao.admissions.queries.seasons import Season, rules_of
from zhijiao.admissions.types.plan import BadLine
from zhijiao.admissions.types.states import Phase
from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.tree import Node
from zhijiao.lib.numbers import whole
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.seasons.forms import MOST_LIMITS, draft_from, raw_from, raw_of
from zhijiao.portal.desk.seasons.line import line_of
from zhijiao.portal.desk.seasons.shared import PROPOSERS, Faults, own_schools
from zhijiao.portal.pages import page


@require_http_methods(["GET", "POST"])
def _new(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    found = seasons.season(desk.actor.tenant, season)
    node = _school(desk, request.GET.get("school", ""))
    if node is None:
        raise Invisible("没有可以填报计划的学校。")
    if request.method == "GET" and found.phase not in (Phase.PREPARING, Phase.PLANNING):
        # An old link: nobody fills in a long form that is refused in the end. The plan says how it stands.
        return HttpResponseRedirect(reverse("portal:season_plan", args=[season]))
    if request.method == "GET":
        return form_page(request, desk, found, node, {"years": "3"})
    return _save(request, desk, found, node, None)


@require_http_methods(["GET", "POST"])
def _edit(request: HttpRequest, desk: Desk, season: int, line: int) -> HttpResponse:
    found = seasons.season(desk.actor.tenant, season)
    row = line_of(found, line)
    desk.actor.require(Permission.ADMIT_PLAN, row.organisation_id)
    node = desk.tree.nodes[row.organisation_id]
    if request.method == "GET":
        raw = {**raw_from(rules_of(found.rules), draft_of(row)), "revision": str(row.revision)}
        return form_page(request, desk, found, node, raw, row)
    return _save(request, desk, found, node, row)


def _school(desk: Desk, asked: str) -> Node | None:
    """The school for which a line is written: the one in the address, else the person's own."""
    wanted = whole(asked)
    if wanted is not None:
        node = desk.tree.nodes.get(wanted)
        fits = node is not None and node.kind in PROPOSERS and desk.actor.may(Permission.ADMIT_PLAN, wanted)
        return node if fits else None
    own = own_schools(desk)
    return own[0] if own else None


def _save(request: HttpRequest, desk: Desk, season: Season, node: Node, row: PlanLine | None) -> HttpResponse:
    rules = rules_of(season.rules)
    raw = raw_of(request, rules)
    draft, faults = draft_from(rules, raw)
    if not faults:
        try:
            save_line(
                season=season.pk,
                organisation=node.id,
                draft=draft,
                by=desk.actor,
                at=timezone.now(),
                on=desk.on,
                line=row.pk if row else None,
                revision=whole(raw["revision"]),
            )
            return HttpResponseRedirect(
                reverse("portal:season_plan", args=[season.pk])
                if request.POST.get("do") != "again"
                else f"{reverse('portal:season_line_new', args=[season.pk])}?school={node.id}"
            )
        except BadLine as bad:
            faults = [(fault.field, fault.words) for fault in bad.faults]
        except Refused as refused:
            faults = [(refused.field, str(refused))]
    else:
        # What can be read of the rest is judged too, so that everything is said at once.
        read = {field for field, _ in faults}
        faults += [
            (f.field, f.words)
            for f in faults_of(rules, node.kind.value, draft)
            if f.field not in read and f.field != "seats"
        ]
    return form_page(request, desk, season, node, raw, row, faults, 422)


def form_page(
    request: HttpRequest,
    desk: Desk,
    season: Season,
    node: Node,
    raw: Mapping[str, str],
    row: PlanLine | None = None,
    faults: Faults = (),
    status: int = 200,
    *,
    correcting: bool = False,
) -> HttpResponse:
    """The form; after a refusal with everything that was typed."""
    rules = rules_of(season.rules)
    response = page(
        request,
        "desk/seasons/form.html",
        desk.frame,
        desk=desk,
        view="seasons",
        season=season,
        school=node,
        row=row,
        raw=raw,
        faults=list(faults),
        wrong=dict(faults),
        correcting=correcting,
        batches=[(b.id, b.name) for b in rules.batches if node.kind in b.kinds],
        origins=rules.origins,
        subjects=rules.subjects,
        checks=rules.checks,
        sexes=tuple(SEXES.items()),
        columns=[SEX, *(check.column for check in rules.checks), *(s.column for s in rules.subjects)],
        limits=range(MOST_LIMITS if any(raw.get(f"limit-{n}") for n in range(1, MOST_LIMITS)) else 2),
        expressions=[
            limit.require for limit in draft_from(rules, {**raw_of(request, rules), **raw})[0].limits
        ],
    )
    response.status_code = status
    return response


new = at_desk(_new, Permission.ADMIT_PLAN)
edit = at_desk(_edit, Permission.ADMIT_PLAN)
