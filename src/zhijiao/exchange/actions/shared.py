"""What the verbs of intake share: whose batch it is, the data set, the places that rows may be of, locks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from zhijiao.core import environment
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting
from zhijiao.core.audit import record
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import Organisation
from zhijiao.core.tree import aliases, tree
from zhijiao.exchange.models import Batch, Shelf
from zhijiao.exchange.types import Counts, Dataset, Outcome, Problem, Severity, Standard, State
from zhijiao.exchange.types.batches import Refused

APPLYING = 0x7A6A_6578
"""Key of the advisory lock that appliers of a tenant share, and that whoever wants a clean cut takes alone."""

_PLACE = {tenant: number for number, tenant in enumerate(Tenant)}


@dataclass(frozen=True)
class Places:
    """Organisations as rows name them, and those that a sender speaks for: itself and what stands under it."""

    codes: Mapping[str, int]
    names: Mapping[str, list[int]]
    allowed: frozenset[int]
    on: date


def places(tenant: Tenant, organisation: int, on: date) -> Places:
    """The places of a day, for a sender. Codes of organisations that ended are known too: past rows are theirs."""
    standing = tree(tenant, on)
    codes = dict(Organisation.objects.filter(tenant=tenant).values_list("code", "id"))
    names = aliases(tenant)
    for node in standing.nodes.values():
        for name in {node.name, node.short} - {""}:
            if node.id not in names.setdefault(name, []):
                names[name].append(node.id)
    below = {node.id for node in standing.below(organisation)} if organisation in standing.nodes else set()
    return Places(codes, names, frozenset({organisation} | below), on)


def standard_of(tenant: Tenant) -> Standard:
    """The edition in force."""
    from zhijiao.exchange.queries.standard import standard

    return standard()


def dataset_of(standard: Standard, name: str) -> Dataset:
    """A data set by its id. Raises Refused."""
    found = standard.by_id.get(name)
    if found is None:
        raise Refused(f"数据标准里没有“{name}”这个数据集。用 zhijiao standard list 查看全部数据集的编号。")
    return found


def shelf_of(tenant: Tenant, dataset: str, source: str = "") -> Shelf:
    """The shelf, made when it is first asked for."""
    return Shelf.objects.get_or_create(tenant=tenant.value, dataset=dataset, source=source)[0]


def sees(by: Actor, organisation: int) -> None:
    """Raise Invisible unless the actor sees the organisation's work."""
    if not (by.may(Permission.VIEW, organisation) or by.may(Permission.REPORT, organisation)):
        raise Invisible("no such organisation")


def load(by: Actor, batch: int, *, permission: Permission | None = Permission.REPORT) -> Batch:
    """A batch that the actor sees and may work on. Raises Invisible, NotAllowed."""
    with acting(by):
        found = Batch.objects.select_related("shelf", "file", "undo_of").filter(pk=batch).first()
        if found is None or found.shelf.tenant != by.tenant.value:
            raise Invisible("no such batch")
        if permission is not None:
            by.require(permission, found.organisation_id)
        return found


def share_applying(tenant: Tenant) -> None:
    """Say, until the end of the transaction, that records are being changed: before the sequence is drawn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [APPLYING, _PLACE[tenant]])


def next_sequence() -> int:
    """The next place in the order of batches."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('exchange_sequence')")
        return int(cursor.fetchone()[0])


def cut(tenant: Tenant) -> int:
    """A sequence such that everything before it is committed and nothing up to it will still come: waits for whoever is
    applying. Within a transaction under the bulk role; the lock is held until its end, so keep that short."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [APPLYING, _PLACE[tenant]])
    return next_sequence()


def new_number(at: datetime) -> tuple[int, str]:
    """The id and the number of a new batch: what the sender reads out on the phone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('exchange_batch', 'id'))")
        id_ = int(cursor.fetchone()[0])
    return id_, f"SJ{timezone.localtime(at):%y%m%d}-{id_:05}"


def log(batch: Batch, *, by: Actor, at: datetime, action: str, summary: str, **detail: Any) -> None:
    """A line of the exchange log: it stands in the audit trail, which is sealed into the hash chain."""
    record(
        by=by,
        at=at,
        action=f"exchange.{action}",
        organisation=batch.organisation_id,
        object_kind="exchange_batch",
        object_id=batch.pk,
        summary=summary,
        detail={
            "number": batch.number,
            "dataset": batch.shelf.dataset,
            "source": batch.shelf.source,
            "file": batch.file_name,
            "digest": batch.digest,
            **detail,
        },
    )


def outcome(batch: Batch) -> Outcome:
    """A batch as pages, the API and the command line tell it."""
    return Outcome(
        batch=batch.number,
        dataset=batch.shelf.dataset,
        state=State(batch.state),
        counts=Counts(**batch.counts) if batch.counts else Counts(),
        problems=tuple(Problem(**{**p, "severity": Severity(p["severity"])}) for p in batch.problems),
        by_rule=batch.rules,
        seconds=batch.seconds,
    )


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as it is stored."""
    return {**asdict(problem), "severity": problem.severity.value}


def data_folder() -> Path:
    """Where the instance keeps its files."""
    return environment.data_folder()
