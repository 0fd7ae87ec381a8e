"""The rows that a measure takes, as a condition on the stored records.

What a condition means is told by `engines.expressions`; a missing value is the missing value of SQL, as where metrics are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from zhijiao.engines.expressions import Expr
from zhijiao.engines.expressions.types import (
    Among,
    Between,
    Call,
    Compare,
    Literal,
    Logic,
    Missing,
    Name,
    Not,
)
from zhijiao.engines.metrics.periods import first_day
from zhijiao.engines.metrics.types import KIND, ORGANISATION, Active, During, Having, Standing, Timing, Yearly
from zhijiao.exchange.store import layouts
from zhijiao.exchange.store.telling import SEPARATOR
from zhijiao.exchange.types import Dataset, FieldType
from zhijiao.exchange.types.measured import Measured, NotAsked

RECORD = "exchange_record"
_OTHER = "other"
_CASTS = {FieldType.TIME: "::date", FieldType.NUMBER: "::numeric", FieldType.MONEY: "::numeric"}
_SIGNS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def condition(
    asked: Measured, tenant: str, known: int | None, described: Callable[[str], Dataset | None]
) -> tuple[str, list[Any]]:
    """SQL on `exchange_record` and its parameters. Which organisations count is not its matter. Raises `NotAsked`."""
    measure = asked.measure
    if measure.place != ORGANISATION:
        raise NotAsked(f"rows stand with {measure.place}")
    own = _Rows(asked, RECORD, _known(described, measure.dataset), tenant)
    shelf = own.of_shelf()
    parts = [own.timed(measure.timing), *own.met(measure.where)]
    parts += [f"{own.value(name)} = {own.put(value)}" for name, value in asked.equal.items()]
    for having in measure.having:
        parts.append(_matched(own, having, known, _known(described, having.dataset)))
    return _guarded(shelf, parts), own.parameters


def _guarded(shelf: str, parts: Sequence[str]) -> str:
    """The condition for rows of one shelf. Said as a case, since the database may else read the fields of other data sets first, and
    what is a date here is none there."""
    return f"CASE WHEN {shelf} THEN {' AND '.join(f'({part})' for part in parts)} ELSE FALSE END"


def _known(described: Callable[[str], Dataset | None], name: str) -> Dataset:
    found = described(name)
    if found is None:
        raise NotAsked(f"no data set {name}")
    return found


def _matched(own: _Rows, having: Having, known: int | None, dataset: Dataset) -> str:
    """That another selection of the same period has a row with the same value."""
    other = _Rows(own.asked, _OTHER, dataset, own.tenant, own.parameters)
    shelf = other.of_shelf()
    if known is None:
        there = f"{_OTHER}.until IS NULL"
    else:
        there = (
            f"{_OTHER}.since <= {own.put(known)}"
            f" AND ({_OTHER}.until IS NULL OR {_OTHER}.until > {own.put(known)})"
        )
    parts = [there, f"{other.value(having.theirs)} = {own.value(having.own)}"]
    parts += [other.timed(having.timing), *other.met(having.where)]
    return f"EXISTS (SELECT 1 FROM {RECORD} {_OTHER} WHERE {_guarded(shelf, parts)})"


@dataclass
class _Rows:
    """The rows of one data set under a name. Parameters are taken in the order in which the text is put together."""

    asked: Measured
    table: str
    dataset: Dataset
    tenant: str
    parameters: list[Any] = field(default_factory=list)

    @cached_property
    def values(self) -> str:
        return layouts.values_of(self.tenant, self.dataset.id, table=self.table)

    def put(self, value: object) -> str:
        self.parameters.append(value)
        return "%s"

    def of_shelf(self) -> str:
        """That a row is of this data set, from the source that counts."""
        return (
            f"{self.table}.shelf_id = (SELECT id FROM exchange_shelf WHERE tenant = {self.put(self.tenant)}"
            f" AND dataset = {self.put(self.dataset.id)} AND source = '')"
        )

    def value(self, name: str) -> str:
        """A field as SQL has it; empty is missing."""
        place = next((n for n, one in enumerate(self.dataset.fields, 1) if one.id == name), None)
        if place is None:
            raise NotAsked(f"{self.dataset.id} has no field {name}")
        cast = _CASTS.get(self.dataset.by_id[name].type, "")
        return f"NULLIF(split_part({self.values}, {self.put(SEPARATOR)}, {self.put(place)}), ''){cast}"

    def timed(self, timing: Timing) -> str:
        """That a row counts in the years that are asked for."""
        asked = self.asked
        begins, over = first_day(asked.first, asked.calendar), first_day(asked.last + 1, asked.calendar)
        match timing:
            case During(field=name):
                return (
                    f"{self.value(name)} >= {self.put(begins)}::date"
                    f" AND {self.value(name)} < {self.put(over)}::date"
                )
            case Yearly(field=name):
                return (
                    f"substring({self.value(name)}::text from '^[0-9]{{4}}')::int"
                    f" BETWEEN {self.put(asked.first)} AND {self.put(asked.last)}"
                )
            case Standing(since=since, until=until):
                return self._spanning(since, until, over, ">=", over)
            case Active(since=since, until=until):
                return self._spanning(since, until, over, ">", begins)

    def _spanning(self, since: str, until: str, before: date, sign: str, ends: date) -> str:
        """That a span has begun before a day and ends as told, or not at all; one that ends before it begins is none."""
        begun = f"{self.value(since)} < {self.put(before)}::date"
        opened = f"{self.value(until)} IS NULL"
        ended = f"{self.value(until)} {sign} {self.put(ends)}::date"
        return f"{begun} AND ({opened} OR ({ended} AND {self.value(until)} > {self.value(since)}))"

    def met(self, where: Expr | None) -> list[str]:
        return [] if where is None else [self.logic(where)]

    def logic(self, expr: Expr) -> str:
        """A condition."""
        match expr:
            case Logic(op=op, parts=parts):
                return f" {op.upper()} ".join(f"({self.logic(part)})" for part in parts)
            case Not(of=of):
                return f"NOT ({self.logic(of)})"
            case Compare(op="=" | "!=" as op, left=Name(id=name), right=Literal(value=value)) if name == KIND:
                return f"{'NOT ' if op == '!=' else ''}{self._of_kind([value])}"
            case Among(of=Name(id=name), values=values) if name == KIND:
                return self._of_kind([each.value for each in values])
            case Compare(op=op, left=left, right=right):
                return f"{self.term(left)} {_SIGNS[op]} {self.term(right)}"
            case Among(of=of, values=values):
                return f"{self.term(of)} IN ({', '.join(self.term(each) for each in values)})"
            case Between(of=of, low=low, high=high):
                return f"{self.term(of)} BETWEEN {self.term(low)} AND {self.term(high)}"
            case Missing(of=of, present=present):
                return f"{self.term(of)} IS {'NOT ' if present else ''}NULL"
            case Call(function="starts_with" | "contains" as function, arguments=(text, part)):
                found = f"strpos({self.term(text)}, {self.term(part)})"
                return f"{found} = 1" if function == "starts_with" else f"{found} > 0"
        raise NotAsked(f"no condition on records: {type(expr).__name__}")

    def term(self, expr: Expr) -> str:
        """A value."""
        match expr:
            case Name(id=name):
                return self.value(name)
            case Literal(value=value):
                return self.put(value)
            case Call(function="year", arguments=(day,)):
                return f"extract(year FROM {self.term(day)})"
            case Call(function="days", arguments=(since, until)):
                # The parameters stand in the order of the text.
                return f"-({self.term(since)} - {self.term(until)})"
        raise NotAsked(f"no value of records: {type(expr).__name__}")

    def _of_kind(self, kinds: Sequence[object]) -> str:
        found = frozenset().union(*(self.asked.kinds.get(str(kind), frozenset()) for kind in kinds))
        return f"{self.table}.organisation_id = ANY({self.put(sorted(found))})"
