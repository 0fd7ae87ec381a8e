"""Verbs: say whose value stands where two sources differ, give up rows that wait, save how a sender's file is laid out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.audit import record
from zhijiao.exchange.actions.receiving import ask_for_check
from zhijiao.exchange.actions.shared import load, log, sees
from zhijiao.exchange.models import Batch, Difference, Held, SavedLayout
from zhijiao.exchange.types import Layout, Side, State
from zhijiao.exchange.types.batches import Refused


def settle(*, by: Actor, at: datetime, differences: Collection[int], stands: Side, note: str) -> int:
    """Say of differences whose value stands, with a word why. The records stay as they are: who is wrong hands in again, and
    the line goes by itself. For who reports for the organisation, or reviews it. All or none; returns how many were open.

    Raises Refused, NotAllowed, Invisible."""
    if not note.strip():
        raise Refused("请写一句依据（比如：以纸质学籍卡为准，某月某日核对）。")
    with acting(by):
        found = list(Difference.objects.select_related("shelf").filter(pk__in=differences))
        if len(found) != len(set(differences)):
            raise Invisible("no such difference")
        for row in found:
            if not by.may(Permission.REVIEW, row.organisation_id):
                by.require(Permission.REPORT, row.organisation_id)
    with bulk():
        open_ones = list(
            Difference.objects.select_for_update(of=("self",))
            .select_related("shelf")
            .filter(pk__in=differences, state="open")
            .order_by("id")
        )
        for row in open_ones:
            row.state, row.stands, row.note = "settled", stands.value, note.strip()[:500]
            row.settled_at, row.settled_by = at, by.name[:80]
            row.save()
            record(
                by=by,
                at=at,
                action="exchange.settle",
                organisation=row.organisation_id,
                object_kind="exchange_difference",
                object_id=row.pk,
                summary=f"核对差异：{stands.words}（{note.strip()[:120]}）",
                detail={"dataset": row.shelf.dataset, "source": row.shelf.source, "field": row.field},
            )
        return len(open_ones)


def drop_held(*, by: Actor, at: datetime, rows: Collection[int], words: str = "") -> int:
    """Give up rows that wait: they will not be handed in. Returns how many waited. Raises NotAllowed, Invisible."""
    with acting(by):
        found = list(Held.objects.select_related("batch", "shelf").filter(pk__in=rows))
        if len(found) != len(set(rows)):
            raise Invisible("no such row")
        for organisation in {row.batch.organisation_id for row in found}:
            by.require(Permission.REPORT, organisation)
    with bulk():
        count = Held.objects.filter(pk__in=rows, state="waiting").update(
            state="dropped", closed_at=at, closed_by=by.name[:80]
        )
        for batch in {row.batch for row in found} if count else ():
            dropped = sum(row.batch_id == batch.pk for row in found)
            batch.shelf = next(row.shelf for row in found if row.batch_id == batch.pk)
            log(
                batch,
                by=by,
                at=at,
                action="drop",
                summary=f"放弃“{batch.file_name}”（{batch.number}）待改的 {dropped} 行{f'：{words[:100]}' if words else ''}",
                rows=[row.row for row in found if row.batch_id == batch.pk][:200],
            )
        return count


def save_layout(
    *, by: Actor, at: datetime, organisation: int, dataset: str, fingerprint: str, layout: Layout
) -> None:
    """Keep how an organisation's own file maps to a data set, for every later file of the same heading. Raises NotAllowed,
    Invisible."""
    sees(by, organisation)
    by.require(Permission.REPORT, organisation)
    with bulk():
        SavedLayout.objects.update_or_create(
            organisation_id=organisation,
            dataset=dataset,
            fingerprint=fingerprint,
            defaults={"layout": asdict(layout), "saved_by": by.name[:80], "saved_at": at},
        )
        record(
            by=by,
            at=at,
            action="exchange.layout",
            organisation=organisation,
            object_kind="exchange_layout",
            object_id=fingerprint[:40],
            summary="保存文件各列的对应关系",
            detail={"dataset": dataset, "columns": dict(layout.columns)},
        )


def read_again(*, by: Actor, at: datetime, batch: int, layout: Layout) -> Batch:
    """Check a batch again with a layout that the sender chose, also one whose heading was not understood. Raises Refused,
    NotAllowed, Invisible."""
    load(by, batch)
    with bulk():
        row = Batch.objects.select_for_update(of=("self",)).select_related("shelf").get(pk=batch)
        if State(row.state) not in (State.REFUSED, State.CHECKED, State.RECEIVED) or row.file_id is None:
            raise Refused(
                f"批次 {row.number} {State(row.state).words}，不能再按别的对应关系读。请重新上传文件。"
            )
        row.wanted = {"layout": asdict(layout)}
        row.state, row.words, row.closed_at, row.tries = State.RECEIVED.value, "", None, 0
        row.save(update_fields=["wanted", "state", "words", "closed_at", "tries"])
        transaction.on_commit(lambda: ask_for_check(batch))
        return row
