"""Snapshots: what they hold, that they are the same again, and what becomes of their files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.support.intake import AT, DAY, STANDARD, SYSTEM, lines, plant, read_lines
from zhijiao.core.access.scope import bulk
from zhijiao.core.errors import Refusal
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import Event, Standing
from zhijiao.exchange import actions
from zhijiao.exchange.actions.snapshots import prune_snapshots, take_snapshot
from zhijiao.exchange.models import Batch, Snapshot, SnapshotPart
from zhijiao.exchange.queries.snapshots import faults_of, folder_of, remove_folder, snapshots
from zhijiao.exchange.rules.retention import NEWEST, kept

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> Iterator[dict[str, int]]:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    monkeypatch.setattr("zhijiao.exchange.store.engine.checked", read_lines)
    for module in ("receiving", "checking", "undoing"):
        monkeypatch.setattr(f"zhijiao.exchange.actions.{module}.standard_of", lambda tenant: STANDARD)
    monkeypatch.setattr("zhijiao.exchange.actions.snapshots.standard", lambda: STANDARD)
    monkeypatch.setattr("zhijiao.exchange.actions.snapshots.edition", lambda digest: STANDARD)
    with bulk():
        yield plant()


def put(ids: dict[str, int], values: dict[int, str], *, dataset: str = "things", days: int = 0) -> Batch:
    rows = [{"organisation": "s1", "number": number, "value": value} for number, value in values.items()]
    at = AT + timedelta(days=days)
    batch = actions.receive(
        by=SYSTEM, at=at, dataset=dataset, organisation=ids["s1"], name="a.csv", chunks=[lines(rows)]
    )
    actions.check(batch=batch.pk, by=SYSTEM, at=at)
    actions.apply(batch=batch.pk, by=SYSTEM, at=at)
    return Batch.objects.get(pk=batch.pk)


def take(**more: Any) -> str:
    return take_snapshot(by=SYSTEM, at=AT, tenant=Tenant.REAL, tree_on=ON, **more).id


def values(name: str, dataset: str = "things") -> dict[str, str]:
    frame = pl.read_parquet(folder_of(name) / f"{dataset}.parquet")
    return dict(zip(frame["number"], frame["value"], strict=True))


def test_a_snapshot_holds_the_records_and_the_tree_of_the_day(world: dict[str, int]) -> None:
    put(world, {1: "a", 2: "b"})
    name = take()
    assert values(name) == {"1": "a", "2": "b"}
    frame = pl.read_parquet(folder_of(name) / "things.parquet")
    assert frame.schema["year"] == pl.Int64
    tree = pl.read_parquet(folder_of(name) / "organisations.parquet")
    school = tree.row(by_predicate=pl.col("code") == "s1", named=True)
    assert (school["county"], school["school"], school["parent"]) == ("county", "s1", "county")
    assert faults_of(name) == []
    assert Event.objects.filter(name="exchange.snapshot_made").count() == 1


def test_the_same_content_is_the_same_snapshot(world: dict[str, int]) -> None:
    put(world, {1: "a"})
    first = take()
    assert take() == first
    assert take_snapshot(by=SYSTEM, at=AT, tenant=Tenant.REAL, tree_on=ON + timedelta(days=1)).id == first
    assert len(snapshots(Tenant.REAL)) == 1


def test_what_was_known_then_can_be_taken_later_byte_for_byte(world: dict[str, int]) -> None:
    early = put(world, {1: "a", 2: "b"})
    then = take()
    bytes_then = (folder_of(then) / "things.parquet").read_bytes()
    put(world, {1: "A", 3: "c"}, days=1)
    assert values(take()) == {"1": "A", "3": "c"}
    again = take(known=early.sequence)
    assert again == then
    assert (folder_of(again) / "things.parquet").read_bytes() == bytes_then


def test_unchanged_data_sets_share_their_file(world: dict[str, int]) -> None:
    put(world, {1: "a"})
    put(world, {1: "x"}, dataset="happenings")
    take()
    put(world, {1: "b"}, days=1)
    take()
    blobs = SnapshotPart.objects.filter(dataset="happenings").values_list("blob", flat=True)
    assert len(blobs) == 2
    assert len(set(blobs)) == 1


def test_a_school_that_was_closed_stays_where_it_stood(world: dict[str, int]) -> None:
    put(world, {1: "a"})
    Standing.objects.filter(organisation_id=world["s1"]).update(ends=date(2025, 1, 1))
    tree = pl.read_parquet(folder_of(take()) / "organisations.parquet")
    school = tree.row(by_predicate=pl.col("code") == "s1", named=True)
    assert (school["county"], school["since"], school["until"]) == ("county", DAY, date(2025, 1, 1))


def test_an_altered_file_is_named(world: dict[str, int]) -> None:
    put(world, {1: "a"})
    name = take()
    path = folder_of(name) / "things.parquet"
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content + b" ")
    assert faults_of(name) == ["things.parquet 写成之后被改过"]


def test_a_folder_is_laid_out_again_and_a_pruned_one_is_not(world: dict[str, int]) -> None:
    put(world, {1: "a"})
    old = take()
    remove_folder(old)
    assert values(old) == {"1": "a"}
    for day in range(1, NEWEST + 1):
        put(world, {1: f"v{day}"}, days=day)
        take()
    gone = prune_snapshots(tenant=Tenant.REAL, by=SYSTEM, at=AT)
    # The oldest of a month is not its last one, so nothing else keeps it.
    assert gone == [old]
    with pytest.raises(Refusal, match="只剩台账"):
        folder_of(old)
    assert Snapshot.objects.get(hash=old).manifest["datasets"]["things"]["rows"] == 1


def test_what_a_killed_process_left_behind_goes_and_what_is_being_written_stays(
    world: dict[str, int], tmp_path: Path
) -> None:
    put(world, {1: "a"})
    places = [tmp_path / f".snapshot-{n}" for n in ("old", "fresh")]
    places += [tmp_path / "snapshots" / f".draft-{n}" for n in ("old", "fresh")]
    for folder in places:
        folder.mkdir(parents=True)
        (folder / "things.parquet").write_bytes(b"half")
        if folder.name.endswith("-old"):
            os.utime(folder, (0, 0))
    take()
    assert [folder.exists() for folder in places] == [False, True, False, True]


def test_what_was_let_go_is_not_opened_though_its_folder_was_left_and_the_next_one_removes_it(
    world: dict[str, int],
) -> None:
    put(world, {1: "a"})
    gone = take()
    left = folder_of(gone)
    Snapshot.objects.filter(hash=gone).update(removed_at=AT)
    put(world, {1: "b"}, days=1)
    stays = take()
    kept_folder = folder_of(stays)
    with pytest.raises(Refusal, match="只剩台账"):
        folder_of(gone)
    assert prune_snapshots(tenant=Tenant.REAL, by=SYSTEM, at=AT) == []
    assert (left.exists(), kept_folder.exists()) == (False, True)


def test_nothing_received_is_nothing_to_hold() -> None:
    with pytest.raises(Refusal, match="还没有任何已入库的数据"):
        take()


def test_retention_keeps_the_newest_each_month_and_each_year() -> None:
    days = [date(2026, 12, 31) - timedelta(days=n) for n in range(2000)]
    listed = [(day.isoformat(), day) for day in days]
    keep = kept(listed)
    assert {day.isoformat() for day in days[:NEWEST]} <= keep
    assert {"2026-10-31", "2024-01-31", "2022-12-31", "2021-12-31"} <= keep
    assert not {"2026-10-30", "2023-11-30", "2022-03-08"} & keep
