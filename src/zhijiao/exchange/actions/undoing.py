"""Verb: undo a batch, while nothing depends on it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import datetime

from django.db import connection

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import Tenant
from zhijiao.exchange.actions.applying import finish
from zhijiao.exchange.actions.shared import (
    dataset_of,
    load,
    new_number,
    next_sequence,
    outcome,
    share_applying,
    standard_of,
)
from zhijiao.exchange.models import Batch, Held, Shelf, Snapshot
from zhijiao.exchange.types import Counts, Outcome, State
from zhijiao.exchange.types.batches import Refused

Holder = Callable[[Collection[str]], Collection[str]]
"""Given hashes of snapshots, the words for what refers to them."""
_holders: list[Holder] = []


def register_holder(holder: Holder) -> None:
    """Let a floor above say that something refers to a snapshot. Called from the wiring only."""
    if holder not in _holders:
        _holders.append(holder)


# Of the keys that a batch touched: what it left (`after`), and what stands now. Where they differ, a later batch built on it.
LATER = """
    WITH after AS MATERIALIZED (
      SELECT key, organisation_id, period, data FROM exchange_record
       WHERE id BETWEEN %(first)s AND %(last)s AND since = %(sequence)s AND shelf_id = %(shelf)s
    ), touched AS MATERIALIZED (
      SELECT organisation_id, key FROM after
      UNION SELECT organisation_id, key FROM exchange_record WHERE until = %(sequence)s AND shelf_id = %(shelf)s
    )
    SELECT DISTINCT coalesce(l.since, (SELECT max(until) FROM exchange_record x
                                        WHERE x.shelf_id = %(shelf)s AND x.organisation_id = t.organisation_id
                                          AND x.key = t.key AND x.since >= %(sequence)s))
      FROM touched t
      LEFT JOIN after a ON a.organisation_id = t.organisation_id AND a.key = t.key
      LEFT JOIN exchange_record l ON l.shelf_id = %(shelf)s AND l.organisation_id = t.organisation_id
            AND l.key = t.key AND l.until IS NULL
     WHERE ROW(a.period, a.data) IS DISTINCT FROM ROW(l.period, l.data)
     ORDER BY 1
"""
END = """
    UPDATE exchange_record l SET until = %(undo)s FROM exchange_record a
     WHERE a.id BETWEEN %(first)s AND %(last)s AND a.since = %(sequence)s AND a.shelf_id = %(shelf)s
       AND l.shelf_id = %(shelf)s AND l.organisation_id = a.organisation_id AND l.key = a.key AND l.until IS NULL
"""
EDITIONS = """
    SELECT DISTINCT b.standard FROM exchange_record r JOIN exchange_batch b ON b.sequence = r.since
     WHERE r.until = %(sequence)s AND r.shelf_id = %(shelf)s
"""
AGAIN = """
    INSERT INTO exchange_record (shelf_id, organisation_id, period, key, person, sealed, data, since)
    SELECT shelf_id, organisation_id, period, key, person, sealed, data, %(undo)s
      FROM exchange_record WHERE until = %(sequence)s AND shelf_id = %(shelf)s
