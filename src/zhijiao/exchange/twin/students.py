"""Students of a city, grade by grade: who came, who left, into which class; and the classes they add up to.

Everybody stays three years. Some leave early (a fixed share of each grade, on evenly spread days); of the rest the
graduation rate's share graduates on the 30th of June. When two schools become one, those who are there move over with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from zhijiao.core.kinds import OrganisationKind
from zhijiao.exchange.twin import majors, people
from zhijiao.exchange.twin.draws import Bools, Ints, day, days_between, exactly, generator, share_of, split
from zhijiao.exchange.twin.firms import Firms
from zhijiao.exchange.twin.people import People
from zhijiao.exchange.twin.places import City, School
from zhijiao.exchange.twin.tables import NEVER, counts, dates, present, sexes, table, words, year_end, yes
from zhijiao.exchange.twin.truth import Tally

YEARS = 3
"""How long every track lasts."""
FIGURES = {
    OrganisationKind.SECONDARY_VOCATIONAL: "students_secondary",
    OrganisationKind.TECHNICIAN: "students_technician",
    OrganisationKind.HIGHER_VOCATIONAL: "students_college",
}
EDUCATION = {
    OrganisationKind.SECONDARY_VOCATIONAL: "secondary",
    OrganisationKind.TECHNICIAN: "technician_intermediate",
    OrganisationKind.HIGHER_VOCATIONAL: "college",
}
STATUSES = ("enrolled", "graduated", "completed", "withdrawn", "cancelled", "transferred")
ENROLLED, GRADUATED, COMPLETED, WITHDRAWN, CANCELLED, TRANSFERRED = range(6)


@dataclass(frozen=True)
class Offer:
    """A major that a school offers, in one track."""

    code: str
    name: str
    track: str


@dataclass
class Roll:
    """The students of one school, an entry a student in every array; a place of −1 means none."""

    school: School
    offers: Sequence[Offer]
    grade: Ints
    person: Ints
    major: Ints  # place in offers
    enrolled: Ints
    left: Ints
    status: Ints
    home: Ints  # place among the counties of the city; −1 from elsewhere
    integrated: Bools
    international: Bools
    poor: Bools
    group: Ints = field(default_factory=lambda: np.zeros(0, np.int64))  # class within grade and major

    def at(self, on: date) -> Bools:
        """Who is there at the end of a day."""
        return present(self.enrolled, self.left, on)


COLUMNS = (
    "grade",
    "person",
    "major",
    "enrolled",
    "left",
    "status",
    "home",
    "integrated",
    "international",
    "poor",
)
"""The arrays of a roll that are drawn; classes are made of them afterwards."""


def intakes(city: City, seed: int, exactly_rows: int | None = None) -> dict[int, Ints]:
    """New students by school for each autumn, from two years before the first year's graduates came."""
    shape = city.shape
    grades = range(shape.first - YEARS, shape.last + 1)
    found = {grade: np.zeros(len(city.schools), np.int64) for grade in grades}
    stay = 1 - shape.percent("leaving_percent") / 100
    for kind, figure in FIGURES.items():
        now, before = shape.count(figure), shape.count(figure, shape.last - 1)
        growth = now / before if before else 1.0
        newest = now / sum(stay**i / growth**i for i in range(YEARS)) if now else 0.0
        for grade in grades:
            weights = [s.weight if s.kind is kind and s.open_in(grade) else 0.0 for s in city.schools]
            if sum(weights) > 0:
                found[grade] += split(round(newest / growth ** (shape.last - grade)), weights)
    if exactly_rows is not None:
        _adjust(city, seed, found, exactly_rows)
    return found


def _adjust(city: City, seed: int, found: dict[int, Ints], rows: int) -> None:
    """Correct the newest grades of the largest school until the rows of the city, with those who move over, are `rows`."""
    moved = sum(_moving(city, seed, s, found) for s in city.schools if s.until is not None)
    missing = rows - moved - sum(int(f.sum()) for f in found.values())
    largest = int(np.argmax(found[city.shape.last]))
    for grade in sorted(found, reverse=True):
        step = max(missing, -int(found[grade][largest]))
        found[grade][largest] += step
        missing -= step


