"""The public portal: the cities, what each publishes, and a page for each published indicator."""

from __future__ import annotations

import re
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from zhijiao.admissions.queries.seasons import public_season
from zhijiao.indicators.types import Row
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Default, PackIndex
from zhijiao.policy.types.wording import source_of
from zhijiao.portal import boards
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.pages import page
from zhijiao.portal.public.published import Published
from zhijiao.portal.public.quoting import quotation
from zhijiao.records.queries import standing_notices


def home(request: HttpRequest) -> HttpResponse:
    here = frame(request)
    cities = [_published(index, here) for index in policy.indexes()]
    return page(request, "public/home.html", here, cities=cities)


def pack(request: HttpRequest, pack: str) -> HttpResponse:
    here = frame(request, pack)
    public = _published(_index(here), here)
    season = public_season(here.tenant, pack)
    return page(
        request,
        "public/pack.html",
        here,
        public=public,
        data=_open_data(here, public),
        season=season,
        notices=len(standing_notices(here.tenant, pack, timezone.localdate())),
    )


def indicator(request: HttpRequest, pack: str, indicator: str) -> HttpResponse:
    here = frame(request, pack)
    index = _index(here)
    public = _published(index, here)
    thing = index.indicators.get(indicator)
    if thing is None or not public.shows(thing):
        # Unknown and unpublished are answered alike, so that nobody learns which it is.
        raise Http404(f"{public.place}没有公开编号为“{indicator}”的指标。")
    row = public.board.row(indicator)
    return page(
        request,
        "public/indicator.html",
        here,
        public=public,
        row=row,
        indicator=thing,
        sentence=quotation(public, row),
        source=partial(source_of, index),
        parts=[r for r in public.rows if r.parent == indicator],
        clauses=[index.clause(name) for name in thing.clauses if public.tells(name)],
        decisions=_decisions(index, row),
    )


def _index(here: Frame) -> PackIndex:
    assert here.index is not None
    return here.index


def _published(index: PackIndex, here: Frame) -> Published:
    return Published(index, boards.board(index, here))


def _decisions(index: PackIndex, row: Row) -> list[Default]:
    """The decisions that the definition rests on, and those that the reasons on the page cite by number."""
    reasons = " ".join([row.reason, *(fact.answer.reason for fact in (*row.facts, *row.late))])
    cited = re.findall(r"[A-Za-z][A-Za-z0-9.]*[0-9]", reasons)
    names = dict.fromkeys([*row.indicator.definition.decisions, *cited])
    return [index.defaults[name] for name in names if name in index.defaults]


def _open_data(here: Frame, public: Published) -> list[tuple[str, str, str]]:
    """What can be fetched: what it is, its address, its kind."""
    pack = public.index.id
    found = [
        ("全部指标：目标、公布的数、判定与理由", reverse("api-v1:list_indicators", args=[pack]), "JSON"),
        ("按判定统计", reverse("api-v1:read_summary", args=[pack]), "JSON"),
        ("文件及其状态", reverse("api-v1:list_documents", args=[pack]), "JSON"),
        ("接口说明（机器可读）", reverse("api-v1:openapi-json"), "OpenAPI"),
    ]
    workbook = f"{reverse('portal:indicators', args=[pack])}.xlsx"
    if public.whole and _exists(workbook):
        found.insert(1, ("全部指标的表格", workbook, "xlsx"))
    return found


def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
