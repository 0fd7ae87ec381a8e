"""Teachers and what they do beside teaching: staffing, practice in enterprises, development, exchanges, part-timers' contracts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from zhijiao.exchange.twin import people
from zhijiao.exchange.twin.draws import Bools, Ints, day, days_between, exactly, generator, share_of
from zhijiao.exchange.twin.firms import Firms
from zhijiao.exchange.twin.people import People
from zhijiao.exchange.twin.places import City
from zhijiao.exchange.twin.students import Roll
from zhijiao.exchange.twin.tables import (
    NEVER,
    dates,
    hidden,
    money,
    present,
    sexes,
    table,
    tenths,
    words,
    year_end,
    yes,
)
from zhijiao.exchange.twin.truth import Tally

EMPLOYMENTS = ("established", "quota", "contract", "part_time")
ESTABLISHED, QUOTA, CONTRACT, PART_TIME = range(4)
POSITIONS = ("teacher", "administrator", "support", "external")
SPECIALIST = 62.0
"""Percent of full-time teachers who teach the major's subjects."""
PAY_PER_HOUR = 12_000  # fen
HOURS = 140


@dataclass
class Staff:
    """Everybody who works or worked at a school, an entry each in every array."""

    person: Ints
    since: Ints
    until: Ints
    employment: Ints
    position: Ints
    specialist: Bools
    dual_since: Ints
    professor: Bools
    firm: Ints
    abroad: Ints  # tenths of months
    contract_until: Ints

    def at(self, on: date) -> Bools:
        """Who is there at the end of a day."""
        return present(self.since, self.until, on)

    @property
    def full(self) -> Bools:
        """Not part-time."""
        return np.asarray(self.employment != PART_TIME)


