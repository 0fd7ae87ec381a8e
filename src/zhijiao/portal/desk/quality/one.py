"""Data quality of one data set of one organisation: every part, what was not checked, fields with gaps, period by period."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhijiao.core.access.roles import Permission
from zhijiao.engines.quality import Subject, percent
from zhijiao.exchange.queries.quality import quality, uncounted
from zhijiao.portal.desk.data.shared import Hub
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.quality.shared import NEEDS, Line
from zhijiao.portal.desk.sheets import workbook
from zhijiao.portal.pages import page
from zhijiao.render.xlsx import Column as SheetColumn


def _line(desk: Desk, organisation: int, dataset: str) -> Line:
    hub = Hub(desk)
    hub.dataset(dataset)
    node = next((node for node in hub.scope if node.id == organisation), None)
    if node is None:
        raise Http404("没有这个单位的数据。")
    found = quality(
        desk.actor,
        organisations=[organisation],
        on=desk.on,
        datasets=[dataset],
        period=desk.frame.query.get("period", ""),
    )
    if not found:
        raise Http404(f"{node.label}不报送这类数据，也没有入库的行。")
    return Line(found[0], node, desk.actor.may(Permission.REPORT, organisation), desk)


def _view(request: HttpRequest, desk: Desk, organisation: int, dataset: str) -> HttpResponse:
    line = _line(desk, organisation, dataset)
    parts = [
        (subject, part, percent(part.share))
        for subject in Subject
        if (part := line.judged.score.part(subject)) is not None and part.share is not None
    ]
    return page(
        request,
        "desk/quality/one.html",
        desk.frame,
        desk=desk,
        view="quality",
        line=line,
        parts=parts,
        unchecked=[(subject.words, why) for subject, why in line.judged.score.unchecked.items()],
        gaps=line.judged.gaps,
        uncounted=uncounted(desk.actor),
    )


def _file(request: HttpRequest, desk: Desk, organisation: int, dataset: str) -> HttpResponse:
    """The fields with gaps."""
    line = _line(desk, organisation, dataset)
    columns = [
        *(SheetColumn("项", width=30), SheetColumn("必填"), SheetColumn("空缺行数", kind="number")),
        SheetColumn("共有行数", kind="number"),
    ]
    cells = [
        [gap.field.name, "是" if gap.field.mandatory else "否", gap.empty, line.facts.rows]
        for gap in line.judged.gaps
    ]
    title = f"{line.dataset.name}空缺项"
    address = reverse("portal:quality_one", args=[organisation, dataset])
    return workbook(request, desk, title, columns, cells, "data-gaps", address)


view = require_safe(at_desk(_view, *NEEDS))
file_view = require_safe(at_desk(_file, *NEEDS))
