"""The files that the organisations of a demo city hand in, each on its day, drawn from the twin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from zhijiao.cli.demo.place import DemoPlace
from zhijiao.cli.demo.yearly import known, school_year_ends
from zhijiao.core.kinds import OrganisationKind
from zhijiao.exchange.queries.twin import City, Twin, as_sent, spoiled

if TYPE_CHECKING:
    import polars as pl

_K = OrganisationKind
GENERATED = "99"
"""How the codes of schools begin that no pack names."""
OWN_FILES = ("school-1", "school-2", "college", "technician")
"""Posts whose organisations hand in their own last files; for the others their city does."""
SAMPLED, SAMPLED_POSTS = ("school_staffing", "school_conditions"), ("school-1",)
"""What is kept to make files of that go wrong."""
DIRTY = {"school-2": 0.03, "technician": 0.01}
"""Posts whose files have rows that must wait, and the share of them."""


@dataclass(frozen=True)
class HandIn:
    """A file on its way: on which day, what, whose city, and who hands it in (`post`; empty: the city, for all below it)."""

    day: date
    dataset: str
    place: DemoPlace
    post: str
    path: Path

    @property
    def key(self) -> str:
        """By which a file is known that was handed in already."""
        return f"demo-{self.place.pack}-{self.day}-{self.dataset}-{self.post or 'place'}"

    @property
    def organisation(self) -> int:
        """Who hands it in."""
        return (self.place.nodes[self.post] if self.post else self.place.place).id


class Spread:
    """Spreads the rows of a twin over files: one a day, data set and sender. Examples that stand in the tree already take the
    place of some of its schools, so that their accounts have records."""

    def __init__(self, twin: Twin, places: Sequence[DemoPlace], folder: Path, on: date) -> None:
        self.twin, self.folder, self.last = twin, folder, on
        self.places: Mapping[str, DemoPlace] = {place.place.code: place for place in places}
        self.stand_ins: dict[str, str] = {}
        self.posts: dict[str, str] = {}  # by the code of a school that hands in its own files
        self._samples: dict[tuple[str, str, str], pl.DataFrame] = {}
        self._cities: dict[str, City] = {}
        self._ended: dict[str, date] = {}
        for city in twin.cities:
            self._learn(city)
        # A snapshot at each city's last year end and one of today: enough for trends, changes and a closed plan, and a
        # third of the time and room that one of every year would take.
        self.ends = sorted({self._days(city)[-1] for city in twin.cities if self._days(city)} | {on})

    def files(self) -> list[HandIn]:
        """Write all files; return them in the order of days, of organisations before persons."""
        made: dict[tuple[date, str, str, str], HandIn] = {}
        order = {dataset.id: number for number, dataset in enumerate(self.twin.standard.datasets)}
        for dataset, owner, frame in self.twin.pieces():
            city = self._cities[owner]
            for day, post, rows in self._parts(dataset, owner, self.twin.sent(dataset, frame)):
                name = (day, city.code, dataset, post)
                if name not in made:
                    path = self.folder / "-".join((day.isoformat(), city.code, dataset, f"{post}.csv"))
                    made[name] = HandIn(day, dataset, self.places[city.code], post, path)
                text = as_sent(self.twin, dataset, self._replaced(rows))
                if dataset in SAMPLED and post in SAMPLED_POSTS:
                    self._samples[city.code, dataset, post] = text
                self._append(made[name].path, text, dataset, post)
        return sorted(made.values(), key=lambda each: (each.day, order[each.dataset], each.path.name))

    def altered(self, place: DemoPlace, dataset: str, post: str, name: str) -> Path | None:
        """The last file of a sender once more, with other numbers in it."""
        text = self._samples.get((place.place.code, dataset, post))
        if text is None:
            return None
        import polars as pl

        numbers = [
            f.name
            for f in self.twin.standard.by_id[dataset].fields
            if f.type.value == "N" and f.role.value == "plain"
        ]
        path = self.folder / f"{place.pack}-{name}.csv"
        text.with_columns((pl.col(numbers[:2]).cast(pl.Int64, strict=False) + 3).cast(pl.String)).write_csv(
            path, include_bom=True
        )
        return path

    def _learn(self, city: City) -> None:
        place = self.places[city.code]
        free = [s for s in city.schools if s.until is None]
        for code, kind, county in self._examples(place):
            fits = [
                s
                for s in free
                if s.kind is kind and s.code not in self.stand_ins and (not county or s.county == county)
            ]
            invented = [s for s in fits if s.code.startswith(GENERATED)]
            for school in (invented or ([] if county else fits))[:1]:
                self.stand_ins[school.code] = code
        own = {place.nodes[post].code: post for post in OWN_FILES if post in place.nodes}
        self.posts.update({c: own[e] for c, e in self.stand_ins.items() if e in own})
        self._cities.update({school.code: city for school in city.schools} | {city.code: city})
        self._ended.update({s.code: s.until for s in city.schools if s.until is not None})

    def _examples(self, place: DemoPlace) -> Iterator[tuple[str, OrganisationKind, str]]:
        for county in place.of(_K.COUNTY, _K.ZONE):
            yield f"demo.{county.code}.school", _K.SECONDARY_VOCATIONAL, county.code
        yield f"demo.{place.place.code}.college", _K.HIGHER_VOCATIONAL, ""
        yield f"demo.{place.place.code}.technician", _K.TECHNICIAN, ""

    def _days(self, city: City) -> list[date]:
        """The end of the last school year: what there was until then comes at once, since what comes year by year is for the
        most part what was there already."""
        return [day for day in school_year_ends(city.shape.first, city.shape.last) if day < self.last][-1:]

    def _parts(
        self, dataset: str, owner: str, frame: pl.DataFrame
    ) -> Iterator[tuple[date, str, pl.DataFrame]]:
        """The rows of an owner by the day on which they are handed in. A school that ended hands in its last files on the
        day before."""
        end = self._ended.get(owner)
        closing = None if end is None else end - timedelta(days=1)
        days = self._days(self._cities[owner])
        before = [day for day in days if closing is None or day < closing]
        last = closing or self.last
        after: date | None = None
        for day in (*before, last):
            rows = known(dataset, frame, after, day, last=day == last)
            if rows.height:
                yield day, self.posts.get(owner, "") if day == self.last else "", rows
            after = day

    def _replaced(self, rows: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        named = [
            name
            for name in ("organisation", "other_school", "further_school", "school")
            if name in rows.columns
        ]
        return rows.with_columns(pl.col(named).replace(self.stand_ins))

    def _append(self, path: Path, text: pl.DataFrame, dataset: str, post: str) -> None:
        if post in DIRTY:
            text = spoiled(self.twin, dataset, post, text, DIRTY[post])
        new = not path.exists()
        with path.open("ab") as stream:
            text.write_csv(stream, include_header=new, include_bom=new)
