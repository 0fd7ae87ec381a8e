"""What of a record a person's eyes may see, and codes in words."""

from __future__ import annotations

from zhijiao.core.access.roles import Permission
from zhijiao.exchange.types import Dataset, Field, Privacy, Role, Standard
from zhijiao.exchange.types.views import RecordView
from zhijiao.portal.desk.guard import Desk

HIDDEN = "＊＊"


def is_own(desk: Desk, organisation: int) -> bool:
    """Whether the person hands in for this organisation as their own: who stands above it may hand in for it too, but reads
    its people only for a purpose."""
    return organisation in desk.actor.homes and desk.actor.may(Permission.REPORT, organisation)


def is_personal(dataset: Dataset) -> bool:
    """Whether its rows speak of persons."""
    return any(field.privacy is not Privacy.NONE for field in dataset.fields)


def seen(
    desk: Desk, now: Standard, dataset: Dataset, row: RecordView, *, whole: bool = False
) -> dict[str, str]:
    """The values of a row in words. Names and numbers in full for who hands in for the organisation, sensitive ones for
    nobody, but where `whole` says that a purpose was given."""
    own = is_own(desk, row.organisation)
    return {
        field.id: shown(now, field, row.values.get(field.id, ""), own=own, whole=whole)
        for field in dataset.fields
    }


def shown(now: Standard, field: Field, value: str, *, own: bool, whole: bool = False) -> str:
    """A value in words, covered where it has to be."""
    if not value or field.role is Role.PERSON:
        return value
    if not whole and field.privacy is Privacy.SENSITIVE:
        return HIDDEN
    if not whole and not own and field.privacy is Privacy.PERSONAL:
        return covered(value)
    listed = now.codes.get(field.values or "")
    entry = listed.by_code.get(value) if listed else None
    return entry.name if entry else value


def labelled(desk: Desk, organisation: int, dataset: Dataset, label: str) -> str:
    """What a clerk knows a record by, as far as the reader may see it."""
    return (
        label if is_own(desk, organisation) or not is_personal(dataset) else covered(label) if label else ""
    )


def covered(text: str) -> str:
    """A name by its first sign, a number by its ends."""
    return f"{text[:3]}****{text[-2:]}" if len(text) > 7 else f"{text[:1]}{HIDDEN}"
