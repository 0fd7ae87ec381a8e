"""From canonical text to the typed columns of a snapshot, and from the tree of a day to its table. No Django."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from zhijiao.core.kinds import SCHOOLS, OrganisationKind
from zhijiao.exchange.rules.folder import TREE, column_type
from zhijiao.exchange.types import Dataset

SEPARATOR = "\x1f"
_COUNTIES = frozenset({OrganisationKind.COUNTY, OrganisationKind.ZONE})


@dataclass(frozen=True)
class Standing:
    """An organisation as the tree of the snapshot has it; `until` is set for one that ended before."""

    code: str
    name: str
    kind: OrganisationKind
    parent: str | None
    since: date
    until: date | None = None


def typed(lines: bytes, fields: Sequence[str], dataset: Dataset) -> pl.DataFrame:
    """Rows of canonical text as typed columns. `fields`: the fields in the order in which the text has them; one that the
    data set no longer has is left out, one that the text has not is null."""
    if not lines:
        return pl.DataFrame(schema={f.id: column_type(f) for f in dataset.fields})
    text = pl.read_csv(
        io.BytesIO(lines),
        separator=SEPARATOR,
        has_header=False,
        new_columns=list(fields),
        quote_char=None,
        infer_schema=False,
    )
    return text.select(
        (
            _typed(pl.col(field.id), column_type(field))
            if field.id in text.columns
            else pl.lit(None, column_type(field))
        ).alias(field.id)
        for field in dataset.fields
    )


def _typed(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    return column.str.to_date("%Y-%m-%d") if kind == pl.Date else column.cast(kind, strict=True)


def whole_lines(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Bytes joined to pieces of some size that end with a line."""
    held: list[bytes] = []
    length = 0
    for chunk in chunks:
        held.append(bytes(chunk))
        length += len(held[-1])
        if length >= size:
            joined = b"".join(held)
            end = joined.rfind(b"\n") + 1
            if end:
                yield joined[:end]
                held, length = [joined[end:]], len(joined) - end
    if length:
        yield b"".join(held)


def tree_table(standings: Iterable[Standing]) -> pl.DataFrame:
    """The organisations of a snapshot, each with its ancestor-or-self at the four levels."""
    listed = list(standings)
    by_code = {standing.code: standing for standing in listed}
    return pl.DataFrame([_row(standing, by_code) for standing in listed], schema=dict(TREE))


def _row(standing: Standing, by_code: Mapping[str, Standing]) -> dict[str, object]:
    levels: dict[str, str | None] = {"province": None, "city": None, "county": None, "school": None}
    for node in _upwards(standing, by_code):
        level = _level(node)
        if level is not None and levels[level] is None:
            levels[level] = node.code
    return {
        "code": standing.code,
        "name": standing.name,
        "kind": standing.kind.value,
        "parent": standing.parent,
        **levels,
        "since": standing.since,
        "until": standing.until,
    }


def _upwards(standing: Standing, by_code: Mapping[str, Standing]) -> Iterator[Standing]:
    seen: set[str] = set()
    node: Standing | None = standing
    while node is not None and node.code not in seen:
        yield node
        seen.add(node.code)
        node = by_code.get(node.parent) if node.parent else None


def _level(node: Standing) -> str | None:
    if node.kind in SCHOOLS:
        return "school"
    if node.kind in _COUNTIES:
        return "county"
    if node.kind is OrganisationKind.GOVERNMENT:
        # GB/T 2260: a province ends with four zeros, a city with two.
        return "province" if node.code.endswith("0000") else "city"
    return None
