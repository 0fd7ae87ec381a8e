"""Views that answer with a file."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse

from zhijiao.core.kinds import Tenant
from zhijiao.policy.packs.loading import directories
from zhijiao.policy.packs.problems import PackNotFound
from zhijiao.policy.packs.reading import folder_of
from zhijiao.policy.packs.workbook import write_workbook
from zhijiao.policy.types import PackIndex
from zhijiao.portal import boards, links
from zhijiao.portal.compare.columns import chosen, columns_of
from zhijiao.portal.compare.filters import asked, keeps_line
from zhijiao.portal.compare.lines import lines
from zhijiao.portal.exports.narrowing import NARROW, filters_in_words
from zhijiao.portal.frame import Frame, frame
from zhijiao.reports import queries as reports
from zhijiao.reports.queries import EXPORTERS, Scene, TemplateRefused

log = logging.getLogger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def as_list(request: HttpRequest, pack: str, exporter: str) -> HttpResponse:
    """A list with the filters of its page."""
    here, index = _opened(request, pack)
    narrow = NARROW.get(exporter)
    # Without filters the file holds everything, also what the page tells elsewhere.
    only = narrow(here, index) if narrow is not None and _is_asked(here) else None
    return _list(request, here, index, exporter, only)


def document(request: HttpRequest, pack: str, document: str) -> HttpResponse:
    """The clauses of one document."""
    here, index = _opened(request, pack)
    if document not in index.documents:
        raise Http404(f"本政策包没有编号为“{document}”的文件。")
    shown = NARROW["clauses"](here, index)
    only = [name for name in shown if index.clauses[name].document == document]
    return _list(request, here, index, "clauses", only)


def _list(
    request: HttpRequest, here: Frame, index: PackIndex, exporter: str, only: list[str] | None
) -> HttpResponse:
    content = reports.list_workbook(
        exporter,
        _scene(request, here, index),
        only=only,
        filters=filters_in_words(here),
        permalink=request.build_absolute_uri(here.permalink),
    )
    return _file(content, XLSX, index, exporter, EXPORTERS[exporter].title, here)


def board(request: HttpRequest, pack: str) -> HttpResponse:
    """The whole board, a sheet per card."""
    here, index = _opened(request, pack)
    permalink = request.build_absolute_uri(here.permalink)
    content = reports.board_workbook(_scene(request, here, index), permalink=permalink)
    return _file(content, XLSX, index, "board", "看板", here)


def brief(request: HttpRequest, pack: str) -> HttpResponse:
    """The progress brief, in the office's own template where the pack has one."""
    here, index = _opened(request, pack)
    try:
        content = reports.brief_document(index, here.on, _template(index.id))
    except TemplateRefused as refused:
        # A reader can do nothing about a template; who keeps it finds why here and on the command line.
        log.warning("政策包 %s 的 %s：%s", index.id, reports.TEMPLATE, refused)
        content = reports.brief_document(index, here.on)
    return _file(content, DOCX, index, "brief", "目标任务进展情况", here)


def workbook(request: HttpRequest, pack: str) -> HttpResponse:
    """The workbook that officials edit and send back."""
    here, index = _opened(request, pack)
    with TemporaryDirectory() as place:
        path = Path(place) / "workbook.xlsx"
        write_workbook(index, path)
        return _file(path.read_bytes(), XLSX, index, "workbook", "目标和任务", here)


def compare(request: HttpRequest) -> HttpResponse:
    """The places side by side, as the page shows them."""
    here = frame(request)
    columns = columns_of(here)
    shown = chosen(columns, here.query.get("packs", ""))
    if not shown:
        raise Http404("还没有装入政策包。")
    kept = [line.concept.id for line in lines(columns, shown) if keeps_line(asked(here), line)]
    scene = Scene(
        shown[0].index,
        shown[0].board,
        others=tuple((column.index, column.board) for column in shown[1:]),
        demo=here.tenant is Tenant.DEMO,
    )
    content = reports.list_workbook(
        "compare",
        scene,
        only=kept,
        filters=filters_in_words(here),
        permalink=request.build_absolute_uri(here.permalink),
    )
    names = "、".join(column.index.pack.manifest.short for column in shown)
    return _answer(content, XLSX, "compare.xlsx", f"{names}对照_{here.on.isoformat()}.xlsx")


# -- shared ----------------------------------------------------------------------------------------


def _opened(request: HttpRequest, pack: str) -> tuple[Frame, PackIndex]:
    here = frame(request, pack)
    assert here.index is not None  # a frame with a pack has one, or has answered 404
    return here, here.index


def _is_asked(here: Frame) -> bool:
    return any(key not in ("v", "on") for key in here.query)


def _scene(request: HttpRequest, here: Frame, index: PackIndex) -> Scene:
    return Scene(
        index,
        boards.board(index, here),
        partial(_address, request, here),
        demo=here.tenant is Tenant.DEMO,
    )


def _address(request: HttpRequest, here: Frame, room: str, object_id: str) -> str | None:
    """The page of an object, pinned to the version and the day that the file was made from."""
    assert here.index is not None
    pinned = Frame(here.path, {"on": here.on.isoformat(), "v": here.version}, here.on, here.index)
    found = links.href(pinned, room, object_id)
    return None if found is None else request.build_absolute_uri(found)


def _template(pack: str) -> bytes | None:
    try:
        path = folder_of(pack, directories()) / reports.TEMPLATE
    except PackNotFound:
        return None
    return path.read_bytes() if path.is_file() else None


def _file(content: bytes, kind: str, index: PackIndex, name: str, title: str, here: Frame) -> HttpResponse:
    ending = "docx" if kind == DOCX else "xlsx"
    day = here.on.isoformat()
    chinese = f"{index.pack.manifest.place}{title}_{day}.{ending}"
    return _answer(content, kind, f"{index.id}-{name}-{day}.{ending}", chinese)


def _answer(content: bytes, kind: str, ascii_name: str, name: str) -> HttpResponse:
    """A file under its Chinese name, and under a plain one for programs that cannot read it (RFC 6266, RFC 5987)."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    return response
