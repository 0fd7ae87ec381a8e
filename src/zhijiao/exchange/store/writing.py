"""Rows into the tables: one COPY a part, under the bulk role."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl
from django.db import connection

from zhijiao.exchange.store.frames import GOOD

RECORDS = ("shelf_id", "organisation_id", "period", "key", "person", "sealed", "data", "since")
AT_ONCE = 50_000


@dataclass(frozen=True)
class Lines:
    """Rows as COPY takes them. Making them asks nothing of the database, so another thread may."""

    table: str
    frame: pl.DataFrame
    text: bytes
    form: str

    @classmethod
    def of(
        cls,
        table: str,
        frame: pl.DataFrame,
        *,
        order: pl.Series | None = None,
        without_controls: bool = False,
    ) -> Lines:
        """The rows of a frame whose columns have the table's names. `order`: the places in the order in which they go.
        `without_controls`: no cell holds a tab or a line end."""
        return cls(table, frame, *_text(frame, order, without_controls=without_controls))


def may_copy() -> bool:
    """Whether the bulk role passes row-level security, which COPY asks for; where it does not, rows are inserted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def records(parts: Iterable[pl.DataFrame], *, shelf: int, since: int) -> Lines | None:
    """Rows as records of a shelf; None where there are none."""
    there = [part.select(*GOOD) for part in parts if part.height]
    if not there:
        return None
    rows = pl.concat(there)
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
    order = rows["key"].arg_sort()  # what comes in the order of an index goes into it faster
    return Lines.of("exchange_record", frame, order=order, without_controls=True)  # checking took these out


def newest() -> int:
    """The last id that was given to a record, by anybody: what a batch adds lies between what this says before and after."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM exchange_record_id_seq")
        return int(cursor.fetchone()[0])


def add(lines: Lines | None) -> None:
    """Put records on their shelf."""
    if lines is not None:
        copy_in(lines)


def copy_in(lines: Lines) -> None:
    """Put rows into their table."""
    names = ", ".join(lines.frame.columns)
    with connection.cursor() as cursor:
        if may_copy():
            with cursor.copy(f"COPY {lines.table} ({names}) FROM STDIN (FORMAT {lines.form})") as copy:
                copy.write(lines.text)
            return
        marks = ", ".join(["%s"] * lines.frame.width)
        for part in lines.frame.iter_slices(AT_ONCE):
            cursor.executemany(f"INSERT INTO {lines.table} ({names}) VALUES ({marks})", part.rows())


def _text(frame: pl.DataFrame, order: pl.Series | None, *, without_controls: bool) -> tuple[bytes, str]:
    """A frame for COPY, and in which format: as plain text, which is written several times as fast as csv, where no cell holds
    what that would have to mask."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    masked = frame.select(pl.any_horizontal(pl.col(texts).str.contains("\\", literal=True).any())).item()
    if masked or not (without_controls or _without_controls(frame.select(texts))):
        quoted = io.BytesIO()
        frame.write_csv(quoted, include_header=False)
        return quoted.getvalue(), "csv"
    cells = [
        pl.col(name).cast(pl.String).fill_null("\\N") if frame[name].null_count() else pl.col(name)
        for name in frame.columns
    ]
    lines = frame.select(pl.format("\t".join(["{}"] * frame.width), *cells).alias("line")).to_series()
    if order is not None:  # now that a row is one cell, it is cheap to move
        lines = lines.gather(order)
    plain = io.BytesIO()
    lines.to_frame().write_csv(plain, include_header=False, separator="\x01", quote_style="never")
    return plain.getvalue(), "text"


def _without_controls(frame: pl.DataFrame) -> bool:
    return not any(frame.select(pl.all().str.contains(r"[\x00-\x0d]").any()).row(0))


def end(spots: Iterable[pl.Series], *, until: int) -> int:
    """Let the records that lie at these spots end with a batch; return how many. Only while their shelf is held: nobody else
    moves them then. A row is reached by its spot in a third of the time that its id would take."""
    waiting, count = pl.concat([pl.Series(dtype=pl.String), *(s for s in spots if len(s))]), 0
    if not len(waiting):
        return 0
    with connection.cursor() as cursor:
        # Neighbours lie on the same page, which the planner does not know: it would rather read the whole table.
        cursor.execute("SET LOCAL enable_seqscan = off")
        for start in range(0, len(waiting), AT_ONCE):
            part = waiting[start : start + AT_ONCE]
            array = '{"' + part.str.join('","').item() + '"}'
            cursor.execute(
                "UPDATE exchange_record SET until = %s WHERE ctid = ANY(%s::tid[])", [until, array]
            )
            count += cursor.rowcount
        cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")
    if count != len(waiting):
        raise RuntimeError(f"{len(waiting)} records were to end and {count} did: somebody else changed them")
    return count
