"""Who has handed in, without what: for the junior school, the county and the bureaus. In the caller's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from zhijiao.admissions.types.filling import Standing


@dataclass(frozen=True)
class HandedIn:
    """How a candidate stands in a round, as her junior school may know it."""

    candidate: int
    version: int | None
    handed_at: datetime | None
    drafted_at: datetime | None

    @property
    def standing(self) -> Standing:
        """What a list says. `drafted_at` is there only where the draft differs from what was handed in."""
        if self.handed_at is not None:
            return Standing.SUBMITTED if self.drafted_at is None else Standing.CHANGED
        return Standing.DRAFT if self.drafted_at is not None else Standing.NOTHING


def handed_in(round_: int) -> list[HandedIn]:
    """Every candidate of the round that the person may know of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM admissions_handed_in(%s)", [round_])
        return [HandedIn(*row) for row in cursor.fetchall()]
