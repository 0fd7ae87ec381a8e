"""The lines of a season's plan as a list: filtered, sorted, as a workbook; hand in, pass and approve those that are ticked."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from zhijiao.admissions.actions.lines import COUNTIES, approve_lines, copy_lines, pass_lines, propose_lines
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import brochure, plan, seasons
from zhijiao.admissions.queries.browsing import lines_before
from zhijiao.admissions.queries.plan import hands_of
from zhijiao.admissions.queries.seasons import Season, rules_of
from zhijiao.admissions.types.plan import LineView
from zhijiao.admissions.types.states import LineState, Phase
from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import OrganisationKind
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.seasons.shared import SEES, Faults, look_of_line, own_schools
from zhijiao.portal.desk.sheets import XLSX, name_of_file
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing

COLUMNS = (
    Column("code", "代码", value=lambda row: row.code or "99999"),
    Column("school", "学校", value=lambda row: by_pinyin(row.school)),
    Column("major", "专业", value=lambda row: by_pinyin(row.major)),
    Column("batch", "批次"),
    Column("years", "学制", num=True, value=lambda row: row.years),
    Column("seats", "计划", num=True, value=lambda row: row.seats),
    Column("fees", "收费"),
    Column("state", "状态", value=lambda row: (row.state, row.reviewed)),
)
MOST = 2000


def _state(row: LineView) -> str:
    return "reviewed" if row.state == LineState.PROPOSED.value and row.reviewed else row.state


def listed(desk: Desk, season: Season) -> Listing:
    """The lines as the address asks for them."""
    return listing(
        desk.frame,
        plan.lines(season, desk.tree),
        COLUMNS,
        (
            Choice("batch", "批次", lambda row: [row.batch_name]),
            Choice("kind", "学校类别", lambda row: [row.kind], lambda key: OrganisationKind(key).words),
            Choice("county", "县（市、区）", lambda row: [row.county] if row.county else []),
            Choice(
                "state",
                "状态",
                lambda row: [_state(row)],
                lambda key: "县里已审" if key == "reviewed" else LineState(key).words,
            ),
        ),
        lambda row: (row.code, row.school, row.major, row.major_code),
    )


def _tickable(desk: Desk, season: Season, rows: Sequence[LineView]) -> tuple[list[int], list[int]]:
    """The listed lines that the person may approve now, and those that the person may let pass."""
    if season.phase != Phase.PLANNING.value:
        return [], []
    rules, actor = rules_of(season.rules), desk.actor
    approves, passes = [], []
    for row in rows:
        county = desk.tree.nearest(row.organisation, COUNTIES)
        hands = hands_of(rules, row.kind, under_county=county is not None)
        if hands is None or row.state != LineState.PROPOSED.value:
            continue
        if (row.reviewed or not hands.review) and actor.may(
            Permission.ADMIT_APPROVE, season.bureaus[hands.approve]
        ):
            approves.append(row.id)
        if (
            hands.review
            and not row.reviewed
            and county is not None
            and actor.may(Permission.ADMIT_APPROVE, county.id)
        ):
            passes.append(row.id)
    return approves, passes


def plan_page(
    request: HttpRequest, desk: Desk, season: Season, faults: Faults = (), status: int = 200
) -> HttpResponse:
    """The list, with what the person can do with lines."""
    found = listed(desk, season)
    planning = season.phase == Phase.PLANNING.value
    schools = own_schools(desk)
    drafts = {row.organisation for row in found.rows if row.state == LineState.DRAFT.value}
    approves, passes = _tickable(desk, season, found.rows)
    response = page(
        request,
        "desk/seasons/plan.html",
        desk.frame,
        desk=desk,
        view="seasons",
        season=season,
        list=found,
        look=look_of_line,
        fees=brochure.fees,
        seats=brochure.seats,
        planning=planning,
        editable=season.phase in (Phase.PREPARING.value, Phase.PLANNING.value),
        schools=schools,
        books=season.phase in (Phase.PREPARING.value, Phase.PLANNING.value)
        and desk.actor.may(Permission.ADMIT_PLAN),
        proposes=[node for node in schools if node.id in drafts] if planning else [],
        copies=[node for node in schools if lines_before(season, node.id)] if planning else [],
        approves=approves,
        passes=passes,
        tickable={*approves, *passes},
        sums=plan.sums(season, found.rows),
        total=sum(row.seats for row in found.rows),
        faults=list(faults),
    )
    response.status_code = status
    return response


@require_GET
def _view(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    return plan_page(request, desk, seasons.season(desk.actor.tenant, season))


@require_GET
def _file(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    from zhijiao.render.xlsx import write_book

    row = seasons.season(desk.actor.tenant, season)
    book = brochure.book(row, listed(desk, row).rows, created=timezone.now())
    response = HttpResponse(write_book(book), content_type=XLSX)
    response["Content-Disposition"] = name_of_file(f"{row.title}计划.xlsx", f"plan-{row.code}.xlsx")
    return response


@require_POST
def _act(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    row = seasons.season(desk.actor.tenant, season)
    what = request.POST.get("do", "")
    ids = [found for text in request.POST.getlist("line")[:MOST] if (found := row_id(text)) is not None]
    at = timezone.now()
    try:
        verb, _, school = what.partition("-")
        unit = row_id(school)
        if verb == "propose" and unit is not None:
            propose_lines(season=season, organisation=unit, by=desk.actor, at=at, on=desk.on)
        elif verb == "copy" and unit is not None:
            copy_lines(season=season, organisation=unit, by=desk.actor, at=at, on=desk.on)
        elif what in ("pass-all", "approve-all"):
            approves, passes = _tickable(desk, row, listed(desk, row).rows)
            if what == "approve-all":
                approve_lines(lines=approves, by=desk.actor, at=at, on=desk.on)
            else:
                pass_lines(lines=passes, by=desk.actor, at=at, on=desk.on)
        elif what in ("pass", "approve") and not ids:
            raise Refused("请先勾选要办理的专业。")
        elif what == "pass":
            pass_lines(lines=ids, by=desk.actor, at=at, on=desk.on)
        elif what == "approve":
            approve_lines(lines=ids, by=desk.actor, at=at, on=desk.on)
        else:
            raise Refused("请选择要办理的一步。")
    except Refused as refused:
        return plan_page(request, desk, row, [("", str(refused))], 422)
    address = reverse("portal:season_plan", args=[season])
    return HttpResponseRedirect(f"{address}?{urlencode(desk.frame.query)}" if desk.frame.query else address)


view = at_desk(_view, *SEES)
file = at_desk(_file, *SEES)
act = at_desk(_act, Permission.ADMIT_PLAN, Permission.ADMIT_APPROVE)
