"""What schools do with enterprises on paper: contracts of cooperation, technology contracts and the money that came in; contests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl

from zhijiao.exchange.twin import people
from zhijiao.exchange.twin.draws import Ints, day, days_between, exactly, generator, share_of, split
from zhijiao.exchange.twin.firms import Firms
from zhijiao.exchange.twin.places import City
from zhijiao.exchange.twin.staff import Staff
from zhijiao.exchange.twin.students import Roll
from zhijiao.exchange.twin.tables import NEVER, dates, money, numbered, table, words, year_end, yes
from zhijiao.exchange.twin.truth import Tally

COOPERATION = (
    "talent",
    "internship",
    "bases",
    "teachers",
    "training",
    "employment",
    "majors",
    "technology",
    "running",
    "evaluation",
    "culture",
)


def contracts(city: City, roll: Roll, firms: Firms, seed: int) -> pl.DataFrame:
    """The data set `contracts`: an enterprise's first lasts to this day; two in five have a second that may have ended early."""
    school, last = roll.school, year_end(city.shape.last)
    rng = generator(seed, "contracts", city.number, school.number)
    own = np.flatnonzero((firms.school == school.number) & (firms.began != NEVER))
    second = own[rng.random(own.size) < 0.4]
    firm = np.concatenate([own, second])
    first = np.arange(firm.size) < own.size
    begin = firms.began[firm]
    begin = np.where(first, begin, np.minimum(begin + rng.integers(30, 400, firm.size), day(last) - 5))
    begin = np.maximum(begin, firms.began[firm])
    end = np.where(
        first, day(last) + rng.integers(60, 1_400, firm.size), begin + rng.integers(200, 900, firm.size)
    )
    open_ended = first & (rng.random(firm.size) < 0.3)
    stopped = ~first & (rng.random(firm.size) < 0.1)
    stop = np.minimum(begin + 100, day(last))
    return table(
        firm.size,
        organisation=school.code,
        contract_no=numbered("HZ", firm.size),
        enterprise=words(firms.codes, firm),
        enterprise_name=words(firms.names, firm),
        kind=words(COOPERATION, rng.integers(0, len(COOPERATION), firm.size)),
        title="示例校企合作协议",
        major=words([o.code for o in roll.offers], rng.integers(0, len(roll.offers), firm.size)),
        signed_on=dates(begin - rng.integers(0, 20, firm.size)),
        since=dates(begin),
        until=dates(np.where(open_ended, NEVER, np.where(stopped, stop, end))),
        invested=money(rng.integers(0, 60, firm.size) * 1_000_000),
        students=rng.integers(0, 80, firm.size),
        terminated=yes(stopped),
        terminated_on=dates(np.where(stopped, stop, NEVER)),
    )


def technology(
    city: City, rolls: Sequence[Roll], firms: Firms, seed: int, tally: Tally
) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    """The data sets `technology_contracts` and `technology_receipts`. A year's receipts come out to a fen; none exceeds its
    contract. One achievement in twenty-five is signed twice and counts once."""
    signed: list[list[pl.DataFrame]] = [[] for _ in rolls]
    paid: list[list[pl.DataFrame]] = [[] for _ in rolls]
    for year in city.shape.years:
        weights = [
            r.school.weight * (8.0 if r.school.college else 0.4) * r.school.open_in(year) for r in rolls
        ]
        transfers = split(city.shape.count("technology_transfers", year), weights)
        services = split(city.shape.count("technology_services", year), weights)
        income = split(
            city.shape.count("technology_receipts", year) * 100,
            [w if t + s else 0.0 for w, t, s in zip(weights, transfers, services, strict=True)],
        )
        for n, roll in enumerate(rolls):
            if not transfers[n] + services[n]:
                continue
            rng = generator(seed, "technology", city.number, roll.school.number, year)
            place = (city.code, roll.school.county, roll.school.code)
            tally.add("technology_transfers", year, int(transfers[n]), *place)
            tally.add("technology_services", year, int(services[n]), *place)
            tally.add("technology_receipts", year, Decimal(int(income[n])) / 100, *place)
            mark = f"{city.number:03d}{roll.school.number:03d}"
            contract, receipt, horizontal = _technology(
                rng, mark, roll, year, int(transfers[n]), int(services[n]), int(income[n]), firms
            )
            tally.add("technology_receipts_horizontal", year, Decimal(horizontal) / 100, *place)
            signed[n].append(contract)
            paid[n].append(receipt)
    none = pl.DataFrame()
    return [pl.concat(f) if f else none for f in signed], [pl.concat(f) if f else none for f in paid]


