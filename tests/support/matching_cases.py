"""Small and nasty matchings, from a seed: ties, no seats, no choices, cells that nobody can ask, chains of flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from tests.support.slow_matching import slow_match
from zhijiao.engines.matching.types import (
    Applicant,
    Batch,
    Case,
    Cell,
    Choice,
    Comparator,
    Flow,
    LastSeat,
    Limit,
    Mechanism,
    Returned,
    Review,
    Rules,
)

ORIGINS = ("east", "west", "village")


@dataclass(frozen=True)
class Kind:
    """What a case may have. None: the seed decides."""

    people: int = 12
    schools: int = 3
    batches: int | None = None
    last_seat: LastSeat | None = None
    mechanism: Mechanism | None = None
    two_stages: bool | None = None
    filing: bool | None = None
    """A ratio above 1, or reviews."""
    flows: bool | None = None
    limits: bool = True
    """Limits, minimums, and orders of units' own in which somebody is missing."""
    later: bool = True
    """Exclusions, and seats given up."""


PLAIN = Kind(batches=1, two_stages=False, filing=False, flows=False, limits=False, later=False)
ANY = Kind()


def made(seed: int, kind: Kind = ANY) -> Case:
    """A well-formed case. The same seed makes the same case."""
    random = Random(seed)
    batches = tuple(_batch(random, f"b{n}", kind) for n in range(kind.batches or random.choice((1, 1, 2, 3))))
    cells = _cells(random, batches, kind)
    alike = random.random() < 0.4
    people = tuple(_person(random, n, batches, cells, alike) for n in range(random.randint(0, kind.people)))
    rules = Rules(
        batches=_excluding(random, batches) if kind.later else batches,
        order=random.choice(
            (
                (Comparator("total"),),
                (Comparator("total"), Comparator("语文+数学")),
                (Comparator("total"), Comparator("语文"), Comparator("数学", ascending=True)),
                (Comparator("语文 * 0.1 + 数学 * 0.2"),),
            )
        ),
        last_seat=kind.last_seat or random.choice(tuple(LastSeat)),
        seed=str(random.randint(0, 99)),
        limits=_limits(random, cells) if kind.limits else (),
        flows=_flows(random, batches, cells, kind),
    )
    case = Case(rules, cells, people, _priorities(random, batches, cells, people, 0.85 if kind.limits else 1))
    if kind.filing is not False:
        case = replace(case, reviews=_reviews(random, case))
    return _given_up(random, case) if kind.later else case


def _flip(random: Random, wanted: bool | None, chance: float) -> bool:
    return random.random() < chance if wanted is None else wanted


def _batch(random: Random, name: str, kind: Kind) -> Batch:
    filing = _flip(random, kind.filing, 0.3)
    two = _flip(random, kind.two_stages, 0.3)
    return Batch(
        name,
        mechanism=kind.mechanism or random.choice(tuple(Mechanism)),
        stages=2 if two else 1,
        ratio=random.choice((1.0, 1.1, 1.5, 2.0)) if filing else 1.0,
        returned=Returned.OUT if two or not filing else random.choice(tuple(Returned)),
        can_decline=random.random() < 0.5,
    )


def _cells(random: Random, batches: tuple[Batch, ...], kind: Kind) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for batch in batches:
        for school in range(random.randint(1, kind.schools)):
            for major in random.sample(("", "m1", "m2", "m3"), random.choice((1, 1, 2, 3))):
                for origin in random.choice(
                    (("",), ("",), ("",), ("east", ""), ("east", "west"), ("village", "east", ""))
                ):
                    seats = random.choice((0, 1, 1, 1, 1, 2, 2, 3))
                    minimum = (
                        random.choice((None, None, None, None, None, None, 2.0, 2.5)) if kind.limits else None
                    )
                    name = f"c{random.randint(0, 999):03d}-{len(cells)}"
                    cells.append(Cell(name, f"s{school}", major, batch.id, origin, seats, minimum))
    random.shuffle(cells)
    return tuple(cells)


