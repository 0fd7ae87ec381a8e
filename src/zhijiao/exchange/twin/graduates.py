"""What became of graduates, so that the shape's totals come out: entrants to enterprises, further study, who stays.

By year and city: first those without work, in the army, self-employed, flexible (shares); further study is what the entrants to
enterprises leave over, or, where the pack does not say how many enter, the promotion rate; the rest has an employer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from zhijiao.core.kinds import OrganisationKind
from zhijiao.exchange.twin import people
from zhijiao.exchange.twin.draws import Bools, Ints, day, exactly, generator, share_of, split
from zhijiao.exchange.twin.firms import SIZES, Firms
from zhijiao.exchange.twin.places import City
from zhijiao.exchange.twin.students import COMPLETED, EDUCATION, GRADUATED, YEARS, Roll
from zhijiao.exchange.twin.tables import NEVER, dates, hidden, money, sexes, table, words, yes
from zhijiao.exchange.twin.truth import Tally

DESTINATIONS = (
    "employed",
    "flexible",
    "self_employed",
    "project",
    "army",
    "further_study",
    "unemployed",
    "not_seeking",
)
EMPLOYED, FLEXIBLE, SELF, PROJECT, ARMY, STUDYING, UNEMPLOYED, NOT_SEEKING = range(8)
SHARES = {FLEXIBLE: 3.6, SELF: 0.9, PROJECT: 0.2, ARMY: 0.9}
"""Percent of graduates."""
STUDYING_COLLEGE = 14.0
STUDYING_TECHNICIAN = 6.0
LOCAL = 80.0
"""Percent of the working graduates of secondary and technician schools who stay in the city."""
PAY = {
    OrganisationKind.SECONDARY_VOCATIONAL: 4_100,
    OrganisationKind.TECHNICIAN: 4_700,
    OrganisationKind.HIGHER_VOCATIONAL: 5_100,
}


def graduates(city: City, rolls: Sequence[Roll], firms: Firms, seed: int, tally: Tally) -> list[pl.DataFrame]:
    """The data set `graduates`, a frame a school in the order given."""
    found: list[list[pl.DataFrame]] = [[] for _ in rolls]
    for year in city.shape.years:
        who = [
            np.flatnonzero((r.grade == year - YEARS) & np.isin(r.status, (GRADUATED, COMPLETED)))
            for r in rolls
        ]
        done = np.array([int((r.status[w] == GRADUATED).sum()) for r, w in zip(rolls, who, strict=True)])
        plan = _destinations(city, rolls, year, done)
        local = _staying(city, rolls, year, done, plan)
        for n, roll in enumerate(rolls):
            if who[n].size:
                rng = generator(seed, "graduates", city.number, roll.school.number, year)
                found[n].append(
                    _school(rng, city, roll, who[n], year, plan[:, n], int(local[n]), firms, tally)
                )
    return [pl.concat(frames) if frames else pl.DataFrame() for frames in found]


def _destinations(city: City, rolls: Sequence[Roll], year: int, done: Ints) -> Ints:
    """How many of each school go where: destinations × schools."""
    shape = city.shape
    plan = np.zeros((len(DESTINATIONS), done.size), np.int64)
    total = int(done.sum())
    idle = total - share_of(shape.percent("employment_percent", year), total)
    plan[UNEMPLOYED] = split(idle - idle // 5, done)
    plan[NOT_SEEKING] = split(idle // 5, done)
    for destination, share in SHARES.items():
        plan[destination] = split(share_of(share, total), done)
    room = np.maximum(0, done - plan.sum(axis=0))
    kinds = [roll.school.kind for roll in rolls]
    college = np.array([k is OrganisationKind.HIGHER_VOCATIONAL for k in kinds])
    technician = np.array([k is OrganisationKind.TECHNICIAN for k in kinds])
    secondary = ~college & ~technician
    plan[STUDYING] += split(share_of(STUDYING_COLLEGE, int(done[college].sum())), done * college) * college
    plan[STUDYING] += (
        split(share_of(STUDYING_TECHNICIAN, int(done[technician].sum())), done * technician) * technician
    )
    if shape.said("entrants_to_enterprises"):
        wanted = int(room.sum()) - int(plan[STUDYING].sum()) - shape.count("entrants_to_enterprises", year)
    else:
        wanted = share_of(shape.percent("promotion_secondary_percent", year), int(done[secondary].sum()))
    most = room * secondary
    plan[STUDYING] += np.minimum(split(min(max(0, wanted), int(most.sum())), most), most)
    plan[EMPLOYED] = done - plan.sum(axis=0)
    short = np.minimum(plan[EMPLOYED], 0)  # in very small schools shares round up past everybody
    plan[EMPLOYED] -= short
    for destination in (STUDYING, FLEXIBLE, UNEMPLOYED, ARMY, SELF, NOT_SEEKING, PROJECT):
        taken = np.minimum(plan[destination], -short)
        plan[destination] -= taken
        short = short + taken
    return plan


def _staying(city: City, rolls: Sequence[Roll], year: int, done: Ints, plan: Ints) -> Ints:
    """How many of each school's working graduates are insured in the city; for colleges together the shape's share."""
    working = plan[[EMPLOYED, FLEXIBLE, SELF, PROJECT]].sum(axis=0)
    college = np.array([roll.school.college for roll in rolls])
    base = (done - plan[STUDYING]) * college
    wanted = share_of(city.shape.percent("retained_percent", year), int(base.sum()))
    stays = np.minimum(split(wanted, base) if base.sum() else base, working)
    return np.where(college, stays, np.floor(working * LOCAL / 100 + 0.5).astype(np.int64))


def _school(
    rng: np.random.Generator,
    city: City,
    roll: Roll,
    who: Ints,
    year: int,
    plan: Ints,
    staying: int,
    firms: Firms,
    tally: Tally,
) -> pl.DataFrame:
    school = roll.school
    graduated = roll.status[who] == GRADUATED
    poor = roll.poor[who]
    goes = np.full(who.size, -1)
    order = rng.permutation(np.flatnonzero(graduated))
    # The poor are helped first: all but a few of them stand before the others in the queue whose end finds nothing.
    order = order[np.argsort(~(poor[order] & (rng.random(order.size) < 0.98)), kind="stable")]
    queue = np.repeat(
        [STUDYING, EMPLOYED, FLEXIBLE, SELF, PROJECT, ARMY],
        plan[[STUDYING, EMPLOYED, FLEXIBLE, SELF, PROJECT, ARMY]],
    )
    settled = int(queue.size)
    goes[order[:settled]] = rng.permutation(queue)
    goes[order[settled:]] = np.repeat([UNEMPLOYED, NOT_SEEKING], plan[[UNEMPLOYED, NOT_SEEKING]])
    working = np.isin(goes, (EMPLOYED, FLEXIBLE, SELF, PROJECT))
    at_work = np.flatnonzero(working)
    here = np.zeros(who.size, np.bool_)
    here[at_work[exactly(rng, staying, at_work.size)]] = True
    matched = np.zeros(who.size, np.bool_)
    share = share_of(city.shape.percent("field_match_percent", year), at_work.size)
    matched[at_work[exactly(rng, share, at_work.size)]] = True
    employer = firms.employers(rng, who.size)
    inside = here & (goes == EMPLOYED)
    counties = [c.code for c in city.counties]
    insured = np.where(inside, firms.county[employer], np.where(here, roll.home[who].clip(min=0), -1))
    started = day(date(year, 7, 1)) + rng.integers(0, 120, who.size)
    pay = (
        np.round(PAY[school.kind] * rng.lognormal(0.03 * (year - city.shape.last), 0.22, who.size) / 10) * 10
    )
    away = np.flatnonzero(working & ~here)
    place = words(counties, insured)
    if away.size:
        place = place.scatter(away, words(city.outside, rng.integers(0, len(city.outside), away.size)))
    _count(city, roll, year, goes, graduated, poor, matched, here, tally)
    return table(
        who.size,
        organisation=school.code,
        person=roll.person[who],
        name=people.names(roll.person[who]),
        sex=sexes(roll.person[who]),
        year=year,
        major=words([o.code for o in roll.offers], roll.major[who]),
        education=EDUCATION[school.kind],
        full_time="yes",
        due_on=date(year, 6, 30),
        graduated_on=dates(np.where(graduated, day(date(year, 6, 30)), NEVER)),
        destination=words(DESTINATIONS, goes),
        matched=hidden(yes(matched), ~working),
        employer=words(
            [*firms.names, "市外示例单位"],
            np.where(inside, employer, np.where(goes == EMPLOYED, len(firms.names), -1)),
        ),
        employer_code=words(firms.codes, np.where(inside, employer, -1)),
        employer_industry=words(city.industries, np.where(inside, firms.industry[employer], -1)),
        employer_size=words(SIZES, np.where(inside, firms.sizes[employer], -1)),
        work_county=place,
        insured_county=place,
        local=hidden(yes(here), ~working),
        started_on=dates(np.where(working, started, NEVER)),
        pay=hidden(money((pay * 100).astype(np.int64)), ~working),
        further_school=words(["示例高一级学校"], np.where(goes == STUDYING, 0, -1)),
        further_education=words(
            ["bachelor" if school.college else "college"], np.where(goes == STUDYING, 0, -1)
        ),
        poor=yes(poor),
    )


def _count(
    city: City,
    roll: Roll,
    year: int,
    goes: Ints,
    graduated: Bools,
    poor: Bools,
    matched: Bools,
    here: Bools,
    tally: Tally,
) -> None:
    place = (city.code, roll.school.county, roll.school.code)
    employed = np.isin(goes, (EMPLOYED, FLEXIBLE, SELF, PROJECT, ARMY))
    studying = goes == STUDYING
    found = {
        "graduates": graduated,
        "graduates_employed": employed,
        "graduates_further_study": studying,
        "graduates_to_enterprises": goes == EMPLOYED,
        "graduates_unemployed": np.isin(goes, (UNEMPLOYED, NOT_SEEKING)),
        "graduates_matched": matched,
        "graduates_poor": graduated & poor,
        "graduates_poor_employed": poor & employed,
        "graduates_poor_settled": poor & (employed | studying),
    }
    if roll.school.kind is OrganisationKind.SECONDARY_VOCATIONAL:
        found |= {"secondary_graduates": graduated, "secondary_further_study": studying}
    if roll.school.college:
        found |= {
            "college_graduates_not_studying": graduated & ~studying,
            "college_graduates_insured_here": here,
        }
    for quantity, which in found.items():
        tally.add(quantity, year, int(which.sum()), *place)
