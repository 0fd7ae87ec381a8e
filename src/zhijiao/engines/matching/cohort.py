"""Made-up seasons from a seed, for rehearsals, benchmarks and trials. Nobody in them exists.

`plain` is the market that speed is compared on: ten different choices each, log-normal popularity, seats for nine in ten.
`season` has what a city has: batches, counties, reserved seats that flow back, ties, bonus, minimums, limits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np

from zhijiao.engines.matching.market import COMMON, Bools, Floats, Ints, Longs, Market, Unit
from zhijiao.engines.matching.types import (
    Batch,
    Cell,
    Comparator,
    Flow,
    Group,
    LastSeat,
    Limit,
    Mechanism,
    Rules,
)

SUBJECTS: dict[str, int] = {"语文": 120, "数学": 120, "英语": 120, "科学": 160, "社会": 100, "体育": 30}
"""Subjects and their full marks."""
_TABLE = 1 << 20
"""Steps in which popularity is drawn."""


class Numbered(Sequence[str]):
    """The ids of n made-up people, ascending, without keeping n texts."""

    def __init__(self, count: int, prefix: str = "S") -> None:
        self._count, self._prefix = count, prefix
        self._width = max(6, len(str(count)))

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(self._count))]
        if not -self._count <= at < self._count:
            raise IndexError(at)
        return f"{self._prefix}{at % self._count + 1:0{self._width}d}"


@dataclass(frozen=True)
class Setting:
    """How a made-up season is to be."""

    applicants: int
    seed: int = 0
    choices: int = 10
    units: int | None = None
    """None: one for a hundred applicants, at least 20, at most 20,000."""
    seats: float = 0.9
    """Seats for an applicant."""
    spread: float = 1.15
    """Standard deviation of the logarithm of popularity."""
    counties: int = 9
    reserved: float = 0.3
    """Share of a unit's seats kept for its own county."""

    @property
    def unit_count(self) -> int:
        return self.units or max(20, min(self.applicants // 100, 20_000))


def marks(
    setting: Setting, generator: np.random.Generator, subjects: Mapping[str, float] = SUBJECTS
) -> dict[str, Floats]:
    """Marks by subject in halves, correlated through one ability, and their sum `total`."""
    ability = generator.standard_normal(setting.applicants)
    found: dict[str, Floats] = {}
    for name, full in subjects.items():
        own = 0.75 * ability + 0.66 * generator.standard_normal(setting.applicants)
        found[name] = np.round(np.clip(0.66 + 0.15 * own, 0, 1) * full * 2) / 2
    found["total"] = np.sum(list(found.values()), axis=0)
    return found


def plain(setting: Setting, mechanism: Mechanism = Mechanism.PARALLEL) -> Market:
    """One batch, one cell a unit. `parallel`: one common score; `deferred`: each unit weighs the subjects in its own way."""
    generator = np.random.default_rng(setting.seed)
    count, wide = setting.applicants, setting.choices
    unit_count = setting.unit_count
    columns = marks(setting, generator)
    popularity = generator.lognormal(0, setting.spread, unit_count)
    wanted = _different(generator, _drawing(popularity), count, wide)
    seats = _shared_out(np.ones(unit_count), round(setting.seats * count))
    rank = np.zeros(count * wide, dtype=np.int32)
    if mechanism is Mechanism.DEFERRED:
        rank = _own_ranks(generator, columns, wanted, unit_count)
    names = [f"{number:05d}" for number in range(unit_count)]
    return Market(
        rules=Rules((Batch("1", mechanism, max_choices=wide),), _CHAIN, LastSeat.LOTTERY, str(setting.seed)),
        ids=Numbered(count),
        columns=columns,
        origin_sets=(frozenset(),),
        origin_set=np.zeros(count, dtype=np.int32),
        cells=tuple(Cell(name, name, "", "1", "", int(seats[at])) for at, name in enumerate(names)),
        units=tuple(Unit(0, name, "") for name in names),
        cell_unit=np.arange(unit_count, dtype=np.int32),
        choice_start=np.arange(count + 1, dtype=np.int64) * wide,
        choice_batch=np.zeros(count * wide, dtype=np.int16),
        choice_order=np.tile(np.arange(1, wide + 1, dtype=np.int32), count),
        choice_unit=wanted.reshape(-1),
        choice_adjust=np.zeros(count * wide, dtype=np.bool_),
        choice_rank=rank,
        choice_review=np.full(count * wide, -1, dtype=np.int32),
        unit_own=np.full(unit_count, mechanism is Mechanism.DEFERRED),
    )


_CHAIN = (Comparator("total"), Comparator("语文 + 数学 + 英语"), Comparator("语文"), Comparator("数学"))


def season(setting: Setting) -> Market:
    """A city's season: long tracks, then vocational and technician schools, then what is left over.

    A unit of the second batch keeps seats for its own county, which go to everybody when unused; what is left goes to the third
    batch, where the choices of the second stand again.
    """
    generator = np.random.default_rng(setting.seed)
    count, unit_count = setting.applicants, setting.unit_count
    columns = marks(setting, generator)
    columns["加分"] = np.where(generator.random(count) < 0.04, 5.0, 0.0)
    columns["total"] = columns["total"] + columns["加分"]
    columns["性别"] = generator.integers(0, 2, count).astype(np.float64)
    county = generator.integers(0, setting.counties, count).astype(np.int32)
    origins = tuple(frozenset({f"county{number}"}) for number in range(setting.counties))
    popularity = generator.lognormal(0, setting.spread, unit_count)
    unit_county = generator.integers(0, setting.counties, unit_count).astype(np.int32)
    long_tracks = max(4, unit_count // 8)
    cells, units, cell_unit, flows = _plan(setting, generator, unit_county, long_tracks)
    first = _ranked(generator, popularity[:long_tracks], count, min(5, long_tracks))
    second = long_tracks + _ranked(
        generator, popularity[long_tracks:], count, min(setting.choices, unit_count - long_tracks)
    )
    goes_long = columns["total"] + 40 * generator.standard_normal(count) > np.quantile(columns["total"], 0.7)
    wide = [first.shape[1], second.shape[1], second.shape[1]]
    units_of = np.concatenate([first, second, second + (unit_count - long_tracks)], axis=1)
    asked = np.ones(units_of.shape, dtype=np.bool_)
    asked[:, : wide[0]] = goes_long[:, None]
    batch_of = np.repeat(np.arange(3, dtype=np.int16), wide)
    order_of = np.concatenate([np.arange(1, each + 1, dtype=np.int32) for each in wide])
    total = int(asked.sum())
    return Market(
        rules=Rules(
            batches=(
                Batch("long", max_choices=5),
                Batch("main", max_choices=setting.choices, can_decline=True),
                Batch("rest", max_choices=setting.choices),
            ),
            order=_CHAIN,
            last_seat=LastSeat.LOTTERY,
            seed=str(setting.seed),
            limits=(Limit("sex", "性别 = 1", "只招女生", school=cells[-1].school),),
            flows=flows,
        ),
        ids=Numbered(count),
        columns=columns,
        origin_sets=origins,
        origin_set=county,
        cells=cells,
        units=units,
        cell_unit=cell_unit,
        choice_start=np.concatenate([[0], np.cumsum(asked.sum(axis=1))]).astype(np.int64),
        choice_batch=np.broadcast_to(batch_of, asked.shape)[asked],
        choice_order=np.broadcast_to(order_of, asked.shape)[asked],
        choice_unit=units_of[asked].astype(np.int32),
        choice_adjust=np.zeros(total, dtype=np.bool_),
        choice_rank=np.full(total, COMMON, dtype=np.int32),
        choice_review=np.full(total, -1, dtype=np.int32),
        unit_own=np.zeros(len(units), dtype=np.bool_),
    )


def _plan(
    setting: Setting, generator: np.random.Generator, unit_county: Ints, long_tracks: int
) -> tuple[tuple[Cell, ...], tuple[Unit, ...], Ints, tuple[Flow, ...]]:
    """Cells of the three batches, with the units in the order of their first cell."""
    unit_count = setting.unit_count
    seats = _shared_out(generator.uniform(0.5, 1.5, unit_count), round(setting.seats * setting.applicants))
    cells: list[Cell] = []
    units: list[Unit] = []
    whose: list[int] = []
    flows: list[Flow] = []

    def add(unit: int, batch: int, origin: str, places: int, minimum: float | None = None) -> str:
        school, major = f"school{unit // 4:04d}", f"major{unit % 4}"
        found = Unit(batch, school, major)
        if not units or units[-1] != found:
            units.append(found)
        name = f"{'LMR'[batch]}{unit:05d}{'-' + origin if origin else ''}"
        cells.append(Cell(name, school, major, ("long", "main", "rest")[batch], origin, places, minimum))
        whose.append(len(units) - 1)
        return name

    for unit in range(long_tracks):
        add(unit, 0, "", int(seats[unit]), 400.0)
    for unit in range(long_tracks, unit_count):
        kept = int(seats[unit] * setting.reserved)
        own = add(unit, 1, f"county{unit_county[unit]}", kept)
        everybody = add(unit, 1, "", int(seats[unit]) - kept)
        flows += [Flow(own, everybody), Flow(everybody, f"R{unit:05d}")]
    for unit in range(long_tracks, unit_count):
        add(unit, 2, "", 0)
    return tuple(cells), tuple(units), np.array(whose, dtype=np.int32), tuple(flows)


def under(
    setting: Setting,
    rules: Rules,
    subjects: Mapping[str, float] = SUBJECTS,
    origins: Sequence[str] = (),
    limits: bool = False,
) -> Market:
    """A city's season under rules of its own: the last batch is the main one, the earlier ones are for the better marks.

    `origins`: the first is the word of the applicants of a unit's own county (told apart by number), each other one is had by one in
    twenty. What such a word does not use goes to everybody. Lists are of different length, and keep to the caps of groups, whose schools
    stand for as many of the made-up ones.
    """
    generator = np.random.default_rng(setting.seed)
    count, unit_count = setting.applicants, setting.unit_count
    columns = marks(setting, generator, subjects)
    columns["性别"] = generator.integers(0, 2, count).astype(np.float64)
    county = generator.integers(0, setting.counties, count)
    shares = _batch_units(unit_count, len(rules.batches))
    cells, units, cell_unit, flows = _plan_under(setting, generator, rules, shares, origins)
    parts = [
        _choosing(setting, generator, columns["total"], rules, number, sum(shares[:number]), shares[number])
        for number in range(len(rules.batches))
    ]
    rules = replace(
        rules,
        batches=tuple(
            replace(batch, groups=_groups(batch, [unit.school for unit in units if unit.batch == number]))
            for number, batch in enumerate(rules.batches)
        ),
    )
    words, word_of = _words(generator, county, origins, setting.counties)
    home = _at_home(cells, cell_unit, len(units), words)
    for number, batch in enumerate(rules.batches):
        _keep_to_caps(parts[number], batch, units, lambda unit: home[word_of[:, None], unit])
        for other, part in enumerate(parts):
            if rules.batches[other].id in batch.excludes:
                part[1][parts[number][1][:, 0]] = False
    asked = np.concatenate([part[1] for part in parts], axis=1)
    wide = [part[0].shape[1] for part in parts]
    batch_of = np.broadcast_to(np.repeat(np.arange(len(parts), dtype=np.int16), wide), asked.shape)
    order_of = np.concatenate([np.cumsum(part[1], axis=1) for part in parts], axis=1)
    total = int(asked.sum())
    return Market(
        rules=replace(
            rules,
            flows=flows,
            limits=(Limit("sex", "性别 = 1", "只招女生", school=cells[-1].school),) if limits else (),
        ),
        ids=Numbered(count),
        columns=columns,
        origin_sets=words,
        origin_set=word_of,
        cells=cells,
        units=units,
        cell_unit=cell_unit,
        choice_start=np.concatenate([[0], np.cumsum(asked.sum(axis=1))]).astype(np.int64),
        choice_batch=batch_of[asked],
        choice_order=order_of[asked].astype(np.int32),
        choice_unit=np.concatenate([part[0] for part in parts], axis=1)[asked].astype(np.int32),
        choice_adjust=generator.random(total) < 0.6,
        choice_rank=np.full(total, COMMON, dtype=np.int32),
        choice_review=np.full(total, -1, dtype=np.int32),
        unit_own=np.zeros(len(units), dtype=np.bool_),
    )


def _groups(batch: Batch, schools: Sequence[str]) -> tuple[Group, ...]:
    """The caps of a batch: each school that they name stands for one of the made-up schools of the batch, the same for the same name."""
    named = sorted({name for group in batch.groups for name in group.schools})
    made_up = dict(zip(named, dict.fromkeys(schools), strict=False))
    return tuple(
        replace(group, schools=frozenset(made_up[name] for name in group.schools if name in made_up))
        for group in batch.groups
        if not group.schools or group.schools & made_up.keys()
    )


def _at_home(cells: Sequence[Cell], cell_unit: Ints, units: int, words: Sequence[frozenset[str]]) -> Bools:
    """bool[set of words, unit]: whether the unit has a cell of one of these words."""
    found = np.zeros((len(words), units), dtype=np.bool_)
    for cell, unit in zip(cells, cell_unit, strict=True):
        if cell.origin:
            found[[cell.origin in each for each in words], unit] = True
    return found


def _keep_to_caps(
    part: tuple[Ints, Bools], batch: Batch, units: Sequence[Unit], at_home: Callable[[Ints], Bools]
) -> None:
    """Leave out what is named beyond a cap, from the end of a list. In two stages this keeps to less than the cap, which is of schools."""
    named, asked = part
    for group in batch.groups:
        inside = np.array([not group.schools or unit.school in group.schools for unit in units])
        counted = asked & inside[named]
        if group.beyond:
            counted &= ~at_home(named)
        asked &= ~(counted & (np.cumsum(counted, axis=1) > group.most))


def _batch_units(unit_count: int, batches: int) -> list[int]:
    """Units of each batch: most are in the last."""
    early = max(2, unit_count // (4 * batches)) if batches > 1 else 0
    return [early] * (batches - 1) + [max(2, unit_count - early * (batches - 1))]


def _choosing(
    setting: Setting,
    generator: np.random.Generator,
    total: Floats,
    rules: Rules,
    number: int,
    offset: int,
    unit_count: int,
) -> tuple[Ints, Bools]:
    """Units in order, and which of them are really named: lists end early, and few try for an early batch."""
    count = len(total)
    wide = min(rules.batches[number].max_choices, setting.choices, unit_count)
    popularity = generator.lognormal(0, setting.spread, unit_count)
    found = offset + _ranked(generator, popularity, count, wide)
    named = 1 + generator.binomial(wide - 1, 0.7, count)
    if number < len(rules.batches) - 1:
        hopes = total + 0.1 * np.std(total) * generator.standard_normal(count)
        named = np.where(hopes > np.quantile(hopes, 0.6), named, 0)
    return found.astype(np.int32), np.arange(wide) < named[:, None]


def _plan_under(
    setting: Setting,
    generator: np.random.Generator,
    rules: Rules,
    shares: Sequence[int],
    origins: Sequence[str],
) -> tuple[tuple[Cell, ...], tuple[Unit, ...], Ints, tuple[Flow, ...]]:
    """Units by batch; a unit keeps seats for its own county, and a few for each other word."""
    unit_count = sum(shares)
    seats = _shared_out(generator.uniform(0.5, 1.5, unit_count), round(setting.seats * setting.applicants))
    counties = generator.integers(0, setting.counties, unit_count)
    cells: list[Cell] = []
    units: list[Unit] = []
    whose: list[int] = []
    flows: list[Flow] = []
    batch_of = np.repeat(np.arange(len(shares)), shares)
    for unit in range(unit_count):
        number = int(batch_of[unit])
        school, major = f"school{unit // 4:04d}", f"major{unit % 4}"
        units.append(Unit(number, school, major))
        left, kept = int(seats[unit]), []
        for at, word in enumerate(origins):
            part = int(seats[unit] * (setting.reserved if at == 0 else 0.05))
            if part:
                kept.append((f"{word}{counties[unit] + 1}" if at == 0 else word, part))
                left -= part
        everybody = f"u{unit:05d}"
        for at, (word, part) in enumerate(kept, 1):
            cells.append(Cell(f"{everybody}-{at}", school, major, rules.batches[number].id, word, part))
            flows.append(Flow(f"{everybody}-{at}", everybody))
        cells.append(Cell(everybody, school, major, rules.batches[number].id, "", left))
        whose += [unit] * (len(kept) + 1)
    return tuple(cells), tuple(units), np.array(whose, dtype=np.int32), tuple(flows)


def _words(
    generator: np.random.Generator, county: Longs, origins: Sequence[str], counties: int
) -> tuple[tuple[frozenset[str], ...], Ints]:
    """The sets of words that occur, and which is whose."""
    others = origins[1:]
    found = [
        frozenset(
            ([f"{origins[0]}{home + 1}"] if origins else [])
            + [word for at, word in enumerate(others) if mask >> at & 1]
        )
        for mask in range(2 ** len(others))
        for home in range(counties)
    ]
    mask = sum(
        ((generator.random(len(county)) < 0.05).astype(np.int64) << at for at in range(len(others))),
        np.zeros(len(county), dtype=np.int64),
    )
    return tuple(found), (mask * counties + county).astype(np.int32)


def _drawing(popularity: Floats) -> Ints:
    """A row in which a unit stands as often as it is popular."""
    upto = np.cumsum(popularity) / popularity.sum()
    steps = (np.arange(_TABLE) + 0.5) / _TABLE
    return np.minimum(np.searchsorted(upto, steps), len(popularity) - 1).astype(np.int32)


def _different(generator: np.random.Generator, drawing: Ints, count: int, wide: int) -> Ints:
    """int32[count, wide]: different units in every row."""
    found = np.empty((count, wide), dtype=np.int32)
    for column in range(wide):
        open_rows = np.arange(count)
        while len(open_rows):
            drawn = drawing[generator.integers(0, _TABLE, len(open_rows))]
            found[open_rows, column] = drawn
            again = (found[open_rows, :column] == drawn[:, None]).any(axis=1)
            open_rows = open_rows[again]
    return found


def _ranked(generator: np.random.Generator, popularity: Floats, count: int, wide: int) -> Ints:
    """Different units in every row, the popular ones rather first."""
    found = _different(generator, _drawing(popularity), count, wide)
    liking = 0.4 * np.log(popularity)[found] + generator.standard_normal(found.shape)
    return np.take_along_axis(found, np.argsort(-liking, axis=1, kind="stable"), axis=1)


def _shared_out(weights: Floats, seats: int) -> Ints:
    """Whole seats by weight that add up, at least one each where they suffice."""
    upto = np.round(np.cumsum(weights) / weights.sum() * seats).astype(np.int64)
    return np.diff(upto, prepend=0).astype(np.int32)


def _own_ranks(
    generator: np.random.Generator, columns: dict[str, Floats], wanted: Ints, unit_count: int
) -> Ints:
    """Rank of each choice among all who chose the unit, by the unit's own weights of the subjects; the seed parts equals."""
    weights = generator.dirichlet(np.ones(len(SUBJECTS)), unit_count)
    score = np.zeros(wanted.shape)
    for at, (name, full) in enumerate(SUBJECTS.items()):
        score += weights[wanted, at] * (columns[name] / full)[:, None]
    score += 1e-9 * generator.random(wanted.shape)
    flat = wanted.reshape(-1)
    order = np.lexsort((-score.reshape(-1), flat))
    starts = np.concatenate([[0], np.cumsum(np.bincount(flat, minlength=unit_count))])
    rank = np.empty(len(flat), dtype=np.int32)
    rank[order] = np.arange(len(flat)) - np.repeat(starts[:-1], np.diff(starts)) + 1
    return rank


__all__ = ["SUBJECTS", "Numbered", "Setting", "marks", "plain", "season", "under"]
