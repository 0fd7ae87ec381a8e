"""What must hold of every matching, each law as a function that raises `AssertionError` with the seed."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.support.matching_cases import PLAIN, Kind, made
from tests.support.matching_mutations import spoiled
from tests.support.slow_matching import slow_match
from zhijiao.engines.matching.files import digested, output_files
from zhijiao.engines.matching.market import Market, market_of
from zhijiao.engines.matching.result import Result, outcome, result_of
from zhijiao.engines.matching.running import match
from zhijiao.engines.matching.types import Applicant, Case, Guarantee, LastSeat, Outcome, Reason
from zhijiao.engines.matching.verifying import plain, thorough, verify, verify_outcome

NOWHERE = 99
"""Behind every choice."""


def run(case: Case) -> Outcome:
    market = market_of(case)
    return outcome(market, match(market))


def three_programs_agree(seed: int, kind: Kind) -> None:
    """The kernel gives what the slow program gives, and the verifier has nothing to say."""
    case = made(seed, kind)
    market = market_of(case)
    result = match(market)
    assert outcome(market, result) == slow_match(case), seed
    assert verify(market, result) == (), seed
    assert thorough(market, result) == (), seed


def the_quick_way_agrees(seed: int) -> None:
    """On markets that it may be taken for: whatever was spoiled it leaves to the thorough one."""
    case = made(seed, PLAIN)
    alone = tuple({cell.unit: replace(cell, origin="") for cell in case.cells}.values())
    case = replace(case, cells=alone)
    market, right = market_of(case), slow_match(case)
    assert plain.is_plain(market), seed
    for each in spoiled(case, right, Random(seed)):
        if each.only != frozenset({Guarantee.TWO_SEATS}):
            assert not plain.holds(market, result_of(market, each.outcome)), (seed, each.what)


def order_of_input_changes_nothing(seed: int, kind: Kind) -> None:
    """Neither the result nor its digest."""
    case, random = made(seed, kind), Random(seed)
    people = [
        replace(
            each,
            choices={
                batch: random.sample(all_of, len(all_of)) for batch, all_of in reversed(each.choices.items())
            },
        )
        for each in random.sample(case.applicants, len(case.applicants))
    ]
    other = replace(
        case,
        applicants=tuple(people),
        reviews=tuple(random.sample(case.reviews, len(case.reviews))),
        priorities={
            unit: dict(random.sample(list(own.items()), len(own)))
            for unit, own in reversed(case.priorities.items())
        },
    )
    assert run(other) == run(case), seed
    assert digest(other) == digest(case), seed


def digest(case: Case) -> str:
    market = market_of(case)
    return digested(market, output_files(market, match(market)))


def renaming_changes_nothing(seed: int, kind: Kind) -> None:
    """New names of applicants and schools, in another alphabetical order. Lots belong to names, so not under a lottery."""
    case = made(seed, kind)
    if case.rules.last_seat is LastSeat.LOTTERY:
        return
    new = {each.id: f"x{number:03d}" for number, each in enumerate(reversed(case.applicants))}
    old = {name: who for who, name in new.items()}

    def school(name: str) -> str:
        return f"z{9 - int(name[1:])}"

    def renamed(person: Applicant) -> Applicant:
        choices = {
            batch: [replace(each, school=school(each.school)) for each in all_of]
            for batch, all_of in person.choices.items()
        }
        return replace(person, id=new[person.id], choices=choices)

    other = Case(
        rules=replace(
            case.rules,
            limits=tuple(
                replace(each, school=each.school and school(each.school)) for each in case.rules.limits
            ),
        ),
        cells=tuple(replace(each, school=school(each.school)) for each in case.cells),
        applicants=tuple(renamed(each) for each in case.applicants),
        priorities={
            (school(unit[0]), unit[1]): {new[who]: rank for who, rank in own.items()}
            for unit, own in case.priorities.items()
        },
        reviews=tuple(
            replace(each, school=school(each.school), applicant=new[each.applicant]) for each in case.reviews
        ),
        given_up=frozenset((new[who], batch) for who, batch in case.given_up),
    )
    before, after = run(case), run(other)
    assert {(each.applicant, each.cell, each.order) for each in before.placed} == {
        (old[each.applicant], each.cell, each.order) for each in after.placed
    }, seed
    assert before.lines == after.lines, seed
    assert {(old[each.applicant], each.batch, each.order, each.code) for each in after.told} == {
        (each.applicant, each.batch, each.order, each.code) for each in before.told
    }, seed


def positions(found: Outcome) -> dict[str, int]:
    """The order of the choice that everybody got."""
    return {each.applicant: each.order if each.cell else NOWHERE for each in found.placed}


def more_seats_hurt_nobody(seed: int, kind: Kind) -> None:
    """One seat more anywhere, in one batch of one stage without filing."""
    case, random = made(seed, kind), Random(seed)
    at = random.randrange(len(case.cells))
    cells = [replace(each, seats=each.seats + 1) if n == at else each for n, each in enumerate(case.cells)]
    before, after = positions(run(case)), positions(run(replace(case, cells=tuple(cells))))
    assert [who for who in before if after[who] > before[who]] == [], seed


def with_choices(case: Case, who: str, orders: list[int]) -> Case:
    """The case in which somebody names these of her choices, in this order, and keeps their numbers for telling."""
    person = next(each for each in case.applicants if each.id == who)
    batch = case.rules.batches[0].id
    by_order = {each.order: each for each in person.choices.get(batch, ())}
    said = [replace(by_order[order], order=n + 1) for n, order in enumerate(orders)]
    other = replace(person, choices={batch: said})
    return replace(case, applicants=tuple(other if each is person else each for each in case.applicants))


def nobody_gains_by_other_choices(seed: int, kind: Kind, tries: int = 6) -> None:
    """Leaving choices out and turning them round gives nobody a seat that she likes better."""
    case, random = made(seed, kind), Random(seed)
    if not case.applicants:
        return
    person = random.choice(case.applicants)
    batch = case.rules.batches[0].id
    orders = [each.order for each in person.choices.get(batch, ())]
    honest = positions(run(case))[person.id]
    for _ in range(tries):
        said = random.sample(orders, random.randint(0, len(orders)))
        got = positions(run(with_choices(case, person.id, said)))[person.id]
        assert (said[got - 1] if got < NOWHERE else NOWHERE) >= honest, (seed, person.id, said)


def the_verifier_bites(seed: int, kind: Kind) -> None:
    """Whatever is spoiled in a right result, it says so, and calls it by its name."""
    case = made(seed, kind)
    market, right = market_of(case), slow_match(case)
    for each in spoiled(case, right, Random(seed)):
        named = {violation.guarantee for violation in verify_outcome(market, each.outcome)}
        assert named & each.any_of, (seed, each.what, named)
        assert named <= each.only, (seed, each.what, named)


ARRAYS = (
    "cell", "choice", "code", "detail", "line", "place", "ties",
    "seats", "admitted", "last_total", "last_rank", "tied",
)  # fmt: skip


def no_single_change_passes(market: Market, result: Result, seed: int, tries: int = 40) -> None:
    """One number of a result changed to another one that could stand there: the verifier says something, by both its ways."""
    random = Random(seed)
    for _ in range(tries):
        name = random.choice(ARRAYS)
        values = getattr(result, name).copy()
        at, step = random.randrange(len(values)), random.choice((1, 2))
        match name:
            case "line" | "last_total":
                values[at] = 3.25 if values[at] != values[at] else values[at] + step / 2
            case "cell" | "choice":
                many = len(market.cells) if name == "cell" else len(market.choice_unit)
                values[at] = (int(values[at]) + 1 + step) % (many + 1) - 1
            case "code":
                values[at] = (int(values[at]) + step) % len(Reason)
            case _:
                values[at] += step
        other = replace(result, **{name: values})
        assert verify(market, other), (seed, name, at, values[at])
        assert thorough(market, other), (seed, name, at, values[at])
