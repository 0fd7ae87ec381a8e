"""The figures of a season of admission: demand for each seat, how it filled, who goes from county to county."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhijiao.admissions.queries import seasons
from zhijiao.admissions.queries.counting import ALL, Asked, Counted, counted
from zhijiao.core.access.sessions import signed_in
from zhijiao.core.tree import tree
from zhijiao.portal.desk.sheets import XLSX, name_of_file
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.ordering import by_pinyin
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Cell

COLUMNS = (
    Column("code", "代码", value=lambda row: row.code),
    Column("school", "学校", value=lambda row: by_pinyin(row.school)),
    Column("major", "专业", value=lambda row: by_pinyin(row.major)),
    Column("batch", "批次"),
    Column("seats", "计划（人）", num=True, value=lambda row: row.seats),
    Column("asked", "填报（人）", num=True, value=lambda row: row.asked),
    Column("first", "第一志愿（人）", num=True, value=lambda row: row.first),
    Column("each", "每计划填报", num=True, value=lambda row: row.each),
    Column("admitted", "录取（人）", num=True, value=lambda row: row.admitted),
    Column("fill", "完成计划", num=True, value=lambda row: row.fill),
)


def listed(here: Frame, found: Counted) -> Listing:
    """The lines as the address asks for them."""
    return listing(
        here,
        found.rows,
        COLUMNS,
        (
            Choice("batch", "批次", lambda row: [row.batch]),
            Choice("county", "学校所在县（市、区）", lambda row: [row.county]),
            Choice(
                "left",
                "完成",
                lambda row: [] if row.admitted is None else ["left" if row.admitted < row.seats else "full"],
                lambda key: {"left": "有余额", "full": "已满"}[key],
            ),
        ),
        lambda row: (row.code, row.school, row.major),
    )


def _found(request: HttpRequest, pack: str, here: Frame) -> Counted | None:
    code = here.query.get("season")
    season = seasons.public_season(here.tenant, pack, code)
    if season is None:
        if code:
            raise Http404(f"没有代码为“{code}”的招生季，或计划还没有公布。")
        return None
    return counted(season, tree(here.tenant, here.on), signed_in(request), timezone.now())


@require_safe
def view(request: HttpRequest, pack: str) -> HttpResponse:
    """The page: for the bureaus as it grows, for everybody after the result."""
    here = frame(request, pack, "cockpit")
    found = _found(request, pack, here)
    return page(
        request,
        "cockpit/admissions.html",
        here,
        found=found,
        list=listed(here, found) if found is not None else None,
        all=ALL,
        seasons=[
            (
                each.title,
                f"{reverse('portal:admissions', args=[pack])}?season={each.code}",
                found is not None and each.code == found.season.code,
            )
            for each in seasons.public_seasons(here.tenant, pack)
        ],
    )


@require_safe
def file(request: HttpRequest, pack: str) -> HttpResponse:
    """The same as a workbook."""
    from zhijiao.render.xlsx import Book, Fact, Sheet, write_book
    from zhijiao.render.xlsx import Column as Head

    here = frame(request, pack, "cockpit")
    found = _found(request, pack, here)
    if found is None:
        raise Http404("招生计划还没有公布。")
    units = {"seats": "人", "asked": "人", "first": "人", "admitted": "人"}
    heads = [
        Head(c.label.removesuffix("（人）"), units.get(c.key), "number" if c.num else "text") for c in COLUMNS
    ]
    rows = [
        _cells(row)
        for row in listed(replace(here, path=reverse("portal:admissions", args=[pack])), found).rows
    ]
    sheets = [Sheet("各专业", f"{found.season.title}填报和录取", tuple(heads), rows)]
    if found.flows is not None:
        names = found.flows.counties
        grid: list[list[Cell]] = [
            [
                "合计" if source == ALL else source,
                *(found.flows.of(source, target) for target in (*names, ALL)),
            ]
            for source in (*names, ALL)
        ]
        columns = (Head("毕业学校所在地"), *(Head(name, "人", "number") for name in (*names, "合计")))
        sheets.append(Sheet("跨县流动", f"{found.season.title}跨县（市、区）就读", columns, grid))
    facts = (
        Fact("统计时间", timezone.localdate()),
        Fact("人数少的格子", "空白，不公布" if not found.everything else "全部列出"),
    )
    title = f"{found.season.title}统计"
    response = HttpResponse(
        write_book(Book(title, sheets, created=timezone.now(), facts=facts)), content_type=XLSX
    )
    response["Content-Disposition"] = name_of_file(f"{title}.xlsx", f"admissions-{found.season.code}.xlsx")
    return response


def _cells(row: Asked) -> list[Cell]:
    each = None if row.each is None else Decimal(f"{row.each:.2f}")
    fill = None if row.fill is None else Decimal(f"{row.fill:.4f}")
    return [
        *(row.code, row.school, row.major, row.batch, row.seats, row.asked, row.first, each),
        row.admitted,
        fill,
    ]
