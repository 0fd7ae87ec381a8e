"""Recognised projects and titles, teaching resources, buildings, and small events: as many as the shape says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl

from zhijiao.core.kinds import OrganisationKind
from zhijiao.exchange.twin import people
from zhijiao.exchange.twin.draws import Ints, day, days_between, generator, split
from zhijiao.exchange.twin.firms import Firms
from zhijiao.exchange.twin.people import People
from zhijiao.exchange.twin.places import City, School
from zhijiao.exchange.twin.students import Roll
from zhijiao.exchange.twin.tables import NEVER, dates, money, numbered, table, words, year_end, yes
from zhijiao.exchange.twin.truth import Tally

HIGH_LEVEL = {
    OrganisationKind.HIGHER_VOCATIONAL: "high_level_college",
    OrganisationKind.SECONDARY_VOCATIONAL: "high_level_secondary",
}


def projects(city: City, firms: Firms, seed: int, tally: Tally) -> pl.DataFrame:
    """The data set `projects`: those in force at the end, one in ten more that has ended, and the high-level schools.

    Recognised evenly over the years and the three before; those of the county level and above are one record a level.
    """
    shape, found = city.shape, []
    staying = [s for s in city.schools if s.until is None]
    for n, wanted in enumerate(shape.projects):
        rng = generator(seed, "projects", city.number, n)
        gone = wanted.count // 10
        size = wanted.count + gone
        when = days_between(rng, date(shape.first - 3, 3, 1), date(shape.last, 11, 30), size)
        ended = np.where(
            np.arange(size) >= wanted.count, np.minimum(when + 500, day(date(shape.last, 6, 30))), NEVER
        )
        ended = np.where((ended != NEVER) & (ended <= when), when + 30, ended)
        hosts = _hosts(wanted.by, staying)
        school = [hosts[i] for i in rng.integers(0, len(hosts), size)] if hosts else []
        firm = firms.partners(rng, -1, size) if wanted.by == "enterprise" else np.full(size, -1)
        if wanted.by == "enterprise":  # an enterprise holds a title once
            firm = np.resize(rng.permutation(np.flatnonzero(firms.began != NEVER)), size)
        codes, counties = _where(city, firms, school, firm, size)
        _count(city, tally, codes, counties, when, ended, {s.code for s in staying})
        found.append(
            table(
                size,
                organisation=codes,
                project=numbered(f"XM{n:02d}-", size),
                name=[f"示例{wanted.kind}项目{i + 1}" for i in range(size)],
                kind=wanted.kind,
                level=wanted.level,
                status=words(["recognised", "ended"], (ended != NEVER).astype(np.int64)),
                approved_on=dates(when - 200),
                recognised_on=dates(when),
                ended_on=dates(ended),
                enterprise=words(firms.codes, firm),
                county=[c or None for c in counties],
                outside="no",
            )
        )
    high = [s for s in staying if s.double_high]
    when = np.full(len(high), day(date(shape.first - 1, 12, 1)))
    _count(
        city,
        tally,
        [s.code for s in high],
        [s.county for s in high],
        when,
        np.full(len(high), NEVER),
        {s.code for s in high},
    )
    found.append(
        table(
            len(high),
            organisation=[s.code for s in high],
            project=numbered("SG-", len(high)),
            name=[f"{s.name}高水平建设" for s in high],
            kind=[HIGH_LEVEL[s.kind] for s in high],
            level="provincial",
            status="recognised",
            recognised_on=dates(when),
            outside="no",
        )
    )
    return pl.concat(found, how="diagonal")


def _hosts(by: str, schools: Sequence[School]) -> list[School]:
    kinds = {
        "college": OrganisationKind.HIGHER_VOCATIONAL,
        "secondary": OrganisationKind.SECONDARY_VOCATIONAL,
    }
    if by in kinds:
        return [s for s in schools if s.kind is kinds[by]]
    return list(schools) if by == "school" else []


def _where(
    city: City, firms: Firms, school: list[School], firm: Ints, size: int
) -> tuple[list[str], list[str]]:
    """Whose project it is, and in which county: a school's, a county's for an enterprise, else the city's."""
    if school:
        return [s.code for s in school], [s.county for s in school]
    if (firm >= 0).any():
        counties = [city.counties[firms.county[f]].code for f in firm]
        return counties, counties
    return [city.code] * size, [""] * size


def _count(
    city: City,
    tally: Tally,
    codes: Sequence[str],
    counties: Sequence[str],
    since: Ints,
    until: Ints,
    schools: set[str],
) -> None:
    for year in city.shape.years:
        on = day(year_end(year))
        there = (since <= on) & ((until == NEVER) | (until > on))
        for code, county, is_there in zip(codes, counties, there.tolist(), strict=True):
            if is_there:
                tally.add("projects_in_force", year, 1, city.code, county, code if code in schools else "")


