"""The rows that a measure of an indicator takes, as a question to the records. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zhijiao.engines.metrics.types import Calendar, Measure


@dataclass(frozen=True)
class Measured:
    """A measure over the years `first` to `last`, by a calendar. `kinds`: organisations by kind, for conditions that ask for the
    kind; `equal`: fields that a breakdown holds to one value."""

    measure: Measure
    calendar: Calendar
    first: int
    last: int
    kinds: Mapping[str, frozenset[int]]
    equal: Mapping[str, str] = field(default_factory=dict)


class NotAsked(ValueError):
    """A condition that the records cannot be asked for."""
