"""The canonical text of a row: what is stored, compared and copied to snapshots."""

from __future__ import annotations

import polars as pl

from zhijiao.exchange.rules import identity
from zhijiao.exchange.rules.identity import Keys
from zhijiao.exchange.types import Dataset, Role

JOIN = "\x1f"
"""Stands between values. It cannot occur in one: signs that nobody sees are taken out."""


def encoded(values: pl.DataFrame, dataset: Dataset, keys: Keys) -> pl.DataFrame:
    """Period, key, person, sealed and data of rows of canonical values (a text column a field). Period and key are null
    where one of their fields is. In place of an identity number stands its blind index."""
    person = dataset.the(Role.PERSON)
    period = dataset.the(Role.PERIOD)
    nobody = pl.Series([None], dtype=pl.String).new_from_index(0, values.height)
    hidden = identity.Hidden(nobody, nobody)
    if person is not None:
        hidden = hide(values[person.id], keys)
        values = values.with_columns(hidden.person.alias(person.id))
    return values.select(
        (pl.col(period.id) if period else pl.lit("", pl.String)).alias("period"),
        pl.concat_str(*dataset.key, separator=JOIN).alias("key"),
        hidden.person.alias("person"),
        hidden.sealed.alias("sealed"),
        pl.concat_str(*(_filled(values[field.id]) for field in dataset.fields), separator=JOIN).alias("data"),
    )


def _filled(column: pl.Series) -> pl.Expr:
    """A column without nulls; looked at first, since filling costs as much as joining."""
    nulls = column.null_count()
    if nulls == len(column):
        return pl.lit("")
    return pl.col(column.name).fill_null("") if nulls else pl.col(column.name)


def hide(numbers: pl.Series, keys: Keys) -> identity.Hidden:
    """Blind index and seal of a column with nulls."""
    there = numbers.is_not_null()
    if there.all():
        return identity.hide(numbers, keys)
    found = identity.hide(numbers.filter(there), keys)
    places = there.arg_true()
    nobody = pl.Series([None], dtype=pl.String).new_from_index(0, len(numbers))
    return identity.Hidden(nobody.scatter(places, found.person), nobody.clone().scatter(places, found.sealed))


def decoded(data: str, dataset: Dataset) -> dict[str, str]:
    """Field id → value of a stored row; empty where nothing was given."""
    return dict(zip((field.id for field in dataset.fields), data.split(JOIN), strict=False))
