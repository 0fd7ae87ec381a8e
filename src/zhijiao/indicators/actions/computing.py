"""Computing the definitions of a pack over a snapshot."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhijiao.core import environment
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.audit import record
from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import Organisation
from zhijiao.exchange.queries.snapshots import SnapshotView, folder_of, snapshot
from zhijiao.indicators.models import Recomputed, Result, Run
from zhijiao.indicators.rules.asking import definition_hash
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Indicator, PackIndex

if TYPE_CHECKING:
    from zhijiao.engines.metrics.types import Calendar, Cell, Definition
    from zhijiao.indicators.rules.computed import Changed, Line

LEVELS = ("province", "city", "county", "school")
"""The levels of the tree, from the top."""
MAJOR = "major"
YEARS = 10
"""Periods back from the snapshot's."""
_BATCH = 4000


def compute(*, snapshot_id: str, pack: str, by: Actor, at: datetime) -> int | None:
    """Compute every definition of a pack over a snapshot and store the run; its id. Computed already: that run's. None where
    the pack defines nothing or the snapshot does not hold the pack's place. For jobs and commands only."""
    if not by.everything:
        raise Refusal("指标由后台任务或命令计算。")
    found, index = snapshot(snapshot_id), policy.index(pack)
    if index is None:
        raise Refusal(f"没有安装政策包“{pack}”。")
    there = Run.objects.filter(
        tenant=found.tenant, pack=pack, version=index.version, snapshot=found.id
    ).first()
    if there is not None and there.removed_at is None:
        return there.pk
    started = time.monotonic()
    folder = folder_of(found.id)
    made = _Computation(index, found, folder)
    if not made.definitions or not made.is_inside:
        return None
    lines = made.lines()
    with bulk():
        return _store(index, found, made, lines, time.monotonic() - started, by=by, at=at)


class _Computation:
    """The definitions of a pack, the tree of a snapshot, and what comes out of the two."""

    def __init__(self, index: PackIndex, found: SnapshotView, folder: Path) -> None:
        import polars as pl

        from zhijiao.policy.types.computing import definitions

        self.index, self.snapshot, self.folder = index, found, folder
        tree = pl.read_parquet(folder / "organisations.parquet").to_dicts()
        self.tree: dict[str, dict[str, Any]] = {row["code"]: row for row in tree}
        self.place = index.pack.manifest.region
        self.indicators: dict[str, Indicator] = {i.id: i for i in index.pack.indicators if i.metric}
        self.definitions: list[Definition] = [
            definition for indicator in self.indicators.values() for definition in definitions(indicator)
        ]
        self.hashes = {name: definition_hash(indicator) for name, indicator in self.indicators.items()}
        self.undated: dict[str, int] = {}
        self.unplaced: dict[str, int] = {}
        self.notes: list[str] = []

    @property
    def is_inside(self) -> bool:
        """Whether the snapshot's tree holds the place that the pack speaks of."""
        return self.place in self.tree

    def lines(self) -> list[Line]:
        """Every figure, those for everybody marked."""
        from zhijiao.engines.metrics.running import compute_what_fits
        from zhijiao.engines.metrics.snapshots import open_folder, open_prepared, prepare

        prepared = prepare(open_folder(self.folder), environment.data_folder() / "cache" / "metrics")
        by_indicator: dict[str, list[Line]] = {}
        with open_prepared(prepared) as engine:
            for calendar in sorted({definition.calendar for definition in self.definitions}):
                some = [definition for definition in self.definitions if definition.calendar is calendar]
                for breakdown in ((), (MAJOR,)):
                    cells, undated, skipped = compute_what_fits(
                        [one for one in some if not breakdown or one.across is None],
                        engine,
                        levels=LEVELS,
                        periods=self._years(calendar),
                        by=breakdown,
                    )
                    for cell in cells:
                        line = self._line(cell, str(cell.groups[0] or "") if breakdown else "")
                        if line is not None and bool(line.major) == bool(breakdown):
                            by_indicator.setdefault(line.indicator, []).append(line)
                    if not breakdown:
                        self.undated |= {f"{one.dataset}.{one.field}": one.rows for one in undated}
                        self.notes += [f"{name}：{why.split('；有的是')[0]}" for name, why in skipped.items()]
        return [
            line
            for name, listed in by_indicator.items()
            for line in (self._told(name, listed) if self._is_public(name) else _closed(listed))
        ]

    def _years(self, calendar: Calendar) -> list[int]:
        from zhijiao.engines.metrics.periods import year_on

        last = year_on(self.snapshot.known_at.date(), calendar)
        return list(range(last - YEARS + 1, last + 1))

    def _line(self, cell: Cell, major: str) -> Line | None:
        from zhijiao.indicators.rules.computed import Line
        from zhijiao.policy.types.computing import BESIDE

        if cell.value is None and not any(cell.measures.values()) and (major or cell.member != self.place):
            return None  # the definition does not concern it: nothing to count, above the line or below
        indicator, _, part = cell.metric.partition(BESIDE)
        if cell.member is None:
            if cell.level == LEVELS[0]:
                rows = max((int(amount) for amount in cell.measures.values()), default=0)
                self.unplaced[cell.metric] = self.unplaced.get(cell.metric, 0) + rows
            return None
        row = self.tree.get(cell.member)
        if row is None or not self._is_of_the_place(row):
            return None
        top, below = _settled(cell.numerator, cell.denominator)
        return Line(
            indicator=indicator,
            part=part,
            definition=self.hashes[indicator],
            level=cell.level,
            member=cell.member,
            above=self._above(row, cell.level),
            major=major,
            period=cell.period,
            measures={name: str(amount) for name, amount in cell.measures.items()},
            numerator=top,
            denominator=below,
            value=cell.value,
            reason=cell.reason.value if cell.reason else "",
        )

    def _is_of_the_place(self, row: Mapping[str, Any]) -> bool:
        return self.place in (row["province"], row["city"], row["county"])

    def _above(self, row: Mapping[str, Any], level: str) -> str | None:
        for higher in reversed(LEVELS[: LEVELS.index(level)]):
            if row[higher] is not None:
                return str(row[higher])
        return None

    def _told(self, indicator: str, lines: Sequence[Line]) -> list[Line]:
        from zhijiao.indicators.rules.computed import told

        metric = self.indicators[indicator].metric
        assert metric is not None
        threshold = metric.disclosure.threshold if metric.disclosure else None
        return told(lines, threshold, cumulative=metric.window is not None)

    def _is_public(self, indicator: str) -> bool:
        listed = self.index.pack.manifest.publication.indicators
        return self.indicators[indicator].disclosure == "public" and (listed == "all" or indicator in listed)


