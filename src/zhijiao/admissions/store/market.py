"""A round out of the database, as the market that the engine matches.

Read under the bulk role: choices are nobody else's to read, and the trail says that the engine read them (actions/allocating).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from django.db import connection

from zhijiao.admissions.models import PlanCell, PlanLine, Round, RoundSeat
from zhijiao.admissions.rules.conditions import SEX
from zhijiao.admissions.rules.engine import cell_id, flows_within, limits_of, rules_of
from zhijiao.admissions.types.states import LineState, RoundKind
from zhijiao.core.copying import csv_of
from zhijiao.engines import expressions
from zhijiao.engines.matching.market import COMMON, Longs, Market, Unit
from zhijiao.engines.matching.types import Cell, Limit

TAKING_PART = """
WITH handed_in AS (
  SELECT DISTINCT ON (candidate_id) candidate_id, lines, adjust FROM admissions_submission
   WHERE round_id = %s ORDER BY candidate_id, version DESC),
seated AS (
  SELECT o.candidate_id FROM admissions_outcome o JOIN admissions_run r ON r.id = o.run_id
   WHERE r.season_id = %s AND r.round_id <> %s AND r.kind = 'real' AND o.line_id IS NOT NULL
     AND r.state IN ('verified', 'signed', 'publicised', 'published') AND NOT (o.batch = ANY(r.withheld))
     AND NOT EXISTS (SELECT FROM admissions_decline d WHERE d.outcome_id = o.id AND d.state = 'approved')
   UNION
  SELECT t.candidate_id FROM admissions_topup t WHERE t.season_id = %s AND t.state = 'approved'
   UNION
  SELECT e.candidate_id FROM admissions_elsewhere e
   WHERE e.season_id = %s AND e.withdrawn_at IS NULL AND e.way = ANY(%s))
SELECT c.id, c.number, c.total, c.bonus, array_to_string(c.origins, ';') AS origins{columns},
       array_to_string(s.lines, ' ') AS lines, array_to_string(s.adjust, ' ') AS adjust, coalesce(w.way, '') AS way
  FROM admissions_candidate c JOIN handed_in s ON s.candidate_id = c.id
       LEFT JOIN admissions_checkresult k ON k.candidate_id = c.id
       LEFT JOIN admissions_elsewhere w ON w.candidate_id = c.id AND w.withdrawn_at IS NULL
 WHERE c.season_id = %s AND c.state = 'active' AND c.total IS NOT NULL
   AND NOT EXISTS (SELECT FROM seated WHERE seated.candidate_id = c.id)
 ORDER BY c.number COLLATE "C"
