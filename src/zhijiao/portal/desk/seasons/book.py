"""The plan as a workbook: out to fill in, in again with what it would change shown first, kept as drafts as shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijiao.admissions.actions.plan_book import (
    OPEN,
    SHEET,
    Changes,
    OtherChanges,
    apply_changes,
    book,
    plan_changes,
)
from zhijiao.admissions.queries import seasons
from zhijiao.admissions.queries.seasons import Season
from zhijiao.admissions.types.rolls import BadRoll, RollFault
from zhijiao.core.access.roles import Permission
from zhijiao.core.errors import Refusal
from zhijiao.portal.desk.carrying import GONE, MOST_CARRIED, opened, sign
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import XLSX, name_of_file
from zhijiao.portal.pages import page

SALT = "zhijiao.season-plan"
SHOWN = 500


@require_GET
def _template(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    from zhijiao.render.xlsx import write_book

    row = seasons.season(desk.actor.tenant, season)
    created = datetime.combine(desk.on, time(), UTC).replace(tzinfo=None)
    made = book(season=season, by=desk.actor, on=desk.on, created=created)
    return _file(write_book(made), f"{row.title}计划填写表.xlsx", f"plan-{row.code}-to-fill.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def _upload(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    row = seasons.season(desk.actor.tenant, season)
    if request.method != "POST":
        return _show(request, desk, row)
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        return _show(request, desk, row, said="没有选择文件。选一个 .xlsx 或 .csv 再上传。")
    if (sent.size or 0) > MOST_CARRIED:
        words = f"“{sent.name}”超过 {MOST_CARRIED / 1_000_000} MB。去掉图片和无关的工作表，或请运维人员用 zhijiao season plan 导入。"
        return _show(request, desk, row, said=words)
    return _planned(request, desk, row, sent.read(), sent.name or "计划.xlsx")


@require_POST
def _apply(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    row = seasons.season(desk.actor.tenant, season)
    found = opened(request, desk, SALT)
    if found is None:
        return _show(request, desk, row, said=GONE)
    content, name = found
    try:
        apply_changes(
            season=season,
            content=content,
            name=name,
            expect=request.POST.get("expect", ""),
            by=desk.actor,
            at=timezone.now(),
            on=desk.on,
        )
    except (OtherChanges, BadRoll) as error:
        return _planned(request, desk, row, content, name, said=str(error))
    except Refusal as error:
        return _show(request, desk, row, said=str(error))
    return HttpResponseRedirect(reverse("portal:season_plan", args=[season]))


@require_POST
def _marked(request: HttpRequest, desk: Desk, season: int) -> HttpResponse:
    """The sender's own workbook with the faults marked, worked out again from what was sent."""
    from zhijiao.render.xlsx.marking import Mark, marked
    from zhijiao.render.xlsx.opening import UnreadableBook

    row = seasons.season(desk.actor.tenant, season)
    found = opened(request, desk, SALT)
    if found is None:
        return _show(request, desk, row, said=GONE)
    content, name = found
    faults: Sequence[RollFault] = ()
    try:
        plan_changes(season=season, content=content, name=name, by=desk.actor, on=desk.on)
    except BadRoll as error:
        faults = error.faults
    try:
        sheet = _first_sheet(content)
        marks = [Mark(sheet, f.line, f.column, f"{f.words}。{f.remedy}") for f in faults]
        return _file(marked(content, marks), f"要改正_{name}", "plan-marked.xlsx")
    except UnreadableBook as error:
        return _show(request, desk, row, said=str(error))


def _first_sheet(content: bytes) -> str:
    """The sheet that is read."""
    import fastexcel

    names = fastexcel.read_excel(content).sheet_names
    return names[0] if names else SHEET


def _planned(
    request: HttpRequest, desk: Desk, season: Season, content: bytes, name: str, said: str = ""
) -> HttpResponse:
    """What the file would change, or what is wrong with it."""
    found: Changes | None = None
    faults: Sequence[RollFault] = ()
    try:
        found = plan_changes(season=season.pk, content=content, name=name, by=desk.actor, on=desk.on)
    except BadRoll as error:
        faults, said = error.faults, ""
    except Refusal as error:
        return _show(request, desk, season, said=str(error))
    return _show(
        request,
        desk,
        season,
        said=said,
        faults=faults,
        changes=found,
        name=name,
        carried=sign(desk, SALT, content, name),
        is_book=content[:4] == b"PK\x03\x04",
    )


def _show(
    request: HttpRequest,
    desk: Desk,
    season: Season,
    *,
    said: str = "",
    faults: Sequence[RollFault] = (),
    changes: Changes | None = None,
    name: str = "",
    carried: str = "",
    is_book: bool = False,
) -> HttpResponse:
    response = page(
        request,
        "desk/seasons/book.html",
        desk.frame,
        desk=desk,
        view="seasons",
        season=season,
        said=said,
        faults=faults[:SHOWN],
        count=len(faults),
        changes=changes,
        name=name,
        carried=carried,
        is_book=is_book,
        editable=season.phase in OPEN,
    )
    response.status_code = 422 if said or faults else 200
    return response


def _file(content: bytes, name: str, plain: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = name_of_file(name, plain)
    return response


template, upload = at_desk(_template, Permission.ADMIT_PLAN), at_desk(_upload, Permission.ADMIT_PLAN)
apply, marked_view = at_desk(_apply, Permission.ADMIT_PLAN), at_desk(_marked, Permission.ADMIT_PLAN)
