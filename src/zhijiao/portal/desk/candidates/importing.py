"""Files of other bodies in: the roll, marks, results of checks, seats given elsewhere. Every fault at once, or taken over whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijiao.admissions.actions.candidates import HEADINGS, MOST_BYTES, take_roll
from zhijiao.admissions.actions.results import checks_of, take_checks, take_elsewhere, withdraw_elsewhere
from zhijiao.admissions.actions.scores import columns_of, take_marks
from zhijiao.admissions.actions.shared import Refused
from zhijiao.admissions.queries import candidates, imports
from zhijiao.admissions.queries.candidates import Season
from zhijiao.admissions.types.rolls import BadRoll, RollFault, Taken
from zhijiao.admissions.types.states import SheetKind
from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.errors import Refusal
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.candidates.shared import show
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import XLSX, name_of_file

ELSEWHERE = f"{SheetKind.ELSEWHERE.value}-"


def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    seasons = candidates.run_by(desk.actor)
    season = next(
        (one for one in seasons if str(one.pk) == (request.POST.get("season") or request.GET.get("season"))),
        seasons[0] if seasons else None,
    )
    if request.method != "POST" or season is None:
        return _show(request, desk, seasons, season)
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        return _show(request, desk, seasons, season, said="没有选择文件。选一个 .csv 或 .xlsx 再上传。")
    if (sent.size or 0) > MOST_BYTES:
        return _show(request, desk, seasons, season, said=f"“{sent.name}”超过 {MOST_BYTES // 1_000_000} MB。")
    kind = request.POST.get("kind", "")
    if kind not in {sort.key for sort in imports.sorts(desk.actor, season)}:
        return _show(request, desk, seasons, season, said="这一类文件不由您导入，请重新选择。")
    try:
        taken = _take(desk, season, kind, sent.name or "文件", sent.read())
    except BadRoll as error:
        return _show(request, desk, seasons, season, faults=error.faults, name=sent.name or "")
    except Refusal as error:
        return _show(request, desk, seasons, season, said=str(error))
    return _show(request, desk, seasons, season, taken=taken, name=sent.name or "")


def _take(desk: Desk, season: Season, kind: str, name: str, content: bytes) -> Taken:
    by, at = desk.actor, timezone.now()
    if kind.startswith(ELSEWHERE):
        way = kind.removeprefix(ELSEWHERE)
        return take_elsewhere(by=by, at=at, season=season.pk, way=way, name=name, content=content)
    take = {SheetKind.SCORES.value: take_marks, SheetKind.CHECKS.value: take_checks}.get(kind, take_roll)
    return take(by=by, at=at, season=season.pk, name=name, content=content)


@require_POST
def _withdraw(request: HttpRequest, desk: Desk) -> HttpResponse:
    seasons = candidates.run_by(desk.actor)
    season = next((one for one in seasons if str(one.pk) == request.POST.get("season")), None)
    sheet = row_id(request.POST.get("sheet"))
    if season is None or sheet is None:
        raise Invisible("没有这一批录取结果。")
    reason = request.POST.get("reason", "")
    try:
        withdraw_elsewhere(by=desk.actor, at=timezone.now(), season=season.pk, sheet=sheet, reason=reason)
    except Refused as error:
        return _show(request, desk, seasons, season, refused=(f"reason-{sheet}", str(error)))
    return HttpResponseRedirect(reverse("portal:candidates_import"))


@require_GET
def _template(request: HttpRequest, desk: Desk, season: int, kind: str) -> HttpResponse:
    from zhijiao.render.xlsx import write_book

    found = next((one for one in candidates.run_by(desk.actor) if one.pk == season), None)
    sort = next(
        (each for each in (imports.sorts(desk.actor, found) if found else ()) if each.key == kind), None
    )
    if found is None or sort is None or not sort.template:
        raise Invisible("没有这个模板。")
    created = datetime.combine(desk.on, time(), UTC).replace(tzinfo=None)
    response = HttpResponse(write_book(imports.template(found, sort, created)), content_type=XLSX)
    response["Content-Disposition"] = name_of_file(f"{sort.words}模板.xlsx", f"{kind}-template.xlsx")
    return response


def _show(
    request: HttpRequest,
    desk: Desk,
    seasons: Sequence[Season],
    season: Season | None,
    *,
    said: str = "",
    faults: Sequence[RollFault] = (),
    taken: Taken | None = None,
    name: str = "",
    refused: tuple[str, str] | None = None,
) -> HttpResponse:
    return show(
        request,
        desk,
        "import.html",
        422 if faults or said or refused else 200,
        seasons=seasons,
        season=season,
        said=said,
        faults=faults[:200],
        count=len(faults),
        taken=taken,
        name=name,
        kind=request.POST.get("kind", "candidates"),
        refused=refused,
        typed=request.POST.get("reason", ""),
        sorts=imports.sorts(desk.actor, season) if season else [],
        checks=checks_of(season) if season else [],
        headings=[names[0] for names in HEADINGS.values()],
        columns=columns_of(season) if season else [],
        sheets=imports.kept(desk.actor, season) if season else [],
    )


withdraw_view = at_desk(_withdraw, Permission.ADMIT_RUN)
template_view = at_desk(_template, Permission.ADMIT_RUN)
view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_view, Permission.ADMIT_RUN))