def _closed(lines: Sequence[Line]) -> list[Line]:
    from dataclasses import replace

    from zhijiao.indicators.rules.computed import CLOSED

    return [replace(line, marker=CLOSED) for line in lines]


def _settled(top: int | Fraction, below: int | Fraction) -> tuple[Decimal, Decimal]:
    """Numerator and denominator as whole or decimal numbers: a fraction of fractions is made plain first."""
    scale = 1
    for amount in (top, below):
        bottom = Fraction(amount).denominator
        if 10**6 % bottom:
            scale = scale * bottom
    return tuple(
        Decimal(number.numerator) / Decimal(number.denominator)
        for number in (Fraction(top) * scale, Fraction(below) * scale)
    )  # type: ignore[return-value]


def _store(
    index: PackIndex,
    found: SnapshotView,
    made: _Computation,
    lines: Sequence[Line],
    seconds: float,
    *,
    by: Actor,
    at: datetime,
) -> int:
    from zhijiao.indicators.rules.computed import changes

    ids = dict(Organisation.objects.filter(tenant=found.tenant).values_list("code", "id"))
    before = (
        Run.objects.filter(tenant=found.tenant, pack=index.id, removed_at=None, known_at__lte=found.known_at)
        .order_by("-known_at", "-id")
        .first()
    )
    run = Run.objects.create(
        tenant=found.tenant,
        pack=index.id,
        version=index.version,
        snapshot=found.id,
        known_at=found.known_at,
        tree_on=found.tree_on,
        marked=found.marked,
        engine="duckdb",
        made_at=at,
        made_by=by.name[:80],
        seconds=round(seconds, 3),
        unplaced=made.unplaced,
        undated=made.undated,
        notes=made.notes,
    )
    Result.objects.bulk_create(_results(run, made, lines, ids), batch_size=_BATCH)
    if before is not None:
        old = list(_lines_of(before, {number: code for code, number in ids.items()}))
        changed = changes(old, lines, lambda was, now: was.above == now.above)
        Recomputed.objects.bulk_create(_changes(run, before, changed, ids), batch_size=_BATCH)
    record(
        by=by,
        at=at,
        action="indicators.computed",
        object_kind="run",
        object_id=run.pk,
        summary=f"用快照 {found.short} 计算{index.pack.manifest.place}的 {len(made.indicators)} 项指标",
        detail={"snapshot": found.id, "results": len(lines)},
    )
    return run.pk


