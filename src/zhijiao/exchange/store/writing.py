"""Rows into the tables: one COPY a part, under the bulk role."""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection
from psycopg import Copy

from zhijiao.engines import cells
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


class Adding:
    """Rows on their way into their tables, lines after lines. While they go into one table they go in one COPY, during which
    nothing else can be asked of the database: say `done` before. After the block all are in, or what it raised takes all of
    them back."""

    def __init__(self) -> None:
        self._may_copy = may_copy()
        self._open: tuple[str, Copy, ExitStack] | None = None

    def __enter__(self) -> Adding:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        if self._open is None:
            return
        if error is None:
            self.done()
        else:
            self._open[-1].__exit__(kind, error, trace)

    def add(self, lines: Lines) -> None:
        """Put rows into their table."""
        names = ", ".join(lines.frame.columns)
        if not self._may_copy:
            marks = ", ".join(["%s"] * lines.frame.width)
            with connection.cursor() as cursor:
                for part in lines.frame.iter_slices(AT_ONCE):
                    cursor.executemany(f"INSERT INTO {lines.table} ({names}) VALUES ({marks})", part.rows())
            return
        statement = f"COPY {lines.table} ({names}) FROM STDIN (FORMAT {lines.form})"
        if self._open is None or self._open[0] != statement:
            self.done()
            stack = ExitStack()
            cursor = stack.enter_context(connection.cursor())
            self._open = statement, stack.enter_context(cursor.copy(statement)), stack
        self._open[1].write(lines.text)

    def done(self) -> None:
        """All that was added is in its table."""
        if self._open is not None:
            _, _, stack = self._open
            self._open = None
            stack.close()


def _text(frame: pl.DataFrame, order: pl.Series | None, *, without_controls: bool) -> tuple[bytes, str]:
    """A frame for COPY, and in which format: as plain text, which is written several times as fast as csv, where no cell holds
    what that would have to mask."""
    swift = _swiftly(frame, order) if without_controls and cells.loaded() else None
    if swift is not None:
        return swift, "text"
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    masked = frame.select(pl.any_horizontal(pl.col(texts).str.contains("\\", literal=True).any())).item()
    if masked or not (without_controls or _without_controls(frame.select(texts))):
        quoted = io.BytesIO()
        frame.write_csv(quoted, include_header=False)
        return quoted.getvalue(), "csv"
    frame = frame.rechunk()  # a column of which a part is empty cannot be formatted
    columns = [
        pl.col(name).cast(pl.String).fill_null("\\N") if frame[name].null_count() else pl.col(name)
        for name in frame.columns
    ]
    lines = frame.select(pl.format("\t".join(["{}"] * frame.width), *columns).alias("line")).to_series()
    if order is not None:  # now that a row is one cell, it is cheap to move
        lines = lines.gather(order)
    plain = io.BytesIO()
    lines.to_frame().write_csv(plain, include_header=False, separator="\x01", quote_style="never")
    return plain.getvalue(), "text"


def _swiftly(frame: pl.DataFrame, order: pl.Series | None) -> bytes | None:
    """The same as plain text, by compiled loops; None where a cell holds what would have to be masked."""
    from zhijiao.engines.cells.joining import Cells, lines

    places = None if order is None else order.cast(pl.Int64).to_numpy()
    found = []
    for column in frame:
        blank = column.null_count()
        if blank and column.dtype == pl.String and column.str.contains("\\", literal=True).any():
            return None
        held = Cells.of(
            (column.cast(pl.String).fill_null("\\N") if blank else column.cast(pl.String)), places
        )
        if held is None or (not blank and held.hold(b"\\")):
            return None
        found.append(held)
    return lines(found, b"\t", b"\n")


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
