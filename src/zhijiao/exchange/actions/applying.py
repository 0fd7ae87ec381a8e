"""Verb: apply a checked file. One transaction under the lock of its shelf: all of it or nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.events import tell
from zhijiao.core.kinds import Tenant
from zhijiao.exchange import vault
from zhijiao.exchange.actions import checking
from zhijiao.exchange.actions.receiving import remove_spool
from zhijiao.exchange.actions.shared import (
    data_folder,
    load,
    log,
    next_sequence,
    outcome,
    share_applying,
)
from zhijiao.exchange.models import Batch, Shelf
from zhijiao.exchange.types import Counts, Outcome, State
from zhijiao.exchange.types.batches import APPLIED, PlanChanged, Refused

if TYPE_CHECKING:
    import polars as pl

    from zhijiao.exchange.store.flowing import Flow
    from zhijiao.exchange.store.planning import Extent, Plan
    from zhijiao.exchange.store.spool import Spool
    from zhijiao.exchange.store.writing import Lines


def apply(
    *, batch: int, by: Actor, at: datetime, seen: str | None = None, path: Path | None = None
) -> Outcome:
    """Let a checked batch become records. `seen`: the digest of the plan that was looked at; where the records have changed
    since so that something else would happen, PlanChanged says what, and nothing is done. Applying twice changes nothing.

    Raises PlanChanged, Refused, FileUnusable, NotAllowed, Invisible.
    """
    row = load(by, batch)
    if State(row.state) in (State.APPLIED, State.UNDONE):
        return outcome(row)
    _refuse_unless_checked(row)
    from zhijiao.exchange.store.flowing import Laid

    began = time.perf_counter()
    work = checking.work_on(row, at)
    spool = _spool_of(work, path)
    changed: PlanChanged | None = None
    with bulk():
        share_applying(Tenant(row.shelf.tenant))
        shelf = Shelf.objects.select_for_update().get(pk=row.shelf_id)
        row = Batch.objects.select_for_update(of=("self",)).select_related("shelf").get(pk=batch)
        if State(row.state) in (State.APPLIED, State.UNDONE):
            return outcome(row)
        _refuse_unless_checked(row)
        if seen is not None and shelf.applied != (row.plan or {}).get("shelf"):
            _, plan = checking.plan_of(work, spool)
            if plan.digest != seen:
                changed = _replan(row, plan)
        elif seen is not None and seen != (row.plan or {}).get("digest"):
            changed = PlanChanged(row.number, Counts(**row.counts))
        if changed is None:
            carry_out(work, row, shelf, Laid(spool, whole=work.whole), by, at, began=began)
    if changed is not None:
        raise changed
    remove_spool(batch)
    return outcome(row)


def _refuse_unless_checked(row: Batch) -> None:
    if row.state != State.CHECKED.value:
        said = f"：{row.words}" if row.words else ""
        raise Refused(
            f"批次 {row.number} {State(row.state).words}{said}，不能入库。请等检查做完，或重新提交文件。"
        )


def _spool_of(work: checking.Work, path: Path | None) -> Spool:
    """The checked rows, checked again where the standard or the tree changed since."""
    from zhijiao.exchange.store import spool

    found = spool.Spool(spool.place(data_folder(), work.batch.pk))
    if found.about == json.loads(json.dumps(work.about)):
        return found
    made, _ = checking.make_spool(work, path)
    return made


def _replan(row: Batch, plan: Plan) -> PlanChanged:
    """Keep the new plan with the batch, to be looked at."""
    counts = {
        **row.counts,
        "new": plan.new,
        "changed": plan.changed,
        "unchanged": plan.unchanged,
        "gone": plan.gone,
    }
    row.counts = counts
    row.plan = {
        "digest": plan.digest,
        "changes": plan.changes,
        "gone": plan.ended,
        "unclear": plan.unclear,
        "shelf": row.shelf.applied,
    }
    row.save(update_fields=["counts", "plan"])
    return PlanChanged(row.number, Counts(**counts))


def carry_out(
    work: checking.Work,
    row: Batch,
    shelf: Shelf,
    flow: Flow,
    by: Actor,
    at: datetime,
    *,
    began: float,
    tally: checking.Tally | None = None,
    noted: Callable[[], None] | None = None,
) -> None:
    """Change the records, in the caller's transaction, in which the shelf is locked. `tally`: what the check finds, where
    there was none before. `noted`: makes ready a batch that is not in the database yet, once its rows are."""
    from zhijiao.exchange.store import differing, planning, writing

    sequence = next_sequence()
    plan = planning.Plan()
    row.first_record = writing.newest()
    with closing(flow.steps(shelf.pk, sequence)) as steps, writing.Adding() as adding:
        for step in steps:
            if step.changed.height or step.gone.height:
                adding.done()
                writing.end((step.changed["spot"], step.gone["spot"]), until=sequence)
            lines = step.lines
            if lines is None:
                lines = writing.records((step.new, step.changed), shelf=shelf.pk, since=sequence)
            if lines is not None:
                adding.add(lines)
            if step.bad.height:
                adding.add(_held(row, shelf, step.bad))
            if not step.only_adds:
                adding.done()
            plan.add(step)
    row.last_record = writing.newest()
    said = flow.said
    _release(work, row, shelf, said, by, at)
    if tally is not None:
        plan.unclear = bool(said.unclear.height) and work.whole
        checking.fill(row, work, tally, plan, 0)
        row.checked_at = at
    counts = Counts(**row.counts)
    row.counts = asdict(
        Counts(
            read=counts.read,
            valid=said.rows,
            quarantined=counts.read - said.rows,
            new=plan.new,
            changed=plan.changed,
            unchanged=plan.unchanged,
            gone=plan.gone,
            warnings=counts.warnings,
        )
    )
    row.state, row.sequence, row.applied_at = State.APPLIED.value, sequence, at
    row.applied_by, row.closed_at = by.name[:80], at
    row.standard = work.standard.hash
    if noted is not None:
        noted()
    row.seconds = round(row.seconds + time.perf_counter() - began, 3)
    row.save(force_insert=noted is not None)
    shelf.applied = sequence
    shelf.save(update_fields=["applied"])
    if plan.new or plan.changed or plan.gone:
        differing.refresh(row, shelf, work.dataset, sequence, at)
    finish(row, by=by, at=at, action="apply", verb="入库")


def finish(row: Batch, *, by: Actor, at: datetime, action: str, verb: str) -> None:
    """The line in the log and the event of a batch that changed records."""
    c = Counts(**row.counts)
    log(
        row,
        by=by,
        at=at,
        action=action,
        summary=f"{verb}“{row.file_name}”（{row.number}）：新增 {c.new}，变更 {c.changed}，移出 {c.gone}",
        counts=row.counts,
        sequence=row.sequence,
    )
    told = {
        "tenant": row.shelf.tenant,
        "dataset": row.shelf.dataset,
        "source": row.shelf.source,
        "organisation": row.organisation_id,
        "batch": row.pk,
        "sequence": row.sequence,
    }
    tell(APPLIED, told, at=at)


CLOSE = """
    UPDATE exchange_held h SET state = %(state)s, closed_at = %(at)s, closed_by = %(by)s, closed_in_id = %(batch)s
     WHERE h.shelf_id = %(shelf)s AND h.state = 'waiting' AND h.batch_id <> %(batch)s AND