def _results(run: Run, made: _Computation, lines: Iterable[Line], ids: Mapping[str, int]) -> list[Result]:
    from zhijiao.engines.metrics.periods import first_day, year_of

    calendars = {definition.id: definition.calendar for definition in made.definitions}
    found = []
    for line in lines:
        if line.member not in ids:
            continue
        calendar, year = calendars[line.indicator], year_of(line.period)
        found.append(
            Result(
                run=run,
                indicator=line.indicator,
                part=line.part,
                definition=line.definition,
                level=line.level,
                organisation_id=ids[line.member],
                parent=ids.get(line.above) if line.above else None,
                major=line.major,
                period=line.period,
                starts=first_day(year, calendar),
                ends=_day_before(first_day(year + 1, calendar)),
                measures=dict(line.measures),
                numerator=line.numerator,
                denominator=line.denominator,
                value=line.value,
                reason=line.reason,
                marker=line.marker,
                disclosed=line.disclosed,
            )
        )
    return found


def _day_before(day: date) -> date:
    return day - timedelta(days=1)


def _lines_of(run: Run, codes: Mapping[int, str]) -> Iterable[Line]:
    from zhijiao.indicators.rules.computed import Line

    for row in Result.objects.filter(run=run).iterator(chunk_size=_BATCH):
        assert row.numerator is not None
        assert row.denominator is not None
        yield Line(
            indicator=row.indicator,
            part=row.part,
            definition=row.definition,
            level=row.level,
            member=codes[row.organisation_id],
            above=codes.get(row.parent) if row.parent else None,
            major=row.major,
            period=row.period,
            measures=row.measures,
            numerator=row.numerator,
            denominator=row.denominator,
            value=row.value,
            reason=row.reason,
            marker=row.marker,
            disclosed=row.disclosed,
        )


def _changes(run: Run, before: Run, changed: Iterable[Changed], ids: Mapping[str, int]) -> list[Recomputed]:
    return [
        Recomputed(
            run=run,
            before=before,
            indicator=one.new.indicator,
            part=one.new.part,
            organisation_id=ids[one.new.member],
            major=one.new.major,
            period=one.new.period,
            old_value=one.old.value,
            old_numerator=one.old.numerator,
            old_denominator=one.old.denominator,
            new_value=one.new.value,
            new_numerator=one.new.numerator,
            new_denominator=one.new.denominator,
            cause=one.cause,
            disclosed=one.old.disclosed and one.new.disclosed,
        )
        for one in changed
        if one.new.member in ids
    ]


def compute_packs(*, snapshot_id: str, at: datetime) -> list[int]:
    """Compute every installed pack over a snapshot; the ids of the runs."""
    found = snapshot(snapshot_id)
    by = Actor.system("指标计算", Tenant(found.tenant))
    runs = [compute(snapshot_id=found.id, pack=pack.id, by=by, at=at) for pack in policy.packs()]
    return [run for run in runs if run is not None]


def forget_pruned(*, snapshots: Sequence[str], tenant: Tenant, at: datetime) -> int:
    """Let go the results of runs whose snapshots were pruned; the runs and what changed stay. How many runs."""
    with bulk():
        rows = list(Run.objects.filter(tenant=tenant, snapshot__in=list(snapshots), removed_at=None))
        Result.objects.filter(run__in=rows).delete()
        Run.objects.filter(pk__in=[row.pk for row in rows]).update(removed_at=at)
        return len(rows)


def compute_after_snapshot(payload: Mapping[str, Any], at: datetime) -> None:
    """A snapshot was made: have its figures computed by a job of its own, which takes longer than an event may."""
    from zhijiao.indicators.jobs import compute_snapshot

    compute_snapshot.defer(snapshot=str(payload["snapshot"]))


def forget_after_pruning(payload: Mapping[str, Any], at: datetime) -> None:
    """Snapshots were pruned: their results go."""
    forget_pruned(snapshots=list(payload["snapshots"]), tenant=Tenant(payload["tenant"]), at=at)
