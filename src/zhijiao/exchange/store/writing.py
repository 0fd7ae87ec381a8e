"""Rows into the tables: one COPY a part, under the bulk role."""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
import polars as pl
from django.db import connection

from zhijiao.exchange.store.frames import GOOD

RECORDS = ("shelf_id", "organisation_id", "period", "key", "person", "sealed", "data", "since")
KEY = ["organisation", "key"]
AT_ONCE = 50_000


def may_copy() -> bool:
    """Whether the bulk role passes row-level security, which COPY asks for; where it does not, rows are inserted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def add(parts: Iterable[pl.DataFrame], *, shelf: int, since: int) -> None:
    """Put rows on a shelf."""
    there = [part.select(*GOOD) for part in parts if part.height]
    if not there:
        return
    rows = pl.concat(there).sort(KEY)  # what comes in the order of an index goes into it faster
    frame = rows.select(
        pl.lit(shelf).alias("shelf_id"),
        pl.col("organisation").alias("organisation_id"),
        "period",
        "key",
        "person",
        pl.col("sealed").fill_null(""),
        "data",
        pl.lit(since).alias("since"),
    )
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
            text, form = _text(frame)
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT {form})") as copy:
                copy.write(text)
            return
        marks = ", ".join(["%s"] * frame.width)
        for part in frame.iter_slices(AT_ONCE):
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", part.rows())


def _text(frame: pl.DataFrame) -> tuple[bytes, str]:
    """A frame for COPY, and in which format: as plain text, which is written twice as fast as csv, where no cell holds what that
    would have to mask."""
    plain = io.BytesIO()
    frame.write_csv(plain, include_header=False, separator="\t", null_value="\\N", quote_style="never")
    text = plain.getvalue()
    controls = np.count_nonzero(np.frombuffer(text, dtype=np.uint8) <= ord("\r"))
    nulls = sum(frame.null_count().row(0))
    if (
        controls == frame.width * frame.height and text.count(b"\\") == nulls
    ):  # tabs and line ends, and null's own mark
        return text, "text"
    quoted = io.BytesIO()
    frame.write_csv(quoted, include_header=False)
    return quoted.getvalue(), "csv"


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
