"""Right results spoiled in one place each: what a verifier must notice, and what it must call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from tests.support.slow_matching import slow_match
from zhijiao.engines.matching.types import Case, Guarantee, LastSeat, Moved, Outcome, Placed, Reason

G = Guarantee
UNFAIR = frozenset({G.ENVY, G.LOT, G.WASTE, G.NOT_BEST})


@dataclass(frozen=True)
class Spoiled:
    """`any_of`: one of these must be named; `only`: and nothing else than these."""

    what: str
    outcome: Outcome
    any_of: frozenset[Guarantee]
    only: frozenset[Guarantee]


def spoiled(case: Case, right: Outcome, random: Random) -> Iterator[Spoiled]:
    """Every way of spoiling that this result offers, once."""
    for way in _WAYS:
        yield from way(case, right, random)


def _with(right: Outcome, *lines: Placed) -> Outcome:
    new = {line.applicant: line for line in lines}
    return replace(right, placed=tuple(new.get(each.applicant, each) for each in right.placed))


def _plain(case: Case) -> bool:
    rules = case.rules
    simple = len(rules.batches) == 1 and rules.batches[0].stages == 1 and not rules.flows
    return simple and not case.reviews and not case.given_up


def _asked(case: Case, right: Outcome, who: str) -> dict[str, Placed]:
    """Open seats that somebody chose, as far as can be told without working it out."""
    person = next(each for each in case.applicants if each.id == who)
    batch = case.rules.batches[0].id
    judged = (Reason.ADMITTED, Reason.BELOW_LINE, Reason.TIED_OUT, Reason.LOT, Reason.PLACED_HIGHER)
    orders = {each.order for each in right.told if each.applicant == who and each.code in judged}
    if case.rules.limits or any(cell.min_total is not None for cell in case.cells):
        return {}
    return {
        cell.id: Placed(who, batch, choice.order, *cell.unit, cell.id)
        for choice in person.choices[batch]
        for cell in case.cells
        if choice.order in orders and cell.unit == (choice.school, choice.major) and cell.origin == ""
    }


def _swapped(case: Case, right: Outcome, random: Random) -> Iterator[Spoiled]:
    seated = [each for each in right.placed if each.cell]
    random.shuffle(seated)
    for one in seated:
        for other in seated:
            if _plain(case) and one.cell != other.cell:
                hers, his = (_asked(case, right, each.applicant) for each in (one, other))
                if other.cell in hers and one.cell in his:
                    new = _with(right, hers[other.cell], his[one.cell])
                    tied = case.rules.last_seat is LastSeat.ADMIT_TIED
                    yield Spoiled("swapped", new, UNFAIR, UNFAIR | {G.OVER_PLAN} if tied else UNFAIR)
                    return


def _dropped(case: Case, right: Outcome, random: Random) -> Iterator[Spoiled]:
    seated = [
        each for each in right.placed if each.cell and (each.applicant, each.batch) not in case.given_up
    ]
    if seated:
        gone = random.choice(seated)
        names = {G.WASTE, G.ENVY, G.LOT, G.NOT_BEST}
        if _plain(case) and case.rules.last_seat is LastSeat.LOTTERY:
            names = {G.WASTE}
        yield Spoiled("dropped", _with(right, Placed(gone.applicant)), frozenset(names), frozenset(G))


def _overfilled(case: Case, right: Outcome, random: Random) -> Iterator[Spoiled]:
    full = {each.cell for each in right.lines if each.admitted >= each.seats}
    for each in right.placed:
        if (
            _plain(case)
            and not each.cell
            and any(p.id == each.applicant and p.choices for p in case.applicants)
        ):
            for cell, line in _asked(case, right, each.applicant).items():
                if cell in full:
                    yield Spoiled("over-filled", _with(right, line), frozenset({G.OVER_PLAN}), frozenset(G))
                    return


def _not_asked(case: Case, right: Outcome, random: Random) -> Iterator[Spoiled]:
    """A seat of a unit that she did not choose, under the number of a choice that she has."""
    batch = case.rules.batches[0].id
    for person in random.sample(case.applicants, len(case.applicants)):
        chosen = {(each.school, each.major) for each in person.choices.get(batch, ())}
        schools = {school for school, _ in chosen}
        cells = [each for each in case.cells if each.batch == batch and each.school not in schools]
        if chosen and cells:
            cell, order = random.choice(cells), person.choices[batch][0].order
            line = Placed(person.id, batch, order, *cell.unit, cell.id)
            yield Spoiled("not asked", _with(right, line), frozenset({G.TWO_SEATS}), frozenset(G))
            return


def _two_lines(case: Case, right: Outcome, random: Random) -> Iterator[Spoiled]:
    seated = [each for each in right.placed if each.cell]
    if seated:
        more = replace(right, placed=(*right.placed, random.choice(seated)))
        yield Spoiled("two lines", more, frozenset({G.TWO_SEATS}), frozenset({G.TWO_SEATS}))


def _other_reason(case: Case, right: Outcome, random: Random) -> Iterator[Spoiled]:
    if not right.told:
        return
    at = random.randrange(len(right.told))
    said = right.told[at]
    other = Reason.NO_CELL if said.code != Reason.NO_CELL else Reason.BELOW_LINE
    if said.code == Reason.GIVEN_UP:
        other = Reason.ADMITTED
    for what, new in (
        ("code", replace(said, code=str(other))),
        ("line", replace(said, line="99.5")),
        ("place", replace(said, own_place=(said.own_place or 0) + 1)),
        ("ties", replace(said, ties=(said.ties or 0) + 1)),
    ):
        told = (*right.told[:at], new, *right.told[at + 1 :])
        # Who gave a seat up is known by the reason alone.
        only = frozenset(G) if said.code == Reason.GIVEN_UP else frozenset({G.REASON})
        yield Spoiled(f"another {what}", replace(right, told=told), only, only)


def _other_line(case: Case, right: Outcome, random: Random) -> Iterator[Spoiled]:
    at = random.randrange(len(right.lines))
    line = right.lines[at]
    for new in (
        replace(line, admitted=line.admitted + 1),
        replace(line, last_total=(line.last_total or 0) + 0.5),
        replace(line, last_rank=(line.last_rank or 0) + 1),
        replace(line, tied_at_line=line.tied_at_line + 1),
    ):
        lines = (*right.lines[:at], new, *right.lines[at + 1 :])
        yield Spoiled(
            "another line", replace(right, lines=lines), frozenset({G.REASON}), frozenset({G.REASON})
        )
    lines = (*right.lines[:at], replace(line, seats=line.seats + 1), *right.lines[at + 1 :])
    yield Spoiled("other seats", replace(right, lines=lines), frozenset({G.FLOW}), frozenset({G.FLOW}))


def _other_flow(case: Case, right: Outcome, random: Random) -> Iterator[Spoiled]:
    only = frozenset({G.FLOW})
    if right.moved:
        at = random.randrange(len(right.moved))
        move, rest = right.moved[at], (*right.moved[:at], *right.moved[at + 1 :])
        yield Spoiled("a flow less", replace(right, moved=rest), only, only)
        more = replace(move, seats=move.seats + 1)
        yield Spoiled("a larger flow", replace(right, moved=(*rest, more)), only, only)
    if len(case.cells) > 1:
        one, other = random.sample(case.cells, 2)
        if (one.id, other.id) not in {(each.source, each.target) for each in right.moved}:
            new = Moved(one.id, other.id, 1)
            yield Spoiled("a flow more", replace(right, moved=(*right.moved, new)), only, only)


def _other_lots(case: Case, right: Outcome, random: Random) -> Iterator[Spoiled]:
    if not _plain(case) or case.rules.last_seat is not LastSeat.LOTTERY:
        return
    other = slow_match(replace(case, rules=replace(case.rules, seed=f"{case.rules.seed}a")))
    if other.placed != right.placed:
        yield Spoiled("other lots", other, frozenset({G.LOT}), UNFAIR)


_WAYS: tuple[Callable[[Case, Outcome, Random], Iterator[Spoiled]], ...] = (
    _swapped,
    _dropped,
    _overfilled,
    _not_asked,
    _two_lines,
    _other_reason,
    _other_line,
    _other_flow,
    _other_lots,
)