def _technology(
    rng: np.random.Generator,
    mark: str,
    roll: Roll,
    year: int,
    transfers: int,
    services: int,
    income: int,
    firms: Firms,
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    again = transfers // 25
    size = transfers + again + services
    achievement: Ints = np.concatenate([np.arange(transfers), np.arange(again), np.full(services, -1)])
    firm = firms.partners(rng, roll.school.number, size)
    when = days_between(rng, date(year, 1, 8), date(year, 11, 20), size)
    came = split(income, rng.lognormal(0.0, 0.9, size))
    amount = np.ceil(came / rng.uniform(0.55, 1.0, size) / 10_000).astype(np.int64) * 10_000
    kind = np.where(achievement >= 0, 0, 1 + rng.integers(0, 3, size))
    numbers = numbered(f"JS{year}-{mark}-", size)
    horizontal = rng.random(size) < 0.92
    contract = table(
        size,
        organisation=roll.school.code,
        contract=numbers,
        achievement=words([f"CG{year}-{mark}-{i + 1:05d}" for i in range(transfers)], achievement),
        title=words(["示例成果转化", "示例技术服务", "示例技术开发", "示例技术咨询"], kind),
        kind=words(["transfer", "service", "development", "consulting"], kind),
        horizontal=yes(horizontal),
        client=words(firms.names, firm),
        enterprise=words(firms.codes, firm),
        signed_on=dates(when),
        amount=money(amount),
    )
    first = came // 2
    halves: Ints = np.concatenate([first, came - first])
    at = np.concatenate([np.arange(size), np.arange(size)])
    real = np.flatnonzero(halves > 0)
    later = np.minimum(when[at] + np.where(np.arange(at.size) < size, 10, 35), day(year_end(year)))
    receipt = table(
        real.size,
        organisation=roll.school.code,
        contract=numbers.gather(at[real]),
        receipt=numbered(f"PZ{year}", at.size).gather(real),
        received_on=dates(later[real]),
        amount=money(halves[real]),
        horizontal=yes(horizontal[at[real]]),
    )
    return contract, receipt, int(came[horizontal].sum())


def contests(city: City, roll: Roll, staff: Staff, seed: int, tally: Tally) -> pl.DataFrame:
    """The data set `competition_entries`: a share of all who are there on the day; one in ten enters a second contest."""
    school, found = roll.school, []
    for year in city.shape.years:
        if not school.open_in(year):
            continue
        rng = generator(seed, "contests", city.number, school.number, year)
        students = roll.person[roll.at(year_end(year))]
        teachers = staff.person[staff.at(year_end(year)) & staff.full & (staff.position == 0)]
        everybody = np.concatenate([students, teachers])
        many = share_of(city.shape.percent("contest_share_percent", year), everybody.size)
        chosen = np.flatnonzero(exactly(rng, many, everybody.size))
        again = chosen[rng.random(chosen.size) < 0.1]
        at = np.concatenate([chosen, again])
        second = np.arange(at.size) >= chosen.size
        level = np.where(second, 1, rng.choice(4, at.size, p=[0.72, 0.2, 0.07, 0.01]))
        tally.add("contest_persons", year, int(chosen.size), city.code, school.county, school.code)
        found.append(
            table(
                at.size,
                organisation=school.code,
                person=everybody[at],
                name=people.names(everybody[at]),
                role=words(["student", "teacher"], (at >= students.size).astype(np.int64)),
                competition=words(["示例技能节", "示例技能大赛"], second.astype(np.int64)),
                level=words(["school", "city", "provincial", "national"], level),
                held_on=dates(np.full(at.size, day(date(year, 11, 5)))),
                award=words(
                    ["none", "third", "second", "first"], rng.choice(4, at.size, p=[0.75, 0.13, 0.08, 0.04])
                ),
            )
        )
    return pl.concat(found) if found else pl.DataFrame()
