"""Rows into the tables: one COPY a part, under the bulk role."""

from __future__ import annotations

import io
from collections.abc import Iterable

import polars as pl
from django.db import connection

from zhijiao.exchange.store.frames import GOOD

RECORDS = ("shelf_id", "organisation_id", "period", "key", "person", "sealed", "data", "since")
AT_ONCE = 50_000


def may_copy() -> bool:
    """Whether the bulk role passes row-level security, which COPY asks for; where it does not, rows are inserted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def add(parts: Iterable[pl.DataFrame], *, shelf: int, since: int) -> None:
    """Put rows on a shelf."""
    rows = pl.concat([part.select(*GOOD) for part in parts])
    if not rows.height:
        return
    frame = rows.select(
        pl.lit(shelf).alias("shelf_id"),
        pl.col("organisation").alias("organisation_id"),
        "period",
        "key",
        "person",
        pl.col("sealed").fill_null(""),
        "data",
        pl.lit(since).alias("since"),
    ).sort("organisation_id", "key")  # what comes in the order of an index goes into it faster
    copy_in("exchange_record", frame)


def newest() -> int:
    """The last id that was given to a record, by anybody: what a batch adds lies between what this says before and after."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM exchange_record_id_seq")
        return int(cursor.fetchone()[0])


def copy_in(table: str, frame: pl.DataFrame) -> None:
    """Put a frame into a table whose columns have its names."""
    names = ", ".join(frame.columns)
    with connection.cursor() as cursor:
        if may_copy():
            held = io.BytesIO()
            frame.write_csv(held, include_header=False)
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as copy:
                copy.write(held.getbuffer())
            return
        marks = ", ".join(["%s"] * frame.width)
        for part in frame.iter_slices(AT_ONCE):
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", part.rows())


def end(ids: Iterable[int], *, until: int) -> int:
    """Let records end with a batch; return how many."""
    waiting, count = sorted(ids), 0
    if not waiting:
        return 0
    with connection.cursor() as cursor:
        for start in range(0, len(waiting), AT_ONCE):
            part = waiting[start : start + AT_ONCE]
            cursor.execute(  # between the ends of the part, so that a long table is not read whole for each
                "UPDATE exchange_record r SET until = %s FROM unnest(%s::bigint[]) AS ended(id)"
                " WHERE r.id = ended.id AND r.id BETWEEN %s AND %s",
                [until, part, part[0], part[-1]],
            )
            count += cursor.rowcount
    return count
