"""Enterprises of a city, which of them are above scale, which cooperate with schools since when, and their internship posts.

Head counts are log-normal (median 60, sigma 1.1). The largest are those above scale. Cooperation is a fixed share of those
above scale and of the rest, and who began earlier never stopped, so that the shape's numbers come out for every year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from zhijiao.exchange.twin.draws import Bools, Ints, day, days_between, generator, share_of, split
from zhijiao.exchange.twin.places import City
from zhijiao.exchange.twin.tables import NEVER, dates, table, words, yes
from zhijiao.exchange.twin.truth import Tally
from zhijiao.lib.codes import check_sign

TRADES = ("机械", "模具", "汽配", "电子", "服装", "医药", "建设", "软件", "物流", "商贸")
SIZES = ("micro", "small", "medium", "large")
SCALE_KINDS = ("industry", "service", "construction", "trade")
OWNERSHIPS = ("private", "state", "foreign", "collective")


@dataclass(frozen=True)
class Firms:
    """The enterprises of one city, an entry each in every array, the largest first."""

    codes: list[str]
    names: list[str]
    county: Ints  # place among the counties of the city
    employees: Ints
    agency: Ints
    industry: Ints  # place among the city's industries
    founded: Ints
    began: Ints  # first day of the first contract, NEVER without one
    school: Ints  # number of the school with which it has that contract
    above: dict[int, int]  # how many of the first are above scale, by year

    def working(self, year: int) -> Bools:
        """Who has a valid contract in a year."""
        return np.asarray((self.began != NEVER) & (self.began <= day(date(year, 12, 31))))

    def partners(self, rng: np.random.Generator, school: int, size: int) -> Ints:
        """Partners of a school, drawn with repetition; any cooperating one where it has none."""
        own = np.flatnonzero((self.school == school) & (self.began != NEVER))
        if not own.size:
            own = np.flatnonzero(self.began != NEVER)
        return rng.choice(own, size) if own.size else np.full(size, -1)

    def employers(self, rng: np.random.Generator, size: int) -> Ints:
        """Employers of graduates, by head count."""
        share = self.employees.astype(np.float64)
        return np.searchsorted(np.cumsum(share), rng.random(size) * share.sum()).astype(np.int64)

    @property
    def sizes(self) -> Ints:
        """Place in SIZES, by head count (20, 300, 1,000)."""
        return np.searchsorted([20, 300, 1_000], self.employees, side="right").astype(np.int64)


def firms_of(city: City, seed: int) -> Firms:
    """Draw the enterprises of a city."""
    shape = city.shape
    rng = generator(seed, "firms", city.number)
    above = {year: shape.count("scale_enterprises", year) for year in shape.years}
    cooperating = {year: shape.count("cooperating_enterprises", year) for year in shape.years}
    size = max(shape.count("enterprises_listed"), above[shape.last], cooperating[shape.last], 10)
    employees = np.sort(np.maximum(3, rng.lognormal(np.log(60), 1.1, size)).astype(np.int64))[::-1].copy()
    county = rng.permutation(
        np.repeat(np.arange(len(city.counties)), split(size, [c.weight for c in city.counties]))
    )
    began = np.full(size, NEVER)
    chosen = np.sort(rng.permutation(above[shape.last])[: _big(city, shape.last, above)])
    others = above[shape.last] + rng.permutation(size - above[shape.last])
    taken = 0
    for year in shape.years:
        first = date(year, 1, 1) if year > shape.first else date(year - 3, 1, 1)
        big = _big(city, year, above)
        small = cooperating[year] - big
        new = np.concatenate([chosen[taken:big], others[: max(0, small)]])
        new = new[began[new] == NEVER]
        began[new] = days_between(rng, first, date(year, 12, 20), new.size)
        taken = big
    weights = [s.weight * (2.0 if s.college else 1.0) * (s.until is None) for s in city.schools]
    school = rng.choice(len(weights), size, p=np.array(weights) / sum(weights))
    codes, names = _identities(city, county, size)
    return Firms(
        codes,
        names,
        county,
        employees,
        np.where(rng.random(size) < 0.3, rng.binomial(employees, 0.08), 0),
        rng.integers(0, len(city.industries), size),
        days_between(rng, date(1985, 1, 1), date(shape.first - 4, 12, 31), size),
        began,
        school,
        above,
    )


def _big(city: City, year: int, above: dict[int, int]) -> int:
    """How many of those above scale cooperate in a year."""
    return min(
        share_of(city.shape.percent("scale_cooperating_percent", year), above[year]),
        city.shape.count("cooperating_enterprises", year),
    )


def _identities(city: City, county: Ints, size: int) -> tuple[list[str], list[str]]:
    """Credit codes of an area that cannot be, rising; names that say 示例."""
    codes, names = [], []
    for n in range(size):
        text = f"91990000MA{city.number % 100:02d}{n:05d}"
        codes.append(text + check_sign(text))
        names.append(f"示例{city.counties[county[n]].short}{TRADES[n % len(TRADES)]}{n + 1:04d}有限公司")
    return codes, names


def enterprises(city: City, firms: Firms) -> pl.DataFrame:
    """The data set `enterprises`."""
    size = len(firms.codes)
    at = np.arange(size)
    return table(
        size,
        organisation=firms.codes,
        name=firms.names,
        county=words([c.code for c in city.counties], firms.county),
        industry=words(city.industries, firms.industry),
        size_=words(SIZES, firms.sizes),
        employees=firms.employees,
        agency_workers=firms.agency,
        ownership=words(OWNERSHIPS, np.where(at % 20 < 17, 0, at % 20 - 16)),
        founded_on=dates(firms.founded),
    )


def scale(city: City, firms: Firms, tally: Tally) -> pl.DataFrame:
    """The data set `enterprise_scale`: the dated list of those above scale."""
    found = []
    for year in city.shape.years:
        many = firms.above[year]
        county = firms.county[:many]
        found.append(
            table(
                many,
                organisation=firms.codes[:many],
                year=year,
                scale_kind=words(SCALE_KINDS, np.arange(many) % 7 % 4),
                county=words([c.code for c in city.counties], county),
                employees=firms.employees[:many],
                agency_workers=firms.agency[:many],
            )
        )
        both = firms.working(year)[:many]
        per_county(tally, "scale_enterprises", year, city, county)
        per_county(tally, "scale_enterprises_cooperating", year, city, county[both])
        per_county(tally, "cooperating_enterprises", year, city, firms.county[firms.working(year)])
    return pl.concat(found)


def posts(city: City, firms: Firms, seed: int, tally: Tally) -> pl.DataFrame:
    """The data set `internship_posts`: those above scale and those that cooperate; posts a fixed share of all head counts."""
    found = []
    for year in city.shape.years:
        rng = generator(seed, "posts", city.number, year)
        who = np.flatnonzero((np.arange(len(firms.codes)) < firms.above[year]) | firms.working(year))
        staff = firms.employees[who]
        total = share_of(city.shape.percent("internship_posts_percent", year), int(staff.sum()))
        many = split(total, staff * rng.lognormal(0.0, 0.6, who.size))
        matched = rng.binomial(many, 0.82)
        found.append(
            table(
                who.size,
                organisation=words(firms.codes, who),
                year=year,
                posts=many,
                matched_posts=matched,
                interns=rng.binomial(many, 0.9),
                employees=staff,
                agency_workers=firms.agency[who],
                above_scale=yes(who < firms.above[year]),
            )
        )
        per_county(tally, "internship_posts", year, city, firms.county[who], many)
        per_county(tally, "internship_employees", year, city, firms.county[who], staff)
        big = who < firms.above[year]
        per_county(tally, "internship_posts_matched_scale", year, city, firms.county[who[big]], matched[big])
        per_county(tally, "scale_employees", year, city, firms.county[who[big]], staff[big])
    return pl.concat(found)


def per_county(
    tally: Tally, quantity: str, year: int, city: City, county: Ints, amounts: Ints | None = None
) -> None:
    """Count things that stand in a county."""
    many = np.bincount(county, amounts, len(city.counties))
    for place, amount in zip(city.counties, many, strict=True):
        tally.add(quantity, year, round(amount), city.code, place.code)
