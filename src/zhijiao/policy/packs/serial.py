"""One canonical form of a pack, its content hash, and the way back."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from zhijiao.lib.numbers import plain as exact
from zhijiao.policy.packs.rooms import LISTS, MAPPINGS
from zhijiao.policy.types import Pack


def plain(value: Any) -> Any:
    """A pack value as JSON types. Numbers become text in canonical form, so that no digit can change."""
    if isinstance(value, BaseModel):
        return {
            (field.alias or name): plain(getattr(value, name))
            for name, field in type(value).model_fields.items()
            if getattr(value, name) is not None
        }
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return exact(value)
    return value


def readable(value: Any) -> Any:
    """A pack value for readers of the API: like `plain`, but numbers are JSON numbers."""
    if isinstance(value, BaseModel):
        return {
            (field.alias or name): readable(getattr(value, name))
            for name, field in type(value).model_fields.items()
        }
    if isinstance(value, dict):
        return {key: readable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [readable(inner) for inner in value]
    return json_number(value) if isinstance(value, Decimal) else value


def json_number(value: Decimal) -> int | float:
    """A number for JSON: an integer when it is one. 50.6 stays 50.6."""
    return int(value) if value == value.to_integral_value() else float(value)


def canonical(pack: Pack) -> dict[str, Any]:
    """The pack as nested JSON types, keys by room."""
    rooms = [attribute for _, attribute, _, _ in MAPPINGS] + [room.name for room in LISTS]
    return {name: plain(getattr(pack, name)) for name in rooms}


def content_hash(pack: Pack, extends: str = "") -> str:
    """SHA-256 over the canonical form and the version that the pack extends: the address of a version.

    The version of the pack above is part of it, because a pack reads as its family does.
    """
    text = json.dumps(canonical(pack), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{extends}\n{text}".encode()).hexdigest()


def from_canonical(content: dict[str, Any]) -> Pack:
    """A pack from its canonical form. The content was checked when it was installed.

    A version that was installed before a room existed has nothing in it.
    """
    mappings = {attribute: model.model_validate(content[attribute]) for _, attribute, model, _ in MAPPINGS}
    lists = {
        room.name: [room.entry.model_validate(entry) for entry in content.get(room.name, [])]
        for room in LISTS
    }
    return Pack.model_construct(**mappings, **lists)  # type: ignore[arg-type]