"""
"""`seated`: who has a seat of another round that still stands, one that a school filled by name, or one that another body gave and
that closes every batch of the round (one that closes some of them: `way`). Whole sets rather than a look-up a
candidate: the time does not hang on what the planner knows of tables that were filled a moment ago."""


@dataclass(frozen=True)
class Allocation:
    """What a round gives to the engine, and whose rows are meant. n applicants, c cells."""

    market: Market
    candidates: Longs
    """int64[n]: rows of `Candidate`, in the order of the market."""
    cells: Sequence[PlanCell]
    """c of them, in the order of the market."""
    without_marks: int
    """Who handed in and has no total: they take no part, and the office is told."""


def market_of_round(round_: Round, seed: str) -> Allocation:
    """Everything that a round is matched by. Choices of lines that are not approved or have no seats here are nowhere."""
    season = round_.season
    cells = _cells(round_)
    built = {row.pk: _cell(row, seats) for row, seats in cells}
    lines = {row.line_id: row.line for row, _ in cells}
    places = {batch: number for number, batch in enumerate(round_.batches)}
    units = {pk: Unit(places[line.batch], line.organisation.code, line.code) for pk, line in lines.items()}
    numbers = {pk: number for number, pk in enumerate(units)}
    subjects = [each["column"] for each in season.rules["subjects"]]
    asked = _asked(season.rules, lines.values())
    people = _people(round_, [*subjects, *asked])
    choices = _choices(people, numbers, units, _closed(season.rules, round_.batches))
    sets: dict[str, int] = {}
    origin_set = np.array([sets.setdefault(text or "", len(sets)) for text in people["origins"]], np.int32)
    limits: list[Limit] = [
        limit
        for line in lines.values()
        for limit in limits_of(line.code, line.organisation.code, line.batch, line.limits)
    ]
    rules = rules_of(
        season.rules,
        round_.batches,
        seed,
        limits,
        flows_within(built, {row.pk: row.flows_to_id for row, _ in cells}),
    )
    size = len(choices)
    market = Market(
        rules=rules,
        ids=people["number"].to_list(),
        columns=_columns(people, [*subjects, *asked]),
        origin_sets=tuple(frozenset(filter(None, text.split(";"))) for text in sets),
        origin_set=origin_set,
        cells=tuple(built.values()),
        units=tuple(units.values()),
        cell_unit=np.array([numbers[row.line_id] for row, _ in cells], np.int32),
        choice_start=np.concatenate(
            ([0], np.cumsum(np.bincount(choices["person"].to_numpy(), minlength=len(people))))
        ).astype(np.int64),
        choice_batch=choices["batch"].to_numpy().astype(np.int16),
        choice_order=choices["order"].to_numpy().astype(np.int32),
        choice_unit=choices["unit"].to_numpy().astype(np.int32),
        choice_adjust=choices["adjust"].to_numpy().astype(np.bool_),
        choice_rank=np.full(size, COMMON, np.int32),
        choice_review=np.full(size, -1, np.int32),
        unit_own=np.zeros(len(units), np.bool_),
    )
    return Allocation(
        market, people["id"].to_numpy().astype(np.int64), [row for row, _ in cells], _without_marks(round_)
    )


def _cells(round_: Round) -> list[tuple[PlanCell, int]]:
    """The cells of a round with the seats that it offers, in the order of the plan."""
    if round_.kind == RoundKind.SUPPLEMENTARY:
        offered = RoundSeat.objects.filter(round=round_).select_related("cell__line__organisation")
        rows = [(seat.cell, seat.seats) for seat in offered]
    else:
        found = PlanCell.objects.filter(line__season=round_.season_id).select_related("line__organisation")
        rows = [(cell, cell.seats) for cell in found]
    there = [
        (cell, seats)
        for cell, seats in rows
        if cell.line.state == LineState.APPROVED and cell.line.batch in round_.batches
    ]
    return sorted(there, key=lambda each: (each[0].line.code, each[0].number))


def _cell(row: PlanCell, seats: int) -> Cell:
    line: PlanLine = row.line
    return Cell(
        id=cell_id(line.code, row.number),
        school=line.organisation.code,
        major=line.code,
        batch=line.batch,
        origin=row.origin,
        seats=seats,
        min_total=None if row.min_total is None else float(row.min_total),
    )


def _asked(rules: Mapping[str, Any], lines: Iterable[PlanLine]) -> list[str]:
    """The columns besides marks and total that conditions of these lines ask, in the order of the rules: others tell the engine
    nothing."""
    named = {
        name
        for line in lines
        for limit in line.limits
        for name in expressions.names(expressions.parse(limit["require"]))
    }
    return [name for name in (SEX, *(each["column"] for each in rules.get("checks", ()))) if name in named]


def _closed(rules: Mapping[str, Any], batches: Sequence[str]) -> dict[str, frozenset[int]]:
    """The places of the batches that a seat given elsewhere closes, by the way in which it was given."""
    every = frozenset(range(len(batches)))
    return {
        each["id"]: frozenset(batches.index(b) for b in each["closes"] if b in batches)
        if each.get("closes")
        else every
        for each in rules.get("elsewhere", ())
    }


def _people(round_: Round, columns: Sequence[str]) -> pl.DataFrame:
    """Who takes part, ascending by number, each with what was handed in last. `columns`: of marks, then of what else is asked."""
    query, given = who_takes_part(round_, columns)
    names = ["id", "number", "total", "bonus", "origins", *_named(columns), "lines", "adjust", "way"]
    kinds: Mapping[str, Any] = {
        "id": pl.Int64,
        "number": pl.String,
        "origins": pl.String,
        "lines": pl.String,
        "adjust": pl.String,
        "way": pl.String,
    }
    schema = {name: kinds.get(name, pl.Float64) for name in names}
    return _copied(query, given, schema)


def who_takes_part(round_: Round, columns: Sequence[str]) -> tuple[str, list[Any]]:
    """The query of `_people` and what it is given."""
    rules, season = round_.season.rules, round_.season_id
    checks = {each["column"]: each["id"] for each in rules.get("checks", ())}
    selected, values = "", list[Any]()
    for column in columns:
        if column == SEX:
            selected += ", CASE c.sex WHEN '男' THEN 1 WHEN '女' THEN 2 END::float8"
        else:
            source = "k.results" if column in checks else "c.columns"
            selected += f", ({source}->>%s)::float8"
            values.append(checks.get(column, column))
    query = TAKING_PART.format(columns=selected)
    every = len(round_.batches)
    whole = [way for way, closed in _closed(rules, round_.batches).items() if len(closed) == every]
    return query, [round_.pk, season, round_.pk, season, season, whole, *values, season]


def _named(subjects: Sequence[str]) -> list[str]:
    return [f"subject {number}" for number, _ in enumerate(subjects)]


def _copied(query: str, given: list[Any], schema: Mapping[str, Any]) -> pl.DataFrame:
    with connection.cursor() as cursor:
        # Of tables that were filled a moment ago the planner knows nothing, and takes them for so small that it would look all
        # of one through for each row of the other: with 200,000 candidates that does not end.
        cursor.execute("SET LOCAL enable_nestloop = off")
        found = next(csv_of(query, given), None)
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    if found is None:
        return pl.DataFrame(schema=dict(schema))
    return pl.read_csv(
        found, has_header=False, new_columns=list(schema), schema_overrides=list(schema.values())
    )


def _choices(
    people: pl.DataFrame,
    numbers: Mapping[int, int],
    units: Mapping[int, Unit],
    closed: Mapping[str, frozenset[int]],
) -> pl.DataFrame:
    """A row a choice: person (number), batch, order within the batch, unit, adjust. A choice of what this round does not offer, or of
    a batch that a seat given elsewhere has closed, is left out and counts in no order."""
    lines = pl.DataFrame(
        {
            "line": list(units),
            "unit": [numbers[pk] for pk in units],
            "batch": [unit.batch for unit in units.values()],
        },
        schema={"line": pl.Int64, "unit": pl.Int32, "batch": pl.Int16},
    )
    flat = (
        people.select("lines", "adjust", "way")
        .with_row_index("person")
        .with_columns(line=pl.col("lines").fill_null("").str.split(" "))
        .explode("line")
        .with_columns(
            adjust=(pl.lit(" ") + pl.col("adjust").fill_null("") + " ").str.contains(
                pl.lit(" ") + pl.col("line") + " ", literal=True
            ),
            line=pl.col("line").cast(pl.Int64, strict=False),
        )
        .with_row_index("at")
        .join(lines, on="line", how="inner")
        .join(
            pl.DataFrame(
                [(way, batch) for way, batches in closed.items() for batch in sorted(batches)],
                schema={"way": pl.String, "batch": pl.Int16},
                orient="row",
            ),
            on=["way", "batch"],
            how="anti",
        )
        .sort("person", "batch", "at")
    )
    return flat.with_columns(
        order=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("person", "batch")
    ).select("person", "batch", "order", "unit", "adjust")


def _columns(people: pl.DataFrame, subjects: Sequence[str]) -> dict[str, Any]:
    """Marks by subject, and the total with what was confirmed besides."""
    found = {
        subject: people[name].to_numpy().astype(np.float64)
        for subject, name in zip(subjects, _named(subjects), strict=True)
    }
    # Marks have two decimals: the sum is that decimal again.
    found["total"] = np.round((people["total"] + people["bonus"]).to_numpy().astype(np.float64), 2)
    return found


def _without_marks(round_: Round) -> int:
    query = """
        SELECT count(DISTINCT x.candidate_id) FROM admissions_submission x JOIN admissions_candidate c
            ON c.id = x.candidate_id WHERE x.round_id = %s AND c.state = 'active' AND c.total IS NULL
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [round_.pk])
        return int(cursor.fetchone()[0])
