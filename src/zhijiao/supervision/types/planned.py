"""Work that an organisation's own plan sets. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PlannedItem:
    """A piece of work of a plan. `serves`: the task item of the pack that it serves, if it says so. `carried`: it was left
    open by the plan before; where the pack's own item is at work already, that one goes on instead."""

    title: str
    deliverable: str
    due: date | None
    serves: str = ""
    carried: bool = False