def _person(
    random: Random, number: int, batches: tuple[Batch, ...], cells: tuple[Cell, ...], alike: bool
) -> Applicant:
    """`alike`: hardly anybody can be told from the others."""
    high = random.choice((1, 1, 2, 4))
    columns = {
        "total": random.randint(1, high) + random.choice((0.0, 0.0, 0.1, 0.5)),
        "数学": random.choice((0.1, 0.3, 1.0, 2.0)),
        "体检": float(random.randint(0, 1)),
    }
    if random.random() < 0.9:
        columns["语文"] = random.choice((0.2, 0.3, 1.0, 2.0))
    if alike:
        columns |= {"total": float(random.choice((2, 2, 2, 3))), "数学": 1.0, "语文": 1.0}
    choices: dict[str, tuple[Choice, ...]] = {}
    for batch in batches:
        units = sorted({cell.unit for cell in cells if cell.batch == batch.id})
        wanted = random.sample(units, random.randint(0, min(len(units), 5)))
        orders = sorted(random.sample(range(1, 12), len(wanted)))
        choices[batch.id] = tuple(
            Choice(order, *unit, adjust=random.random() < 0.4)
            for order, unit in zip(orders, wanted, strict=True)
        )
    origins = frozenset(random.sample(ORIGINS, random.choice((0, 1, 1, 2))))
    return Applicant(f"p{random.randint(0, 99):02d}-{number}", origins, columns, choices)


def _limits(random: Random, cells: tuple[Cell, ...]) -> tuple[Limit, ...]:
    found = []
    if random.random() < 0.3:
        found.append(Limit("health", "体检 = 1", school=random.choice(cells).school))
    if random.random() < 0.3:
        found.append(Limit("marks", "语文 >= 0.3", major=random.choice(cells).major, minimum=True))
    if random.random() < 0.1:
        found.append(Limit("nobody", "total > 99", origin="east", batch=random.choice(cells).batch))
    return tuple(found)


def _flows(
    random: Random, batches: tuple[Batch, ...], cells: tuple[Cell, ...], kind: Kind
) -> tuple[Flow, ...]:
    """From a cell to a later one of a shuffled row, so never round in a circle."""
    if not _flip(random, kind.flows, 0.5):
        return ()
    at = {batch.id: number for number, batch in enumerate(batches)}
    row = sorted(random.sample(cells, len(cells)), key=lambda cell: at[cell.batch])
    return tuple(
        Flow(cell.id, random.choice(row[number + 1 :]).id)
        for number, cell in enumerate(row[:-1])
        if random.random() < 0.5
    )


def _excluding(random: Random, batches: tuple[Batch, ...]) -> tuple[Batch, ...]:
    if len(batches) == 1 or random.random() < 0.7:
        return batches
    first, second = random.sample(batches, 2)
    return tuple(
        replace(each, excludes=frozenset({second.id})) if each is first else each for each in batches
    )


def _priorities(
    random: Random,
    batches: tuple[Batch, ...],
    cells: tuple[Cell, ...],
    people: tuple[Applicant, ...],
    standing: float,
) -> Mapping[tuple[str, str], Mapping[str, int]]:
    """Own orders with ties and gaps, of units all of whose batches are deferred, and of the form that the stages ask."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for school in sorted({cell.school for cell in cells}):
        for major in ("", "m1", "m2", "m3"):
            where = [b for b in batches if any(c.batch == b.id and c.school == school for c in cells)]
            allowed = [
                b for b in where if b.mechanism is Mechanism.DEFERRED and (b.stages == 1 or major == "")
            ]
            if allowed == where and random.random() < 0.5:
                here = [each.id for each in people if random.random() < standing]
                found[school, major] = {who: random.randint(1, 1 + len(people) // 2) for who in here}
    return found


def _reviews(random: Random, case: Case) -> tuple[Review, ...]:
    """Some of those filed, and some who never were."""
    found = {}
    for batch in case.rules.batches:
        if batch.stages == 2 or batch.ratio > 1 or batch.returned is Returned.NEXT:
            for person in case.applicants:
                for choice in person.choices.get(batch.id, ()):
                    if random.random() < 0.15:
                        major = "" if batch.stages == 2 else choice.major
                        found[batch.id, choice.school, major, person.id] = random.choice(
                            ("体检不符", "面试未到")
                        )
    return tuple(Review(*where, reason) for where, reason in found.items())


def _given_up(random: Random, case: Case) -> Case:
    """Seats given up, batch by batch, as they come out."""
    for batch in case.rules.batches:
        if batch.can_decline and random.random() < 0.7:
            seats = [each for each in slow_match(case).placed if each.batch == batch.id]
            more = {(each.applicant, batch.id) for each in seats if random.random() < 0.4}
            case = replace(case, given_up=case.given_up | more)
    return case
