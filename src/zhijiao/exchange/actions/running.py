"""Verb: the whole way of a file at once, for programs and the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import acting
from zhijiao.exchange.actions.applying import apply
from zhijiao.exchange.actions.checking import check
from zhijiao.exchange.actions.receiving import receive, withdraw
from zhijiao.exchange.models import Batch
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
    batch, outcome = hand_over(
        by=by, at=at, dataset=dataset, organisation=organisation, path=path, name=name, source=source, key=key
    )
    if dry_run and outcome.state is State.CHECKED:
        withdraw(by=by, at=at, batch=batch.pk, words="只检查，没有入库")
        return outcome
    return apply(batch=batch.pk, by=by, at=at, path=path)


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
