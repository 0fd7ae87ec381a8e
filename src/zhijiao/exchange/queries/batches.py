"""Reads: batches, one batch in full, rows that wait, and the sender's own file back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.scope import acting
from zhijiao.exchange import vault
from zhijiao.exchange.models import Batch, Held, SavedLayout
from zhijiao.exchange.store import telling
from zhijiao.exchange.types import (
    Counts,
    Dataset,
    HeldState,
    Layout,
    Problem,
    Role,
    Severity,
    Standard,
    State,
)
from zhijiao.exchange.types.batches import Change, Refused
from zhijiao.exchange.types.views import BatchView, Detail, Gone, HeldView

if TYPE_CHECKING:
    from zhijiao.exchange.rules.returning import Returned

WAITING_ROWS = Count("held", filter=Q(held__state="waiting"))


def batches(
    by: Actor,
    *,
    organisations: Collection[int] | None = None,
    dataset: str = "",
    states: Collection[State] = (),
    limit: int = 100,
    offset: int = 0,
) -> list[BatchView]:
    """Batches that the actor sees, newest first."""
    with acting(by):
        rows = _asked(by, organisations, dataset, states).order_by("-id")[offset : offset + limit]
        return [view_of(row) for row in rows.annotate(waiting=WAITING_ROWS)]


def count_batches(
    by: Actor,
    *,
    organisations: Collection[int] | None = None,
    dataset: str = "",
    states: Collection[State] = (),
) -> int:
    """How many there are."""
    with acting(by):
        return _asked(by, organisations, dataset, states).count()


def batch(by: Actor, id_: int) -> Detail:
    """One batch in full. Raises Invisible."""
    with acting(by):
        row = _one(by).filter(pk=id_).annotate(waiting=WAITING_ROWS).first()
    if row is None:
        raise Invisible("no such batch")
    return _detail(row)


def by_number(by: Actor, number: str) -> Detail:
    """One batch by what it is called. Raises Invisible."""
    with acting(by):
        row = _one(by).filter(number=number).annotate(waiting=WAITING_ROWS).first()
    if row is None:
        raise Invisible(f"没有批次 {number}。")
    return _detail(row)


def held(
    by: Actor,
    *,
    batch: int | None = None,
    organisations: Collection[int] | None = None,
    dataset: str = "",
    states: Collection[HeldState] = (HeldState.WAITING,),
    limit: int = 100,
    offset: int = 0,
) -> list[HeldView]:
    """Rows that wait (or waited), by batch and row."""
    with acting(by):
        rows = list(
            _held(by, batch, organisations, dataset, states).order_by("-batch_id", "row")[
                offset : offset + limit
            ]
        )
    return [_held_view(row) for row in rows]


def count_held(
    by: Actor,
    *,
    batch: int | None = None,
    organisations: Collection[int] | None = None,
    dataset: str = "",
    states: Collection[HeldState] = (HeldState.WAITING,),
) -> int:
    """How many there are."""
    with acting(by):
        return _held(by, batch, organisations, dataset, states).count()


def returned(by: Actor, id_: int) -> Returned:
    """The sender's own file with the wrong cells marked and explained. Reads and checks it again: call it from where a few
    seconds do not hurt. Raises Invisible, FileUnusable, Refused."""
    from zhijiao.exchange.actions.receiving import content_of
    from zhijiao.exchange.rules.returning import give_back

    with acting(by):
        row = _one(by).select_related("file").filter(pk=id_).first()
    if row is None:
        raise Invisible("no such batch")
    if row.file is None:
        raise Refused(f"批次 {row.number} 是一次撤销，没有文件。")
    return give_back(b"".join(content_of(row)), row.file_name, _all_problems(row))


def for_eyes(text: str) -> str:
    """A value with whatever looks like an identity number covered: numbers of students are made from it."""
    return telling.masked(text)


def saved_layouts(by: Actor, organisation: int, dataset: str) -> dict[str, Layout]:
    """An organisation's own layouts of a data set, by the fingerprint of their heading."""
    with acting(by):
        rows = SavedLayout.objects.filter(organisation_id=organisation, dataset=dataset)
        return {row.fingerprint: Layout(**row.layout) for row in rows}


def _all_problems(row: Batch) -> list[Problem]:
    """The problems of a batch: those that are kept, where they are all, else from a check of the same file."""
    from zhijiao.exchange.actions import checking

    kept = [problem_of(p) for p in row.problems]
    if sum(row.rules.values()) <= len(kept):
        return kept
    work = checking.work_on(row, row.received_at)
    found: list[Problem] = []
    from zhijiao.exchange.actions.receiving import content_of
    from zhijiao.exchange.store import engine

    for part in engine.checked(b"".join(content_of(row)), work, checking.layouts(row)):
        found += part.problems
    return found


