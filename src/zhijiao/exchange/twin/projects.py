"""Recognised projects and titles, teaching resources, buildings, and small events: as many as the shape says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
from zhijiao.policy.types.twin import TwinProjects

BUILDING_DAYS = 900
"""From the start of a building project to its completion."""
FROM_OUTSIDE = frozenset({"introduced_school"})
HIGH_LEVEL = {
    OrganisationKind.HIGHER_VOCATIONAL: "high_level_college",
    OrganisationKind.SECONDARY_VOCATIONAL: "high_level_secondary",
}


@dataclass
class Titles:
    """Projects of one kind at one level, an entry each in every array."""

    kind: str
    level: str
    numbers: pl.Series
    codes: list[str]
    counties: list[str]
    firm: Ints
    approved: Ints
    recognised: Ints
    ended: Ints

    def raised(self, level: str, count: int, days: Ints) -> Titles:
        """The first of them recognised at another level too, so many days later: the same numbers, one more record each."""
        later = self.recognised[:count] + days[: self.recognised[:count].size]
        return Titles(
            self.kind,
            level,
            self.numbers.head(count),
            self.codes[:count],
            self.counties[:count],
            self.firm[:count],
            later - 30,
            later,
            self.ended[:count],
        )


def projects(city: City, firms: Firms, seed: int, tally: Tally) -> pl.DataFrame:
    """The data set `projects`: those in force at the end, one in ten more that has ended, and the high-level schools.

    Recognised evenly over the years and the three before, or in the last three. A second entry of a kind raises the first
    ones of the kind to its level.
    """
    below: dict[str, Titles] = {}
    found = []
    for n, wanted in enumerate(city.shape.projects):
        rng = generator(seed, "projects", city.number, n)
        if wanted.kind in below:
            titles = below[wanted.kind].raised(wanted.level, wanted.count, rng.integers(10, 80, wanted.count))
        else:
            titles = _titles(city, firms, wanted, n, rng)
            below[wanted.kind] = titles
        _count(city, tally, titles, first=titles is below[wanted.kind])
        found.append(_frame(firms, titles))
    for n, (kind, title) in enumerate(HIGH_LEVEL.items()):
        schools = [s for s in city.schools if s.double_high and s.kind is kind]
        when = np.full(len(schools), day(date(city.shape.first - 1, 12, 1)))
        never = np.full(len(schools), NEVER)
        numbers = numbered(f"SG{city.number:03d}{n:02d}-", len(schools))
        titles = Titles(
            title,
            "provincial",
            numbers,
            [s.code for s in schools],
            [s.county for s in schools],
            np.full(len(schools), -1),
            when,
            when,
            never,
        )
        _count(city, tally, titles, first=True)
        found.append(_frame(firms, titles))
    return pl.concat(found)


def _titles(city: City, firms: Firms, wanted: TwinProjects, n: int, rng: np.random.Generator) -> Titles:
    shape = city.shape
    size = wanted.count + wanted.count // 10
    first = date(shape.last - 2 if wanted.recent else shape.first - 3, 3, 1)
    when = days_between(rng, first, date(shape.last, 9, 30), size)
    ended = np.where(
        np.arange(size) < wanted.count, NEVER, np.minimum(when + 500, day(date(shape.last, 11, 30)))
    )
    hosts = _hosts(wanted.by, [s for s in city.schools if s.until is None])
    firm = np.full(size, -1)
    codes, counties = [city.code] * size, [""] * size
    if hosts:  # nobody gets a second one before everybody has one
        school = [hosts[i] for i in np.resize(rng.permutation(len(hosts)), size)]
        codes, counties = [s.code for s in school], [s.county for s in school]
    elif wanted.by == "enterprise":
        firm = np.resize(rng.permutation(np.flatnonzero(firms.began != NEVER)), size)
        codes = counties = [city.counties[firms.county[f]].code for f in firm]
    numbers = numbered(f"XM{city.number:03d}{n:02d}-", size)
    return Titles(wanted.kind, wanted.level, numbers, codes, counties, firm, when - 200, when, ended)


def _hosts(by: str, schools: Sequence[School]) -> list[School]:
    kinds = {
        "college": OrganisationKind.HIGHER_VOCATIONAL,
        "secondary": OrganisationKind.SECONDARY_VOCATIONAL,
    }
    if by in kinds:
        return [s for s in schools if s.kind is kinds[by]]
    return list(schools) if by == "school" else []


def _frame(firms: Firms, titles: Titles) -> pl.DataFrame:
    size = titles.recognised.size
    return table(
        size,
        organisation=pl.Series(titles.codes, dtype=pl.String),
        project=titles.numbers,
        name=pl.Series([f"示例项目{number}" for number in titles.numbers], dtype=pl.String),
        kind=titles.kind,
        level=titles.level,
        status=words(["recognised", "ended"], (titles.ended != NEVER).astype(np.int64)),
        approved_on=dates(titles.approved),
        recognised_on=dates(titles.recognised),
        ended_on=dates(titles.ended),
        enterprise=words(firms.codes, titles.firm),
        county=pl.Series([c or None for c in titles.counties], dtype=pl.String),
        outside="yes" if titles.kind in FROM_OUTSIDE else "no",
    )


def _count(city: City, tally: Tally, titles: Titles, *, first: bool) -> None:
    """Count projects; `first` where their numbers were not counted at another level before."""
    schools = {s.code for s in city.schools}
    kind, exact = titles.kind, f"{titles.kind}.{titles.level}"
    for year in city.shape.years:
        on = day(year_end(year))
        alive = (titles.ended == NEVER) | (titles.ended > on)
        found = {
            "projects_in_force": (titles.recognised <= on) & alive,
            f"projects.{exact}": (titles.recognised <= on) & alive,
            f"projects_recognised.{exact}": (titles.recognised <= on)
            & (titles.recognised >= day(date(year, 1, 1))),
        }
        if first:
            found[f"projects.{kind}"] = (titles.recognised <= on) & alive
            found[f"projects_approved.{kind}"] = (titles.approved <= on) & alive
        for quantity, which in found.items():
            for place in np.flatnonzero(which).tolist():
                code = titles.codes[place]
                school = code if code in schools else ""
                tally.add(quantity, year, 1, city.code, titles.counties[place], school)


def resources(city: City, seed: int, tally: Tally) -> pl.DataFrame:
    """The data set `resources`: those finished by the end, and one in eight more that is still being made."""
    shape, found = city.shape, []
    staying = [s for s in city.schools if s.until is None]
    for n, wanted in enumerate(shape.resources):
        rng = generator(seed, "resources", city.number, n)
        making = wanted.count // 8
        size = wanted.count + making
        hosts = _hosts(wanted.by, staying) or staying
        done = np.arange(size) < wanted.count
        begin = date(shape.last - 2 if wanted.recent else shape.first, 3, 1)
        when = days_between(rng, begin, date(shape.last, 11, 30), size)
        own = [hosts[i] for i in rng.integers(0, len(hosts), size)]
        for year in shape.years:
            for host in (
                h
                for h, w, d in zip(own, when.tolist(), done.tolist(), strict=True)
                if d and w <= day(year_end(year))
            ):
                quantity = f"resources.{wanted.kind}.{wanted.level}"
                tally.add(quantity, year, 1, city.code, host.county, host.code)
        found.append(
            table(
                size,
                organisation=[h.code for h in own],
                resource=numbered(f"ZY{city.number:03d}{n:02d}-", size),
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
        place = (city.code, host.county, host.code)
        end = min(year, shape.last)
        started = (date(end, 8, 15) - timedelta(days=BUILDING_DAYS)).year
        for under_way in range(max(started, shape.first), (end if over else shape.last) + 1):
            tally.add("construction_under_way", under_way, Decimal(amount), *place)
            tally.add("construction_spent", under_way, Decimal(amount if over else amount // 3), *place)
        if over:
            tally.add("construction_completed", end, 1, *place)
            tally.add("construction_investment", end, Decimal(amount), *place)
    return table(
        size,
        organisation=[h.code for h in hosts],
        project=numbered(f"JS{city.number:03d}-", size),
        name=[f"{h.name}建设工程" for h in hosts],
        kind=words(["new", "moved", "extended"], np.arange(size) % 3),
        started_on=dates(ends - BUILDING_DAYS),
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
                    activity=numbered(f"QM{year}-{city.number:03d}{roll.school.number:03d}-", size),
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
