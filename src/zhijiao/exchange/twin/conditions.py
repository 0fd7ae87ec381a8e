"""What a school is and has, year by year: its data sheet, land and buildings, money, majors, courses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl

from zhijiao.core.kinds import OrganisationKind
from zhijiao.exchange.twin.draws import Ints, days_between, exactly, generator, share_of, split
from zhijiao.exchange.twin.places import City, School
from zhijiao.exchange.twin.students import EDUCATION, Roll
from zhijiao.exchange.twin.tables import dates, money, numbered, table, words, year_end, yes
from zhijiao.exchange.twin.truth import Tally

COURSES = 9
"""Courses a major and year."""
PER_HEAD = {"land": 38.0, "floor": 24.0, "equipment": 8_500.0}
FAILING_EQUIPMENT = 2_100.0
"""Yuan of equipment a head where a school does not meet the standards yet."""


def sheets(city: City, schools: Sequence[School]) -> pl.DataFrame:
    """The data set `schools`."""
    return pl.DataFrame(
        [
            {
                "organisation": s.code,
                "name": s.name,
                "kind": s.kind.value,
                "county": city.county_of(s)[:6],
                "address": f"示例路 {s.number + 1} 号",
                "sponsor": s.sponsor,
                "founded_on": date(1960 + s.number % 50, 9, 1),
                "licensed_on": date(1960 + s.number % 50, 9, 1),
                "closed_on": s.until,
                "in_cluster": "yes" if s.in_cluster else "no",
                "campuses": 1 + s.number % 3 // 2,
            }
            for s in schools
        ],
        infer_schema_length=None,
    )


def meeting(city: City, seed: int) -> dict[int, set[int]]:
    """Numbers of the schools that meet every standard, by year: a share of those that are open, and none falls back."""
    order = generator(seed, "meeting", city.number).permutation(len(city.schools)).tolist()
    found = {}
    for year in city.shape.years:
        there = [n for n in order if city.schools[n].open_in(year)]
        found[year] = set(there[: share_of(city.shape.percent("standards_met_percent", year), len(there))])
    return found


def conditions(city: City, roll: Roll, meets: dict[int, set[int]], seed: int, tally: Tally) -> pl.DataFrame:
    """The data set `school_conditions`. Land and floor follow the students of the last year; equipment grows."""
    school, rows = roll.school, []
    rng = generator(seed, "conditions", city.number, school.number)
    land, floor = rng.lognormal(0.0, 0.12, 2)
    final = max(
        50, int(roll.at(year_end(city.shape.last if school.until is None else school.until.year - 1)).sum())
    )
    place = (city.code, school.county, school.code)
    for year in city.shape.years:
        if not school.open_in(year):
            continue
        students = int(roll.at(year_end(year)).sum())
        good = school.number in meets[year]
        tally.add("schools_open", year, 1, *place)
        tally.add("schools_of_enterprises", year, int(not school.public), *place)
        tally.add("schools_in_cluster", year, int(school.in_cluster), *place)
        tally.add("schools_meeting_standards", year, int(good), *place)
        growth = 1.05 ** (city.shape.last - year)
        area = round(final * PER_HEAD["floor"] * floor, 2)
        equipment = PER_HEAD["equipment"] / growth if good else FAILING_EQUIPMENT
        rooms = max(8, students // 40)
        smart = int(rooms * 0.35 / growth)
        land_area, value = round(final * PER_HEAD["land"] * land, 2), round(students * equipment)
        tally.add("land_area", year, Decimal(f"{land_area:.2f}"), *place)
        tally.add("floor_area", year, Decimal(f"{area:.2f}"), *place)
        tally.add("equipment_value", year, Decimal(value), *place)
        tally.add("smart_classrooms", year, smart, *place)
        rows.append(
            {
                "organisation": school.code,
                "year": year,
                "students": students,
                "converted_students": students,
                "land_area": land_area,
                "floor_area": area,
                "teaching_area": round(area * 0.62, 2),
                "practice_area": round(area * 0.21, 2),
                "equipment_value": value,
                "enterprise_equipment_value": round(students * equipment * 0.06),
                "books": students * 34,
                "e_books": students * 20,
                "workplaces": round(students * 0.55 / growth),
                "computers": round(students * 0.3),
                "bandwidth": 10_000,
                "outlet_bandwidth": 2_000,
                "classrooms": rooms,
                "smart_classrooms": smart,
                "meets_standards": "yes" if good else "no",
            }
        )
    return pl.DataFrame(rows)


def funds(city: City, roll: Roll, seed: int, tally: Tally) -> pl.DataFrame:
    """The data set `school_funds` of a school: so much a head, give or take a twentieth."""
    school, rows, shape = roll.school, [], city.shape
    place = (city.code, school.county, school.code)
    for year in shape.years:
        if not school.open_in(year):
            continue
        rng = generator(seed, "funds", city.number, school.number, year)
        students = max(1, int(roll.at(year_end(year)).sum()))
        spread = rng.uniform(0.97, 1.05)
        public = round(students * shape.count("public_funds_per_student", year) * spread)
        granted = round(
            students
            * shape.count("appropriation_per_student", year)
            * spread
            * (1.0 if school.college else 1.6)
        )
        if not school.public:
            granted = granted // 5
        for ending in ("_all", "") if school.public else ("_all",):
            if school.college:
                tally.add(f"college_appropriation{ending}", year, Decimal(granted), *place)
                tally.add(f"college_funded_students{ending}", year, students, *place)
            elif school.kind is OrganisationKind.SECONDARY_VOCATIONAL:
                tally.add(f"secondary_public_funds{ending}", year, Decimal(public), *place)
                tally.add(f"secondary_funded_students{ending}", year, students, *place)
        rows.append(_fund(school.code, year, school.kind.value, school.public, students, granted, public))
    return pl.DataFrame(rows)


def high_schools(city: City, seed: int, tally: Tally) -> pl.DataFrame:
    """The data set `school_funds` for general high schools, a row a county and year, for comparison."""
    rows = []
    for county in city.counties:
        if county.zone:
            continue
        for year in city.shape.years:
            rng = generator(seed, "high schools", city.number, county.code, year)
            students = int(6_000 * county.weight * city.shape.scale) + int(rng.integers(200, 900))
            public = round(
                students * city.shape.count("public_funds_high_school", year) * rng.uniform(0.97, 1.03)
            )
            tally.add("high_school_public_funds", year, Decimal(public), city.code, county.code)
            tally.add("high_school_students", year, students, city.code, county.code)
            rows.append(_fund(county.code, year, "general_high", True, students, students * 15_000, public))
    return pl.DataFrame(rows)


def _fund(
    code: str, year: int, kind: str, public: bool, students: int, granted: int, funds_: int
) -> dict[str, object]:
    return {
        "organisation": code,
        "year": year,
        "school_type": kind,
        "public_ownership": "yes" if public else "no",
        "students": students,
        "appropriation": granted,
        "public_funds": funds_,
        "personnel_funds": granted * 6 // 10,
        "capital_funds": 0,
        "project_funds": granted // 20,
        "own_income": granted // 25,
    }


def majors_offered(city: City, roll: Roll, seed: int, tally: Tally) -> pl.DataFrame:
    """The data set `majors_offered`: what is offered at the end; a school that ended closed all of its own."""
    school, shape = roll.school, city.shape
    rng = generator(seed, "offered", city.number, school.number)
    size = len(roll.offers)
    newest = roll.grade == shape.last
    enrolled = np.bincount(roll.major[newest], minlength=size)
    opened = days_between(rng, date(1998, 9, 1), date(shape.first - 4, 9, 1), size)
    if school.until is None:
        for year in shape.years:
            tally.add("majors_offered", year, size, city.code, school.county, school.code)
    return table(
        size,
        organisation=school.code,
        major=[o.code for o in roll.offers],
        name=[o.name for o in roll.offers],
        track=[o.track for o in roll.offers],
        education=EDUCATION[school.kind],
        industry=words(city.industries, rng.integers(0, len(city.industries), size)),
        opened_on=dates(opened),
        closed_on=school.until,
        recruiting="yes" if school.until is None else "no",
        planned=np.ceil(enrolled / 0.96).astype(np.int64),
        enrolled=enrolled,
    )


def courses(city: City, roll: Roll, seed: int, tally: Tally) -> pl.DataFrame:
    """The data set `courses`: so many a major and year; the shares of hybrid and ideological design come out to a course."""
    school, shape, found = roll.school, city.shape, []
    size = len(roll.offers) * COURSES
    place = (city.code, school.county, school.code)
    for year in shape.years:
        if not school.open_in(year):
            continue
        rng = generator(seed, "courses", city.number, school.number, year)
        name = "hybrid_college_percent" if school.college else "hybrid_secondary_percent"
        hybrid = exactly(rng, int(np.ceil(size * shape.percent(name, year) / 100)), size)
        design = exactly(rng, share_of(shape.percent("ideological_courses_percent", year), size), size)
        at = np.arange(size)
        for quantity, which in (
            ("courses", np.ones(size)),
            ("courses_ideological", design),
            ("courses_hybrid", hybrid),
        ):
            tally.add(quantity, year, int(which.sum()), *place)
        found.append(
            table(
                size,
                organisation=school.code,
                course=numbered("KC", size),
                name=words([f"{o.name}课程" for o in roll.offers], at // COURSES)
                + pl.Series(at % COURSES + 1).cast(pl.String),
                year=year,
                major=words([o.code for o in roll.offers], at // COURSES),
                nature=words(["public", "professional", "professional", "practice", "elective"], at % 5),
                hours=36 + 18 * (at % 4),
                credits_=(2 + at % 3).astype(np.int64),
                ideological=yes(design),
                hybrid=yes(hybrid),
                with_enterprise=yes(rng.random(size) < 0.25),
            )
        )
    return pl.concat(found) if found else pl.DataFrame()


def earmarked(city: City, tally: Tally) -> pl.DataFrame:
    """The data set `earmarked_funds`: half of the city, half of the counties, the year's total exactly."""
    rows = []
    purposes = ("majors", "bases", "teachers", "cooperation", "training", "informatics")
    for year in city.shape.years:
        total = city.shape.count("earmarked_funds", year)
        shares: Ints = split(total, [float(len(city.counties)), *(c.weight for c in city.counties)])
        for code, amount in zip([city.code, *(c.code for c in city.counties)], shares.tolist(), strict=True):
            level = "city" if code == city.code else "county"
            for n, part in enumerate(split(amount, np.ones(3)).tolist()):
                if not part:
                    continue
                tally.add("earmarked_funds", year, Decimal(part), city.code, "" if level == "city" else code)
                rows.append(
                    {
                        "organisation": code,
                        "year": year,
                        "item": f"ZX{year}{n + 1:03d}",
                        "name": "示例职业教育专项资金",
                        "purpose": purposes[(n + year) % 6],
                        "level": level,
                        "amount": part,
                        "spent": part * 9 // 10,
                    }
                )
    return pl.DataFrame(rows)


def fen(amounts: Ints) -> pl.Series:
    """Whole yuan as money."""
    return money(amounts * 100)
