"""Training for society, skill evaluations, and adults who study for a degree.

Sessions have some forty-five persons; person-times of a year come out exactly, and a fixed share of them are different persons.
Lists of names are kept for the last year; earlier years have their sessions only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from zhijiao.core.kinds import OrganisationKind
from zhijiao.exchange.twin import people
from zhijiao.exchange.twin.draws import Ints, day, days_between, generator, share_of, split
from zhijiao.exchange.twin.people import People
from zhijiao.exchange.twin.places import City
from zhijiao.exchange.twin.students import Roll
from zhijiao.exchange.twin.tables import NEVER, dates, hidden, money, numbered, table, words, year_end, yes
from zhijiao.exchange.twin.truth import Tally

IN_SESSION = 45
PUBLIC = ("employees", "farmers", "unemployed", "residents", "veterans", "officials", "other")
PUBLIC_SHARES = (0.55, 0.12, 0.1, 0.12, 0.03, 0.04, 0.04)
KINDS = ("skill", "prejob", "apprenticeship", "startup", "farmer", "transfer", "community", "industry")
OCCUPATIONS = (
    ("6-18-01-01", "车工"),
    ("6-18-01-02", "铣工"),
    ("6-31-01-03", "电工"),
    ("6-18-02-04", "焊工"),
    ("4-12-01-01", "汽车维修工"),
    ("4-14-01-02", "养老护理员"),
    ("4-03-02-01", "中式烹调师"),
    ("4-04-04-01", "信息安全测试员"),
)
LEVELS = ("level_4", "level_5", "level_3", "level_2")


def sessions(
    city: City, rolls: Sequence[Roll], people_: People, seed: int, tally: Tally
) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    """The data sets `trainings` and `training_participants`, a frame a school each. One session in thirty is for students and
    one in fifty was not finished: neither counts as training for society."""
    trainings: list[list[pl.DataFrame]] = [[] for _ in rolls]
    listed: list[list[pl.DataFrame]] = [[] for _ in rolls]
    shape = city.shape
    for year in shape.years:
        weights = [
            r.school.weight * (2.0 if r.school.college else 1.0) * r.school.open_in(year) for r in rolls
        ]
        times = split(shape.count("training_person_times", year), weights)
        for n, roll in enumerate(rolls):
            if not times[n]:
                continue
            rng = generator(seed, "training", city.number, roll.school.number, year)
            many = max(1, round(int(times[n]) / IN_SESSION))
            sizes = split(int(times[n]), rng.lognormal(0.0, 0.3, many))
            extra = 1 + many // 20
            sizes = np.concatenate([sizes, np.full(extra, 30)])
            counts_ = np.arange(sizes.size) < many
            students = ~counts_ & (np.arange(sizes.size) % 2 == 0)
            audience = np.where(students, len(PUBLIC), rng.choice(len(PUBLIC), sizes.size, p=PUBLIC_SHARES))
            begin = days_between(rng, date(year, 1, 5), date(year, 12, 10), sizes.size)
            length = rng.integers(1, 15, sizes.size)
            finished = counts_ | students
            tally.add(
                "training_person_times", year, int(times[n]), city.code, roll.school.county, roll.school.code
            )
            frame = _sessions(roll, year, rng, sizes, audience, begin, length, finished)
            trainings[n].append(frame)
            if year == shape.last:
                listed[n].append(
                    _listed(
                        city,
                        roll,
                        frame,
                        sizes,
                        audience,
                        begin,
                        length,
                        counts_,
                        finished,
                        people_,
                        rng,
                        tally,
                    )
                )
    return [_one(f) for f in trainings], [_one(f) for f in listed]


def _sessions(
    roll: Roll,
    year: int,
    rng: np.random.Generator,
    sizes: Ints,
    audience: Ints,
    begin: Ints,
    length: Ints,
    finished: np.ndarray,
) -> pl.DataFrame:
    at = rng.integers(0, len(OCCUPATIONS), sizes.size)
    income = sizes * rng.integers(200, 900, sizes.size)
    return table(
        sizes.size,
        organisation=roll.school.code,
        session=numbered(f"PX{year}", sizes.size),
        name=words([f"{name}培训班" for _, name in OCCUPATIONS], at),
        kind=words(
            KINDS, rng.choice(len(KINDS), sizes.size, p=[0.42, 0.12, 0.06, 0.03, 0.1, 0.05, 0.12, 0.1])
        ),
        audience=words([*PUBLIC, "students"], audience),
        occupation=words([code for code, _ in OCCUPATIONS], at),
        started_on=dates(begin),
        ended_on=dates(begin + length),
        hours=8 * (length + 1),
        persons=sizes,
        person_times=sizes,
        completed=yes(finished),
        online=yes(rng.random(sizes.size) < 0.1),
        income=money(income * 100),
        subsidy=money(income // 2 * 100),
    )


def _listed(
    city: City,
    roll: Roll,
    frame: pl.DataFrame,
    sizes: Ints,
    audience: Ints,
    begin: Ints,
    length: Ints,
    counted: np.ndarray,
    finished: np.ndarray,
    people_: People,
    rng: np.random.Generator,
    tally: Tally,
) -> pl.DataFrame:
    """Names: whoever comes again comes to another session, because a session takes consecutive places of a shuffled pool."""
    total, year = int(sizes.sum()), city.shape.last
    pool_size = max(int(sizes.max()), share_of(city.shape.percent("training_persons_percent"), total))
    born = days_between(rng, date(year - 62, 1, 1), date(year - 19, 12, 31), pool_size)
    pool = people_.draw(rng.random(pool_size) < 0.55, born)
    who = np.concatenate([pool, pool])[:total] if total <= 2 * pool_size else np.resize(pool, total)
    at = np.repeat(np.arange(sizes.size), sizes)
    done = finished[at]
    tally.add(
        "training_persons",
        year,
        int(np.unique(who[counted[at]]).size),
        city.code,
        roll.school.county,
        roll.school.code,
    )
    return table(
        total,
        organisation=roll.school.code,
        session=frame["session"].gather(at),
        person=who,
        name=people.names(who),
        audience=words([*PUBLIC, "students"], audience[at]),
        started_on=dates(begin[at]),
        completed_on=dates(np.where(done, (begin + length)[at], NEVER)),
        certified=yes(done & (rng.random(total) < 0.3)),
    )


def evaluators(city: City, seed: int) -> set[int]:
    """Numbers of the schools that hold evaluations: every college, and so many percent of the others."""
    others = [s.number for s in city.schools if not s.college and s.until is None]
    order = generator(seed, "evaluators", city.number).permutation(others).tolist()
    some = set(order[: share_of(city.shape.percent("training_and_evaluation_percent"), len(others))])
    return some | {s.number for s in city.schools if s.college}


def evaluations(
    city: City, rolls: Sequence[Roll], able: set[int], people_: People, seed: int, tally: Tally
) -> list[pl.DataFrame]:
    """The data set `certificates`: a year's evaluations, seven in ten of students who are there, the rest of outsiders."""
    found: list[list[pl.DataFrame]] = [[] for _ in rolls]
    for year in city.shape.years:
        weights = [r.school.weight * (r.school.number in able) for r in rolls]
        many = split(city.shape.count("skill_evaluations", year), weights)
        for n, roll in enumerate(rolls):
            if not many[n]:
                continue
            rng = generator(seed, "evaluations", city.number, roll.school.number, year)
            there = np.flatnonzero(roll.at(date(year, 6, 1)) & roll.at(year_end(year)))
            inside = there[rng.permutation(there.size)[: share_of(70, int(many[n]))]]
            outside = int(many[n]) - inside.size
            born = days_between(rng, date(year - 58, 1, 1), date(year - 20, 12, 31), outside)
            who = np.concatenate([roll.person[inside], people_.draw(rng.random(outside) < 0.7, born)])
            student = np.arange(who.size) < inside.size
            when = days_between(rng, date(year, 6, 1), date(year, 12, 15), who.size)
            passed = rng.random(who.size) < 0.88
            at = rng.integers(0, len(OCCUPATIONS), who.size)
            place = (city.code, roll.school.county, roll.school.code)
            tally.add("skill_evaluations", year, int(many[n]), *place)
            tally.add("skill_evaluations_passed", year, int(passed.sum()), *place)
            if roll.school.kind is OrganisationKind.SECONDARY_VOCATIONAL and roll.school.open_in(year):
                tally.add("secondary_training_and_evaluating", year, 1, *place)
            codes = [o.code for o in roll.offers]
            found[n].append(
                table(
                    who.size,
                    organisation=roll.school.code,
                    person=who,
                    name=people.names(who),
                    audience=words(["employees", "students"], student.astype(np.int64)),
                    kind=words(["skill", "one_x", "special"], rng.choice(3, who.size, p=[0.7, 0.2, 0.1])),
                    occupation=words([c for c, _ in OCCUPATIONS], at),
                    occupation_name=words([name for _, name in OCCUPATIONS], at),
                    level=words(LEVELS, rng.choice(4, who.size, p=[0.6, 0.2, 0.18, 0.02])),
                    evaluated_on=dates(when),
                    passed=yes(passed),
                    certificate_no=hidden(numbered(f"SL{year}", who.size), ~passed),
                    issued_on=dates(np.where(passed, when + 21, NEVER)),
                    issuer="示例评价机构",
                    school=words([roll.school.code], np.where(student, 0, -1)),
                    major=words(codes, np.concatenate([roll.major[inside], np.full(outside, -1)])),
                )
            )
    return [_one(f) for f in found]


