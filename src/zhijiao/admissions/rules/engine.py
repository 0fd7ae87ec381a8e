"""From the words of a season to the words of the matching engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zhijiao.engines.matching.types import (
    Batch,
    Cell,
    Comparator,
    Flow,
    Group,
    LastSeat,
    Limit,
    Mechanism,
    Returned,
    Rules,
)


def rules_of(
    season: Mapping[str, Any],
    batches: Sequence[str],
    seed: str,
    limits: Iterable[Limit] = (),
    flows: Iterable[Flow] = (),
) -> Rules:
    """The rules of a round: the season's copy of its pack (`policy.types.Admission` as plain data), its batches in sequence, and
    what lines and cells of the plan add. Nobody gives a seat up inside a run: seats given up afterwards are offered by the next
    round."""
    known = {each["id"]: each for each in season["batches"]}
    return Rules(
        batches=tuple(_batch(known[each]) for each in batches),
        order=tuple(Comparator(each["by"], bool(each.get("ascending"))) for each in season["order"]),
        last_seat=LastSeat(season["last_seat"]),
        seed=seed,
        limits=tuple(limits),
        flows=tuple(flows),
    )


def _batch(said: Mapping[str, Any]) -> Batch:
    return Batch(
        id=said["id"],
        mechanism=Mechanism(said.get("mechanism", "parallel")),
        stages=int(said.get("stages", 1)),
        max_choices=int(said["max_choices"]),
        ratio=float(said.get("ratio", 1)),
        returned=Returned(said.get("returned", "out")),
        can_decline=bool(said.get("can_decline")),
        excludes=frozenset(said.get("excludes", ())),
        groups=tuple(
            Group(g["id"], int(g["most"]), frozenset(g.get("schools", ())), bool(g.get("beyond")))
            for g in said.get("groups", ())
        ),
    )


def limits_of(line_code: str, school: str, batch: str, limits: Iterable[Mapping[str, Any]]) -> list[Limit]:
    """The limits that a line of the plan carries, tied to that line."""
    return [
        Limit(
            id=limit_id(line_code, str(each["id"])),
            require=str(each["require"]),
            words=str(each.get("words", "")),
            batch=batch,
            school=school,
            major=line_code,
            minimum=bool(each.get("minimum")),
        )
        for each in limits
    ]


def limit_id(line_code: str, limit: str) -> str:
    """How the engine's files and reasons call a limit of a line: many lines have one of the same id."""
    return f"{line_code}-{limit}"


def cell_id(line_code: str, number: int) -> str:
    """How the engine's files call a cell: recruitment code and number."""
    return f"{line_code}-{number}"


def flows_within(cells: Mapping[int, Cell], flows_to: Mapping[int, int | None]) -> list[Flow]:
    """The declared flows between cells that this round offers, by the ids of their rows."""
    return [
        Flow(cells[source].id, cells[target].id)
        for source, target in flows_to.items()
        if target is not None and source in cells and target in cells
    ]