"""


def undo(*, batch: int, by: Actor, at: datetime, words: str) -> Outcome:
    """Let the records stand as they stood before a batch: as a new batch, so that what was known in between stays known.
    Returns the outcome of that one; undoing twice returns it again.

    Raises Refused where a later batch or a computed figure depends on it, or no reason is given; NotAllowed, Invisible.
    """
    row = load(by, batch)
    if not words.strip():
        raise Refused("请写明为什么撤销：以后查数据变动的人要看。")
    with bulk():
        share_applying(Tenant(row.shelf.tenant))
        shelf = Shelf.objects.select_for_update().get(pk=row.shelf_id)
        row = Batch.objects.select_for_update(of=("self",)).select_related("shelf").get(pk=batch)
        if row.state == State.UNDONE.value:
            return outcome(Batch.objects.select_related("shelf").get(undo_of=row))
        if row.state != State.APPLIED.value or row.sequence is None:
            raise Refused(
                f"批次 {row.number} {State(row.state).words}，没有入库，不用撤销。要收回文件，请用“撤回”。"
            )
        if row.undo_of_id is not None:
            raise Refused(f"批次 {row.number} 本身就是一次撤销，不能再撤销。要恢复，请重新提交原来的文件。")
        _refuse_if_needed(row)
        undone = _undo(row, shelf, by, at, words.strip())
        finish(undone, by=by, at=at, action="undo", verb=f"撤销批次 {row.number} ")
        return outcome(undone)


def _undo(row: Batch, shelf: Shelf, by: Actor, at: datetime, words: str) -> Batch:
    from zhijiao.exchange.store import differing, writing

    sequence = next_sequence()
    given = {**_given(row), "undo": sequence}
    first = writing.newest()
    with connection.cursor() as cursor:
        cursor.execute(END, given)
        ended = cursor.rowcount
        cursor.execute(AGAIN, given)
        again = cursor.rowcount
    counts = Counts(**row.counts)
    Held.objects.filter(batch=row, state="waiting").update(
        state="dropped", closed_at=at, closed_by=by.name[:80]
    )
    Held.objects.filter(closed_in=row).update(state="waiting", closed_at=None, closed_by="", closed_in=None)
    id_, number = new_number(at)
    undone = Batch.objects.create(
        id=id_,
        number=number,
        shelf=shelf,
        organisation_id=row.organisation_id,
        file_name=row.file_name,
        standard=row.standard,
        state=State.APPLIED.value,
        counts=asdict(
            Counts(new=counts.gone, changed=again - counts.gone, gone=ended - (again - counts.gone))
        ),
        words=words[:1000],
        user=by.user,
        name=by.name[:80],
        received_at=at,
        checked_at=at,
        applied_at=at,
        applied_by=by.name[:80],
        closed_at=at,
        sequence=sequence,
        first_record=first,
        last_record=writing.newest(),
        undo_of=row,
    )
    row.state, row.words = State.UNDONE.value, words[:1000]
    row.save(update_fields=["state", "words"])
    shelf.applied = sequence
    shelf.save(update_fields=["applied"])
    tenant = Tenant(shelf.tenant)
    differing.refresh(undone, shelf, dataset_of(standard_of(tenant), shelf.dataset), sequence, at)
    return undone


def _differs(editions: set[str], row: Batch) -> bool:
    """Whether records that would come back were made by other fields than those of the batch that is undone."""
    from zhijiao.exchange.queries.standard import edition

    def fields(hash_: str) -> list[str] | None:
        standard = edition(hash_)
        dataset = standard.by_id.get(row.shelf.dataset) if standard is not None else None
        return [field.id for field in dataset.fields] if dataset is not None else None

    return any(fields(hash_) != fields(row.standard) for hash_ in editions if hash_ != row.standard)


def _given(row: Batch) -> dict[str, int | None]:
    return {
        "first": row.first_record,
        "last": row.last_record,
        "sequence": row.sequence,
        "shelf": row.shelf_id,
    }


def _refuse_if_needed(row: Batch) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LATER, _given(row))
        later = [n for (n,) in cursor.fetchall()]
        cursor.execute(EDITIONS, _given(row))
        editions = {hash_ for (hash_,) in cursor.fetchall()}
    if _differs(editions, row):
        raise Refused(
            f"批次 {row.number} 入库之后，数据标准里这个数据集的项目改过，以前的记录不能按现在的项目恢复。请提交改正后的文件。"
        )
    if later:
        numbers = "、".join(
            Batch.objects.filter(sequence__in=later[:5]).order_by("id").values_list("number", flat=True)
        )
        more = f" 等 {len(later)} 个批次" if len(later) > 5 else ""
        raise Refused(
            f"批次 {row.number} 入库的数据，后来又被批次 {numbers}{more} 改过，不能单独撤销。"
            "请从最近的批次起依次撤销，或直接提交改正后的文件。"
        )
    hashes = Snapshot.objects.filter(tenant=row.shelf.tenant, known__gte=row.sequence).values_list(
        "hash", flat=True
    )
    named = [words for holder in _holders for words in holder(list(hashes))] if hashes else []
    if named:
        raise Refused(
            f"批次 {row.number} 的数据已经进入计算过的指标（{'、'.join(named[:3])}），不能撤销。请提交改正后的文件，指标会重新计算并注明更正。"
        )