"""
MENDED = f"""{CLOSE} h.key <> '' AND h.organisation_id = ANY(%(allowed)s) AND EXISTS (
       SELECT FROM exchange_record r WHERE r.shelf_id = h.shelf_id AND r.organisation_id = h.organisation_id
          AND r.key = h.key AND r.until IS NULL)
"""
WRONG_AGAIN = f"{CLOSE} h.key <> '' AND h.key = ANY(%(keys)s) AND h.organisation_id = ANY(%(allowed)s)"
NO_LONGER_THERE = f"""{CLOSE} EXISTS (
       SELECT FROM unnest(%(organisations)s::bigint[], %(periods)s::text[]) AS pair(organisation, period)
        WHERE h.organisation_id = pair.organisation AND h.period IN (pair.period, ''))
"""
NOBODYS = f"{CLOSE} h.key = '' AND h.organisation_id = %(sender)s"
"""Without a place of its own a row is the sender's."""
ANY_WAITS = """
    SELECT EXISTS (SELECT FROM exchange_held h
                    WHERE h.shelf_id = %(shelf)s AND h.state = 'waiting' AND h.batch_id <> %(batch)s)
"""


def _release(
    work: checking.Work,
    row: Batch,
    shelf: Shelf,
    said: Extent,
    by: Actor,
    at: datetime,
) -> None:
    """Rows that waited and came now are mended; those that are still wrong wait anew; what a whole file no longer has is
    replaced."""
    given: dict[str, Any] = {"at": at, "by": by.name[:80], "batch": row.pk, "shelf": shelf.pk}
    with connection.cursor() as cursor:
        cursor.execute(ANY_WAITS, given)
        if not cursor.fetchone()[0]:
            return
        cursor.execute(MENDED, {**given, "state": "mended", "allowed": sorted(said.organisations)})
        given["state"] = "replaced"
        keys, allowed = said.waiting["key"].to_list(), sorted(work.places.allowed)
        cursor.execute(WRONG_AGAIN, {**given, "keys": keys, "allowed": allowed})
        if said.whole:
            pairs = {"organisations": said.pairs["organisation"], "periods": said.pairs["period"]}
            cursor.execute(NO_LONGER_THERE, {**given, **{name: list(found) for name, found in pairs.items()}})
            cursor.execute(NOBODYS, {**given, "sender": row.organisation_id})


def _held(row: Batch, shelf: Shelf, bad: pl.DataFrame) -> Lines:
    """Rows that wait."""
    import polars as pl

    from zhijiao.exchange.store.writing import Lines

    sealed = [vault.seal_text(cells) for cells in bad["cells"]]
    held = bad.select(
        pl.lit(row.pk).alias("batch_id"),
        pl.lit(shelf.pk).alias("shelf_id"),
        pl.col("organisation").fill_null(row.organisation_id).alias("organisation_id"),
        pl.col("period").fill_null(""),
        pl.col("key").fill_null(""),
        pl.col("sheet").fill_null(""),
        pl.col("row"),
        pl.Series("cells", sealed, dtype=pl.String),
        pl.col("problems"),
        pl.lit("waiting").alias("state"),
        pl.lit("").alias("closed_by"),
    )
    return Lines.of("exchange_held", held)
