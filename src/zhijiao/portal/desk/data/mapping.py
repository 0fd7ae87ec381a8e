"""A file whose heading is not understood: its columns and our fields side by side, said once and kept."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhijiao.core.access.actor import Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.exchange import actions
from zhijiao.exchange.queries.pages import Shape, fingerprint_of, guesses_of, shape_of
from zhijiao.exchange.types import Dataset, FileUnusable, Layout, Role
from zhijiao.exchange.types.batches import Refused
from zhijiao.exchange.types.views import Detail
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.data import masking
from zhijiao.portal.desk.data.files import found
from zhijiao.portal.desk.data.shared import Hub, show
from zhijiao.portal.desk.guard import Desk, at_desk


def _view(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Show the columns; on POST read the file again by what was said of them."""
    detail, hub = found(desk, number), Hub(desk)
    desk.actor.require(Permission.REPORT, detail.batch.organisation)
    if not masking.is_own(desk, detail.batch.organisation):
        raise NotAllowed(Permission.REPORT, "原表只给交它的单位看")
    dataset = hub.dataset(detail.batch.dataset)
    said = request.POST if request.method == "POST" else request.GET
    try:
        shape = shape_of(desk.actor, number, sheet=said.get("sheet", ""), row=_row(said.get("row", "")))
    except (Invisible, FileUnusable) as error:
        raise Http404("这个文件不能逐列对应：太大，或读不了。请改用模板。") from error
    if request.method == "POST":
        return _read_again(request, desk, detail, hub, dataset, shape)
    chosen = {column.field: column.title for column in shape.columns if column.field}
    guessed = guesses_of(dataset, shape)
    return _page(request, desk, detail, hub, dataset, shape, {**guessed, **chosen}, {}, [], guessed)


def _read_again(
    request: HttpRequest, desk: Desk, detail: Detail, hub: Hub, dataset: Dataset, shape: Shape
) -> HttpResponse:
    titles = {column.title for column in shape.columns}
    chosen = {f.id: request.POST.get(f"column-{f.id}", "") for f in dataset.fields}
    fixed = {f.id: request.POST.get(f"fixed-{f.id}", "").strip()[:200] for f in dataset.fields}
    columns = {field: title for field, title in chosen.items() if title in titles}
    constants = {field: text for field, text in fixed.items() if text and field not in columns}
    faults = _faults(dataset, columns, constants)
    if not faults:
        layout = Layout(shape.sheet, shape.row, 1, columns, constants)
        try:
            actions.read_again(by=desk.actor, at=timezone.now(), batch=detail.batch.id, layout=layout)
            if "keep" in request.POST:
                actions.save_layout(
                    by=desk.actor,
                    at=timezone.now(),
                    organisation=detail.batch.organisation,
                    dataset=dataset.id,
                    fingerprint=fingerprint_of(shape),
                    layout=layout,
                )
            actions.check(batch=detail.batch.id, by=desk.actor, at=timezone.now())
        except (Refused, FileUnusable) as refused:
            faults = [("", str(refused))]
        else:
            return HttpResponseRedirect(reverse("portal:data_batch", args=[detail.batch.number]))
    return _page(request, desk, detail, hub, dataset, shape, chosen, fixed, faults)


def _faults(dataset: Dataset, columns: dict[str, str], constants: dict[str, str]) -> list[tuple[str, str]]:
    faults = []
    for field in dataset.fields:
        left_out = field.id not in columns and field.id not in constants
        if field.mandatory and left_out and field.role is not Role.ORGANISATION:
            faults.append((f"column-{field.id}", f"“{field.name}”必填：请选它在哪一列，或填一个每行都用的值"))
    taken: dict[str, str] = {}
    for name, title in columns.items():
        if title in taken:
            both = f"“{dataset.by_id[taken[title]].name}”和“{dataset.by_id[name].name}”"
            faults.append((f"column-{name}", f"列“{title}”同时给了{both}，请留一个"))
        taken[title] = name
    return faults


def _page(
    request: HttpRequest,
    desk: Desk,
    detail: Detail,
    hub: Hub,
    dataset: Dataset,
    shape: Shape,
    chosen: dict[str, str],
    fixed: dict[str, str],
    faults: list[tuple[str, str]],
    guessed: Mapping[str, str] | None = None,
) -> HttpResponse:
    return show(
        request,
        desk,
        "columns.html",
        hub,
        422 if faults else 200,
        detail=detail,
        batch=detail.batch,
        dataset=dataset,
        shape=shape,
        fields=sorted(dataset.fields, key=lambda f: not f.mandatory),
        chosen=chosen,
        fixed=fixed,
        guessed=guessed or {},
        missing=[
            dataset.by_id[problem.field].name
            for problem in detail.problems
            if problem.rule == "missing_column" and problem.field in dataset.by_id
        ],
        samples={column.title: "、".join(column.samples) for column in shape.columns},
        unused=[c for c in shape.columns if c.title not in chosen.values()],
        faults=faults,
        beside=dict(faults),
        organisation=Role.ORGANISATION,
        unit=hub.unit(detail.batch.organisation),
    )


def _row(text: str) -> int:
    return row_id(text) or 0


view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(_view, Permission.REPORT))
