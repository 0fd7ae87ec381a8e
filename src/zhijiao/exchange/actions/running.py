"""Verb: the whole way of a file at once, for programs and the command line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import IntegrityError

from zhijiao.core import blobs
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.filestore.kinds import clean_name
from zhijiao.exchange import vault
from zhijiao.exchange.actions import checking
from zhijiao.exchange.actions.applying import apply, carry_out
from zhijiao.exchange.actions.checking import check
from zhijiao.exchange.actions.receiving import WAITING, log_receipt, receive, stored, withdraw
from zhijiao.exchange.actions.shared import (
    data_folder,
    dataset_of,
    new_number,
    sees,
    share_applying,
    shelf_of,
    standard_of,
)
from zhijiao.exchange.actions.shared import outcome as outcome_of
from zhijiao.exchange.models import Batch, Shelf
from zhijiao.exchange.types import FileUnusable, Outcome, Standard, State

if TYPE_CHECKING:
    from zhijiao.exchange.store.frames import Checked

ENDLESS = 1 << 50
PIECE = 1 << 20
AT_ONCE = 17_000
"""Rows that go to the database together, while the next ones are checked."""
MOST_AHEAD = 2
"""Parts of a short file that wait for the database; of a long one only one does."""


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
    standard = standard_of(by.tenant)
    dataset_of(standard, dataset)
    name = clean_name(name or path.name)
    if not dry_run:
        done = _at_once(by, at, dataset, organisation, path, name, source, key, began, standard)
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
    standard: Standard,
) -> Outcome | None:
    """Read once, compare once, and change the records in the transaction that also notes the batch. Four go on at a time: one
    thread keeps the file, one checks its rows, one compares them, and this one hands them to the database. None where the
    batch is there already, or no row can be read: then the steps are taken one by one."""
    from zhijiao.exchange.actions.standard import keep_standard
    from zhijiao.exchange.rules.checking import Repeated

    plain = vault.Plain(_pieces(path))
    draft_of = blobs.arriving(data_folder(), vault.seal(plain), ENDLESS)
    with ExitStack() as stack, ThreadPoolExecutor(1) as beside:
        keep_standard(by=by, at=at, now=standard)
        with bulk():
            shelf = shelf_of(by.tenant, dataset, source)
            if key is not None and Batch.objects.filter(organisation_id=organisation, key=key).exists():
                return None

        def keep() -> blobs.Draft:
            draft = stack.enter_context(draft_of)
            blobs.keep(data_folder(), draft)
            return draft

        def readable() -> None:
            """The file will be kept: laid into the store while its rows go to the database."""
            if not kept:
                kept.append(beside.submit(keep))

        def noted(batch: Batch) -> None:
            draft = kept[0].result()
            batch.digest, batch.size = plain.digest, plain.size
            alike = Batch.objects.filter(shelf=batch.shelf, organisation_id=organisation, digest=batch.digest)
            if alike.filter(state__in=WAITING).exists():
                raise _There
            batch.file = stored(draft, name, organisation, by, at)
            log_receipt(batch, by, at)

        def work() -> checking.Work:
            unborn = Batch(
                shelf=shelf,
                organisation_id=organisation,
                file_name=name,
                size=path.stat().st_size,
                key=key,
                user=by.user,
                name=by.name[:80],
                received_at=at,
            )
            return checking.work_on(unborn, at, standard)

        kept: list[Future[blobs.Draft]] = []
        at_once = AT_ONCE if path.stat().st_size <= checking.IN_MEMORY else None
        try:
            try:
                return _passed(replace(work(), at_once=at_once), path, readable, noted, by, at, began)
            except Repeated:
                return _passed(work(), path, readable, noted, by, at, began)
        except (FileUnusable, IntegrityError, _There):
            return None


class _There(Exception):
    """A batch of this content waits already."""


def _passed(
    work: checking.Work,
    path: Path,
    readable: Callable[[], None],
    noted: Callable[[Batch], None],
    by: Actor,
    at: datetime,
    began: float,
) -> Outcome:
    """Check and apply in one transaction. A long file for a shelf that holds something is laid on the disk before, since it is
    compared in an order of its own."""
    from zhijiao.exchange.store import reading
    from zhijiao.exchange.store.flowing import Flow, Laid, Passing

    batch, tally = work.batch, checking.Tally()
    with ExitStack() as stack:
        laid = False
        if batch.size > checking.IN_MEMORY:
            with bulk():
                laid = reading.any_in_force(batch.shelf_id)
        if laid:
            spool, tally = checking.make_rows(work, path)
            stack.callback(spool.remove)
            readable()
            flow: Flow = Laid(spool, whole=work.whole)
        else:
            short = batch.size <= checking.IN_MEMORY
            parts = _told(checking.parts_of(work, path, tally), readable, after=ENDLESS if short else 1)
            most = MOST_AHEAD if short else 1
            flow = stack.enter_context(Passing(parts, whole=work.whole).begun(most))
        with bulk():
            share_applying(by.tenant)
            batch.shelf = shelf = Shelf.objects.select_for_update().get(pk=batch.shelf_id)
            batch.pk, batch.number = new_number(at)
            carry_out(work, batch, shelf, flow, by, at, began=began, tally=tally, noted=lambda: noted(batch))
            return outcome_of(batch)


def _told(parts: Iterator[Checked], readable: Callable[[], None], after: int) -> Iterator[Checked]:
    """The same parts; says that the file can be read after some of them or all. Keeping a short file waits for the end, when the
    database alone is still at work."""
    for number, part in enumerate(parts, start=1):
        yield part
        if number == after:
            readable()
    readable()


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