def resources(city: City, seed: int) -> pl.DataFrame:
    """The data set `resources`: those finished by the end, and one in eight more that is still being made."""
    shape, found = city.shape, []
    staying = [s for s in city.schools if s.until is None]
    for n, wanted in enumerate(shape.resources):
        rng = generator(seed, "resources", city.number, n)
        making = wanted.count // 8
        size = wanted.count + making
        hosts = _hosts(wanted.by, staying) or staying
        done = np.arange(size) < wanted.count
        when = days_between(rng, date(shape.first, 3, 1), date(shape.last, 11, 30), size)
        found.append(
            table(
                size,
                organisation=[hosts[i].code for i in rng.integers(0, len(hosts), size)],
                resource=numbered(f"ZY{n:02d}-", size),
                name=[f"示例资源{i + 1}" for i in range(size)],
                kind=wanted.kind,
                level=wanted.level,
                status=words(["building", "completed"], done.astype(np.int64)),
                completed_on=dates(np.where(done, when, NEVER)),
            )
        )
    return pl.concat(found) if found else pl.DataFrame()


def construction(city: City, seed: int, tally: Tally) -> pl.DataFrame:
    """The data set `construction`: projects that were finished in the years, with their investment, and two that go on."""
    rng = generator(seed, "construction", city.number)
    shape = city.shape
    staying = [s for s in city.schools if s.until is None]
    done = min(shape.count("construction_projects"), len(staying))
    size = min(done + 2, len(staying))
    hosts = [staying[i] for i in rng.permutation(len(staying))[:size]]
    years = shape.first + np.arange(size) * len(shape.years) // max(1, done)
    ends = np.array([day(date(min(int(y), shape.last), 8, 15)) for y in years])
    finished = np.arange(size) < done
    amounts = np.concatenate(
        [
            split(shape.count("construction_investment") // 10_000, rng.lognormal(0, 0.4, done)),
            np.full(size - done, 9_000),
        ]
    )
    amounts = amounts * 10_000
    for host, year, amount, over in zip(
        hosts, years.tolist(), amounts.tolist(), finished.tolist(), strict=True
    ):
        if over:
            place = (city.code, host.county, host.code)
            tally.add("construction_completed", min(year, shape.last), 1, *place)
            tally.add("construction_investment", min(year, shape.last), Decimal(amount), *place)
    return table(
        size,
        organisation=[h.code for h in hosts],
        project=numbered("JS", size),
        name=[f"{h.name}建设工程" for h in hosts],
        kind=words(["new", "moved", "extended"], np.arange(size) % 3),
        started_on=dates(ends - 900),
        completed_on=dates(np.where(finished, ends, NEVER)),
        investment=money(amounts * 100),
        invested=money(np.where(finished, amounts, amounts // 3) * 100),
        floor_area=(amounts // 5_000).astype(np.int64),
        places=(amounts // 250_000).astype(np.int64),
    )


def activities(city: City, rolls: Sequence[Roll], seed: int, tally: Tally) -> list[pl.DataFrame]:
    """The data set `career_activities`; one in fifty was called off."""
    found: list[list[pl.DataFrame]] = [[] for _ in rolls]
    for year in city.shape.years:
        many = split(
            city.shape.count("career_activities", year),
            [r.school.weight * r.school.open_in(year) for r in rolls],
        )
        for n, roll in enumerate(rolls):
            size = int(many[n]) + int(many[n]) // 50
            if not size:
                continue
            rng = generator(seed, "activities", city.number, roll.school.number, year)
            held = np.arange(size) < many[n]
            tally.add(
                "career_activities", year, int(many[n]), city.code, roll.school.county, roll.school.code
            )
            found[n].append(
                table(
                    size,
                    organisation=roll.school.code,
                    activity=numbered(f"QM{year}", size),
                    name="示例职业体验日",
                    held_on=dates(days_between(rng, date(year, 3, 1), date(year, 12, 10), size)),
                    stage=words(["primary", "junior", "mixed"], rng.integers(0, 3, size)),
                    persons=rng.integers(30, 200, size),
                    held=yes(held),
                )
            )
    return [pl.concat(f) if f else pl.DataFrame() for f in found]


def grants(city: City, people_: People, seed: int, tally: Tally) -> pl.DataFrame:
    """The data set `personal_grants`: natives who came home from abroad to work, paid by their county."""
    found = []
    for year in city.shape.years:
        rng = generator(seed, "grants", city.number, year)
        counties = [c for c in city.counties if c.weight > 0]
        size = city.shape.count("personal_grants", year)
        born = days_between(rng, date(year - 32, 1, 1), date(year - 23, 12, 31), size)
        who = people_.draw(rng.random(size) < 0.5, born)
        at = rng.integers(0, len(counties), size)
        for place, many in zip(counties, np.bincount(at, minlength=len(counties)), strict=True):
            tally.add("personal_grants", year, int(many), city.code, place.code)
        found.append(
            table(
                size,
                organisation=words([c.code for c in counties], at),
                person=who,
                name=people.names(who),
                kind="returnee",
                native="yes",
                local="yes",
                granted_on=dates(days_between(rng, date(year, 5, 1), date(year, 12, 20), size)),
                amount=money(np.full(size, 1_000_000)),
            )
        )
    return pl.concat(found)
