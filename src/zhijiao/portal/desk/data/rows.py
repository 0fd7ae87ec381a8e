"""The rows of a data set within one's scope, and one record with its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.audit import record as note
from zhijiao.exchange import actions
from zhijiao.exchange.queries import records as reading
from zhijiao.exchange.queries.pages import searched
from zhijiao.exchange.queries.people import STANDING, linked
from zhijiao.exchange.types import Dataset, Field, FieldType, Role
from zhijiao.exchange.types.batches import Refused
from zhijiao.exchange.types.measured import NotAsked
from zhijiao.exchange.types.views import RecordView
from zhijiao.lib.numbers import number as written
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.data import masking
from zhijiao.portal.desk.data.behind import Behind, behind
from zhijiao.portal.desk.data.shared import NEEDS, PAGE, Hub, leaf, show
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.desk.sheets import workbook
from zhijiao.render.xlsx import Cell
from zhijiao.render.xlsx import Column as SheetColumn

YEAR = 4
"""Digits of a number that is a year as a rule: without thousands."""
WIDE = 7
"""Fields that a list shows; the record has all of them."""


def _asked(desk: Desk, dataset: Dataset, figure: Behind | None) -> dict[str, object]:
    """What the address narrows the rows to. Words are looked for only where the person may read them in full: a search
    must not tell what a mask hides."""
    if figure is not None:
        return {
            "organisations": figure.organisations,
            "measured": figure.measured,
            "known": figure.known,
        }
    query = desk.frame.query
    unit = row_id(query.get("org", ""))
    organisations = None if unit is None else {unit}
    words = query.get("q", "").strip()
    if words and masking.is_personal(dataset):
        own = {home for home in desk.actor.homes if masking.is_own(desk, home)}
        organisations = own if organisations is None else organisations & own
        words = searched(words)
    period = query.get("period", "")
    return {
        "organisations": organisations,
        "periods": [period] if period else [],
        "words": words,
    }


def columns_of(dataset: Dataset) -> list[Field]:
    """The fields that a list shows: the mandatory ones first, without the organisation, which stands in
    front, and the identity, of which nothing is shown."""
    fields = [field for field in dataset.fields if field.role not in (Role.ORGANISATION, Role.PERSON)]
    chosen = sorted(fields, key=lambda field: not field.mandatory)[:WIDE]
    return [field for field in fields if field in chosen]


def _amount(field: Field, value: str) -> Decimal | None:
    """The number that a value is; None for words, codes and years."""
    if field.type not in (FieldType.NUMBER, FieldType.MONEY) or field.role is not Role.PLAIN:
        return None
    try:
        return None if field.length == YEAR else Decimal(value)
    except InvalidOperation:
        return None  # blank, or covered


def _cell(field: Field, value: str) -> Cell:
    number = _amount(field, value)
    return number if number is not None else value or None


def _in_words(fields: Sequence[Field], values: Mapping[str, str]) -> dict[str, str]:
    """The values that the page shows, thousands separated."""
    found = {field.id: _amount(field, values[field.id]) for field in fields}
    return {**values, **{name: written(number) for name, number in found.items() if number is not None}}


def _view(request: HttpRequest, desk: Desk, dataset: str) -> HttpResponse:
    hub = Hub(desk)
    described = hub.dataset(dataset)
    figure, fields = behind(desk, dataset), columns_of(described)
    asked = _asked(desk, described, figure)
    here = leaf(desk, _count(desk, dataset, asked))
    rows = reading.records(desk.actor, dataset, limit=PAGE, offset=here.offset, **asked)  # type: ignore[arg-type]
    return show(
        request,
        desk,
        "rows.html",
        hub,
        dataset=described,
        figure=figure,
        fields=fields,
        rows=[(row, _in_words(fields, masking.seen(desk, hub.standard, described, row))) for row in rows],
        leaf=here,
        periods=[] if figure else [(p, p) for p in reading.periods_of(desk.actor, dataset) if p],
        units=[(str(n.id), n.label) for n in hub.scope if n.kind in described.owes][:500],
        searchable=not masking.is_personal(described) or any(n.kind in described.owes for n in hub.senders),
        personal=masking.is_personal(described),
        narrowed=any(key in desk.frame.query for key in ("org", "period", "q")),
        own=any(node.kind in described.owes for node in hub.senders),
        reports=desk.actor.may(Permission.REPORT),
        many=len(hub.scope) > 1,
    )


def _count(desk: Desk, dataset: str, asked: Mapping[str, object]) -> int:
    """How many rows. Raises Http404 for a measure whose conditions cannot be asked of records."""
    try:
        return reading.count_records(desk.actor, dataset, **asked)  # type: ignore[arg-type]
    except NotAsked as error:
        raise Http404(
            "这个量的取数条件不能在行表里逐行列出；指标的“为什么”页写着它的算法和查询语句。"
        ) from error


def _file(request: HttpRequest, desk: Desk, dataset: str) -> HttpResponse:
    """The rows that the address asks for, masked as on the page. Taking personal data along is a line of the log."""
    hub = Hub(desk)
    described = hub.dataset(dataset)
    asked = _asked(desk, described, behind(desk, dataset))
    _count(desk, dataset, asked)
    rows = reading.records(desk.actor, dataset, limit=reading.MOST, **asked)  # type: ignore[arg-type]
    fields = [field for field in described.fields if field.role is not Role.ORGANISATION]
    columns = [
        SheetColumn("单位", width=30),
        *(SheetColumn(field.name, field.unit or None) for field in fields),
    ]
    cells: list[list[Cell]] = []
    for row in rows:
        values = masking.seen(desk, hub.standard, described, row)
        cells.append([hub.unit(row.organisation), *(_cell(field, values[field.id]) for field in fields)])
    note(
        by=desk.actor,
        at=timezone.now(),
        action="exchange.export",
        organisation=desk.actor.homes[0] if desk.actor.homes else None,
        object_kind="exchange_dataset",
        object_id=dataset,
        summary=f"下载“{described.name}”{len(rows)} 行",
        detail={"dataset": dataset, "asked": dict(desk.frame.query)},
    )
    page = reverse("portal:data_rows", args=[dataset])
    return workbook(request, desk, described.name, columns, cells, f"data-{dataset.replace('_', '-')}", page)


def _one(desk: Desk, dataset: str, record: int) -> RecordView:
    try:
        return reading.record(desk.actor, record)
    except Invisible as error:
        raise Http404("没有这条记录，或它不在您的范围内。") from error


def _record(request: HttpRequest, desk: Desk, dataset: str, record: int) -> HttpResponse:
    return _record_page(request, desk, dataset, record)


def _record_page(
    request: HttpRequest,
    desk: Desk,
    dataset: str,
    record: int,
    fault: str = "",
    full: str = "",
    field: str = "purpose",
) -> HttpResponse:
    hub = Hub(desk)
    described, one = hub.dataset(dataset), _one(desk, dataset, record)
    desk = replace(
        desk, frame=replace(desk.frame, path=reverse("portal:data_record", args=[dataset, record]))
    )
    person = described.the(Role.PERSON)
    values = masking.seen(desk, hub.standard, described, one, whole=bool(full))
    if full and person is not None:
        values[person.id] = full
    own = masking.is_own(desk, one.organisation)
    by_name = {field.name: field for field in described.fields}
    versions = [
        (
            version,
            [
                (
                    name,
                    masking.shown(hub.standard, by_name[name], before, own=own)
                    if name in by_name
                    else before,
                    masking.shown(hub.standard, by_name[name], after, own=own) if name in by_name else after,
                )
                for name, before, after in version.changes
            ],
        )
        for version in reading.history(desk.actor, record)
    ]
    return show(
        request,
        desk,
        "record.html",
        hub,
        422 if fault else 200,
        dataset=described,
        record=one,
        values=values,
        versions=versions,
        masked=masking.is_personal(described) and not full,
        full=full,
        fault=fault,
        field=field,
        typed=request.POST,
        links=linked(desk.actor, one.person) if own and one.person is not None else [],
        may_link=own and one.person is not None and dataset in STANDING,
        may_reveal=person is not None
        and one.person is not None
        and any(desk.actor.may(p, one.organisation) for p in (Permission.REPORT, Permission.REVIEW)),
    )


def _link(request: HttpRequest, desk: Desk, dataset: str, record: int) -> HttpResponse:
    """Say which account is this person, or take it back."""
    _one(desk, dataset, record)
    verb = actions.unlink_person if "end" in request.POST else actions.link_person
    try:
        verb(by=desk.actor, at=timezone.now(), record=record, username=request.POST.get("username", ""))
    except Refused as refused:
        return _record_page(request, desk, dataset, record, fault=str(refused), field="username")
    return HttpResponseRedirect(reverse("portal:data_record", args=[dataset, record]))


def _reveal(request: HttpRequest, desk: Desk, dataset: str, record: int) -> HttpResponse:
    """The whole record, for a purpose that the person concerned can read."""
    _one(desk, dataset, record)
    try:
        full = actions.read_identity(
            by=desk.actor, at=timezone.now(), record_id=record, purpose=request.POST.get("purpose", "")
        )
    except Refused as refused:
        return _record_page(request, desk, dataset, record, fault=str(refused))
    return _record_page(request, desk, dataset, record, full=full)


view = require_safe(at_desk(_view, *NEEDS))
file_view = require_safe(at_desk(_file, *NEEDS))
record_view = require_safe(at_desk(_record, *NEEDS))
link_view = require_POST(at_desk(_link, Permission.REPORT))
reveal_view = require_POST(at_desk(_reveal, Permission.REPORT, Permission.REVIEW))
