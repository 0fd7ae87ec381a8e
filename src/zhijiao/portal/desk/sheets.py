"""A list of the desk as a workbook to take away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from zhijiao.portal.desk.guard import Desk
from zhijiao.render.xlsx import Book, Cell, Column, Fact, Link, Sheet, write_book

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST = 31
"""Characters that the name of a sheet may have."""


def workbook(
    request: HttpRequest,
    desk: Desk,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    name: str,
    page: str,
) -> HttpResponse:
    """The rows as one sheet, with the day and the address `page` of what it shows. `name`: of the file, in plain letters."""
    day = desk.on.isoformat()
    address = request.build_absolute_uri(page)
    book = Book(
        title,
        [Sheet(title[:_LONGEST], title, columns, rows, source=f"截至{day}", freeze_columns=1)],
        datetime.combine(desk.on, time(), UTC).replace(tzinfo=None),
        [Fact("截至", desk.on), Fact("页面", Link(address, address))],
    )
    response = HttpResponse(write_book(book), content_type=XLSX)
    response["Content-Disposition"] = name_of_file(f"{title}_{day}.xlsx", f"{name}-{day}.xlsx")
    return response


def name_of_file(name: str, plain_name: str) -> str:
    """Content-Disposition of a download: the Chinese name, and a plain one for programs that cannot read it."""
    return f"attachment; filename=\"{plain_name}\"; filename*=UTF-8''{quote(name, safe='')}"
