"""Verb: the whole way of a file at once, for programs and the command line."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from zhijiao.core import blobs
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.filestore.kinds import clean_name
from zhijiao.exchange import vault
from zhijiao.exchange.actions import checking
from zhijiao.exchange.actions.applying import apply, carry_out
from zhijiao.exchange.actions.checking import check
from zhijiao.exchange.actions.receiving import keep, receive, withdraw
from zhijiao.exchange.actions.shared import (
    data_folder,
    dataset_of,
    sees,
    share_applying,
    shelf_of,
    standard_of,
)
from zhijiao.exchange.actions.shared import outcome as outcome_of
from zhijiao.exchange.models import Batch, Shelf
from zhijiao.exchange.types import FileUnusable, Outcome, State

ENDLESS = 1 << 50
PIECE = 1 << 20
AT_ONCE = 17_000
"""Rows that go to the database together, while the next ones are checked."""
MOST_AHEAD = 2
"""Parts that wait for the database."""


def intake(
    *,
    by: Actor,
    at: datetime,
    dataset: str,
    organisation: int,
    path: Path,
    name: str = "",
    source: str = "",
    key: str | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Receive, check and apply a file on this machine's disk: good rows become records, bad ones wait. `dry_run` stops
    before applying and withdraws the batch.

    Raises FileUnusable where no row can be read, Refused, NotAllowed, Invisible.
    """
    began = time.perf_counter()
    sees(by, organisation)
    by.require(Permission.REPORT, organisation)
    dataset_of(standard_of(by.tenant), dataset)
    name = clean_name(name or path.name)
    if not dry_run:
        done = _at_once(by, at, dataset, organisation, path, name, source, key, began)
        if done is not None:
            return done
    batch, outcome = hand_over(
        by=by, at=at, dataset=dataset, organisation=organisation, path=path, name=name, source=source, key=key
    )
    if dry_run and outcome.state is State.CHECKED:
        withdraw(by=by, at=at, batch=batch.pk, words="只检查，没有入库")
        return outcome
    return apply(batch=batch.pk, by=by, at=at, path=path)


def _at_once(
    by: Actor,
    at: datetime,
    dataset: str,
    organisation: int,
    path: Path,
    name: str,
    source: str,
    key: str | None,
    began: float,
) -> Outcome | None:
    """Read once, compare once, and change the records in the transaction that also notes the batch. Three go on at a time: one
    thread keeps the file, one checks its rows, and this one hands them to the database. None where the batch is there
    already, or no row can be read: then the steps are taken one by one."""
    from zhijiao.exchange.actions.standard import keep_standard
    from zhijiao.exchange.rules.checking import Repeated

    plain = vault.Plain(_pieces(path))
    with bulk():
        shelf = shelf_of(by.tenant, dataset, source)
    draft_of = blobs.arriving(data_folder(), vault.seal(plain), ENDLESS)
    keep_standard(by=by, at=at)

    def noted(draft: blobs.Draft) -> Batch | None:
        batch = keep(draft, plain, by, at, dataset, organisation, name, source, None, key, True)
        return batch if batch.received_at == at and batch.state == State.RECEIVED.value else None

    def work() -> checking.Work:
        unborn = Batch(shelf=shelf, organisation_id=organisation, file_name=name, size=path.stat().st_size)
        return checking.work_on(unborn, at)

    with ExitStack() as stack, ThreadPoolExecutor(1) as beside:
        arriving = beside.submit(_safe, stack, draft_of)
        try:
            try:
                at_once = AT_ONCE if path.stat().st_size <= checking.IN_MEMORY else None
                return _passed(replace(work(), at_once=at_once), path, arriving.result, noted, by, at, began)
            except Repeated:
                return _passed(work(), path, arriving.result, noted, by, at, began)
        except FileUnusable:
            return None


def _passed(
    work: checking.Work,
    path: Path,
    arrived: Callable[[], blobs.Draft],
    noted: Callable[[blobs.Draft], Batch | None],
    by: Actor,
    at: datetime,
    began: float,
) -> Outcome | None:
    """Check and apply in one transaction. A long file for a shelf that holds something is laid on the disk before, since it is
    compared in an order of its own."""
    from zhijiao.exchange.store import reading
    from zhijiao.exchange.store.ahead import ahead
    from zhijiao.exchange.store.flowing import Flow, Laid, Passing

    tally = checking.Tally()
    with ExitStack() as stack:
        with bulk():
            laid = work.batch.size > checking.IN_MEMORY and reading.any_in_force(work.batch.shelf_id)
        if laid:
            spool, tally = checking.make_rows(work, path)
            stack.callback(spool.remove)
            flow: Flow = Laid(spool, whole=work.whole)
        else:
            parts = stack.enter_context(ahead(checking.parts_of(work, path, tally), MOST_AHEAD))
            first = list(islice(parts, 1))  # now it is known whether the file can be read
            flow = Passing(chain(first, parts), whole=work.whole)
        with bulk():
            share_applying(by.tenant)
            shelf = Shelf.objects.select_for_update().get(pk=work.batch.shelf_id)
            batch = noted(arrived())
            if batch is None:
                return None
            batch.shelf = work.batch.shelf = shelf
            work.batch = batch
            carry_out(work, batch, shelf, flow, by, at, began=began, tally=tally)
            return outcome_of(batch)


def _safe(stack: ExitStack, arriving: AbstractContextManager[blobs.Draft]) -> blobs.Draft:
    """What has arrived, on the disk for sure."""
    draft = stack.enter_context(arriving)
    os.fsync(draft.stream.fileno())
    return draft


def hand_over(
    *,
    by: Actor,
    at: datetime,
    dataset: str,
    organisation: int,
    path: Path,
    name: str = "",
    source: str = "",
    key: str | None = None,
) -> tuple[Batch, Outcome]:
    """Receive and check a file on this machine's disk. Raises as `intake`."""
    batch = receive(
        by=by,
        at=at,
        dataset=dataset,
        organisation=organisation,
        name=name or path.name,
        chunks=_pieces(path),
        source=source,
        key=key,
        most=ENDLESS,
        now=True,
    )
    outcome = check(batch=batch.pk, by=by, at=at, path=path)
    with acting(by):
        batch = Batch.objects.select_related("shelf").get(pk=batch.pk)
    if outcome.state is State.REFUSED:
        raise FileUnusable(batch.words)
    return batch, outcome


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece
