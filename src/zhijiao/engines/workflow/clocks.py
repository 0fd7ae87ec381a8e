"""Terms of a stage: due, overdue, and the step that the clock takes when a term has run out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from zhijiao.engines.workflow.calendar import WorkingCalendar, due_date, last_date
from zhijiao.engines.workflow.rules import NOTHING_KNOWN, available
from zhijiao.engines.workflow.types import CLOCK, Flow, Stage, Transition


def due(stage: Stage, entered: date, calendar: WorkingCalendar) -> date | None:
    """The last day on which the stage is left in time; None without a clock. The grace is not part of it."""
    return due_date(entered, stage.clock, calendar) if stage.clock else None


def overdue(stage: Stage, entered: date, on: date, calendar: WorkingCalendar) -> bool:
    """Whether the term and its grace have run out: from the day after their last day on."""
    return stage.clock is not None and on > last_date(entered, stage.clock, calendar)


def days_left(stage: Stage, entered: date, on: date, calendar: WorkingCalendar) -> int | None:
    """Days until the due day, counted as the clock counts; 0 on the day, negative after it. None without a clock."""
    if stage.clock is None:
        return None
    end = due_date(entered, stage.clock, calendar)
    return calendar.between(on, end) if stage.clock.working else (end - on).days


def lapse(
    flow: Flow,
    stage: str,
    entered: date,
    on: date,
    calendar: WorkingCalendar,
    *,
    facts: Mapping[str, bool] = NOTHING_KNOWN,
) -> Transition | None:
    """The automatic step that is due on a day: the first whose guards hold, once the term has run out."""
    if not overdue(flow.stage(stage), entered, on, calendar):
        return None
    steps = available(flow, stage, parties=(CLOCK,), facts=facts)
    return next((t for t in steps if t.automatic), None)
