"""Handing files in and out: the addresses under /files/, and what forms with evidence need of them.

A page that takes evidence puts `upload.files(ticket)` (components/upload.html) into its form and calls `attached` when the
form comes back. With the script the files go up as soon as they are chosen and the form carries only their numbers; without
it they come with the form. The ticket, signed, says for which organisation and parties the files are kept, so that no form
can say otherwise.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote

from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from zhijiao.core import filestore
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.sessions import now
from zhijiao.core.filestore import EVIDENCE, FileRefused
from zhijiao.core.filestore.kinds import accept, words_for
from zhijiao.core.filestore.store import MEGABYTE, limit
from zhijiao.core.models import StoredFile
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk

SALT = "zhijiao.upload"
FIELD = "files"
KEPT = "evidence"
TICKET_SECONDS = 24 * 3600
MOST_FILES = 20


@dataclass(frozen=True)
class Ticket:
    """What the upload field of a form needs: the signed place, what may be chosen, and in words."""

    signed: str
    accept: str = accept(EVIDENCE)
    kinds: str = words_for(EVIDENCE)
    most: int = MOST_FILES

    @property
    def megabytes(self) -> int:
        """The most that one file may have."""
        return limit() // MEGABYTE


@dataclass(frozen=True)
class Attached:
    """The files of a form that came back, and what was wrong with others."""

    files: tuple[StoredFile, ...]
    errors: tuple[str, ...] = ()

    @property
    def ids(self) -> list[int]:
        """Their numbers, for the row that they prove."""
        return [file.pk for file in self.files]


def ticket(actor: Actor, organisation: int, parties: Collection[int] = ()) -> Ticket:
    """Let this person hand in files for an organisation."""
    place = {"u": actor.user, "o": organisation, "p": sorted(set(parties))}
    return Ticket(signing.dumps(place, salt=SALT, compress=True))


def attached(request: HttpRequest, desk: Desk, organisation: int, parties: Collection[int] = ()) -> Attached:
    """What came with a form: files stored earlier by number, and files that come with it."""
    wanted = {found for text in request.POST.getlist(KEPT) if (found := row_id(text)) is not None}
    # In the person's scope and of this organisation only, so that nobody proves theirs with another's paper.
    known = StoredFile.objects.filter(pk__in=sorted(wanted)[:MOST_FILES], organisation_id=organisation)
    made, errors = _stored(request, desk.actor, organisation, parties)
    return Attached((*known.order_by("id"), *made), tuple(errors))


def _stored(
    request: HttpRequest, actor: Actor, organisation: int, parties: Collection[int]
) -> tuple[list[StoredFile], list[str]]:
    made, errors = [], []
    uploads = request.FILES.getlist(FIELD)
    if len(uploads) > MOST_FILES:
        return [], [f"一次最多上传 {MOST_FILES} 个文件，这次选了 {len(uploads)} 个，请分几次上传。"]
    for upload in uploads:
        try:
            made.append(
                filestore.store(upload, organisation=organisation, parties=parties, by=actor, at=now())
            )
        except FileRefused as refused:
            errors.append(str(refused))
    return made, errors


def upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Files as soon as they are chosen: answers with the lines that stand for them in the form."""
    try:
        place = signing.loads(request.POST.get("ticket", ""), salt=SALT, max_age=TICKET_SECONDS)
    except signing.BadSignature:
        return _lines(request, [], ["页面打开得太久，上传凭据已过期。请刷新页面后重新选择文件。"])
    if place["u"] != desk.actor.user:
        raise Http404
    made, errors = _stored(request, desk.actor, place["o"], place["p"])
    if not made and not errors:
        errors = ["没有收到文件。请重新选择。"]
    return _lines(request, made, errors)


def _lines(request: HttpRequest, files: list[StoredFile], errors: list[str]) -> HttpResponse:
    context = {"files": files, "errors": errors}
    # 200 also where files were refused: the lines say which and why, and the form stays as it is.
    return render(request, "portal/desk/uploaded.html", context)


def download(request: HttpRequest, desk: Desk, file: int) -> HttpResponse:
    """The file itself, for saving only."""
    found = StoredFile.objects.filter(pk=file).first()
    if found is None:
        raise Http404("没有这个文件，或它不在您的范围内。")
    return handed_out(found, desk.actor)


def handed_out(found: StoredFile, actor: Actor) -> HttpResponse:
    """A file that the person may have, for saving only: a browser runs and shows nothing of it."""
    try:
        place = filestore.content_of(found, by=actor, at=now())
    except FileRefused as refused:
        raise Http404(str(refused)) from refused
    answer = FileResponse(place.open("rb"), content_type=found.media_type)
    answer["Content-Length"] = str(found.size)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return cast(HttpResponse, answer)  # Django's types keep streamed answers apart


upload_view = require_POST(at_desk(upload))
download_view = require_GET(at_desk(download))