def _moving(city: City, seed: int, school: School, found: dict[int, Ints]) -> int:
    """How many students of a school that ends go over into its successor: those who would leave later, and stayers."""
    assert school.until is not None
    moving = 0
    for grade in range(school.until.year - 2, school.until.year):
        if grade in found:
            size = int(found[grade][school.number])
            moving += size - int((_leaving(city, seed, school, grade, size) < day(school.until)).sum())
    return moving


def _leaving(city: City, seed: int, school: School, grade: int, size: int) -> Ints:
    """The days on which the early leavers of a grade go: between two months and two and a half years after they came."""
    rng = generator(seed, "leaving", city.number, school.number, grade)
    share = 1 - (1 - city.shape.percent("leaving_percent") / 100) ** (YEARS - 1)
    return days_between(rng, date(grade, 11, 1), date(grade + 3, 3, 1), share_of(share * 100, size))


def offers_of(city: City, seed: int) -> list[list[Offer]]:
    """What each school offers at the end, so that the city's total is met; a school that ended offered some of its successor's."""
    staying = [s for s in city.schools if s.until is None]
    weights = [s.weight * (2.5 if s.college else 1.0) for s in staying]
    seats = dict(
        zip((s.number for s in staying), split(city.shape.count("majors_offered"), weights, 3), strict=True)
    )
    room = {s.number: len(majors.COLLEGE if s.college else majors.SECONDARY) for s in staying}
    over = sum(max(0, int(seats[n]) - room[n]) for n in seats)
    for number in seats:
        seats[number] = min(int(seats[number]), room[number])
    for number in sorted(seats, key=lambda n: seats[n] - room[n]):
        extra = min(over, room[number] - int(seats[number]))
        seats[number] += extra
        over -= extra
    found: list[list[Offer]] = [[] for _ in city.schools]
    for school in staying:
        rng = generator(seed, "majors", city.number, school.number)
        listed = majors.COLLEGE if school.college else majors.SECONDARY
        chosen = rng.permutation(len(listed))[: int(seats[school.number])]
        found[school.number] = [
            Offer(listed[i][0], listed[i][1], _track(school, place))
            for place, i in enumerate(chosen.tolist())
        ]
    for school in city.schools:
        if school.until is not None:
            into = next(s.number for s in staying if s.code == school.successor)
            found[school.number] = found[into][: max(3, len(found[into]) // 2)]
    return found


def _track(school: School, place: int) -> str:
    """Every third secondary major leads on to college; the rest, technician schools and colleges take three years."""
    if school.college:
        return "college_3"
    if school.kind is OrganisationKind.TECHNICIAN:
        return "technician_3"
    return ("three_two", "secondary_3", "secondary_3", "five_year", "secondary_3", "secondary_3")[place % 6]


def rolls(
    city: City, seed: int, people_: People, offers: Sequence[Sequence[Offer]], rows: int | None = None
) -> list[Roll]:
    """The students of every school of a city, in the order of its schools."""
    plan = intakes(city, seed, rows)
    abroad = _international(city, plan)
    found: dict[int, Roll] = {}
    moving: dict[str, list[Roll]] = {}
    for school in sorted(city.schools, key=lambda s: s.until is None):  # those that end hand over first
        parts = [
            _grade(city, school, grade, int(sizes[school.number]), seed, people_, offers, abroad)
            for grade, sizes in plan.items()
            if sizes[school.number]
        ]
        parts += moving.get(school.code, [])
        roll = _joined(school, offers[school.number], parts)
        if school.until is not None and school.successor is not None:
            moving.setdefault(school.successor, []).append(_handed_over(roll, school.until))
        _into_classes(roll, city.shape.count("class_size"))
        found[school.number] = roll
    return [found[s.number] for s in city.schools]


def _international(city: City, plan: dict[int, Ints]) -> dict[int, Ints]:
    """How many of each college's new students come from abroad."""
    colleges = np.array([s.college for s in city.schools])
    return {
        grade: np.minimum(split(city.shape.count("international_students", grade), sizes * colleges), sizes)
        if (sizes * colleges).sum()
        else np.zeros(len(sizes), np.int64)
        for grade, sizes in plan.items()
    }


def _grade(
    city: City,
    school: School,
    grade: int,
    size: int,
    seed: int,
    people_: People,
    offers: Sequence[Sequence[Offer]],
    abroad: dict[int, Ints],
) -> Roll:
    rng = generator(seed, "students", city.number, school.number, grade)
    shape = city.shape
    age = 18 if school.college else 15
    born = days_between(rng, date(grade - age - 1, 9, 1), date(grade - age, 8, 31), size)
    person = people_.draw(rng.random(size) < 0.52, born)
    enrolled = np.full(size, day(date(grade, 9, 1)))
    left, status = np.full(size, NEVER), np.full(size, ENROLLED)
    due = date(grade + YEARS, 6, 30)
    early = _leaving(city, seed, school, grade, size)
    order = rng.permutation(size)
    left[order[: early.size]] = early
    status[order[: early.size]] = np.where(rng.random(early.size) < 0.8, WITHDRAWN, CANCELLED)
    stayers = order[early.size :]
    if due <= year_end(shape.last):
        done = share_of(shape.percent("graduation_percent", due.year), stayers.size)
        left[stayers] = day(due)
        status[stayers] = np.where(np.arange(stayers.size) < done, GRADUATED, COMPLETED)
    ahead = left > day(year_end(shape.last))
    left[ahead], status[ahead] = NEVER, ENROLLED
    home = _homes(rng, city, school, size)
    integrated = np.zeros(size, np.bool_)
    if school.college:
        many = int(np.ceil(size * shape.percent("integrated_local_percent", grade) / 100))
        integrated = exactly(rng, many, size)
        home = np.where(integrated & (home < 0), rng.choice(len(city.counties), size, p=_weights(city)), home)
    international = np.zeros(size, np.bool_)
    free = np.flatnonzero(~integrated)
    international[free[: int(abroad[grade][school.number])]] = True
    home = np.where(international, -1, home)
    weights = rng.lognormal(0.0, 0.35, len(offers[school.number]))
    major = np.repeat(np.arange(len(weights)), split(size, weights))[rng.permutation(size)]
    if not school.college:
        track = np.array([o.track in ("three_two", "five_year") for o in offers[school.number]])
        integrated = track[major]
    poor = exactly(rng, share_of(shape.percent("poor_graduates_percent", grade), size), size)
    years = np.full(size, grade)
    return Roll(
        school,
        offers[school.number],
        years,
        person,
        major,
        enrolled,
        left,
        status,
        home,
        integrated,
        international,
        poor,
    )


def _weights(city: City) -> np.ndarray:
    share = np.array([c.weight for c in city.counties])
    found: np.ndarray = share / share.sum()
    return found


def _homes(rng: np.random.Generator, city: City, school: School, size: int) -> Ints:
    """Where students come from: mostly the school's own county, or the city; some, of a college half, from elsewhere."""
    spread = rng.choice(len(city.counties), size, p=_weights(city))
    own = next((i for i, c in enumerate(city.counties) if c.code == school.county), None)
    if own is not None:
        spread = np.where(rng.random(size) < 0.8, own, spread)
    return np.where(rng.random(size) < (0.45 if school.college else 0.06), -1, spread)


def _joined(school: School, offers: Sequence[Offer], parts: Sequence[Roll]) -> Roll:
    if not parts:
        none, nobody = np.zeros(0, np.int64), np.zeros(0, np.bool_)
        return Roll(school, offers, none, none, none, none, none, none, none, nobody, nobody, nobody)
    return Roll(school, offers, *(np.concatenate([getattr(p, n) for p in parts]) for n in COLUMNS))


def _handed_over(roll: Roll, until: date) -> Roll:
    """Those who are there on a school's last day: they leave it as transferred, and come to its successor the day after."""
    last = day(until)
    there = (roll.enrolled < last) & ((roll.left == NEVER) | (roll.left >= last))
    moved = Roll(
        roll.school,
        roll.offers,
        *(getattr(roll, n)[there] for n in COLUMNS),
    )
    moved.enrolled[:] = last
    roll.left[there] = last
    roll.status[there] = TRANSFERRED
    return moved


def _into_classes(roll: Roll, size: int) -> None:
    """Split each grade and major into classes of about equal size."""
    if not roll.grade.size:
        return
    block = (roll.grade - roll.grade.min()) * len(roll.offers) + roll.major
    order = np.argsort(block, kind="stable")
    many = counts(block, int(block.max()) + 1)
    starts = np.concatenate([[0], np.cumsum(many)[:-1]])
    place = np.empty(block.size, np.int64)
    place[order] = np.arange(block.size) - starts[block[order]]
    classes = np.maximum(1, -(-many // size))
    roll.group = place % classes[block]


def frame(city: City, roll: Roll) -> pl.DataFrame:
    """The data set `students`."""
    places = [c.code for c in city.counties]
    elsewhere = np.flatnonzero(roll.home < 0)
    home = words(places, roll.home)
    away = words(city.outside, roll.person[elsewhere] % len(city.outside))
    from_county: pl.Series = home.scatter(elsewhere, away) if elsewhere.size else home
    size = roll.person.size
    return table(
        size,
        organisation=roll.school.code,
        person=roll.person,
        name=people.names(roll.person),
        sex=sexes(roll.person),
        ethnic=words(["01", "22", "06", "15"], _ethnic(roll.person)),
        grade=roll.grade,
        class_no=class_numbers(roll),
        major=words([o.code for o in roll.offers], roll.major),
        track=words([o.track for o in roll.offers], roll.major),
        education=EDUCATION[roll.school.kind],
        full_time="yes",
        integrated=yes(roll.integrated),
        international=yes(roll.international),
        residence_county=from_county,
        from_county=from_county,
        from_secondary=yes(roll.integrated) if roll.school.college else "no",
        poor=yes(roll.poor),
        enrolled_on=dates(roll.enrolled),
        left_on=dates(roll.left),
        status=words(STATUSES, roll.status),
    )


def _ethnic(person: Ints) -> Ints:
    """One in thirty belongs to a minority, as the number falls."""
    at = person // 1_000 % 90
    return np.where(at < 3, at + 1, 0)


def class_numbers(roll: Roll) -> pl.Series:
    """Year of entry, major, running number."""
    return (
        pl.Series(roll.grade).cast(pl.String)
        + words([o.code for o in roll.offers], roll.major)
        + "-"
        + pl.Series(roll.group + 1).cast(pl.String).str.zfill(2)
    )


def classes(
    city: City, roll: Roll, ordered: dict[int, int], firms: Firms, seed: int, tally: Tally
) -> pl.DataFrame:
    """The data set `classes`: each with the students who are in it, or were to the end. So many of a year's
    new classes as `ordered` says belong to an enterprise's order; one in twenty more is an apprentices' class."""
    shape, school = city.shape, roll.school
    key = (roll.grade * 1_000 + roll.major) * 1_000 + roll.group
    blocks, first, at = np.unique(key, return_index=True, return_inverse=True)
    grade = blocks // 1_000_000
    ends = np.array([day(date(int(g) + YEARS, 6, 30)) for g in grade])
    if school.until is not None:
        ends = np.minimum(ends, day(school.until))
    ended = ends <= day(year_end(shape.last))
    to_the_end = np.isin(roll.status, (GRADUATED, COMPLETED, TRANSFERRED)) | (roll.status == ENROLLED)
    size = counts(at[to_the_end], blocks.size)
    rng = generator(seed, "classes", city.number, school.number)
    kind = np.zeros(blocks.size, np.int64)
    kind[rng.random(blocks.size) < 0.05] = 2
    for year in shape.years:
        own = rng.permutation(np.flatnonzero(grade == year))
        many = min(own.size, ordered[year])
        kind[own[:many]] = 1
        tally.add("order_classes", year, many, city.code, school.county, school.code)
    tally.add("classes", shape.last, int((~ended).sum()), city.code, school.county, school.code)
    with_firm = kind > 0
    partner = firms.partners(rng, school.number, blocks.size)
    return table(
        blocks.size,
        organisation=school.code,
        class_no=class_numbers(roll).gather(first),
        name=_class_names(roll, first),
        grade=grade,
        major=words([o.code for o in roll.offers], roll.major[first]),
        kind=words(["ordinary", "order", "apprentice"], kind),
        enterprise=words(firms.codes, np.where(with_firm, partner, -1)),
        agreement=words(["yes"], np.where(with_firm, 0, -1)),
        students=size,
        started_on=dates(np.array([day(date(int(g), 9, 1)) for g in grade])),
        ended_on=dates(np.where(ended, ends, NEVER)),
    )


def _class_names(roll: Roll, first: Ints) -> pl.Series:
    return (
        pl.Series(roll.grade[first] % 100).cast(pl.String)
        + "级"
        + words([o.name for o in roll.offers], roll.major[first])
        + pl.Series(roll.group[first] + 1).cast(pl.String)
        + "班"
    )


def changes(city: City, roll: Roll, successors: dict[str, str]) -> pl.DataFrame:
    """The data set `student_changes`: who gave up, was struck off, or moved with a merger."""
    kinds = {WITHDRAWN: 0, CANCELLED: 1, TRANSFERRED: 2}
    gone = np.flatnonzero(np.isin(roll.status, list(kinds)))
    came = np.flatnonzero(roll.enrolled != np.array([day(date(int(g), 9, 1)) for g in roll.grade]))
    who = np.concatenate([gone, came])
    kind = np.concatenate(
        [np.array([kinds[int(s)] for s in roll.status[gone]], np.int64), np.full(came.size, 3)]
    )
    when = np.concatenate([roll.left[gone], roll.enrolled[came]])
    other = next((code for code, into in successors.items() if into == roll.school.code), None)
    return table(
        who.size,
        organisation=roll.school.code,
        person=roll.person[who],
        name=people.names(roll.person[who]),
        change=words(["withdraw", "cancel", "transfer_out", "transfer_in"], kind),
        changed_on=dates(when),
        reason=words(["本人申请", "长期未到校", "学校合并", "学校合并"], kind),
        other_school=words([roll.school.successor, other], np.select([kind == 2, kind == 3], [0, 1], -1)),
    )


def count(city: City, roll: Roll, tally: Tally) -> None:
    """Count the students of a school."""
    shape, school = city.shape, roll.school
    place = (city.code, school.county, school.code)
    men = people.male(roll.person)
    for year in shape.years:
        there = roll.at(year_end(year))
        tally.add("students", year, int(there.sum()), *place)
        tally.add("students_male", year, int((there & men).sum()), *place)
        if school.double_high:
            tally.add("students_double_high", year, int(there.sum()), *place)
        new = roll.enrolled == day(date(year, 9, 1))
        tally.add("new_students", year, int(new.sum()), *place)
        tally.add("international_students", year, int((new & roll.international).sum()), *place)
        known = (roll.enrolled <= day(year_end(year))) & (
            (roll.left == NEVER) | (roll.left > day(date(year, 1, 1)))
        )
        tally.add("international_students_present", year, int((known & roll.international).sum()), *place)
        if school.college:
            tally.add("college_intake", year, int(new.sum()), *place)
            local = new & roll.integrated & (roll.home >= 0)
            tally.add("college_intake_integrated_local", year, int(local.sum()), *place)
        due = (roll.grade == year - YEARS) & np.isin(roll.status, (GRADUATED, COMPLETED))
        tally.add("graduates_due", year, int(due.sum()), *place)


def count_taught(city: City, rolls: Sequence[Roll], tally: Tally) -> None:
    """Count the different persons who were there on any day of a year, and of three years, in the whole city."""
    person = np.concatenate([r.person for r in rolls])
    enrolled = np.concatenate([r.enrolled for r in rolls])
    left = np.concatenate([r.left for r in rolls])
    for year in city.shape.years:
        for quantity, first in (("students_taught", year), ("students_taught_three_years", year - 2)):
            there = (enrolled <= day(year_end(year))) & ((left == NEVER) | (left > day(date(first, 1, 1))))
            tally.add(quantity, year, int(np.unique(person[there]).size), city.code)
