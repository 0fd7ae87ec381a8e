"""Reads: rows of a data set, one record's history, and records as they were known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.scope import acting
from zhijiao.exchange.models import Batch, Record
from zhijiao.exchange.queries.batches import edition_of
from zhijiao.exchange.queries.selecting import condition
from zhijiao.exchange.store import layouts, telling
from zhijiao.exchange.types import Dataset
from zhijiao.exchange.types.measured import Measured
from zhijiao.exchange.types.views import RecordView, Version

MOST = 20_000
"""Rows that are given at once; filters give the others."""


def records(
    by: Actor,
    dataset: str,
    *,
    source: str = "",
    organisations: Collection[int] | None = None,
    periods: Collection[str] = (),
    values: Mapping[str, str] | None = None,
    words: str = "",
    known: int | None = None,
    measured: Measured | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[RecordView]:
    """Rows that the actor sees, in the order of organisation and key; identities masked. `values`: fields that must be equal,
    `words`: text that a row has somewhere. `known`: as the batches up to this sequence had made them. `measured`: those that a
    measure takes. Raises `NotAsked` for a measure that asks for more than stands in the records."""
    with acting(by):
        rows = _asked(by, dataset, source, organisations, periods, values, words, known, measured)
        return _views(rows.order_by("organisation_id", "key")[offset : offset + min(limit, MOST)], dataset)


def count_records(
    by: Actor,
    dataset: str,
    *,
    source: str = "",
    organisations: Collection[int] | None = None,
    periods: Collection[str] = (),
    values: Mapping[str, str] | None = None,
    words: str = "",
    known: int | None = None,
    measured: Measured | None = None,
) -> int:
    """How many there are."""
    with acting(by):
        rows = _asked(by, dataset, source, organisations, periods, values, words, known, measured)
        return rows.count()


def periods_of(by: Actor, dataset: str, *, organisations: Collection[int] | None = None) -> list[str]:
    """The periods of which there are rows, newest first."""
    with acting(by):
        rows = _asked(by, dataset, "", organisations, (), None, "", None)
        return sorted(rows.values_list("period", flat=True).distinct(), reverse=True)


def record(by: Actor, id_: int) -> RecordView:
    """One record. Raises Invisible."""
    with acting(by):
        found = Record.objects.select_related("shelf").filter(pk=id_, shelf__tenant=by.tenant.value).first()
        if found is None:
            raise Invisible("no such record")
        return _views([found], found.shelf.dataset)[0]


def history(by: Actor, id_: int) -> list[Version]:
    """Every version of the record that has the same key, newest first: which batch brought and which ended it, and what was
    different. Raises Invisible."""
    with acting(by):
        one = Record.objects.select_related("shelf").filter(pk=id_, shelf__tenant=by.tenant.value).first()
        if one is None:
            raise Invisible("no such record")
        rows = list(
            Record.objects.filter(shelf=one.shelf, organisation=one.organisation_id, key=one.key).order_by(
                "since"
            )
        )
        views = _views(rows, one.shelf.dataset)
    # A batch of somebody above is named even where its file is not this reader's to open.
    batches = _batches({n for r in rows for n in (r.since, r.until) if n is not None}, one.shelf.dataset)
    found: list[Version] = []
    for row, view, before in zip(rows, views, [None, *views[:-1]], strict=True):
        came, ended = batches.get(row.since), batches.get(row.until or 0)
        dataset = _dataset(came[3] if came else "", one.shelf.dataset)
        changes = (
            [
                (f.name, before.values.get(f.id, ""), view.values.get(f.id, ""))
                for f in dataset.fields
                if before.values.get(f.id, "") != view.values.get(f.id, "")
            ]
            if before is not None and before.until == row.since and dataset is not None
            else []
        )
        found.append(
            Version(
                view,
                came[0] if came else "",
                came[1] if came else None,
                came[2] if came else "",
                ended[0] if ended else "",
                ended[1] if ended else None,
                changes,
            )
        )
    return found[::-1]


def as_known(tenant: str, dataset: str, sequence: int, *, source: str = "") -> QuerySet[Record]:
    """Records as the batches up to a sequence had made them. Within a scope, or under the bulk role."""
    return Record.objects.filter(
        Q(until__isnull=True) | Q(until__gt=sequence),
        shelf__tenant=tenant,
        shelf__dataset=dataset,
        shelf__source=source,
        since__lte=sequence,
    )


def _asked(
    by: Actor,
    dataset: str,
    source: str,
    organisations: Collection[int] | None,
    periods: Collection[str],
    values: Mapping[str, str] | None,
    words: str,
    known: int | None,
    measured: Measured | None = None,
) -> QuerySet[Record]:
    if known is None:
        rows = Record.objects.filter(
            shelf__tenant=by.tenant.value, shelf__dataset=dataset, shelf__source=source, until__isnull=True
        )
    else:
        rows = as_known(by.tenant.value, dataset, known, source=source)
    if organisations is not None:
        rows = rows.filter(organisation_id__in=organisations)
    if periods:
        rows = rows.filter(period__in=periods)
    if words:
        rows = rows.filter(data__icontains=words.replace(telling.SEPARATOR, ""))
    described = _dataset("", dataset)
    now = layouts.values_of(by.tenant, dataset, source) if values else ""
    for name, value in (values or {}).items():
        place = (
            next((n for n, f in enumerate(described.fields, 1) if f.id == name), None) if described else None
        )
        if place is not None:
            rows = rows.extra(
                where=[f"split_part({now}, %s, %s) = %s"], params=[telling.SEPARATOR, place, value]
            )
    if measured is not None:
        where, parameters = condition(measured, by.tenant.value, known, lambda name: _dataset("", name))
        rows = rows.extra(where=[where], params=parameters)
    return rows


def _views(rows: Sequence[Record] | QuerySet[Record], dataset: str) -> list[RecordView]:
    """Rows as eyes may see them, each by the standard of the batch that brought it."""
    rows = list(rows)
    editions = _editions({row.since for row in rows})
    found = []
    for row in rows:
        described = _dataset(editions.get(row.since, ""), dataset)
        values = telling.shown(row.data, described) if described is not None else {}
        found.append(
            RecordView(
                row.pk,
                row.organisation_id,
                row.period,
                telling.key_words(row.key, described) if described is not None else "",
                values,
                row.person,
                row.since,
                row.until,
            )
        )
    return found


def _editions(sequences: Collection[int]) -> dict[int, str]:
    """The standards of batches: no secret of theirs, so read past the scope."""
    return {sequence: found[3] for sequence, found in _batches(sequences, "").items()}


def _batches(sequences: Collection[int], dataset: str) -> dict[int, tuple[Any, ...]]:
    """Number, moment, sender and standard of batches by sequence."""
    from zhijiao.core.access.scope import bulk

    if not sequences:
        return {}
    with bulk():
        rows = Batch.objects.filter(sequence__in=sequences)
        return {
            int(r[0] or 0): r[1:]
            for r in rows.values_list("sequence", "number", "applied_at", "applied_by", "standard")
        }


def _dataset(hash_: str, name: str) -> Dataset | None:
    return edition_of(hash_).by_id.get(name)
