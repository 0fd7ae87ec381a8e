"""Who looked at my personal data: the person's own side of the access log."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhijiao.exchange.queries.people import reads_of_mine
from zhijiao.exchange.queries.standard import standard
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.pages import page
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Column as SheetColumn

COLUMNS = (
    Column("at", "时间", value=lambda read: read.at),
    Column("name", "谁", value=lambda read: read.name),
    Column("place", "单位"),
    Column("dataset", "看的是"),
    Column("purpose", "用途"),
)


def _named(dataset: str) -> str:
    found = standard().by_id.get(dataset)
    return found.name if found else dataset


def _listed(desk: Desk) -> Listing | None:
    found = reads_of_mine(desk.actor)
    if found is None:
        return None
    kinds = Choice("dataset", "看的是", lambda read: [read.dataset], _named)
    return listing(
        desk.frame, found, COLUMNS, (kinds,), lambda read: (read.name, read.acting_for, read.purpose)
    )


def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    return page(
        request,
        "account/reads.html",
        desk.frame,
        desk=desk,
        view="account",
        list=_listed(desk),
        named=_named,
    )


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = _listed(desk)
    columns = [
        *(SheetColumn("时间", width=20), SheetColumn("谁"), SheetColumn("单位", width=40)),
        *(SheetColumn("看的是", width=20), SheetColumn("用途", width=60)),
    ]
    rows = [
        [
            f"{timezone.localtime(read.at):%Y-%m-%d %H:%M}",
            *(read.name, read.acting_for or None, _named(read.dataset), read.purpose),
        ]
        for read in (found.rows if found else [])
    ]
    return workbook(request, desk, "谁看过我的信息", columns, rows, "reads", reverse("portal:account_reads"))


view = require_safe(at_desk(_view))
file_view = require_safe(at_desk(_file))
