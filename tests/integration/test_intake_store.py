"""The store: received, checked, applied, undone; with rows made in the test, without a file of a real shape."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.support.intake import AT, STANDARD, SYSTEM, lines, plant, read_lines
from zhijiao.core import blobs
from zhijiao.core.access.scope import bulk
from zhijiao.core.filestore import remove_orphans
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import AuditEvent, Event
from zhijiao.exchange import actions
from zhijiao.exchange.actions import receiving
from zhijiao.exchange.actions.receiving import content_of
from zhijiao.exchange.models import Batch, Held, Record
from zhijiao.exchange.rules.retention import FILE_YEARS
from zhijiao.exchange.types import FileUnusable, State
from zhijiao.exchange.types.batches import KeyTaken, PlanChanged, Refused

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=1)


@pytest.fixture(autouse=True)
def small_world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> Iterator[dict[str, int]]:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    monkeypatch.setattr("zhijiao.exchange.store.engine.checked", read_lines)
    for module in ("receiving", "checking", "undoing"):
        monkeypatch.setattr(f"zhijiao.exchange.actions.{module}.standard_of", lambda tenant: STANDARD)
    with bulk():
        yield plant()


def row(number: Any, value: Any, organisation: str = "s1", **more: Any) -> dict[str, Any]:
    return {"organisation": organisation, "number": number, "value": value, **more}


def take(
    ids: dict[str, int],
    rows: list[dict[str, Any]],
    *,
    sender: str = "s1",
    dataset: str = "things",
    **more: Any,
) -> Batch:
    batch = actions.receive(
        by=SYSTEM,
        at=AT,
        dataset=dataset,
        organisation=ids[sender],
        name="a.csv",
        chunks=[lines(rows)],
        **more,
    )
    actions.check(batch=batch.pk, by=SYSTEM, at=AT)
    return Batch.objects.get(pk=batch.pk)


def put(ids: dict[str, int], rows: list[dict[str, Any]], **more: Any) -> Batch:
    batch = take(ids, rows, **more)
    actions.apply(batch=batch.pk, by=SYSTEM, at=AT)
    return Batch.objects.get(pk=batch.pk)


def held() -> dict[str, str]:
    found = Record.objects.filter(until__isnull=True).values_list("key", "data")
    return {key.split("\x1f")[1]: data.split("\x1f")[3] for key, data in found}


def test_a_file_becomes_records(small_world: dict[str, int]) -> None:
    batch = take(small_world, [row(1, "a"), row(2, "b"), row(3, "c")])
    assert batch.counts | {"read": 3, "new": 3, "gone": 0} == batch.counts
    assert held() == {}, "a check changes nothing"
    actions.apply(batch=batch.pk, by=SYSTEM, at=AT, seen=batch.plan["digest"])
    assert held() == {"1": "a", "2": "b", "3": "c"}
    assert AuditEvent.objects.filter(action="exchange.apply", object_id=str(batch.pk)).count() == 1
    assert Event.objects.filter(name="exchange.applied").count() == 1


def test_the_file_is_kept_encrypted(small_world: dict[str, int], tmp_path: Path) -> None:
    batch = put(small_world, [row(1, "a-secret-word")])
    kept = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert kept
    assert all(b"a-secret-word" not in p.read_bytes() for p in kept)
    assert b"a-secret-word" in b"".join(content_of(batch))


def test_a_senders_file_goes_when_it_was_kept_long_enough(
    small_world: dict[str, int], tmp_path: Path
) -> None:
    old = put(small_world, [row(1, "a")])
    waiting = take(small_world, [row(2, "b")], sender="s2")
    for path in blobs.kept(tmp_path):
        os.utime(path, (0, 0))
    by, tenant = SYSTEM, Tenant.REAL
    soon, later = AT.replace(year=AT.year + FILE_YEARS), AT.replace(year=AT.year + FILE_YEARS) + DAYS
    assert actions.forget_files(tenant=tenant, by=by, at=soon) == 0
    assert remove_orphans() == 0
    assert actions.forget_files(tenant=tenant, by=by, at=later) == 1
    assert actions.forget_files(tenant=tenant, by=by, at=later) == 0
    assert remove_orphans() == 1
    assert held() == {"1": "a"}
    with pytest.raises(FileUnusable, match=f"满 {FILE_YEARS} 年"):
        content_of(Batch.objects.get(pk=old.pk))
    assert b"".join(content_of(waiting))
    assert AuditEvent.objects.filter(action="exchange.forget", object_id=str(old.pk)).count() == 1


def test_two_requests_of_one_key_at_once_are_one_batch_or_a_clash(
    small_world: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the other had come between the look and the insertion."""
    found, looks = receiving.there, iter([None])
    first = take(small_world, [row(1, "a")], key="k")
    monkeypatch.setattr(receiving, "there", lambda *given: next(looks, ...) and found(*given))
    with pytest.raises(KeyTaken, match=first.number):
        take(small_world, [row(1, "b")], key="k")


