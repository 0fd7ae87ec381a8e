"""The exam body's files in: the roll, and the marks. Every fault at once, or taken over whole."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhijiao.admissions.actions.candidates import HEADINGS, MOST_BYTES, take_roll
from zhijiao.admissions.actions.scores import columns_of, take_marks
from zhijiao.admissions.queries import candidates
from zhijiao.admissions.queries.candidates import Season
from zhijiao.admissions.types.rolls import BadRoll, RollFault, Taken
from zhijiao.core.access.roles import Permission
from zhijiao.core.errors import Refusal
from zhijiao.portal.desk.candidates.shared import show
from zhijiao.portal.desk.guard import Desk, at_desk


def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    seasons = candidates.run_by(desk.actor)
    season = next(
        (one for one in seasons if str(one.pk) == request.POST.get("season")), seasons[0] if seasons else None
    )
    if request.method != "POST" or season is None:
        return _show(request, desk, seasons, season)
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        return _show(request, desk, seasons, season, said="没有选择文件。选一个 .csv 或 .xlsx 再上传。")
    if (sent.size or 0) > MOST_BYTES:
        return _show(request, desk, seasons, season, said=f"“{sent.name}”超过 {MOST_BYTES // 1_000_000} MB。")
    take = take_marks if request.POST.get("kind") == "scores" else take_roll
    try:
        taken = take(
            by=desk.actor,
            at=timezone.now(),
            season=season.pk,
            name=sent.name or "文件",
            content=sent.read(),
        )
    except BadRoll as error:
        return _show(request, desk, seasons, season, faults=error.faults, name=sent.name or "")
    except Refusal as error:
        return _show(request, desk, seasons, season, said=str(error))
    return _show(request, desk, seasons, season, taken=taken, name=sent.name or "")


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
) -> HttpResponse:
    return show(
        request,
        desk,
        "import.html",
        422 if faults or said else 200,
        seasons=seasons,
        season=season,
        said=said,
        faults=faults[:200],
        count=len(faults),
        taken=taken,
        name=name,
        kind=request.POST.get("kind", "candidates"),
        headings=[names[0] for names in HEADINGS.values()],
        columns=columns_of(season) if season else [],
        sheets=candidates.sheets(season) if season else [],
    )


view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_view, Permission.ADMIT_RUN))
