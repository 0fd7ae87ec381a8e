"""In which order the values of a record stand: that of the standard by which its batch was checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import QuerySet

from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.exchange.models import Batch
from zhijiao.exchange.queries.standard import edition, standard
from zhijiao.exchange.types import Dataset

TABLE = "exchange_record"
_SIGN = "chr(31)"


def values_of(tenant: Tenant | str, dataset: str, source: str = "", *, table: str = TABLE) -> str:
    """SQL for the values of a record of this data set, joined by U+001F in the order in which the standard has its fields now.
    `table`: the name of the table in the query. A field that the record's own standard did not have is empty."""
    of_shelf = Batch.objects.filter(
        shelf__tenant=Tenant(tenant).value, shelf__dataset=dataset, shelf__source=source
    )
    return _values(of_shelf, table)


def values_on(shelf: int, *, table: str = TABLE) -> str:
    """The same for the records of a shelf."""
    return _values(Batch.objects.filter(shelf=shelf), table)


def _values(batches: QuerySet[Batch], table: str) -> str:
    with bulk():  # which standard a batch was checked by is no secret of its sender's
        applied = batches.filter(sequence__isnull=False)
        found = list(
            applied.values_list("shelf__dataset", "standard")
            .annotate(sequences=ArrayAgg("sequence"))
            .order_by("standard")
        )
    if not found:
        return f"{table}.data"
    now = _fields(standard().by_id.get(found[0][0]))
    others: dict[tuple[str, ...], list[int]] = {}
    for dataset, name, sequences in found:
        then = edition(name)
        fields = now if then is None else _fields(then.by_id.get(dataset))
        if fields != now:
            others.setdefault(fields, []).extend(sequences)
    if not others:
        return f"{table}.data"
    cases = " ".join(_case(table, sequences, fields, now) for fields, sequences in others.items())
    return f"CASE {cases} ELSE {table}.data END"


def _fields(dataset: Dataset | None) -> tuple[str, ...]:
    return () if dataset is None else tuple(field.id for field in dataset.fields)


def _case(table: str, sequences: Iterable[int], then: Sequence[str], now: Sequence[str]) -> str:
    """Numbers only are put into the text, so nothing has to be quoted."""
    batches = ",".join(map(str, sorted(sequences)))
    places = {field: place for place, field in enumerate(then, 1)}
    values = ", ".join(
        f"split_part({table}.data, {_SIGN}, {places[field]})" if field in places else "''" for field in now
    )
    return f"WHEN {table}.since = ANY('{{{batches}}}'::bigint[]) THEN concat_ws({_SIGN}, {values})"
