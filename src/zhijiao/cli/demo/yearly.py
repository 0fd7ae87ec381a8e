"""What a demo city would have known when: rows of the twin by the day on which they would have been handed in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

WHOLE = frozenset({"schools", "majors_offered", "teachers", "enterprises"})
"""Data sets of which each file holds everything that began until then."""
LASTING = {"students": "enrolled_on", "classes": "started_on"}
"""Data sets of which each file after the first holds the grades that may still change, and the day on which a row begins."""
BEGIN = {
    **LASTING,
    "schools": "founded_on",
    "majors_offered": "opened_on",
    "teachers": "since",
    "enterprises": "founded_on",
    "graduates": "due_on",
    "resources": "completed_on",
    "career_activities": "held_on",
    "student_changes": "changed_on",
    "competition_entries": "held_on",
    "teacher_practice": "ended_on",
    "teacher_training": "started_on",
    "teacher_exchanges": "started_on",
    "contracts": "signed_on",
    "trainings": "ended_on",
    "training_participants": "completed_on",
    "adult_education": "enrolled_on",
    "certificates": "evaluated_on",
    "projects": "approved_on",
    "construction": "started_on",
    "technology_contracts": "signed_on",
    "technology_receipts": "received_on",
    "personal_grants": "granted_on",
}
"""The day from which a row can be known. Data sets that are not here have a year, and are known when it is over."""
GRADES = 4
"""How many years back a grade may still change."""


def school_year_ends(first: int, last: int) -> list[date]:
    """The days on which files were handed in before the last one: the end of each school year."""
    return [date(year, 8, 31) for year in range(first + 1, last + 1)]


def known(name: str, frame: pl.DataFrame, after: date | None, until: date, *, last: bool) -> pl.DataFrame:
    """The rows of a data set that a file handed in on the day `until` holds, when the one before was of the day `after`.
    The `last` file has all that is left, as it came to be in the end."""
    import polars as pl

    begins = _begins(name)
    if begins not in frame.columns and name in BEGIN:
        return frame if last else frame.clear()
    day = pl.col(BEGIN[name]) if name in BEGIN else pl.date(pl.col("year"), 12, 31)
    rows = frame.with_columns(day.alias("_day"))
    if not last:
        rows = rows.filter(pl.col("_day") <= until)
    if name in LASTING:
        rows = rows if after is None else _may_change(rows, after)
    elif name not in WHOLE and after is not None:
        rows = rows.filter(pl.col("_day").is_null() | (pl.col("_day") > after))
    return _as_of(name, rows, until, last=last).drop("_day")


def _may_change(rows: pl.DataFrame, after: date) -> pl.DataFrame:
    """The newest grades and whatever else changed after a day: whole grades, since a file speaks of all rows of those it names."""
    import polars as pl

    moved = pl.col("_day") > after
    if "left_on" in rows.columns:
        moved |= pl.col("left_on") > after
    changed = rows.filter(moved)["grade"].unique().implode()
    return rows.filter((pl.col("grade") >= after.year - GRADES) | pl.col("grade").is_in(changed))


def _begins(name: str) -> str:
    return BEGIN.get(name, "year")


def _as_of(name: str, rows: pl.DataFrame, until: date, *, last: bool) -> pl.DataFrame:
    """Students who left later are still there."""
    import polars as pl

    if last or name != "students":
        return rows
    still = pl.col("left_on").is_not_null() & (pl.col("left_on") > until)
    return rows.with_columns(
        pl.when(still).then(pl.lit("enrolled")).otherwise(pl.col("status")).alias("status"),
        pl.when(still).then(None).otherwise(pl.col("left_on")).alias("left_on"),
    )
