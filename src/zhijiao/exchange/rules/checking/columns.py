"""One field of all rows at once: what is canonical already passes column by column, the rest is read value by value, each
distinct one once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np
import polars as pl

from zhijiao.engines.cells import shapes
from zhijiao.engines.cells.shapes import Shape
from zhijiao.exchange.rules import identity
from zhijiao.exchange.rules.checking.coding import Codes, OrganisationCodes, Organisations
from zhijiao.exchange.rules.checking.patterns import PATTERNS, reader_of_pattern
from zhijiao.exchange.rules.checking.values import Reader, Taken, Wrong, reader_of_type
from zhijiao.exchange.types import CodeList, Field, FieldType, Role
from zhijiao.lib import citizens

Accept = Callable[[pl.Series], pl.Series]
"""Values to canonical values, null where the value has to be looked at."""

INVISIBLE = r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufff0-\ufffd]"
_EXACT_DIGITS = 15


@dataclass(frozen=True)
class Column:
    """A field and the ways of reading it. `shape`: what compiled loops may take as it stands, at most what is accepted; None
    where they know nothing of it."""

    field: Field
    accept: Accept
    read: Reader
    shape: Shape | None = None


@dataclass(frozen=True)
class Canonical:
    """A column as read. `wrong`: what is wrong with which values; `doubtful` are the rows that hold one of them."""

    values: pl.Series
    wrong: Mapping[str, Wrong]
    doubtful: list[int]


def column_of(
    field: Field,
    codes: Mapping[str, CodeList],
    translations: Mapping[str, str],
    organisations: Organisations,
    today: date,
) -> Column:
    """How a field is read."""
    if field.role is Role.ORGANISATION:
        units = OrganisationCodes(organisations)
        codes_ = {**units.known, **_coded(translations, units.known)}
        return Column(field, _known(codes_), _translated(units.read, translations), shapes.Listed(codes_))
    listed = codes.get(field.values or "")
    if listed is not None and listed.entries:
        known = Codes(listed, translations, today)
        return Column(field, _known(known.known), known.read, shapes.Listed(known.known))
    if field.pattern in PATTERNS:
        read = reader_of_pattern(field.pattern, today)
        accept_of = _SHAPED.get(field.pattern, _unshaped)
        shape = _SHAPES[field.pattern](today) if field.pattern in _SHAPES else None
        return Column(field, accept_of(today), _translated(read, translations), shape)
    accept = {
        FieldType.TEXT: _text,
        FieldType.NUMBER: _number,
        FieldType.MONEY: _number,
        FieldType.TIME: _date,
    }[field.type](field)
    if translations:
        return Column(field, _nothing, _translated(reader_of_type(field), translations))
    return Column(field, accept, reader_of_type(field), _shape(field))


def canonical(column: Column, values: pl.Series) -> Canonical:
    """Read a column whose blanks are null."""
    found = column.accept(values)
    if found.null_count() == values.null_count():  # blanks stay blank, so nothing else is null
        return Canonical(found, {}, [])
    left = values.is_not_null() & found.is_null()
    distinct = values.filter(left).unique().to_list()
    taken = {value: column.read(value) for value in distinct}
    texts = values.replace_strict(
        distinct, [taken[value].text for value in distinct], default=None, return_dtype=pl.String
    )
    wrong = {value: one.wrong for value, one in taken.items() if one.wrong is not None}
    doubtful = (left & values.is_in(list(wrong))).arg_true().to_list() if wrong else []
    return Canonical(found.zip_with(~left, texts), wrong, doubtful)


def clean_column(values: pl.Series) -> pl.Series:
    """Without blanks at the ends and without signs that nobody sees; what is empty then is null."""
    values = values.str.strip_chars()
    if values.str.contains(INVISIBLE).any():
        values = values.str.replace_all(r"[\t\r\n]+", " ").str.replace_all(_HIDDEN, "").str.strip_chars()
    if (values.str.len_bytes() == 0).any():
        values = values.set(values.str.len_bytes() == 0, None)
    return values


_HIDDEN = INVISIBLE.replace("\\ufffd", "\\ufffc")


def _nothing(values: pl.Series) -> pl.Series:
    return pl.Series(values.name, [None], dtype=pl.String).new_from_index(0, len(values))


def _only(values: pl.Series, good: pl.Series) -> pl.Series:
    """The values where they are good, null elsewhere."""
    good = good.fill_null(False)
    if good.all():
        return values
    return values.set(~good, None)


def _known(known: Mapping[str, str]) -> Accept:
    old, new = list(known), list(known.values())

    def accept(values: pl.Series) -> pl.Series:
        if not old:
            return _nothing(values)
        return values.replace_strict(old, new, default=None, return_dtype=pl.String)

    return accept


def _text(field: Field) -> Accept:
    def accept(values: pl.Series) -> pl.Series:
        if (values.str.len_bytes().max() or 0) > field.length:  # type: ignore[operator]  # lengths are numbers
            values = _only(values, values.str.len_chars() <= field.length)
        broken = values.str.contains("\ufffd", literal=True)
        return _only(values, ~broken) if broken.any() else values

    return accept


def _number(field: Field) -> Accept:
    whole = max(field.length - field.decimals, 1)
    fraction = rf"(?:\.[0-9]{{0,{field.decimals - 1}}}[1-9])?" if field.decimals else ""
    shape = rf"^(?:0|-?[1-9][0-9]{{0,{whole - 1}}}{fraction}|-?0{fraction or '0'})$"
    if not field.decimals:
        shape = rf"^(?:0|-?[1-9][0-9]{{0,{whole - 1}}})$"

    def accept(values: pl.Series) -> pl.Series:
        good = values.str.contains(shape)
        if field.decimals:
            good &= values != "-0"
        if isinstance(field.least, Decimal) or isinstance(field.most, Decimal):
            # Enough for values of few digits; longer ones are compared exactly, one by one.
            number = values.cast(pl.Float64, strict=False)
            good &= values.str.len_bytes() <= _EXACT_DIGITS
            if isinstance(field.least, Decimal):
                good &= number >= float(field.least)
            if isinstance(field.most, Decimal):
                good &= number <= float(field.most)
        return _only(values, good)

    return accept


def _date(field: Field) -> Accept:
    def accept(values: pl.Series) -> pl.Series:
        days = values.str.to_date("%Y-%m-%d", strict=False)
        good = days.is_not_null() & (values.str.len_bytes() == 10)
        if isinstance(field.least, date):
            good &= days >= field.least
        if isinstance(field.most, date):
            good &= days <= field.most
        return _only(values, good)

    return accept


def _identity(today: date) -> Accept:
    latest = _as_number(today)
    earliest = (today.year - 100) * 10_000

    def accept(values: pl.Series) -> pl.Series:
        shaped = (values.str.len_bytes() == citizens.SIGNS).fill_null(False)
        good = np.zeros(len(values), dtype=np.bool_)
        good[shaped.to_numpy()] = identity.sound(identity.matrix(values.filter(shaped)))
        born = values.str.slice(6, 8).cast(pl.Int32, strict=False)
        return _only(values, pl.Series(good) & (born > earliest) & (born <= latest))

    return accept


def _phone(today: date) -> Accept:
    return lambda values: _only(values, values.str.contains(r"^1[0-9]{10}$"))


def _unshaped(today: date) -> Accept:
    return _nothing


def _translated(read: Reader, translations: Mapping[str, str]) -> Reader:
    if not translations:
        return read

    def reader(text: str) -> Taken:
        return read(translations.get(text, text))

    return reader


def _coded(translations: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    return {word: known[code] for word, code in translations.items() if code in known}


def _shape(field: Field) -> Shape:
    """What a field without code list and pattern takes as it stands."""
    if field.type is FieldType.TIME:
        first = field.least if isinstance(field.least, date) else date.min
        last = field.most if isinstance(field.most, date) else date.max
        return shapes.Day(_as_number(first), _as_number(last))
    if field.type is FieldType.TEXT:
        return shapes.Words(field.length)
    least, most = (
        int(bound.scaleb(field.decimals).to_integral_value(rounding)) if isinstance(bound, Decimal) else None
        for bound, rounding in ((field.least, ROUND_CEILING), (field.most, ROUND_FLOOR))
    )
    return shapes.Number(max(field.length - field.decimals, 1), field.decimals, least, most)


def _as_number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _identity_shape(today: date) -> Shape:
    return shapes.Identity((today.year - 100) * 10_000 + 1, _as_number(today))


_SHAPED: Mapping[str, Callable[[date], Accept]] = {"identity": _identity, "phone": _phone}
_SHAPES: Mapping[str, Callable[[date], Shape]] = {
    "identity": _identity_shape,
    "phone": lambda today: shapes.Mobile(),
    "school": lambda today: shapes.Digits(10),
    "uscc": lambda today: shapes.Credit(),
}
