"""A matching worked out slowly and plainly from docs/algorithms/matching.md, with dictionaries and sets.

Nothing here is shared with the kernel or the verifier but the types. The numbers in headings are those of the document.
Long because an auditor reads the whole meaning in one piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from math import ceil
from typing import Any

from zhijiao.engines.expressions import evaluate, parse
from zhijiao.engines.matching.types import (
    Applicant,
    BadInput,
    Batch,
    Case,
    Cell,
    Choice,
    Fault,
    LastSeat,
    Limit,
    Line,
    Moved,
    Outcome,
    Placed,
    Reason,
    Returned,
    Told,
)

Key = tuple[Any, ...]
Pool = tuple[str, str]
"""A cell of the first stage: school and origin."""


def slow_match(case: Case) -> Outcome:
    """The outcome of a case. What reading refuses is taken to be absent; giving up what one has not is `BadInput`."""
    season = _Season(case)
    for batch in case.rules.batches:
        season.run(batch)
    return season.outcome()


# — 3: classes —


def exact(number: float | None) -> Fraction | None:
    """The decimal that its shortest writing shows."""
    return None if number is None or number != number else Fraction(Decimal(repr(float(number))))


def row_of(person: Applicant) -> dict[str, Any]:
    return {name: exact(value) for name, value in person.columns.items()}


def chain_key(case: Case, person: Applicant) -> Key:
    """The smaller is the better; who is equal here is one class of the common chain."""
    steps: list[Any] = []
    for step in case.rules.order:
        value: Any = evaluate(parse(step.expression), row_of(person))
        steps.append((1, 0) if value is None else (0, value if step.ascending else -value))
    return tuple(steps)


def lot(seed: str, applicant: str) -> bytes:
    return sha256(f"{seed}\x1f{applicant}".encode()).digest()


# — 4 and 5: choosing and finding —


def chosen(asked: Iterable[str], seats: int, key: Callable[[str], Key], last_seat: LastSeat) -> set[str]:
    """Whom a cell takes of all who ever asked it: class by class from the best."""
    classes: dict[Key, set[str]] = {}
    for who in asked:
        classes.setdefault(key(who), set()).add(who)
    taken: set[str] = set()
    for _, together in sorted(classes.items(), key=lambda item: item[0]):
        if len(taken) >= seats:
            break
        if last_seat is not LastSeat.ADMIT_TIED and len(taken) + len(together) > seats:
            break
        taken |= together
    return taken


@dataclass
class Settled:
    """Who rests where (None: nowhere), and who asked a place on the way."""

    held: dict[str, Any]
    asked: dict[Any, set[str]]


def settled(
    wishes: Mapping[str, list[Any]],
    seats: Mapping[Any, int],
    key: Callable[[Any, str], Key],
    last_seat: LastSeat,
) -> Settled:
    """All ask their first place; who is refused asks the next; until nobody who was refused has anything left."""
    reached = dict.fromkeys(wishes, 0)
    while True:
        asked: dict[Any, set[str]] = {place: set() for place in seats}
        for who, wish in wishes.items():
            for place in wish[: reached[who] + 1]:
                asked[place].add(who)
        taken = {
            place: chosen(asked[place], seats[place], lambda who, at=place: key(at, who), last_seat)  # type: ignore[misc]
            for place in seats
        }
        refused = [
            who
            for who, wish in wishes.items()
            if reached[who] < len(wish) and who not in taken[wish[reached[who]]]
        ]
        if not refused:
            held = {
                who: wish[reached[who]] if reached[who] < len(wish) else None for who, wish in wishes.items()
            }
            return Settled(held, asked)
        for who in refused:
            reached[who] += 1


@dataclass
class _Run:
    """A batch at rest."""

    wishes: dict[str, list[Any]]
    filing: Settled
    capacity: dict[Any, int]
    seat: dict[str, str] = field(default_factory=dict)
    """Cell of who has one."""
    adjusted: set[str] = field(default_factory=set)
    major: dict[str, Settled] = field(default_factory=dict)
    """The second stage, by school; those who asked by adjustment among those who asked."""
    last_asked: dict[str, str] = field(default_factory=dict)
    """Cell that she asked last in the second stage."""


@dataclass(frozen=True)
class _Numbers:
    line: str = ""
    place: int | None = None
    ties: int | None = None


class _Season:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.rules = case.rules
        self.people = {each.id: each for each in case.applicants}
        self.cells = {each.id: each for each in case.cells}
        self.seats = {each.id: each.seats for each in case.cells}
        self.chain = {each.id: chain_key(case, each) for each in case.applicants}
        self.flow = {each.source: each.target for each in self.rules.flows}
        self.returned = {(r.batch, r.school, r.major, r.applicant): r.reason for r in case.reviews}
        self.limits = [(limit, parse(limit.require)) for limit in self.rules.limits]
        self.placed: dict[str, Placed] = {}
        self.lines: list[Line] = []
        self.told: list[Told] = []
        self.moved: dict[tuple[str, str], int] = {}

    # — 3 —

    def own(self, school: str, major: str) -> Mapping[str, int] | None:
        return self.case.priorities.get((school, major))

    def own_of(self, place: str | Pool) -> Mapping[str, int] | None:
        """The own order of a cell, or of a cell of the first stage; in two stages that of the school."""
        if isinstance(place, tuple):
            return self.own(place[0], "")
        cell = self.cells[place]
        return self.own(cell.school, "" if self.batch(cell.batch).stages == 2 else cell.major)

    def class_of(self, place: str | Pool, who: str) -> Key:
        order = self.own_of(place)
        return self.chain[who] if order is None else (order[who],)

    def key(self, place: str | Pool, who: str) -> Key:
        found = self.class_of(place, who)
        return (*found, lot(self.rules.seed, who)) if self.rules.last_seat is LastSeat.LOTTERY else found

    def batch(self, wanted: str) -> Batch:
        return next(each for each in self.rules.batches if each.id == wanted)

    # — 1 —

    def excluded(self, person: Applicant, batch: Batch) -> bool:
        return any(
            batch.id in other.excludes and person.choices.get(other.id) for other in self.rules.batches
        )

    def taking_part(self, batch: Batch) -> list[Applicant]:
        return [
            each
            for each in self.case.applicants
            if each.choices.get(batch.id) and each.id not in self.placed and not self.excluded(each, batch)
        ]

    # — 2 —

    def cells_for(self, person: Applicant, batch: Batch, school: str, major: str | None) -> list[Cell]:
        """Cells of a unit (major None: of all majors) for her origins, then those for everybody."""
        of_unit = [
            cell
            for cell in self.case.cells
            if cell.batch == batch.id and cell.school == school and (major is None or cell.major == major)
        ]
        hers = [cell for cell in of_unit if cell.origin and cell.origin in person.origins]
        return hers + [cell for cell in of_unit if not cell.origin]

    def closed(self, person: Applicant, batch: Batch, cell: Cell) -> tuple[str, str] | None:
        """Code and line of what closes a cell to her; None: it is open."""
        if cell.min_total is not None:
            total = exact(person.columns.get("total"))
            if total is None or total < Fraction(Decimal(repr(float(cell.min_total)))):
                return Reason.BELOW_MINIMUM, number_text(cell.min_total)
        for limit, require in self.limits:
            if _speaks_of(limit, cell) and evaluate(require, row_of(person)) is not True:
                return (Reason.BELOW_MINIMUM if limit.minimum else f"{Reason.LIMIT}:{limit.id}"), ""
        order = self.own_of(cell.id)
        if order is not None and person.id not in order:
            return Reason.NOT_ACCEPTABLE, ""
        said = self.returned.get((batch.id, cell.school, cell.major, person.id))
        if said is not None and batch.returned is Returned.NEXT and batch.stages == 1:
            return f"{Reason.RETURNED}:{said}", ""
        return None

    def open_cells(self, person: Applicant, batch: Batch, school: str, major: str | None) -> list[str]:
        found = self.cells_for(person, batch, school, major)
        return [cell.id for cell in found if self.closed(person, batch, cell) is None]

    # — 6: a batch, until nothing flows any more —

    def run(self, batch: Batch) -> None:
        people = self.taking_part(batch)
        while True:
            run = self.two_stages(batch, people) if batch.stages == 2 else self.one_stage(batch, people)
            spare = {
                cell.id: self.seats[cell.id] - list(run.seat.values()).count(cell.id)
                for cell in self.case.cells
                if cell.batch == batch.id
            }
            moving = {
                source: spare[source]
                for source, target in self.flow.items()
                if spare.get(source, 0) > 0 and self.cells[target].batch == batch.id
            }
            if not moving:
                break
            for source, seats in moving.items():
                self.move(source, seats)
        self.tell(batch, {each.id: each for each in people}, run)
        self.leave(batch, run, spare)

    def move(self, source: str, seats: int) -> None:
        target = self.flow[source]
        self.seats[source] -= seats
        self.seats[target] += seats
        self.moved[source, target] = self.moved.get((source, target), 0) + seats

    def leave(self, batch: Batch, run: _Run, spare: dict[str, int]) -> None:
        """9, and the end of 6: unused and given-up seats go along the declarations until they are in a later batch."""
        for who, where in self.case.given_up:
            if where == batch.id:
                if who not in run.seat or not batch.can_decline:
                    raise BadInput(
                        [Fault("given_up.csv", 0, f"{who}在{where}没有可放弃的录取", "删去这一行")]
                    )
                spare[run.seat[who]] += 1
                del self.placed[who]
        for cell, seats in spare.items():
            way = [cell]
            while way[-1] in self.flow and self.cells[way[-1]].batch == batch.id:
                way.append(self.flow[way[-1]])
            if self.cells[way[-1]].batch != batch.id and seats > 0:
                for step in way[:-1]:
                    self.move(step, seats)

    # — 5 and 8: one stage —

    def one_stage(self, batch: Batch, people: list[Applicant]) -> _Run:
        wishes = {
            each.id: [
                cell
                for choice in _in_order(each, batch)
                for cell in self.open_cells(each, batch, choice.school, choice.major)
            ]
            for each in people
        }
        capacity = {
            cell.id: self.filed_up_to(batch, self.seats[cell.id])
            for cell in self.case.cells
            if cell.batch == batch.id
        }
        run = _Run(wishes, settled(wishes, capacity, self.key, self.rules.last_seat), capacity)
        for cell in capacity:
            stayed = [who for who in self.filed(run, cell) if not self.sent_back(batch, cell, who)]
            for who in chosen(
                stayed, self.seats[cell], lambda who, at=cell: self.key(at, who), self.rules.last_seat
            ):  # type: ignore[misc]
                run.seat[who] = cell
        return run

    def filed_up_to(self, batch: Batch, seats: int) -> int:
        return seats if batch.returned is Returned.NEXT else ceil(seats * Fraction(str(batch.ratio)))

    def filed(self, run: _Run, place: str | Pool) -> list[str]:
        return [who for who, at in run.filing.held.items() if at == place]

    def sent_back(self, batch: Batch, place: str | Pool, who: str) -> str | None:
        """What the school returned her with, after she was filed there."""
        if isinstance(place, tuple):
            return self.returned.get((batch.id, place[0], "", who))
        cell = self.cells[place]
        return self.returned.get((batch.id, cell.school, cell.major, who))

    # — 7: two stages —

    def two_stages(self, batch: Batch, people: list[Applicant]) -> _Run:
        capacity: dict[Pool, int] = {}
        for cell in self.case.cells:
            if cell.batch == batch.id:
                pool = (cell.school, cell.origin)
                capacity[pool] = capacity.get(pool, 0) + self.seats[cell.id]
        capacity = {pool: self.filed_up_to(batch, seats) for pool, seats in capacity.items()}
        wishes: dict[str, list[Pool]] = {
            each.id: [pool for school in _schools(each, batch) for pool in self.pools(each, batch, school)]
            for each in people
        }
        run = _Run(wishes, settled(wishes, capacity, self.key, self.rules.last_seat), dict(capacity))
        for school in dict.fromkeys(pool[0] for pool in capacity):
            here = [
                each
                for each in people
                if (at := run.filing.held[each.id]) is not None
                and at[0] == school
                and self.sent_back(batch, at, each.id) is None
            ]
            self.give_majors(batch, school, here, run)
        return run

    def pools(self, person: Applicant, batch: Batch, school: str) -> list[Pool]:
        found = self.open_cells(person, batch, school, None)
        return list(dict.fromkeys((school, self.cells[cell].origin) for cell in found))

    def give_majors(self, batch: Batch, school: str, here: list[Applicant], run: _Run) -> None:
        named = {
            each.id: [
                cell
                for choice in _in_order(each, batch)
                if choice.school == school
                for cell in self.open_cells(each, batch, school, choice.major)
            ]
            for each in here
        }
        seats = {
            cell.id: self.seats[cell.id]
            for cell in self.case.cells
            if cell.batch == batch.id and cell.school == school
        }
        majors = settled(named, seats, self.key, self.rules.last_seat)
        run.major[school] = majors
        for who, cell in majors.held.items():
            if cell is not None:
                run.seat[who] = cell
            reached = [at for at in named[who] if who in majors.asked[at]]
            if reached:
                run.last_asked[who] = reached[-1]
        self.adjust(batch, school, here, run)

    def adjust(self, batch: Batch, school: str, here: list[Applicant], run: _Run) -> None:
        """Class by class from the best; those of a class ask at once."""
        majors = run.major[school]
        free = dict.fromkeys(majors.asked, 0)
        worst: dict[str, Key] = {}
        for cell, asked in majors.asked.items():
            inside = {who for who in asked if majors.held[who] == cell}
            free[cell] = self.seats[cell] - len(inside)
            if asked - inside:
                worst[cell] = min(self.key(cell, who) for who in asked - inside)
        waiting: dict[Key, list[Applicant]] = {}
        for each in here:
            agreed = any(choice.adjust for choice in _in_order(each, batch) if choice.school == school)
            if each.id not in run.seat and agreed:
                waiting.setdefault(self.key((school, ""), each.id), []).append(each)
        for key, together in sorted(waiting.items(), key=lambda item: item[0]):
            asking = list(together)
            while asking:
                groups: dict[str, list[Applicant]] = {}
                for each in asking:
                    best = [
                        cell
                        for cell in self.open_cells(each, batch, school, None)
                        if free[cell] > 0 and not (cell in worst and key >= worst[cell])
                    ]
                    if best:
                        order = list(self.cells)
                        goes = min(best, key=lambda cell: (-free[cell], order.index(cell)))
                        groups.setdefault(goes, []).append(each)
                asking = []
                for cell, group in groups.items():
                    majors.asked[cell] |= {each.id for each in group}
                    run.last_asked |= {each.id: cell for each in group}
                    if len(group) > free[cell] and self.rules.last_seat is not LastSeat.ADMIT_TIED:
                        worst[cell] = key
                        asking += group
                        continue
                    free[cell] -= len(group)
                    run.adjusted |= {each.id for each in group}
                    run.seat |= {each.id: cell for each in group}

    # — lines and reasons —

    def last_class(self, place: str | Pool, taken: Iterable[str]) -> list[str]:
        """Those taken who stand in the worst class among them, lots apart."""
        worst = max((self.class_of(place, who) for who in taken), default=None)
        return [who for who in taken if self.class_of(place, who) == worst]

    def line_text(self, place: str | Pool, taken: Iterable[str]) -> str:
        last = self.last_class(place, taken)
        if not last:
            return ""
        order = self.own_of(place)
        return number_text(min(self.total(who) for who in last)) if order is None else str(order[last[0]])

    def total(self, who: str) -> float:
        return self.people[who].columns["total"]

    def ties(self, place: str | Pool, asked: Iterable[str], who: str) -> int:
        mine = self.class_of(place, who)
        return sum(self.class_of(place, other) == mine for other in asked)

    def place(self, place: str | Pool, among: Iterable[str], who: str) -> int:
        mine = self.key(place, who)
        return 1 + sum(self.key(place, other) < mine for other in among)

    def refusal(
        self, place: str | Pool, who: str, asked: set[str], taken: set[str], seats: int
    ) -> tuple[Reason, _Numbers]:
        line, own = self.line_text(place, taken), self.place(place, asked, who)
        mine = self.class_of(place, who)
        last = self.last_class(place, taken)
        if self.rules.last_seat is LastSeat.STRICT:
            best = min(self.class_of(place, other) for other in asked - taken)
            if mine == best and len(taken) < seats:
                return Reason.TIED_OUT, _Numbers(line, own, self.ties(place, asked, who))
        if self.rules.last_seat is LastSeat.LOTTERY and last and self.class_of(place, last[0]) == mine:
            return Reason.LOT, _Numbers(line, own, self.ties(place, asked, who))
        return Reason.BELOW_LINE, _Numbers(line, own)

    def tell(self, batch: Batch, people: dict[str, Applicant], run: _Run) -> None:
        for cell in self.case.cells:
            if cell.batch == batch.id:
                self.lines.append(self.line(batch, cell.id, run))
        for who, person in self.people.items():
            before = who in self.placed
            for choice in _in_order(person, batch):
                if self.excluded(person, batch):
                    code, numbers = str(Reason.EXCLUDED), _Numbers()
                elif before:
                    code, numbers = str(Reason.PLACED_EARLIER), _Numbers()
                else:
                    code, numbers = self.reason(batch, people[who], choice, run)
                self.told.append(
                    Told(who, batch.id, choice.order, code, numbers.line, numbers.place, numbers.ties)
                )
        for who, at in run.seat.items():
            cell, choice = self.cells[at], self.seat_choice(batch, people[who], run)
            self.placed[who] = Placed(who, batch.id, choice.order, cell.school, cell.major, cell.id)

    def inside(self, run: _Run, cell: str) -> set[str]:
        return {who for who, at in run.seat.items() if at == cell}

    def asked(self, batch: Batch, run: _Run, cell: str) -> set[str]:
        if batch.stages == 1:
            return run.filing.asked[cell]
        return run.major[self.cells[cell].school].asked[cell]

    def line(self, batch: Batch, cell: str, run: _Run) -> Line:
        inside, asked = self.inside(run, cell), self.asked(batch, run, cell)
        last = self.last_class(cell, inside)
        if not last:
            return Line(cell, self.seats[cell], 0, None, None, 0)
        order = self.own_of(cell)
        better = sum(key < self.chain[last[0]] for key in self.chain.values())
        rank = better + 1 if order is None else order[last[0]]
        low = min(self.total(who) for who in last)
        return Line(cell, self.seats[cell], len(inside), low, rank, self.ties(cell, asked, last[0]))

    def seat_choice(self, batch: Batch, person: Applicant, run: _Run) -> Choice:
        """The choice that a seat counts as coming from."""
        cell = self.cells[run.seat[person.id]]
        of_school = [choice for choice in _in_order(person, batch) if choice.school == cell.school]
        if person.id in run.adjusted:
            return of_school[-1]
        return next(choice for choice in of_school if choice.major == cell.major)

    def reason(self, batch: Batch, person: Applicant, choice: Choice, run: _Run) -> tuple[str, _Numbers]:
        who, at = person.id, run.filing.held[person.id]
        if at is None:
            return self.shut(batch, person, choice) or self.refused_first(batch, person, choice, run)
        filed = self.filed_choice(batch, person, at)
        seat = self.seat_choice(batch, person, run) if who in run.seat else None
        here, there = _position(person, batch, choice), _position(person, batch, seat or filed)
        if batch.stages == 2 and seat is None:
            here, there = here[:1], there[:1]
        if here > there:
            return (Reason.AFTER_FILING if seat is None else Reason.PLACED_HIGHER), _Numbers()
        if here == there:
            found = self.own_reason(batch, person, choice, run, seat)
            if found is not None:
                return found
        shut = self.shut(batch, person, choice)
        if shut is not None:
            return shut
        if batch.stages == 2 and choice.school == at[0]:
            last = self.open_cells(person, batch, choice.school, choice.major)[-1]
            return self.refused_major(batch, who, last, run)
        return self.refused_first(batch, person, choice, run)

    def own_reason(
        self, batch: Batch, person: Applicant, choice: Choice, run: _Run, seat: Choice | None
    ) -> tuple[str, _Numbers] | None:
        """Of the choice (without a seat in two stages: of any choice of the school) that she was filed by."""
        who = person.id
        at = run.filing.held[who]
        assert at is not None
        if seat is not None:
            cell = run.seat[who]
            asked, last = self.asked(batch, run, cell), self.last_class(cell, self.inside(run, cell))
            among = asked if batch.stages == 2 else self.stayed(batch, run, cell)
            numbers = _Numbers(
                self.line_text(cell, self.inside(run, cell)),
                self.place(cell, among, who),
                self.ties(cell, asked, last[0]),
            )
            given_up = (who, batch.id) in self.case.given_up
            adjusted = who in run.adjusted
            return Reason.GIVEN_UP if given_up else Reason.ADJUSTED if adjusted else Reason.ADMITTED, numbers
        said = self.sent_back(batch, at, who)
        if said is not None:
            return f"{Reason.RETURNED}:{said}", _Numbers()
        if batch.stages == 1:
            line = self.line_text(at, self.inside(run, at))
            return Reason.BEYOND_SEATS, _Numbers(line, self.place(at, self.stayed(batch, run, at), who))
        if choice is [each for each in _in_order(person, batch) if each.school == at[0]][-1]:
            cell = run.last_asked.get(who)
            return Reason.NO_MAJOR, self.refused_major(batch, who, cell, run)[1] if cell else _Numbers()
        return None

    def stayed(self, batch: Batch, run: _Run, cell: str) -> list[str]:
        return [who for who in self.filed(run, cell) if self.sent_back(batch, cell, who) is None]

    def filed_choice(self, batch: Batch, person: Applicant, at: str | Pool) -> Choice:
        school, major = (
            (at[0], None) if isinstance(at, tuple) else (self.cells[at].school, self.cells[at].major)
        )
        return next(
            choice
            for choice in _in_order(person, batch)
            if choice.school == school and major in (None, choice.major)
        )

    def shut(self, batch: Batch, person: Applicant, choice: Choice) -> tuple[str, _Numbers] | None:
        """Why all cells of a choice are closed to her; None: one is open."""
        found = self.cells_for(person, batch, choice.school, choice.major)
        if not found:
            return Reason.NO_CELL, _Numbers()
        said = [self.closed(person, batch, cell) for cell in found]
        if None in said:
            return None
        code, line = said[-1] or ("", "")
        return code, _Numbers(line)

    def refused_first(
        self, batch: Batch, person: Applicant, choice: Choice, run: _Run
    ) -> tuple[Reason, _Numbers]:
        """By the last cell that the choice led to; in two stages by the last one of the first stage."""
        places: list[Any] = (
            self.pools(person, batch, choice.school)
            if batch.stages == 2
            else self.open_cells(person, batch, choice.school, choice.major)
        )
        last = places[-1]
        taken = set(self.filed(run, last))
        return self.refusal(last, person.id, run.filing.asked[last], taken, run.capacity[last])

    def refused_major(self, batch: Batch, who: str, cell: str, run: _Run) -> tuple[Reason, _Numbers]:
        return self.refusal(cell, who, self.asked(batch, run, cell), self.inside(run, cell), self.seats[cell])

    def outcome(self) -> Outcome:
        return Outcome(
            placed=tuple(self.placed.get(who, Placed(who)) for who in sorted(self.people)),
            lines=tuple(sorted(self.lines, key=lambda each: each.cell)),
            told=tuple(sorted(self.told, key=lambda each: (each.applicant, each.batch, each.order))),
            moved=tuple(Moved(*way, seats) for way, seats in sorted(self.moved.items())),
        )


def number_text(value: float) -> str:
    """650, 612.5: shortest, without a trailing `.0`."""
    return str(int(value)) if value == int(value) else repr(float(value))


def _speaks_of(limit: Limit, cell: Cell) -> bool:
    return all(
        not wanted or wanted == given
        for wanted, given in (
            (limit.batch, cell.batch),
            (limit.school, cell.school),
            (limit.major, cell.major),
            (limit.origin, cell.origin),
        )
    )


def _in_order(person: Applicant, batch: Batch) -> list[Choice]:
    return sorted(person.choices.get(batch.id, ()), key=lambda choice: choice.order)


def _schools(person: Applicant, batch: Batch) -> list[str]:
    """In the order of the first choice of each."""
    return list(dict.fromkeys(choice.school for choice in _in_order(person, batch)))


def _position(person: Applicant, batch: Batch, choice: Choice) -> tuple[int, int]:
    """Where a choice stands among hers: in two stages all of a school together."""
    school = _schools(person, batch).index(choice.school) if batch.stages == 2 else 0
    return school, choice.order
