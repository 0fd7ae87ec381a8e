"""The twin as a whole: cities one after the other, each school's rows as they are drawn, the tree, and the counts.

`Twin.pieces` streams: only one city is in memory at a time. Persons are numbers there; `finished` turns them into the index that
snapshots hold, `sent` into the identity numbers that a school would send.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from zhijiao.core.kinds import OrganisationKind
from zhijiao.exchange.rules.folder import columns, order, shaped
from zhijiao.exchange.twin import (
    conditions,
    cooperation,
    firms,
    graduates,
    people,
    projects,
    staff,
    students,
    training,
)
from zhijiao.exchange.twin.draws import split
from zhijiao.exchange.twin.places import City, Organisation, organisations, tree_frame
from zhijiao.exchange.twin.truth import Tally
from zhijiao.exchange.types.standard import Dataset, Role, Standard

Piece = tuple[str, str, pl.DataFrame]
"""Data set, whose rows they are (a school's code, else the code of the city), rows."""


@dataclass
class Twin:
    """Cities to be drawn. `rows` asks for exactly so many rows of students in all."""

    cities: Sequence[City]
    standard: Standard
    seed: int
    province: tuple[str, str] | None = None
    rows: int | None = None
    truth: Tally = field(default_factory=Tally)
    _enterprises: list[Organisation] = field(default_factory=list)

    @property
    def as_at(self) -> date:
        """The last day of the latest city's last year."""
        return date(max(city.shape.last for city in self.cities), 12, 31)

    def pieces(self) -> Iterator[Piece]:
        """Every data set's rows, piece by piece. Draws anew and counts anew each time."""
        self.truth = Tally()
        self._enterprises = []
        given = people.People()
        for city, rows in zip(self.cities, self._shares(), strict=True):
            yield from self._city(city, given, rows)

    def rows_of(self, dataset: str) -> pl.DataFrame:
        """All rows of one data set, with the index of persons."""
        found = [self.finished(name, frame) for name, _, frame in self.pieces() if name == dataset]
        return pl.concat(found) if found else pl.DataFrame(schema=columns(self.standard.by_id[dataset]))

    def finished(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows as a snapshot holds them: in the order of the key, persons by their index."""
        dataset = self.standard.by_id[name]
        return shaped(_persons(dataset, frame, index=True), columns(dataset)).sort(order(dataset))

    def sent(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Rows as a school sends them: persons by identity numbers."""
        dataset = self.standard.by_id[name]
        return shaped(_persons(dataset, frame, index=False), columns(dataset)).sort(order(dataset))

    def organisations(self) -> list[Organisation]:
        """The tree, parents before children; with enterprises once the pieces have been drawn."""
        return [*organisations(self.cities, self.province), *self._enterprises]

    def tree(self) -> pl.DataFrame:
        """organisations.parquet, after the pieces."""
        return tree_frame(self.organisations())

    def _shares(self) -> Sequence[int | None]:
        if self.rows is None:
            return [None] * len(self.cities)
        counts = [sum(int(f.sum()) for f in students.intakes(c, self.seed).values()) for c in self.cities]
        return [int(n) for n in split(self.rows, [float(n) for n in counts])]

    def _city(self, city: City, given: people.People, rows: int | None) -> Iterator[Piece]:
        seed, tally = self.seed, self.truth
        able = training.evaluators(city, seed)
        offers = students.offers_of(city, seed)
        rolls = students.rolls(city, seed, given, offers, rows)
        rolls.sort(key=lambda roll: roll.school.code)
        students.count_taught(city, rolls, tally)
        companies = firms.firms_of(city, seed)
        self._enterprises += _planted(city, companies)
        yield "enterprises", city.code, firms.enterprises(city, companies)
        yield "enterprise_scale", city.code, firms.scale(city, companies, tally)
        yield "internship_posts", city.code, firms.posts(city, companies, seed, tally)
        yield "schools", city.code, conditions.sheets(city, [r.school for r in rolls])
        yield "earmarked_funds", city.code, conditions.earmarked(city, tally)
        yield "school_funds", city.code, conditions.high_schools(city, seed, tally)
        yield "personal_grants", city.code, projects.grants(city, given, seed, tally)
        yield "projects", city.code, projects.projects(city, companies, seed, tally)
        yield "resources", city.code, projects.resources(city, seed, tally)
        yield "construction", city.code, projects.construction(city, seed, tally)
        yield from self._by_school(
            rolls,
            {
                "graduates": graduates.graduates(city, rolls, companies, seed, tally),
                "certificates": training.evaluations(city, rolls, able, given, seed, tally),
                "adult_education": training.adults(city, rolls, given, seed, tally),
                "career_activities": projects.activities(city, rolls, seed, tally),
            },
        )
        sessions, participants = training.sessions(city, rolls, given, seed, tally)
        yield from self._by_school(rolls, {"trainings": sessions, "training_participants": participants})
        signed, paid = cooperation.technology(city, rolls, companies, seed, tally)
        yield from self._by_school(rolls, {"technology_contracts": signed, "technology_receipts": paid})
        yield from self._schools(city, rolls, companies, given)

    def _by_school(
        self, rolls: Sequence[students.Roll], frames: Mapping[str, Sequence[pl.DataFrame]]
    ) -> Iterator[Piece]:
        for name, found in frames.items():
            for roll, frame in zip(rolls, found, strict=True):
                if frame.height:
                    yield name, roll.school.code, frame

    def _schools(
        self, city: City, rolls: Sequence[students.Roll], companies: firms.Firms, given: people.People
    ) -> Iterator[Piece]:
        seed, tally = self.seed, self.truth
        meets = conditions.meeting(city, seed)
        merged = {s.code: s.successor for s in city.schools if s.successor is not None}
        orders = _yearly(city, rolls, "order_classes")
        apart = {
            "between_cities": _yearly(city, rolls, "teacher_exchanges"),
            "school_enterprise": _yearly(city, rolls, "school_enterprise_exchanges"),
        }
        programmes = _programmes(city, rolls)
        for n, roll in enumerate(rolls):
            code = roll.school.code
            students.count(city, roll, tally)
            crew = staff.staff_of(city, roll, companies, given, seed)
            found = {
                "students": students.frame(city, roll),
                "classes": students.classes(city, roll, orders[n], companies, seed, tally),
                "student_changes": students.changes(city, roll, merged),
                "majors_offered": conditions.majors_offered(city, roll, seed, tally),
                "school_conditions": conditions.conditions(city, roll, meets, seed, tally),
                "school_funds": conditions.funds(city, roll, seed, tally),
                "courses": conditions.courses(city, roll, seed, tally),
                "contracts": cooperation.contracts(city, roll, companies, seed),
                "teacher_training": staff.development(city, roll, crew, programmes[n], seed, tally),
                "teachers": staff.teachers(city, roll, crew, companies, seed),
                "school_staffing": staff.staffing(city, roll, crew, tally),
                "teacher_practice": staff.practice(city, roll, crew, companies, seed, tally),
                "teacher_exchanges": staff.exchanges(
                    city,
                    roll,
                    crew,
                    companies,
                    {kind: seats[n] for kind, seats in apart.items()},
                    seed,
                    tally,
                ),
                "competition_entries": cooperation.contests(city, roll, crew, seed, tally),
            }
            for name, frame in found.items():
                if frame.height:
                    yield name, code, frame


def _persons(dataset: Dataset, frame: pl.DataFrame, *, index: bool) -> pl.DataFrame:
    role = dataset.the(Role.PERSON)
    if role is None or role.id not in frame.columns:
        return frame
    numbers = frame[role.id].to_numpy().astype(np.int64)
    return frame.with_columns((people.index if index else people.written)(numbers).alias(role.id))


def _planted(city: City, companies: firms.Firms) -> list[Organisation]:
    return [
        Organisation(code, name, OrganisationKind.ENTERPRISE, city.counties[at].code)
        for code, name, at in zip(companies.codes, companies.names, companies.county.tolist(), strict=True)
    ]


def _yearly(city: City, rolls: Sequence[students.Roll], figure: str) -> list[dict[int, int]]:
    """A figure of the city split over its schools, year by year."""
    found: list[dict[int, int]] = [{} for _ in rolls]
    for year in city.shape.years:
        many = split(
            city.shape.count(figure, year), [r.school.weight * r.school.open_in(year) for r in rolls]
        )
        for n, seats in enumerate(many.tolist()):
            found[n][year] = seats
    return found


def _programmes(city: City, rolls: Sequence[students.Roll]) -> list[dict[str, dict[int, int]]]:
    """Teachers in development by school, programme and year, over the last three years."""
    found: list[dict[str, dict[int, int]]] = [{} for _ in rolls]
    weights = [r.school.weight * (r.school.until is None) for r in rolls]
    years = list(city.shape.years)[-3:]
    for wanted in city.shape.programmes:
        for n, many in enumerate(split(wanted.count, weights, 1).tolist()):
            found[n][wanted.kind] = dict(zip(years, split(many, [1.0] * len(years)).tolist(), strict=True))
    return found
