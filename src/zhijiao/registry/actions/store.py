"""From the tables to a forest and back. The only place that writes the organisation tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection

from zhijiao.core import events
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.scope import bulk
from zhijiao.core.audit import record
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Alias, Organisation, Standing
from zhijiao.registry.models import Succession
from zhijiao.registry.rules import Forest
from zhijiao.registry.types import CHANGED, Stand

_LOCK = 0x7A6A_7267
"""Key of the advisory lock that lets one verb at a time change the tree of a tenant."""

_PLACE = {tenant: number for number, tenant in enumerate(Tenant)}


@dataclass
class Change:
    """A verb at work: the forest as it becomes, and what was there. Codes stand for organisations until they are saved."""

    tenant: Tenant
    forest: Forest
    ids: dict[str, int]
    before: dict[tuple[str, date], Stand]
    packs: dict[str, str] = field(default_factory=dict)  # of new organisations

    def code(self, organisation: int) -> str:
        """The code of an organisation of this tenant. Raises Invisible."""
        found = next((code for code, id_ in self.ids.items() if id_ == organisation), None)
        if found is None:
            raise Invisible(f"没有编号为 {organisation} 的单位。")
        return found


@contextmanager
def changing(by: Actor) -> Iterator[Change]:
    """One transaction under the bulk role in which nobody else changes the tenant's tree."""
    with bulk():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, _PLACE[by.tenant]])
        yield load(by.tenant)


def load(tenant: Tenant) -> Change:
    """The forest of a tenant as it stands."""
    ids = dict(Organisation.objects.filter(tenant=tenant).values_list("code", "id"))
    codes = {id_: code for code, id_ in ids.items()}
    rows = (
        Standing.objects.filter(organisation__tenant=tenant)
        .values_list(
            *("organisation_id", "name", "kind", "parent_id", "starts", "ends", "short", "basis"),
        )
        .order_by()
    )
    stands = [
        Stand(
            codes[organisation],
            name,
            OrganisationKind(kind),
            None if parent is None else codes[parent],
            starts,
            ends,
            short,
            basis,
        )
        for organisation, name, kind, parent, starts, ends, short, basis in rows
    ]
    return Change(tenant, Forest(stands), ids, {(s.code, s.starts): s for s in stands})


def save(
    change: Change, *, by: Actor, at: datetime, action: str, summary: str, at_node: int | None
) -> list[int]:
    """Check the forest and write what became different, with one line of audit and one event. Returns the ids touched.

    Raises RegistryRefused.
    """
    forest = change.forest
    if forest.since is None:
        return []
    forest.check(forest.since)
    touched = _write(change, at)
    record(
        by=by,
        at=at,
        action=action,
        organisation=at_node if at_node is not None else (touched[0] if touched else None),
        object_kind="organisation",
        object_id=touched[0] if len(touched) == 1 else "",
        summary=summary,
        detail={"organisations": touched[:200], "count": len(touched), "on": forest.since},
    )
    events.tell(CHANGED, {"tenant": change.tenant.value, "organisations": touched, "on": forest.since}, at=at)
    return touched


def _write(change: Change, at: datetime) -> list[int]:
    now = {(s.code, s.starts): s for s in change.forest.all()}
    new = [code for code in change.forest.by_code if code not in change.ids]
    made = Organisation.objects.bulk_create(
        [
            Organisation(tenant=change.tenant, code=code, pack=change.packs.get(code, ""), created_at=at)
            for code in new
        ]
    )
    change.ids.update({o.code: o.id for o in made})
    altered = {key: stand for key, stand in now.items() if change.before.get(key) != stand}
    # What ends makes room for what begins on the same day, so it is written first.
    for key, stand in altered.items():
        if key in change.before:
            Standing.objects.filter(organisation=change.ids[stand.code], starts=stand.starts).update(
                **_columns(stand, change.ids)
            )
    Standing.objects.bulk_create(
        [
            Standing(organisation_id=change.ids[s.code], starts=s.starts, **_columns(s, change.ids))
            for key, s in altered.items()
            if key not in change.before
        ]
    )
    Succession.objects.bulk_create(
        [
            Succession(
                source_id=change.ids[p.source],
                target_id=None if p.target is None else change.ids[p.target],
                kind=p.kind,
                on=p.on,
                basis=p.basis,
                recorded_at=at,
            )
            for p in change.forest.passages
        ]
    )
    touched = {change.ids[code] for code, _ in altered}
    return sorted(touched)


def _columns(stand: Stand, ids: Mapping[str, int]) -> dict[str, object]:
    return {
        "name": stand.name,
        "short": stand.short,
        "sort_key": sort_key(stand.name),
        "kind": stand.kind,
        "parent_id": None if stand.parent is None else ids[stand.parent],
        "ends": stand.ends,
        "basis": stand.basis,
    }


def sort_key(name: str) -> str:
    """A name as a directory sorts it: its syllables in pinyin."""
    # Loading the dictionaries takes longer than all else of a start, and only a new name needs them.
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(name))[:240]


def spell(change: Change, code: str, names: list[str]) -> int:
    """Let an organisation be found under other names too; return how many were new."""
    organisation = change.ids[code]
    known = set(Alias.objects.filter(organisation=organisation).values_list("name", flat=True))
    fresh = [name for name in dict.fromkeys(n.strip() for n in names) if name and name not in known]
    Alias.objects.bulk_create(
        [Alias(organisation_id=organisation, tenant=change.tenant, name=name) for name in fresh]
    )
    return len(fresh)