def problem_of(stored: Mapping[str, Any]) -> Problem:
    """A problem out of its JSON."""
    return Problem(**{**stored, "severity": Severity(stored["severity"])})


def view_of(row: Batch) -> BatchView:
    """A batch as lists show it; `waiting` where it was counted."""
    undone = getattr(row, "undone_by", None) if row.state == State.UNDONE.value else None
    return BatchView(
        id=row.pk,
        number=row.number,
        dataset=row.shelf.dataset,
        source=row.shelf.source,
        organisation=row.organisation_id,
        file_name=row.file_name,
        digest=row.digest,
        size=row.size,
        state=State(row.state),
        counts=Counts(**row.counts) if row.counts else Counts(),
        name=row.name,
        received_at=row.received_at,
        checked_at=row.checked_at,
        applied_at=row.applied_at,
        applied_by=row.applied_by,
        words=row.words,
        seconds=row.seconds,
        rows_done=row.rows_done,
        waiting=getattr(row, "waiting", 0),
        undo_of=row.undo_of_id,
        undone_by=undone.pk if undone is not None else None,
        tries=row.tries,
    )


def edition_of(hash_: str) -> Standard:
    """The standard by which a batch's rows stand."""
    from zhijiao.exchange.queries.standard import edition, standard

    return edition(hash_) or standard()


def _one(by: Actor) -> QuerySet[Batch]:
    return Batch.objects.select_related("shelf", "undone_by").filter(shelf__tenant=by.tenant.value)


def _asked(
    by: Actor, organisations: Collection[int] | None, dataset: str, states: Iterable[State]
) -> QuerySet[Batch]:
    rows = _one(by)
    if organisations is not None:
        rows = rows.filter(organisation_id__in=organisations)
    if dataset:
        rows = rows.filter(shelf__dataset=dataset)
    if wanted := [state.value for state in states]:
        rows = rows.filter(state__in=wanted)
    return rows


def _held(
    by: Actor,
    batch: int | None,
    organisations: Collection[int] | None,
    dataset: str,
    states: Iterable[HeldState],
) -> QuerySet[Held]:
    rows = Held.objects.select_related("batch", "shelf").filter(shelf__tenant=by.tenant.value)
    if batch is not None:
        rows = rows.filter(batch_id=batch)
    if organisations is not None:
        rows = rows.filter(organisation_id__in=organisations)
    if dataset:
        rows = rows.filter(shelf__dataset=dataset)
    if wanted := [state.value for state in states]:
        rows = rows.filter(state__in=wanted)
    return rows


def _held_view(row: Held) -> HeldView:
    cells = json.loads(vault.unseal_text(row.cells))
    if not isinstance(cells, dict):
        cells = {str(n): value for n, value in enumerate(cells, 1)}
    dataset = edition_of(row.batch.standard).by_id.get(row.shelf.dataset)
    column = dataset.the(Role.PERSON) if dataset is not None else None
    person = (row.batch.layout or {}).get("columns", {}).get(column.id) if column is not None else None
    return HeldView(
        id=row.pk,
        batch=row.batch_id,
        number=row.batch.number,
        dataset=row.shelf.dataset,
        organisation=row.organisation_id,
        period=row.period,
        sheet=row.sheet,
        row=row.row,
        cells={
            title: telling.covered(str(value or "")) if title == person else telling.masked(str(value or ""))
            for title, value in cells.items()
        },
        problems=row.problems,
        state=HeldState(row.state),
        received_at=row.batch.received_at,
    )


def _detail(row: Batch) -> Detail:
    plan = row.plan or {}
    dataset = edition_of(row.standard).by_id.get(row.shelf.dataset)
    return Detail(
        batch=view_of(row),
        problems=[problem_of(p) for p in row.problems],
        by_rule=row.rules,
        changes=[_change(one, dataset) for one in plan.get("changes", ())] if dataset else (),
        gone=[
            Gone(telling.key_words(one["key"], dataset), telling.shown(one["data"], dataset))
            for one in plan.get("gone", ())
        ]
        if dataset
        else (),
        unclear=bool(plan.get("unclear")),
        seen=plan.get("digest", ""),
        notes=plan.get("notes", ()),
        questions=plan.get("questions", ()),
        layout=row.layout,
        fingerprint=plan.get("fingerprint", ""),
    )


def _change(one: Mapping[str, Any], dataset: Dataset) -> Change:
    return Change(
        one["row"],
        telling.key_words(one["key"], dataset),
        [
            (dataset.by_id[name].name, before, after)
            for name, before, after in telling.differing(one["before"], one["data"], dataset)
        ],
    )