def staff_of(city: City, roll: Roll, firms: Firms, people_: People, seed: int) -> Staff:
    """Draw the staff of a school: as many teachers as its students at the end ask for, one in eight more for the rest."""
    shape, school = city.shape, roll.school
    rng = generator(seed, "staff", city.number, school.number)
    last = year_end(shape.last) if school.until is None else school.until
    students = (
        int(roll.at(last).sum()) if school.until is None else int(roll.at(year_end(last.year - 1)).sum())
    )
    teachers = max(4, share_of(100 / shape.percent("students_per_teacher"), students))
    size = teachers + max(1, teachers // 8)
    born = days_between(rng, date(1963, 1, 1), date(1998, 12, 31), size)
    person = people_.draw(rng.random(size) < 0.45, born)
    early = rng.random(size) < 0.85
    since = np.where(
        early,
        days_between(rng, date(1999, 8, 1), date(shape.first - 1, 8, 31), size),
        days_between(rng, date(shape.first, 8, 1), date(max(shape.first, last.year - 1), 8, 31), size),
    )
    since = np.maximum(since, born + 21 * 366)
    until = np.full(size, NEVER) if school.until is None else np.full(size, day(school.until))
    since = np.minimum(since, day(last) - 30)
    employment = rng.choice(3, size, p=[0.84, 0.05, 0.11])
    position = np.where(np.arange(size) < teachers, 0, 1 + rng.integers(0, 2, size))
    specialist = exactly(rng, share_of(SPECIALIST, teachers), teachers)
    specialist = np.concatenate([specialist, np.zeros(size - teachers, np.bool_)])
    staff = Staff(
        person,
        since,
        until,
        employment,
        position,
        specialist,
        np.full(size, NEVER),
        np.zeros(size, np.bool_),
        np.full(size, -1),
        np.zeros(size, np.int64),
        np.full(size, NEVER),
    )
    _recognise(rng, city, staff, last)
    return _with_part_timers(rng, city, roll, staff, firms, people_, last)


def _recognise(rng: np.random.Generator, city: City, staff: Staff, last: date) -> None:
    """Dual qualification: each year as many more as the rate of its end asks for, the longest at school first."""
    shape = city.shape
    who = np.flatnonzero(staff.specialist)
    who = who[np.argsort(staff.since[who], kind="stable")]
    done = 0
    for year in shape.years:
        there = int(staff.at(year_end(year))[who].sum())
        wanted = min(share_of(shape.percent("dual_qualified_percent", year), there), who.size)
        new = who[done : max(done, wanted)]
        first = date(year - 6, 1, 1) if year == shape.first else date(year, 1, 1)
        end = date(year, 12, 20)
        days = np.maximum(days_between(rng, first, end, new.size), staff.since[new])
        staff.dual_since[new] = np.minimum(days, day(end))
        done = max(done, wanted)


def _with_part_timers(
    rng: np.random.Generator, city: City, roll: Roll, staff: Staff, firms: Firms, people_: People, last: date
) -> Staff:
    """Part-time teachers under contract: so many percent of the approved establishment at the end, and some who have left."""
    shape = city.shape
    now = max(1, share_of(shape.percent("part_time_percent"), _approved(staff)))
    gone = now // 4
    size = now + gone
    born = days_between(rng, date(1965, 1, 1), date(1995, 12, 31), size)
    person = people_.draw(rng.random(size) < 0.7, born)
    current = np.arange(size) < now
    begin = days_between(rng, date(shape.first - 2, 2, 1), date(shape.last, 9, 1), size)
    begin = np.where(
        current, begin, days_between(rng, date(shape.first, 2, 1), date(shape.last - 1, 3, 1), size)
    )
    begin = np.minimum(begin, day(last) - 200)
    end = np.where(
        current,
        day(date(shape.last + 1, 6, 30)) + rng.integers(0, 400, size),
        begin + rng.integers(150, 280, size),
    )
    until = np.where(current, NEVER, end)
    if roll.school.until is not None:
        until = np.where(current, day(roll.school.until), np.minimum(end, day(roll.school.until)))
    professor = np.zeros(size, np.bool_)
    professor[: share_of(shape.percent("industry_professor_percent"), now)] = True
    extra = Staff(
        person,
        begin,
        until,
        np.full(size, PART_TIME),
        np.full(size, 3),
        np.ones(size, np.bool_),
        np.full(size, NEVER),
        professor,
        firms.partners(rng, roll.school.number, size),
        np.zeros(size, np.int64),
        np.where(current & (until == NEVER), end, until),
    )
    return Staff(
        *(np.concatenate([getattr(staff, n), getattr(extra, n)]) for n in Staff.__dataclass_fields__)
    )


def _approved(staff: Staff) -> int:
    """The approved establishment: one post in thirty-three stands empty at the end."""
    return share_of(100 / 0.97, int((staff.employment == ESTABLISHED).sum()))


def teachers(city: City, roll: Roll, staff: Staff, firms: Firms, seed: int) -> pl.DataFrame:
    """The data set `teachers`."""
    rng = generator(seed, "teachers", city.number, roll.school.number)
    size = staff.person.size
    part = staff.employment == PART_TIME
    dual = staff.dual_since != NEVER
    in_firm = np.where(part, staff.firm, -1)
    hours = rng.integers(280, 420, size)
    return table(
        size,
        organisation=roll.school.code,
        person=staff.person,
        name=people.names(staff.person),
        sex=sexes(staff.person),
        employment=words(EMPLOYMENTS, staff.employment),
        position=words(POSITIONS, staff.position),
        since=dates(staff.since),
        until=dates(staff.until),
        specialist=yes(staff.specialist),
        major=words(
            [o.code for o in roll.offers], np.where(staff.specialist, np.arange(size) % len(roll.offers), -1)
        ),
        degree=words(["bachelor", "master", "college"], rng.choice(3, size, p=[0.72, 0.2, 0.08])),
        title=words(
            ["intermediate", "associate", "junior", "senior"], rng.choice(4, size, p=[0.45, 0.27, 0.25, 0.03])
        ),
        certified=yes(~part | (rng.random(size) < 0.4)),
        dual_level=words(
            ["intermediate", "junior", "senior"], np.where(dual, rng.choice(3, size, p=[0.55, 0.3, 0.15]), -1)
        ),
        dual_since=dates(staff.dual_since),
        industry_professor=yes(staff.professor),
        enterprise=words(firms.codes, in_firm),
        enterprise_name=words(firms.names, in_firm),
        contract_since=dates(np.where(part, staff.since, NEVER)),
        contract_until=dates(staff.contract_until),
        hours=np.where(part, HOURS, hours),
        pay=hidden(money(np.where(part, HOURS * PAY_PER_HOUR, 0)), ~part),
        abroad_months=tenths(staff.abroad),
    )


def staffing(city: City, roll: Roll, staff: Staff, tally: Tally) -> pl.DataFrame:
    """The data set `school_staffing`, counted from the staff at each year's end."""
    rows, school = [], roll.school
    place = (city.code, school.county, school.code)
    approved = _approved(staff)
    for year in city.shape.years:
        if not school.open_in(year):
            continue
        on = year_end(year)
        there = staff.at(on)
        full = there & staff.full & (staff.position == 0)
        specialist = full & staff.specialist
        dual = specialist & (staff.dual_since != NEVER) & (staff.dual_since <= day(on))
        part = there & ~staff.full
        found = {
            "staff": int((there & staff.full).sum()),
            "teachers": int(full.sum()),
            "specialist_teachers": int(specialist.sum()),
            "dual_teachers": int(dual.sum()),
            "part_time_teachers": int(part.sum()),
            "industry_professors": int((part & staff.professor).sum()),
        }
        abroad = specialist & (staff.abroad >= 30) & (staff.abroad <= 60)
        tally.add("teachers_abroad", year, int(abroad.sum()), *place)
        new = (staff.dual_since >= day(date(year, 1, 1))) & (staff.dual_since <= day(on))
        tally.add("dual_recognised", year, int(new.sum()), *place)
        for quantity, many in found.items():
            tally.add(quantity, year, many, *place)
        rows.append(
            {
                "organisation": school.code,
                "year": year,
                "establishment": approved,
                "quota_posts": int((there & (staff.employment == QUOTA)).sum()),
                "in_post": int((there & (staff.employment == ESTABLISHED)).sum()),
                "staff": found["staff"],
                "full_time_teachers": found["teachers"],
                "specialist_teachers": found["specialist_teachers"],
                "dual_teachers": found["dual_teachers"],
                "part_time_teachers": found["part_time_teachers"],
                "industry_professors": found["industry_professors"],
                "part_time_hours": found["part_time_teachers"] * HOURS,
                "part_time_pay": found["part_time_teachers"] * HOURS * PAY_PER_HOUR // 100,
            }
        )
    return pl.DataFrame(rows)


def practice(city: City, roll: Roll, staff: Staff, firms: Firms, seed: int, tally: Tally) -> pl.DataFrame:
    """The data set `teacher_practice`: a share of the specialists each summer; one in fifty is not confirmed."""
    found = []
    for year in city.shape.years:
        rng = generator(seed, "practice", city.number, roll.school.number, year)
        there = np.flatnonzero(staff.at(date(year, 7, 1)) & staff.full & staff.specialist)
        if not there.size or not roll.school.open_in(year):
            continue
        who = there[
            exactly(rng, share_of(city.shape.percent("practice_percent", year), there.size), there.size)
        ]
        begin = day(date(year, 7, 3)) + rng.integers(0, 10, who.size)
        days = rng.integers(20, 46, who.size)
        firm = firms.partners(rng, roll.school.number, who.size)
        confirmed = rng.random(who.size) >= 0.02
        tally.add(
            "teacher_practice", year, int(confirmed.sum()), city.code, roll.school.county, roll.school.code
        )
        found.append(
            table(
                who.size,
                organisation=roll.school.code,
                person=staff.person[who],
                name=people.names(staff.person[who]),
                enterprise=words(firms.codes, firm),
                enterprise_name=words(firms.names, firm),
                started_on=dates(begin),
                ended_on=dates(begin + days - 1),
                days=days,
                task="岗位实践",
                confirmed=yes(confirmed),
                rating=words(
                    ["good", "excellent", "pass"], np.where(confirmed, rng.integers(0, 3, who.size), -1)
                ),
            )
        )
    return pl.concat(found) if found else pl.DataFrame()


def development(
    city: City, roll: Roll, staff: Staff, seats: dict[str, dict[int, int]], seed: int, tally: Tally
) -> pl.DataFrame:
    """The data set `teacher_training`: by programme and year so many of the school's teachers, nobody twice in a programme.
    Those sent abroad go for three to six months."""
    found = []
    for programme, years in sorted(seats.items()):
        rng = generator(seed, "development", city.number, roll.school.number, programme)
        able = staff.full & ((staff.position == 1) if programme == "principal" else staff.specialist)
        queue = rng.permutation(np.flatnonzero(able & staff.at(year_end(city.shape.first))))
        taken = 0
        for year, many in sorted(years.items()):
            who = queue[taken : taken + many]
            taken += who.size
            place = (city.code, roll.school.county, roll.school.code)
            tally.add(f"teacher_training.{programme}", year, int(who.size), *place)
            away = programme == "overseas"
            months = rng.integers(30, 61, who.size) if away else rng.integers(3, 15, who.size)
            if away:
                staff.abroad[who] += months
            begin = day(date(year, 3, 1)) + rng.integers(0, 120, who.size)
            found.append(
                table(
                    who.size,
                    organisation=roll.school.code,
                    person=staff.person[who],
                    name=people.names(staff.person[who]),
                    programme=programme,
                    title="示例教师培养项目",
                    started_on=dates(begin),
                    ended_on=dates(begin + months * 3),
                    months=tenths(months),
                    abroad="yes" if away else "no",
                    country="示例国" if away else None,
                    specialist=yes(staff.specialist[who]),
                )
            )
    found = [frame for frame in found if frame.height]
    return pl.concat(found, how="diagonal") if found else pl.DataFrame()


def exchanges(
    city: City,
    roll: Roll,
    staff: Staff,
    firms: Firms,
    seats: dict[str, dict[int, int]],
    seed: int,
    tally: Tally,
) -> pl.DataFrame:
    """The data set `teacher_exchanges`: between cities (teachers and managers) and between schools and enterprises."""
    found = []
    quantities = {"between_cities": "teacher_exchanges", "school_enterprise": "school_enterprise_exchanges"}
    for kind, years in seats.items():
        for year, many in years.items():
            rng = generator(seed, "exchanges", city.number, roll.school.number, kind, year)
            able = np.flatnonzero(staff.at(date(year, 3, 1)) & staff.full)
            who = able[rng.permutation(able.size)[:many]]
            if not who.size:
                continue
            between = kind == "between_cities"
            firm = firms.partners(rng, roll.school.number, who.size)
            begin = day(date(year, 3, 1)) + rng.integers(0, 180, who.size)
            tally.add(quantities[kind], year, int(who.size), city.code, roll.school.county, roll.school.code)
            found.append(
                table(
                    who.size,
                    organisation=roll.school.code,
                    person=staff.person[who],
                    name=people.names(staff.person[who]),
                    kind=kind,
                    direction="out",
                    role=words(["teacher", "manager"], np.where(staff.position[who] == 1, 1, 0)),
                    counterpart="示例协作院校" if between else words(firms.names, firm),
                    counterpart_code=words(firms.codes, np.full(who.size, -1) if between else firm),
                    started_on=dates(begin),
                    ended_on=dates(begin + rng.integers(30, 160, who.size)),
                )
            )
    return pl.concat(found) if found else pl.DataFrame()
