"""The plan of a season for everybody: a list to search, a page a major, the leaflet, and the same as data."""

from __future__ import annotations

from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

from zhijiao.admissions.queries import brochure, seasons
from zhijiao.admissions.queries.browsing import NEAR, Reach, open_lines, reach
from zhijiao.admissions.queries.notices import standing_notices
from zhijiao.admissions.queries.plan import signatures
from zhijiao.admissions.queries.seasons import Season, rules_of
from zhijiao.admissions.types.plan import LineView
from zhijiao.admissions.types.states import RoundKind
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import tree
from zhijiao.lib.numbers import amount
from zhijiao.portal.desk.sheets import XLSX, name_of_file
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
COLUMNS = (
    Column("code", "代码", value=lambda row: row.code),
    Column("school", "学校", value=lambda row: by_pinyin(row.school)),
    Column("major", "专业", value=lambda row: by_pinyin(row.major)),
    Column("years", "学制", num=True, value=lambda row: row.years),
    Column("seats", "计划", num=True, value=lambda row: row.seats),
    Column("fees", "收费", value=lambda row: (Decimal(0) if row.exempt else row.tuition, row.boarding_fee)),
    Column("diploma", "毕业证和升学"),
    Column("line", "去年最低分", num=True, value=lambda row: _last(row)),
)


def _last(row: LineView) -> Decimal | None:
    return amount(row.last_year.get("line", ""))


def _full(season: Season) -> Decimal:
    return sum((subject.full for subject in rules_of(season.rules).subjects), Decimal(0))


def _total(here: Frame, season: Season) -> Decimal | None:
    total = amount(here.query.get("total", ""))
    return total if total is not None and 0 <= total <= _full(season) else None


def _season(here: Frame, code: str | None) -> Season:
    assert here.index is not None
    found = seasons.public_season(here.tenant, here.index.id, code)
    if found is None:
        raise Http404(
            f"没有代码为“{code}”的招生计划，或还没有公布。"
            if code
            else "招生计划还没有公布。公布后在这里查看。"
        )
    return found


def listed(here: Frame, season: Season, total: Decimal | None) -> Listing:
    """The lines as the address asks for them."""
    lines = open_lines(season, tree(here.tenant, here.on))
    choices = [
        Choice("batch", "批次", lambda row: [row.batch_name]),
        Choice("kind", "学校类别", lambda row: [row.kind], lambda key: OrganisationKind(key).words),
        Choice("county", "县（市、区）", lambda row: [row.county] if row.county else []),
        Choice(
            "boarding",
            "住宿",
            lambda row: ["yes" if row.boarding else "no"],
            lambda key: {"yes": "有住宿", "no": "没有住宿"}[key],
        ),
    ]
    if total is not None:
        choices.append(
            Choice("reach", "按去年的线", lambda row: [reach(row, total).value], lambda key: Reach(key).words)
        )
    return listing(
        here,
        lines,
        COLUMNS,
        choices,
        lambda row: (row.code, row.school, row.major, row.major_code, row.partner, row.ways_up),
    )


@require_GET
def view(request: HttpRequest, pack: str) -> HttpResponse:
    here = frame(request, pack)
    try:
        season = _season(here, here.query.get("season"))
    except Http404:
        if here.query.get("season"):
            raise
        return page(request, "public/plan_none.html", here)
    total = _total(here, season)
    found = listed(here, season, total)
    rules = rules_of(season.rules)
    response = page(
        request,
        "public/plan.html",
        here,
        season=season,
        list=found,
        notices=standing_notices(here.tenant, here.index.id, here.on) if here.index else [],
        sentences=brochure.rule_sentences(rules),
        rounds=[r for r in seasons.rounds(season) if r.kind != RoundKind.MOCK.value],
        windows=brochure.window_words,
        rules=rules,
        fees=brochure.fees,
        seats=brochure.seats,
        total=total,
        typed=here.query.get("total", ""),
        reach=(lambda row: reach(row, total)) if total is not None else None,
        near=NEAR,
        full=_full(season),
        has_lines=any(row.last_year.get("line") for row in open_lines(season, tree(here.tenant, here.on))),
    )
    if not here.signed_in:
        # A crowd reads the same page: what stands in front of the product may keep it for a minute.
        patch_cache_control(response, public=True, max_age=60)
    return response


@require_GET
def one(request: HttpRequest, pack: str, season: str, code: str) -> HttpResponse:
    here = frame(request, pack)
    found = _season(here, season)
    line = _line(here, found, code)
    others = [
        row
        for row in open_lines(found, tree(here.tenant, here.on))
        if row.organisation == line.organisation and row.id != line.id
    ]
    return page(
        request,
        "public/plan_line.html",
        here,
        season=found,
        line=line,
        others=others,
        fees=brochure.fees(line),
        kind=OrganisationKind(line.kind).words,
        rules=rules_of(found.rules),
    )


def _line(here: Frame, season: Season, code: str) -> LineView:
    for row in open_lines(season, tree(here.tenant, here.on)):
        if row.code == code:
            return row
    raise Http404(f"{season.title}里没有招生代码为“{code}”的专业。")


@require_GET
def file(request: HttpRequest, pack: str) -> HttpResponse:
    from zhijiao.render.xlsx import write_book

    here = frame(request, pack)
    season = _season(here, here.query.get("season"))
    rows = listed(here, season, _total(here, season)).rows
    response = HttpResponse(
        write_book(brochure.book(season, rows, created=timezone.now())), content_type=XLSX
    )
    response["Content-Disposition"] = name_of_file(f"{season.title}计划.xlsx", f"plan-{season.code}.xlsx")
    return response


@require_GET
def data(request: HttpRequest, pack: str) -> HttpResponse:
    here = frame(request, pack)
    season = _season(here, here.query.get("season"))
    lines = open_lines(season, tree(here.tenant, here.on))
    return JsonResponse(brochure.data(season, lines), json_dumps_params={"ensure_ascii": False})


@require_GET
def document(request: HttpRequest, pack: str) -> HttpResponse:
    here = frame(request, pack)
    season = _season(here, here.query.get("season"))
    lines = open_lines(season, tree(here.tenant, here.on))
    made = brochure.document(
        season,
        lines,
        [r for r in seasons.rounds(season) if r.kind != RoundKind.MOCK.value],
        signatures(season, season.plan_digest),
        created=season.locked_at or timezone.now(),
    )
    response = HttpResponse(made, content_type=DOCX)
    response["Content-Disposition"] = name_of_file(f"{season.title}简章.docx", f"brochure-{season.code}.docx")
    return response
