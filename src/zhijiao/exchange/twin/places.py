"""Cities, schools and their places in the tree. What a pack names keeps the pack's id; the rest is called 示例."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from zhijiao.core.kinds import SCHOOLS, OrganisationKind
from zhijiao.exchange.twin.draws import generator, split
from zhijiao.exchange.twin.people import MARK
from zhijiao.exchange.twin.shape import Shape
from zhijiao.policy.types import PackIndex

ALWAYS = date(2000, 1, 1)
KIND_NAMES = {
    OrganisationKind.SECONDARY_VOCATIONAL: "职业学校",
    OrganisationKind.TECHNICIAN: "技工学校",
    OrganisationKind.HIGHER_VOCATIONAL: "职业学院",
}
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Organisation:
    """A node of the tree, for planting it: what registry asks of one. `until` is the first day on which it is no more;
    `successor` is the school into which it was merged."""

    code: str
    name: str
    kind: OrganisationKind
    parent: str | None
    since: date = ALWAYS
    until: date | None = None
    successor: str | None = None


@dataclass(frozen=True)
class County:
    """A county or zone with its share of the city."""

    code: str
    name: str
    short: str
    weight: float
    zone: bool = False


@dataclass(frozen=True)
class School:
    """A school of a city. `county` is empty for one that stands under the city."""

    code: str
    name: str
    kind: OrganisationKind
    county: str
    parent: str
    weight: float
    number: int  # within the city, from 0
    since: date = ALWAYS
    until: date | None = None
    successor: str | None = None
    sponsor: str = "government"
    double_high: bool = False
    in_cluster: bool = True

    @property
    def college(self) -> bool:
        """Whether it is a higher vocational college."""
        return self.kind is OrganisationKind.HIGHER_VOCATIONAL

    @property
    def public(self) -> bool:
        """Whether the government runs it."""
        return self.sponsor == "government"

    def open_in(self, year: int) -> bool:
        """Whether it takes students in the autumn of a year."""
        return self.until is None or self.until > date(year, 9, 1)


@dataclass(frozen=True)
class City:
    """A city of the twin: its places, its shape, and what of the tree stands above and beside the schools."""

    code: str
    name: str
    number: int  # among the cities of the twin, from 0
    shape: Shape
    counties: tuple[County, ...]
    schools: tuple[School, ...]
    offices: tuple[Organisation, ...] = ()
    outside: tuple[str, ...] = ()  # codes of other places where graduates go
    industries: tuple[str, ...] = field(default=("C33", "C34", "C35", "C36", "C38", "F52", "I65"))

    def county_of(self, school: School) -> str:
        """Where a school stands; one under the city counts as standing in its first county."""
        return school.county or self.counties[0].code


def city_of(index: PackIndex, shape: Shape, weights: dict[str, float], number: int, seed: int) -> City:
    """The city that a pack speaks of."""
    region = index.pack.manifest.region
    divisions = [d for d in index.pack.places.divisions if d.level == "county" and d.parent == region]
    counties = tuple(
        County(
            d.code, d.name, d.short, weights.get(d.code, 0.0 if d.kind == "zone" else 1.0), d.kind == "zone"
        )
        for d in divisions
    )
    overseers = {kind: unit.id for unit in index.pack.places.units for kind in unit.oversees}
    offices = tuple(
        Organisation(unit.id, unit.name, OrganisationKind.DEPARTMENT, region)
        for unit in index.pack.places.units
        if unit.oversees
    )
    named = [
        School(
            i.id,
            i.name,
            OrganisationKind(i.kind),
            i.division or "",
            i.division or overseers.get(OrganisationKind(i.kind), region),
            0.0,
            0,
        )
        for i in index.pack.places.institutions
        if not i.outside and OrganisationKind(i.kind) in KIND_NAMES
    ]
    outside = tuple(
        d.code
        for pack in index.family
        for d in pack.places.divisions
        if d.level == "city" and d.code != region
    )
    place = index.pack.manifest.place
    city = City(region, place, number, shape, counties, (), offices, outside or ("990000",))
    return replace(city, schools=_schools(city, named, seed))


def invented_city(code: str, name: str, shape: Shape, number: int, seed: int, outside: Sequence[str]) -> City:
    """A city of which no pack speaks: its counties are invented."""
    counties = tuple(
        County(f"{code[:4]}{90 + i}", f"{MARK}{NUMERALS[i]}县", f"{MARK}{NUMERALS[i]}", 1.0 + (i == 0))
        for i in range(6)
    )
    others = tuple(c for c in outside if c != code) or ("990000",)
    city = City(code, name, number, shape, counties, (), (), others)
    return replace(city, schools=_schools(city, [], seed))


def _schools(city: City, named: Iterable[School], seed: int) -> tuple[School, ...]:
    """As many schools of each kind as the shape asks for: those that are named first, the rest spread over the counties.

    Sizes are log-normal (sigma 0.45) around their kind's mean. A merger adds a school that is no longer there at the end.
    """
    rng = generator(seed, "schools", city.number)
    shape = city.shape
    found: list[School] = []
    taken = list(named)
    for kind, figure in (
        (OrganisationKind.SECONDARY_VOCATIONAL, "secondary_schools"),
        (OrganisationKind.TECHNICIAN, "technician_schools"),
        (OrganisationKind.HIGHER_VOCATIONAL, "colleges"),
    ):
        wanted = shape.count(figure)
        own = [s for s in taken if s.kind is kind][:wanted]
        found += own
        rest = wanted - len(own)
        merging = len(shape.mergers) if kind is OrganisationKind.SECONDARY_VOCATIONAL else 0
        counties = [c for c in city.counties if c.weight > 0]
        if kind is OrganisationKind.HIGHER_VOCATIONAL:  # colleges stand in the first county
            counties = counties[:1]
        seats = split(rest, [c.weight for c in counties], 1 if rest >= len(counties) else 0)
        for at, many in enumerate(seats):
            county = counties[at]
            for i in range(int(many)):
                number = NUMERALS[i] if i < 10 else str(i + 1)
                name = f"{MARK}{county.short}第{number}{KIND_NAMES[kind]}"
                found.append(School("", name, kind, county.code, county.code, 0.0, 0))
        for i in range(merging):
            county = max(city.counties, key=lambda c: c.weight)
            name = f"{MARK}{county.short}旧第{NUMERALS[i]}{KIND_NAMES[kind]}"
            when = date(shape.mergers[i].year, 8, 1)
            found.insert(
                0, School("", name, kind, county.code, county.code, 0.0, 0, until=when, successor="?")
            )
    weights = rng.lognormal(0.0, 0.45, len(found))
    private = set(rng.permutation(len(found))[: shape.count("enterprise_schools")])
    cluster = set(
        rng.permutation(len(found))[: round(len(found) * shape.percent("in_cluster_percent") / 100)]
    )
    coded = [
        replace(
            school,
            code=school.code or f"99{city.number:03d}{n:05d}",
            number=n,
            weight=float(weights[n]) * (0.5 if school.until else 1.0),
            sponsor="enterprise_private" if n in private and not school.until else "government",
            in_cluster=n in cluster,
        )
        for n, school in enumerate(found)
    ]
    eligible = (s for s in coded if s.until is None and s.kind is not OrganisationKind.TECHNICIAN)
    largest = sorted(eligible, key=lambda s: (not s.college, -s.weight))
    double = {s.code for s in largest[: shape.count("double_high_schools")]}
    return tuple(_joined(replace(s, double_high=s.code in double), coded) for s in coded)


def _joined(school: School, schools: Sequence[School]) -> School:
    """A school that ends goes into the first that stays in its county, or in the city."""
    if school.successor is None:
        return school
    staying = [s for s in schools if s.until is None and s.kind is school.kind]
    near = [s for s in staying if s.county == school.county]
    return replace(school, successor=(near or staying)[0].code)


def organisations(cities: Sequence[City], province: tuple[str, str] | None) -> Iterator[Organisation]:
    """The tree but for enterprises, parents before children."""
    if province is not None:
        yield Organisation(province[0], province[1], OrganisationKind.GOVERNMENT, None)
    for city in cities:
        yield Organisation(
            city.code, city.name, OrganisationKind.GOVERNMENT, province[0] if province else None
        )
        for county in city.counties:
            kind = OrganisationKind.ZONE if county.zone else OrganisationKind.COUNTY
            yield Organisation(county.code, county.name, kind, city.code)
        yield from city.offices
        for school in city.schools:
            yield Organisation(
                school.code,
                school.name,
                school.kind,
                school.parent,
                school.since,
                school.until,
                school.successor,
            )


def tree_frame(nodes: Iterable[Organisation]) -> pl.DataFrame:
    """organisations.parquet: each node with the codes of its ancestors at the four levels."""
    by_code = {node.code: node for node in nodes}
    rows = [_row(node, by_code) for node in by_code.values()]
    return pl.DataFrame(rows, infer_schema_length=None)


def _row(node: Organisation, by_code: dict[str, Organisation]) -> dict[str, object]:
    chain = [node]
    while (parent := chain[-1].parent) is not None and parent in by_code:
        chain.append(by_code[parent])
    governments = [n.code for n in reversed(chain) if n.kind is OrganisationKind.GOVERNMENT]
    has_province = chain[-1].code.endswith("0000")
    counties = [n.code for n in chain if n.kind in (OrganisationKind.COUNTY, OrganisationKind.ZONE)]
    return {
        "code": node.code,
        "name": node.name,
        "kind": node.kind.value,
        "parent": node.parent,
        "province": governments[0] if has_province and governments else None,
        "city": next(iter(governments[1 if has_province else 0 :]), None),
        "county": counties[0] if counties else None,
        "school": node.code if node.kind in SCHOOLS else None,
        "since": node.since,
        "until": node.until,
    }
