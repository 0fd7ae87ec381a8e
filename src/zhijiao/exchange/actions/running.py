"""Verb: the whole way of a file at once, for programs and the command line."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import datetime
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
    """Read once, compare once, and change the records in the transaction that also notes the batch; meanwhile another thread
    keeps the file. None where the batch is there already, or no row can be read: then the steps are taken one by one."""
    plain = vault.Plain(_pieces(path))
    with bulk():
        shelf = shelf_of(by.tenant, dataset, source)
    draft_of = blobs.arriving(data_folder(), vault.seal(plain), ENDLESS)
    work = checking.work_on(
        Batch(shelf=shelf, organisation_id=organisation, file_name=name, size=path.stat().st_size), at
    )
    from zhijiao.exchange.actions.standard import keep_standard

    keep_standard(by=by, at=at)
    with ExitStack() as stack, ThreadPoolExecutor(1) as beside:
        arriving = beside.submit(_safe, stack, draft_of)
        try:
            rows, tally = checking.make_rows(work, path)
        except FileUnusable:
            return None
        draft = arriving.result()
        try:
            with bulk():
                share_applying(by.tenant)
                shelf = Shelf.objects.select_for_update().get(pk=shelf.pk)
                batch = keep(draft, plain, by, at, dataset, organisation, name, source, None, key, True)
                if batch.received_at != at or batch.state != State.RECEIVED.value:
                    return None
                batch.shelf = shelf
                carry_out(replace(work, batch=batch), batch, shelf, rows, by, at, began=began, tally=tally)
                return outcome_of(batch)
        finally:
            rows.remove()


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