def test_new_changed_unchanged_and_gone_are_told_apart(small_world: dict[str, int]) -> None:
    put(small_world, [row(1, "a"), row(2, "b"), row(3, "c"), row(9, "x", year=2022)])
    batch = put(small_world, [row(1, "a"), row(2, "B"), row(4, "d")])
    assert {k: batch.counts[k] for k in ("new", "changed", "unchanged", "gone")} == {
        "new": 1,
        "changed": 1,
        "unchanged": 1,
        "gone": 1,
    }
    assert held() == {"1": "a", "2": "B", "4": "d", "9": "x"}, "another year is another whole"
    assert batch.plan["changes"][0]["before"].endswith("b")


def test_events_only_add_and_correct(small_world: dict[str, int]) -> None:
    put(small_world, [row(1, "a"), row(2, "b")], dataset="happenings")
    batch = put(small_world, [row(2, "B")], dataset="happenings")
    assert batch.counts["gone"] == 0
    assert held() == {"1": "a", "2": "B"}


def test_the_same_file_again_changes_nothing(small_world: dict[str, int]) -> None:
    rows = [row(1, "a"), row(2, "b")]
    put(small_world, rows)
    ids = set(Record.objects.values_list("id", flat=True))
    batch = put(small_world, rows)
    assert batch.counts["unchanged"] == 2
    assert set(Record.objects.values_list("id", flat=True)) == ids
    assert actions.apply(batch=batch.pk, by=SYSTEM, at=AT).state is State.APPLIED


def test_the_same_file_that_waits_is_one_batch(small_world: dict[str, int]) -> None:
    first = take(small_world, [row(1, "a")])
    assert take(small_world, [row(1, "a")]).pk == first.pk
    actions.withdraw(batch=first.pk, by=SYSTEM, at=AT)
    assert take(small_world, [row(1, "a")]).pk != first.pk


def test_a_key_of_the_sender_belongs_to_one_file(small_world: dict[str, int]) -> None:
    first = put(small_world, [row(1, "a")], key="k1")
    assert take(small_world, [row(1, "a")], key="k1").pk == first.pk
    with pytest.raises(Refused, match="k1"):
        take(small_world, [row(1, "b")], key="k1")


def test_bad_rows_wait_and_are_mended(small_world: dict[str, int]) -> None:
    put(small_world, [row(1, "a"), row(2, "b")])
    batch = put(small_world, [row(1, "A"), row(2, "?", bad=True), row(3, "?", bad=True)])
    assert batch.counts["quarantined"] == 2
    assert held() == {"1": "A", "2": "b"}, "a row that waits is not gone"
    assert Held.objects.filter(state="waiting").count() == 2
    put(small_world, [row(1, "A"), row(2, "B"), row(3, "?", bad=True)])
    assert Held.objects.filter(state="mended").count() == 1
    assert Held.objects.filter(state="replaced").count() == 1
    assert Held.objects.filter(state="waiting").count() == 1


def test_a_row_that_nobody_knows_keeps_others_from_ending(small_world: dict[str, int]) -> None:
    put(small_world, [row(1, "a"), row(2, "b")])
    batch = put(small_world, [row(1, "A"), row(0, "?", bad="key")])
    assert batch.counts["gone"] == 0
    assert batch.plan["unclear"]
    assert held() == {"1": "A", "2": "b"}


def test_one_school_does_not_touch_another(small_world: dict[str, int]) -> None:
    put(small_world, [row(1, "a"), row(2, "b", "s2")], sender="county")
    put(small_world, [row(5, "c", "s2")], sender="s2")
    assert held() == {"1": "a", "5": "c"}


def test_undoing_brings_back_what_was(small_world: dict[str, int]) -> None:
    put(small_world, [row(1, "a"), row(2, "b")])
    second = put(small_world, [row(2, "B"), row(3, "c")])
    with pytest.raises(Refused, match="为什么"):
        actions.undo(batch=second.pk, by=SYSTEM, at=AT, words=" ")
    undone = actions.undo(batch=second.pk, by=SYSTEM, at=AT, words="交错了文件")
    assert held() == {"1": "a", "2": "b"}
    assert (undone.counts.new, undone.counts.changed, undone.counts.gone) == (1, 1, 1)
    assert actions.undo(batch=second.pk, by=SYSTEM, at=AT, words="x").batch == undone.batch
    put(small_world, [row(2, "B"), row(3, "c")])
    assert held() == {"2": "B", "3": "c"}, "an undone file may come again"


def test_a_batch_that_others_built_on_is_not_undone(small_world: dict[str, int]) -> None:
    first = put(small_world, [row(1, "a")])
    later = put(small_world, [row(1, "b")])
    with pytest.raises(Refused, match=later.number):
        actions.undo(batch=first.pk, by=SYSTEM, at=AT, words="x")


def test_what_changed_since_the_look_is_told(small_world: dict[str, int]) -> None:
    put(small_world, [row(1, "a")])
    looked_at = take(small_world, [row(1, "b"), row(2, "c")])
    put(small_world, [row(2, "c")], dataset="things")
    with pytest.raises(PlanChanged):
        actions.apply(batch=looked_at.pk, by=SYSTEM, at=AT, seen=looked_at.plan["digest"])
    assert held() == {"2": "c"}
    again = Batch.objects.get(pk=looked_at.pk)
    actions.apply(batch=again.pk, by=SYSTEM, at=AT, seen=again.plan["digest"])
    assert held() == {"1": "b", "2": "c"}


def test_two_sources_are_compared_and_agree_again(small_world: dict[str, int]) -> None:
    from zhijiao.exchange.models import Difference

    put(small_world, [row(1, "a"), row(2, "b")])
    put(small_world, [row(1, "A"), row(3, "c")], source="national")
    found = {
        (d.key.split("\x1f")[1], d.field): (d.own, d.other) for d in Difference.objects.filter(state="open")
    }
    assert found == {("1", "value"): ("a", "A"), ("2", ""): ("有", "没有"), ("3", ""): ("没有", "有")}
    put(small_world, [row(1, "A"), row(3, "c")])
    assert not Difference.objects.filter(state="open").exists()


def test_many_buckets_come_to_the_same(small_world: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhijiao.exchange.store.planning.BUCKET", 3)
    put(small_world, [row(n, "a") for n in range(20)])
    batch = put(small_world, [row(n, "a" if n % 2 else "b") for n in range(5, 25)])
    assert (batch.counts["new"], batch.counts["gone"], batch.counts["unchanged"]) == (5, 5, 8)
    assert held() == {str(n): "a" if n % 2 else "b" for n in range(5, 25)}


@pytest.mark.parametrize("at", ["Adding.add", "end", "Adding.done"])
def test_a_crash_amid_applying_leaves_nothing(
    small_world: dict[str, int], monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    put(small_world, [row(1, "a"), row(2, "b")])
    before = held()
    batch = take(small_world, [row(1, "A"), row(3, "c"), row(4, "?", bad=True)])

    def fail(*given: Any, **more: Any) -> None:
        raise MemoryError("no more")

    with monkeypatch.context() as broken:
        broken.setattr(f"zhijiao.exchange.store.writing.{at}", fail)
        with pytest.raises(MemoryError), transaction.atomic():
            actions.apply(batch=batch.pk, by=SYSTEM, at=AT)
    assert held() == before
    assert Batch.objects.get(pk=batch.pk).state == "checked"
    assert not Held.objects.exists()
    actions.apply(batch=batch.pk, by=SYSTEM, at=AT)
    assert held() == {"1": "A", "3": "c"}


def test_a_lost_spool_is_made_again(small_world: dict[str, int], tmp_path: Path) -> None:
    batch = take(small_world, [row(1, "a")])
    shutil.rmtree(tmp_path / "intake")
    actions.apply(batch=batch.pk, by=SYSTEM, at=AT)
    assert held() == {"1": "a"}


def test_what_waits_is_checked_by_the_job_and_given_up_in_the_end(
    small_world: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def hand_in(value: str) -> Batch:
        return actions.receive(
            by=SYSTEM,
            at=AT,
            dataset="things",
            organisation=small_world["s1"],
            name="a.csv",
            chunks=[lines([row(1, value)])],
            now=True,
        )

    good = hand_in("a")
    assert actions.check_waiting(at=AT, by=lambda tenant: SYSTEM) == 1
    assert Batch.objects.get(pk=good.pk).state == "checked"
    poison = hand_in("b")
    monkeypatch.setattr(
        "zhijiao.exchange.actions.checking.check", lambda **given: None
    )  # as if killed each time
    for _ in range(6):
        actions.check_waiting(at=AT, by=lambda tenant: SYSTEM)
    given_up = Batch.objects.get(pk=poison.pk)
    assert given_up.state == "refused"
    assert "多次中断" in given_up.words


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exchange_record SET data = 'x'",
        "UPDATE exchange_record SET until = 99 WHERE until IS NOT NULL",
        "UPDATE exchange_record SET until = NULL WHERE until IS NOT NULL",
        "UPDATE exchange_record SET since = since - 1",
        "DELETE FROM exchange_record",
        "DELETE FROM exchange_batch",
        "UPDATE exchange_batch SET sequence = sequence + 1000",
    ],
)
def test_the_database_refuses_to_rewrite_the_past(small_world: dict[str, int], statement: str) -> None:
    put(small_world, [row(1, "a")])
    put(small_world, [row(1, "b")])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert held() == {"1": "b"}
