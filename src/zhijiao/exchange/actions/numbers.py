"""Verbs on identity numbers for domains that keep records of their own: hide, open for a purpose, note who looked.

Whoever calls has made sure that the actor may work with the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.core.audit import record
from zhijiao.exchange.actions.personal import LONGEST, SHORTEST, acting_for
from zhijiao.exchange.models import PersonalRead
from zhijiao.exchange.types.batches import Refused

LOOKS_APART = timedelta(hours=12)
"""Looking at the same page again within this time is one look."""


@dataclass(frozen=True)
class Hidden:
    """A number as it is kept: the blind index, what only the keys open, and what a screen may show."""

    person: UUID
    sealed: str
    masked: str


def hide(number: str) -> Hidden:
    """Hide one identity number. Raises Refused where it is none."""
    import polars as pl

    from zhijiao.exchange.rules.identity import hide as hide_all
    from zhijiao.exchange.rules.identity import is_number, mask
    from zhijiao.exchange.store.engine import keys

    plain = number.strip().upper()
    if not is_number(plain):
        raise Refused(f"身份证件号“{mask(plain)}”不对：应是18位，且校验位相符。请核对证件原件。")
    found = hide_all(pl.Series([plain]), keys())
    return Hidden(UUID(found.person[0]), found.sealed[0], mask(plain))


def masked(sealed: str, person: UUID) -> str:
    """What a screen may show of a number that is kept."""
    from zhijiao.exchange.rules.identity import mask, unseal
    from zhijiao.exchange.store.engine import keys

    return mask(unseal(sealed, person.hex, keys()))


def reveal(
    *, by: Actor, at: datetime, organisation: int, dataset: str, person: UUID, sealed: str, purpose: str
) -> str:
    """A full number, for a purpose that its holder can read. Raises Refused."""
    from zhijiao.exchange.rules.identity import unseal
    from zhijiao.exchange.store.engine import keys

    purpose = purpose.strip()
    if len(purpose) < SHORTEST:
        raise Refused("请写明查看完整身份证件号的用途（至少 4 个字），本人能看到这条记录。")
    number = unseal(sealed, person.hex, keys())
    with bulk():
        _note(by, at, organisation, dataset, person, purpose)
        record(
            by=by,
            at=at,
            action="exchange.read_identity",
            organisation=organisation,
            object_kind="person",
            object_id=person,
            summary=f"查看完整身份证件号：{purpose[:200]}",
            detail={"dataset": dataset},
        )
    return number


def reveal_for_file(
    *,
    by: Actor,
    at: datetime,
    organisation: int,
    dataset: str,
    people: Sequence[tuple[UUID, str]],
    purpose: str,
) -> list[str]:
    """Full numbers of (person, sealed) for a file that goes to where they came from: a line for each person, one for all in the
    audit trail."""
    from zhijiao.exchange.rules.identity import unseal_all
    from zhijiao.exchange.store.engine import keys

    numbers = unseal_all([s for _, s in people], [p.hex for p, _ in people], keys())
    with bulk():
        if not by.everything:
            where = acting_for(by)[:200]
            PersonalRead.objects.bulk_create(
                PersonalRead(
                    at=at,
                    user=by.user,
                    name=by.name[:80],
                    acting_for=where,
                    organisation_id=organisation,
                    dataset=dataset,
                    person=person,
                    purpose=purpose[:LONGEST],
                )
                for person, _ in people
            )
        record(
            by=by,
            at=at,
            action="exchange.read_identities",
            organisation=organisation,
            object_kind="exchange_dataset",
            object_id=dataset,
            summary=f"{purpose[:200]}（{len(people)} 人）",
            detail={"people": len(people)},
        )
    return numbers


def note_look(*, by: Actor, at: datetime, organisation: int, dataset: str, person: UUID, what: str) -> None:
    """Note that somebody opened what is kept about a person, once for looks that follow one another."""
    with bulk():
        lately = PersonalRead.objects.filter(
            person=person, user=by.user, purpose=what[:LONGEST], at__gt=at - LOOKS_APART
        )
        if not lately.exists():
            _note(by, at, organisation, dataset, person, what)


def _note(by: Actor, at: datetime, organisation: int, dataset: str, person: UUID, purpose: str) -> None:
    PersonalRead.objects.create(
        at=at,
        user=by.user,
        name=by.name[:80],
        acting_for=acting_for(by)[:200],
        organisation_id=organisation,
        dataset=dataset,
        person=person,
        purpose=purpose[:LONGEST],
    )
