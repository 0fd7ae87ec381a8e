"""The matrix of one target as a workbook, out and in again. What comes in fills the form; nothing is saved unseen."""

from __future__ import annotations

from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from zhijiao.core.access.roles import Permission
from zhijiao.policy.types import Indicator
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.desk.targets.splitting import (
    Matrix,
    Place,
    matrix_of,
    matrix_page,
    place_of,
    read,
    subject,
)
from zhijiao.render.xlsx import Cell, Column
from zhijiao.render.xlsx.opening import MOST_BYTES, UnreadableBook, not_a_workbook, open_book

MOST_ROWS = 2000


@require_http_methods(["GET", "POST"])
def _book(request: HttpRequest, desk: Desk, indicator: str) -> HttpResponse:
    index, known, target = subject(desk, indicator)
    place = place_of(desk, known)
    made = matrix_of(desk, index, known, target, place, None)
    if request.method == "GET":
        return _out(request, desk, known, place, made)
    try:
        sent, strangers = taken(request.FILES.get("book"), place, made)
    except UnreadableBook as fault:
        return matrix_page(
            request, desk, known, target, place, made, faults=[("book", str(fault))], status=422
        )
    made = matrix_of(desk, index, known, target, place, sent)
    _, wrong = read(known, place, made)
    faults = [*wrong.items(), *(("book", words) for words in strangers)]
    return matrix_page(
        request,
        desk,
        known,
        target,
        place,
        made,
        faults=faults,
        told_of="" if faults else "已从工作簿填入，还没有保存；核对后请保存草稿。",
        status=422 if faults else 200,
    )


def _out(request: HttpRequest, desk: Desk, known: Indicator, place: Place, made: Matrix) -> HttpResponse:
    columns = (
        *(Column("代码", width=24, locked=True), Column("单位", width=30, locked=True)),
        *(Column(f"{year}年", unit=known.unit, kind="number", width=16) for year in made.years),
    )
    values, _ = read(known, place, made)
    rows: list[list[Cell]] = [
        [node.code, node.name, *(values[year].get(node.id) for year in made.years)] for node in place.nodes
    ]
    page = reverse("portal:split", args=[known.id])
    return workbook(request, desk, f"目标分解 {known.name}"[:31], columns, rows, "split", page)


def taken(file: UploadedFile | None, place: Place, made: Matrix) -> tuple[dict[str, str], list[str]]:
    """What a workbook says, as the form would send it, and its rows that are nobody's. Raises UnreadableBook."""
    if file is None:
        raise UnreadableBook("没有收到文件", "请选择从这里下载、填好的工作簿")
    if (file.size or 0) > MOST_BYTES:
        raise not_a_workbook()
    sheet = open_book(file.read(), values=True).worksheets[0]
    rows = list(sheet.iter_rows(min_row=1, max_row=MOST_ROWS, values_only=True))
    head = next((n for n, row in enumerate(rows) if row and str(row[0]).strip() == "代码"), None)
    if head is None:
        raise UnreadableBook("没有找到“代码”一栏", "请在从这里下载的工作簿里填写，不要改动表头")
    years = {
        year: column
        for column, title in enumerate(rows[head])
        for year in made.years
        if str(title or "").startswith(f"{year}年")
    }
    if not years:
        raise UnreadableBook("没有找到年份的栏", f"请保留 {made.years[0]}年 等栏名")
    by_code = {node.code: node for node in place.nodes}
    sent = {f"s-{o}-{year}": text for (o, year), text in made.typed.items() if year not in years}
    strangers = []
    for row in rows[head + 1 :]:
        code = str(row[0] or "").strip()
        if code in by_code:
            for year, column in years.items():
                sent[f"s-{by_code[code].id}-{year}"] = _text(row[column] if column < len(row) else None)
        elif code and any(row[column] is not None for column in years.values() if column < len(row)):
            strangers.append(f"代码“{code[:40]}”不是可以分解目标的单位，这一行没有填入。")
    return sent, strangers


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    return str(value).strip()


download = at_desk(_book, Permission.SPLIT_TARGETS)