def adults(city: City, rolls: Sequence[Roll], people_: People, seed: int, tally: Tally) -> list[pl.DataFrame]:
    """The data set `adult_education`: who began a degree beside work in each year; those of three years ago have finished."""
    found: list[list[pl.DataFrame]] = [[] for _ in rolls]
    shape = city.shape
    for year in shape.years:
        weights = [
            r.school.weight * (3.0 if r.school.college else 1.0) * (r.school.until is None) for r in rolls
        ]
        many = split(shape.count("adult_education", year), weights)
        for n, roll in enumerate(rolls):
            size = int(many[n])
            if not size:
                continue
            rng = generator(seed, "adults", city.number, roll.school.number, year)
            born = days_between(rng, date(year - 50, 1, 1), date(year - 20, 12, 31), size)
            who = people_.draw(rng.random(size) < 0.5, born)
            ends = np.where(rng.random(size) < 0.85, day(date(year + 2, 7, 1)), NEVER)
            ends = np.where(ends > day(year_end(shape.last)), NEVER, ends)
            tally.add("adult_education", year, size, city.code, roll.school.county, roll.school.code)
            found[n].append(
                table(
                    size,
                    organisation=roll.school.code,
                    person=who,
                    name=people.names(who),
                    level="college" if roll.school.college else "secondary",
                    form=words(["open", "spare", "correspondence", "double"], rng.integers(0, 4, size)),
                    enrolled_on=date(year, 3, 1),
                    graduated_on=dates(ends),
                )
            )
    return [_one(f) for f in found]


def _one(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames) if frames else pl.DataFrame()
