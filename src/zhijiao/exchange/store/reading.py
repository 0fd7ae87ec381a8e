"""Records out of the database, as frames."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator
from typing import Any

import polars as pl
from django.db import connection

from zhijiao.core.copying import csv_of
from zhijiao.exchange.store import layouts
from zhijiao.exchange.store.frames import CURRENT, empty

BLOCK = 32 * 1024 * 1024
LOOKED_UP = 20_000
_OPTIONS = r"NULL E'\x05', DELIMITER E'\x02', QUOTE E'\x03', ESCAPE E'\x03'"


def any_in_force(shelf: int) -> bool:
    """Whether a shelf holds anything now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM exchange_record WHERE shelf_id = %s AND until IS NULL)", [shelf]
        )
        return bool(cursor.fetchone()[0])


def of_scope(shelf: int, organisations: Collection[int], periods: Collection[str]) -> Iterator[pl.DataFrame]:
    """Records in force of organisations and periods, block by block."""
    yield from _copied(
        f"SELECT {_columns(shelf)} FROM exchange_record r WHERE r.shelf_id = %s AND r.until IS NULL"
        " AND r.organisation_id = ANY(%s) AND r.period = ANY(%s)",
        [shelf, sorted(organisations), sorted(periods)],
    )


def of_pairs(shelf: int, pairs: pl.DataFrame, sequence: int) -> Iterator[pl.DataFrame]:
    """Records in force of pairs of an organisation and a period, without those that a batch of this sequence made."""
    organisations, periods = (pairs[name].to_list() for name in ("organisation", "period"))
    each, every = sorted(set(organisations)), sorted(set(periods))
    query = (
        f"SELECT {_columns(shelf)} FROM exchange_record r WHERE r.shelf_id = %s AND r.until IS NULL AND r.since <> %s"
        " AND r.organisation_id = ANY(%s) AND r.period = ANY(%s)"
    )
    given: list[Any] = [shelf, sequence, each, every]
    if len(each) * len(every) > pairs.height:
        query += " AND (r.organisation_id, r.period) IN (SELECT * FROM unnest(%s::bigint[], %s::text[]))"
        given += [organisations, periods]
    yield from _copied(query, given)


def of_keys(shelf: int, wanted: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Records in force of organisations' keys."""
    columns = _columns(shelf)
    for part in wanted.select("organisation", "key").iter_slices(LOOKED_UP):
        yield from _copied(
            f"SELECT {columns} FROM unnest(%s::bigint[], %s::text[]) AS wanted(organisation, key)"
            " JOIN exchange_record r ON r.shelf_id = %s AND r.organisation_id = wanted.organisation"
            " AND r.key = wanted.key AND r.until IS NULL",
            [part["organisation"].to_list(), part["key"].to_list(), shelf],
        )


def _columns(shelf: int) -> str:
    return f"r.ctid, r.organisation_id, r.period, r.key, {layouts.values_on(shelf, table='r')}"


def _copied(query: str, given: list[Any]) -> Iterator[pl.DataFrame]:
    """What a query finds. Values hold no control signs but one, so nothing has to be quoted."""
    yield from map(_frame, csv_of(query, given, options=_OPTIONS, block=BLOCK))


def _frame(held: io.BytesIO) -> pl.DataFrame:
    return pl.read_csv(
        held,
        has_header=False,
        schema=CURRENT,
        separator="\x02",
        quote_char=None,
        empty_string_is_null=False,
    )


def nothing() -> pl.DataFrame:
    """No records."""
    return empty(CURRENT)
