"""The hand-in page of data: what I owe and by when, one place to drop a file, and what became of the last ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from zhijiao.core.access.roles import Permission
from zhijiao.exchange import actions
from zhijiao.exchange.actions.receiving import MEGABYTE, limit
from zhijiao.exchange.queries.batches import batches, by_number
from zhijiao.exchange.queries.owed import owed
from zhijiao.exchange.queries.pages import Likely, recognise, remembered
from zhijiao.exchange.types import FileUnusable, State
from zhijiao.exchange.types.batches import Refused
from zhijiao.exchange.types.views import Owed, OwedState
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.data import masking
from zhijiao.portal.desk.data.shared import NEEDS, OWED, Hub, show
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.looks import Look
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.render.xlsx import Column as SheetColumn

AT_ONCE = 3_000_000
"""Bytes of a file that is checked while its sender waits; a longer one is checked by a job."""
RECENT = 8


@dataclass(frozen=True)
class Line:
    """A data set that an organisation owes, as the page shows it."""

    owed: Owed
    unit: str
    look: Look

    @property
    def refused(self) -> bool:
        """Whether its last file could not be read."""
        return self.owed.last is not None and self.owed.last.state is State.REFUSED

    @property
    def href(self) -> str:
        """Where its file is, or where its rows are."""
        last = self.owed.last
        if last is not None and (
            self.refused or self.owed.state in (OwedState.CHECKING, OwedState.TO_CONFIRM)
        ):
            return reverse("portal:data_batch", args=[last.number])
        if self.owed.waiting:
            return (
                f"{reverse('portal:data_held')}?dataset={self.owed.dataset.id}&org={self.owed.organisation}"
            )
        return reverse("portal:data_rows", args=[self.owed.dataset.id])


def look_of(line: Owed) -> Look:
    """Where a data set stands."""
    if line.state is OwedState.MISSING:
        if line.late:
            return OWED["late"]
        return OWED["missing"] if line.due else OWED["change"]
    return OWED[line.state.value]


COLUMNS = (
    Column("name", "数据集", value=lambda line: line.owed.dataset.number),
    Column("period", "这一期"),
    Column("due", "截止", value=lambda line: line.owed.due),
    Column("state", "状态"),
    Column("records", "库里", num=True, value=lambda line: line.owed.records),
    Column("last", "上次交", value=lambda line: line.owed.last.received_at if line.owed.last else None),
)
_ORDER = list(OWED)


def lines(desk: Desk, organisations: Sequence[int]) -> list[Line]:
    """What organisations owe, what waits for somebody first."""
    hub = Hub(desk)
    found = [
        Line(one, hub.unit(one.organisation), look_of(one))
        for one in owed(desk.actor, organisations=organisations, on=desk.on)
    ]
    urgent = {
        key: place for place, key in enumerate(("to_confirm", "checking", "waiting_rows", "late", "missing"))
    }
    return sorted(found, key=lambda line: (urgent.get(line.look.key, 9), line.owed.due or desk.on))


def listed(desk: Desk, found: Sequence[Line]) -> Listing:
    """The lines as the address asks for them."""
    choices = [Choice("state", "状态", lambda line: [line.look.key], lambda key: OWED[key].words)]
    if len({line.unit for line in found}) > 1:
        choices.append(Choice("unit", "单位", lambda line: [line.unit]))
    return listing(desk.frame, found, COLUMNS, choices, lambda line: (line.owed.dataset.name, line.unit))


def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    return hand_in_page(request, desk)


def hand_in_page(
    request: HttpRequest,
    desk: Desk,
    fault: str = "",
    candidates: Sequence[Likely] = (),
    status: int = 200,
    kept: str = "",
) -> HttpResponse:
    """The page; with why a file was not taken."""
    desk = replace(desk, frame=replace(desk.frame, path=reverse("portal:data")))
    hub = Hub(desk)
    found = lines(desk, [node.id for node in hub.senders])
    counted = Counter(line.look.key for line in found)
    return show(
        request,
        desk,
        "hand_in.html",
        hub,
        status,
        list=listed(desk, found),
        counted=[(OWED[key], counted[key]) for key in _ORDER if counted[key]],
        recent=batches(desk.actor, organisations=[node.id for node in hub.senders], limit=RECENT),
        fault=fault,
        candidates=candidates,
        mine=_mine(hub),
        kept=kept,
        kept_name=actions.aside(by=desk.actor, at=timezone.now(), key=kept).name if kept else "",
        organisation=row_id(request.POST.get("organisation", "")),
        chosen=request.POST.get("dataset", "") or desk.frame.query.get("dataset", ""),
        reviews=desk.actor.may(Permission.REVIEW),
        several=len(hub.senders) > 1,
    )


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    hub = Hub(desk)
    desk = replace(desk, frame=replace(desk.frame, path=reverse("portal:data")))
    rows = listed(desk, lines(desk, [node.id for node in hub.senders])).rows
    return owed_workbook(request, desk, rows, "数据归集情况", reverse("portal:data"))


def owed_workbook(
    request: HttpRequest, desk: Desk, rows: Sequence[Line], title: str, page: str
) -> HttpResponse:
    """What is owed, as a workbook."""
    columns = [
        *(SheetColumn("单位", width=30), SheetColumn("数据集", width=26), SheetColumn("这一期")),
        *(SheetColumn("截止", kind="date"), SheetColumn("状态"), SheetColumn("库里行数", kind="number")),
        *(SheetColumn("待改行数", kind="number"), SheetColumn("来源差异", kind="number")),
        *(SheetColumn("最近一次文件", width=36), SheetColumn("批次")),
    ]
    cells = [
        [
            *(line.unit, line.owed.dataset.name, line.owed.period or None, line.owed.due, line.look.words),
            *(line.owed.records, line.owed.waiting, line.owed.differences),
            *((line.owed.last.file_name, line.owed.last.number) if line.owed.last else (None, None)),
        ]
        for line in rows
    ]
    return workbook(request, desk, title, columns, cells, "data-owed", page)


def _upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take a file: for the data set that was said, else for the one that its heading names."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("portal:data"))
    sent = request.FILES.get("file")
    if request.POST.get("kept") and not isinstance(sent, UploadedFile):
        return _take_up(request, desk, request.POST["kept"])
    if not isinstance(sent, UploadedFile):
        return hand_in_page(request, desk, "没有收到文件。请先选一个 .xlsx 或 .csv 文件。", status=422)
    hub = Hub(desk)
    organisation = row_id(request.POST.get("organisation", "")) or (hub.senders[0].id if hub.senders else 0)
    dataset = request.POST.get("dataset", "")
    try:
        if not dataset:
            likely = _recognised(sent, hub, organisation)
            sure = likely[0].dataset.id if likely and likely[0].sure else ""
            dataset = sure or remembered(desk.actor, organisation, _readable(sent), sent.name or "")
            if not dataset:
                kept = _set_aside(desk, organisation, sent)
                return hand_in_page(request, desk, _unlike(sent, likely), likely[:5], 422, kept)
        return _receive(desk, dataset, organisation, sent.name or "数据", sent.chunks(), sent.size or 0)
    except (FileUnusable, Refused) as refused:
        return hand_in_page(request, desk, str(refused), status=422)


def _receive(
    desk: Desk, dataset: str, organisation: int, name: str, chunks: Iterable[bytes], size: int
) -> HttpResponse:
    at_once = size <= AT_ONCE
    batch = actions.receive(
        by=desk.actor,
        at=timezone.now(),
        dataset=dataset,
        organisation=organisation,
        name=name,
        chunks=chunks,
        now=at_once,
    )
    if at_once:
        actions.check(batch=batch.pk, by=desk.actor, at=timezone.now())
    return HttpResponseRedirect(reverse(f"portal:{_next(desk, batch.number)}", args=[batch.number]))


def _next(desk: Desk, number: str) -> str:
    """The page that comes next: the columns one by one, where it is only their names that are not known."""
    detail = by_number(desk.actor, number)
    unknown = any(problem.rule == "missing_column" for problem in detail.problems)
    own = masking.is_own(desk, detail.batch.organisation)  # the sender's file is open to nobody else
    return "data_columns" if own and unknown and detail.batch.state is State.REFUSED else "data_batch"


def _mine(hub: Hub) -> set[str]:
    """The data sets that the organisations of this desk hand in by their kind."""
    kinds = {node.kind for node in hub.senders}
    return {one.id for one in hub.standard.datasets if kinds & set(one.owes)}


def _set_aside(desk: Desk, organisation: int, sent: UploadedFile) -> str:
    """Keep a file whose data set has to be said first; empty where it is no table. Raises FileUnusable."""
    no_table = (sent.name or "").lower().endswith(".xlsx") and not _is_workbook(sent)
    if no_table:
        return ""
    if (sent.size or 0) > limit():
        raise FileUnusable(
            f"“{sent.name}”超过 {limit() // MEGABYTE} MB。请分成几个文件（比如一个年级一个）再交。"
        )
    sent.seek(0)
    return actions.set_aside(
        by=desk.actor,
        at=timezone.now(),
        organisation=organisation,
        name=sent.name or "数据",
        chunks=sent.chunks(),
    )


def _take_up(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    """Go on with a file that was set aside, now that its data set was said."""
    hub, at = Hub(desk), timezone.now()
    organisation = row_id(request.POST.get("organisation", "")) or (hub.senders[0].id if hub.senders else 0)
    dataset = request.POST.get("dataset", "")
    try:
        kept = actions.aside(by=desk.actor, at=at, key=key)
        if not dataset:
            words = f"请选定“{kept.name}”是哪一类数据。文件还留着，不用再选。"
            return hand_in_page(request, desk, words, status=422, kept=key)
        chunks = actions.content_aside(by=desk.actor, at=at, key=key)
        done = _receive(desk, dataset, organisation, kept.name, chunks, kept.size)
    except (FileUnusable, Refused) as refused:
        return hand_in_page(request, desk, str(refused), status=422)
    actions.let_go(by=desk.actor, at=at, key=key)
    return done


def _recognised(sent: UploadedFile, hub: Hub, organisation: int) -> list[Likely]:
    node = hub.desk.tree.nodes.get(organisation)
    mine = {one.id for one in hub.standard.datasets if node is not None and node.kind in one.owes}
    return recognise(_readable(sent), sent.name or "", mine)


def _readable(sent: UploadedFile) -> bytes | Path:
    if isinstance(sent, TemporaryUploadedFile):
        return Path(sent.temporary_file_path())
    content: bytes = sent.read()
    sent.seek(0)
    return content


def _unlike(sent: UploadedFile, likely: Sequence[Likely]) -> str:
    if not likely:
        if (sent.name or "").lower().endswith(".xlsx") and not _is_workbook(sent):
            return f"“{sent.name}”里不是 Excel 工作簿，可能改过扩展名或已经损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 再交。"
        return f"“{sent.name}”的表头认不出是哪一类数据。请在“是哪一类数据”里选定，点“接着读这个文件”，下一步可以逐列对应。"
    near = "、".join(f"{one.dataset.name}（必填列有 {round(100 * one.share)}%）" for one in likely[:3])
    return f"“{sent.name}”的表头不全，可能是：{near}。请在“是哪一类数据”里选定，点“接着读这个文件”，下一步可以逐列对应。"


def _is_workbook(sent: UploadedFile) -> bool:
    sent.seek(0)
    start: bytes = sent.read(4)
    sent.seek(0)
    return start == b"PK\x03\x04"


view = require_safe(at_desk(_view, *NEEDS))
file_view = require_safe(at_desk(_file, *NEEDS))
upload_view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_upload, Permission.REPORT))
