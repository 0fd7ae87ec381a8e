"""Names of pack fields and their values as a reader of differences understands them.

The words are the field descriptions of the pack's own types, so that they cannot drift from the format.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, get_args

from pydantic import BaseModel

from zhijiao.policy.packs.rooms import LISTS, MAPPINGS

_ROOTS: Final[dict[str, type[BaseModel]]] = {
    **{room.name: room.entry for room in LISTS},
    **{attribute: entry for _, attribute, entry, _ in MAPPINGS},
}
_SHORT = re.compile(r"[，；。（：,;(]")


@lru_cache(maxsize=2048)
def field_words(room: str, path: str) -> str:
    """`targets.value` in words: 目标值 · 数值. Ids of entries in lists stay as they are."""
    model: type[BaseModel] | None = _ROOTS.get(room)
    words = []
    for step in path.split(".") if path else []:
        field = None if model is None else _field(model, step)
        if field is None:
            words.append(step)
            continue
        words.append(_SHORT.split(field.description or step)[0])
        model = _model_in(field.annotation)
    return " · ".join(words)


def _field(model: type[BaseModel], step: str) -> Any:
    for name, field in model.model_fields.items():
        if step in (name, field.alias):
            return field
    return None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The entry type inside list[...], ... | None and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for part in get_args(annotation) if (m := _model_in(part)) is not None), None)


def value_words(value: Any) -> str:
    """A value of a pack on one line."""
    if value is None or value == []:
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(value_words(entry) for entry in value)
    if isinstance(value, dict):
        return "，".join(f"{value_words(v)}" for v in value.values() if v not in (None, []))
    return str(value)
