"""The audit trail on a screen: who did what to which object, and whether the chain over it holds."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from zhijiao.core import environment
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import now
from zhijiao.core.audit import record
from zhijiao.core.auditing import heads, sealing, verifying
from zhijiao.core.auditing.reading import MOST, Asked, Entry, count, events
from zhijiao.core.auditing.rules import Fault
from zhijiao.core.auditing.words import SUBJECTS, words_for
from zhijiao.core.models import AuditEvent
from zhijiao.lib.numbers import row_id, whole
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.organisations.listing import as_file
from zhijiao.portal.pages import page
from zhijiao.render.xlsx import Book, Fact, Sheet, write_book
from zhijiao.render.xlsx import Column as SheetColumn

PAGE = 100
CHECKED = "audit.verified"
FAULTS = {
    "gap": "这一环缺失",
    "event_missing": "记录已不存在",
    "altered": "记录或这一环被改动",
    "slipped_in": "记录是在前后封存之后插入的",
    "tail_cut": "曾经记下的链头已不在，其后的记录被删除",
    "head_differs": "与当时记下的链头不一致",
}


def asked(desk: Desk) -> Asked:
    """What the address asks for. A day that is none is answered with 404."""
    query = desk.frame.query
    organisation = query.get("organisation", "")
    kind, _, number = query.get("object", "").partition(":")
    return Asked(
        who=query.get("who", ""),
        action=query.get("action", ""),
        object_kind=kind,
        object_id=number,
        organisation=row_id(organisation),
        words=query.get("q", ""),
        since=_day(query.get("from", "")),
        until=_day(query.get("until", "")),
        tenant=desk.actor.tenant,
    )


def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    wanted = asked(desk)
    here = whole(desk.frame.query.get("page", "1")) or 1
    oldest_first = desk.frame.query.get("sort") == "at"
    total = count(wanted)
    last = AuditEvent.objects.filter(action=CHECKED).order_by("-id").first()
    return page(
        request,
        "desk/audit.html",
        desk.frame,
        desk=desk,
        view="audit",
        rows=events(wanted, limit=PAGE, offset=(here - 1) * PAGE, oldest_first=oldest_first),
        total=total,
        here=here,
        pages=max(1, -(-total // PAGE)),
        oldest_first=oldest_first,
        words_for=words_for,
        subjects=[(f"{key}.", words) for key, words in SUBJECTS.items()],
        organisations=_organisations(desk),
        names={node.id: node.label for node in desk.tree.nodes.values()},
        head=sealing.head(),
        last=last,
        most=MOST,
    )


def _file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The lines that the address asks for as a workbook. Taking them along is itself a line."""
    wanted, at = asked(desk), timezone.localtime(now())
    found = events(wanted)
    record(
        by=desk.actor,
        at=at,
        action="audit.exported",
        organisation=desk.actor.homes[0],
        summary=f"下载审计记录 {len(found)} 条",
    )
    names = {node.id: node.name for node in desk.tree.nodes.values()}
    columns = [
        *(SheetColumn("编号", kind="number"), SheetColumn("时间", width=20), SheetColumn("谁", width=20)),
        *(SheetColumn("单位", width=30), SheetColumn("做了什么", width=24), SheetColumn("内容", width=60)),
        *(SheetColumn("对象"), SheetColumn("地址", width=16)),
    ]
    rows = [
        [
            *(entry.id, f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}", entry.name),
            *(names.get(entry.organisation or 0) or None, words_for(entry.action), entry.summary or None),
            *(_object(entry) or None, entry.address or None),
        ]
        for entry in found
    ]
    told = f"共{len(found)}条" if len(found) < MOST else f"最近{MOST}条，更早的请缩小日期范围"
    sheet = Sheet("审计记录", "审计记录", columns, rows, told, "没有符合条件的记录。", 1)
    facts = [Fact("范围", told), Fact("链头", str(sealing.head()))]
    book = write_book(Book("审计记录", [sheet], at.replace(tzinfo=None), facts))
    return as_file(book, f"审计记录_{at.date()}.xlsx", "audit.xlsx")


def _verify(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Check the whole chain now, and note what was found."""
    at = now()
    verdict = verifying.verify(known=heads.noted(environment.data_folder()), at=at)
    words = f"封存链完好，共{verdict.head.position}环" if verdict.holds else f"封存链有{verdict.count}处问题"
    record(
        by=desk.actor,
        at=at,
        action=CHECKED,
        organisation=desk.actor.homes[0],
        summary=words,
        detail={
            "holds": verdict.holds,
            "head": str(verdict.head),
            # Without names: the chain is one for all, the reader's scope is not.
            "faults": [_fault(fault) for fault in verdict.faults[:20]],
        },
    )
    return HttpResponseRedirect(reverse("portal:audit"))


def _fault(fault: Fault) -> str:
    where = f"第{fault.position}环" if fault.position else f"记录{fault.event}"
    return f"{where}：{FAULTS[fault.kind]}"


def _object(entry: Entry) -> str:
    return f"{entry.object_kind}:{entry.object_id}" if entry.object_id else ""


def _organisations(desk: Desk) -> list[tuple[str, str]]:
    """The organisations whose trail the person reads, for a filter."""
    mine = desk.actor.organisations(Permission.READ_AUDIT)
    nodes = [node for node in desk.tree.nodes.values() if node.id in mine]
    return [
        (str(node.id), desk.tree.path(node.id)) for node in sorted(nodes, key=lambda n: desk.tree.path(n.id))
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Http404(f"地址里的日期“{text}”无法识别，请写成 2026-01-31 的样子。") from error


NEEDS = Permission.READ_AUDIT
view = require_safe(at_desk(_view, NEEDS))
file_view = require_safe(at_desk(_file, NEEDS))
verify_view = require_POST(at_desk(_verify, NEEDS))
