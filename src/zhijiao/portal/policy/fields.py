"""Names of pack fields and their values as a reader of differences understands them.

The words are the field descriptions of the pack's own types, so that they cannot drift from the format.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, get_args

from pydantic import BaseModel

from zhijiao.policy.packs.rooms import LISTS, MAPPINGS
from zhijiao.policy.types.words import WORDS

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


def value_words(value: Any, room: str = "", path: str = "") -> str:
    """A value of a pack on one line; the fields of an entry are named."""
    return _said(value, _model_at(room, path), path.rpartition(".")[2])


def _model_at(room: str, path: str) -> type[BaseModel] | None:
    model: type[BaseModel] | None = _ROOTS.get(room)
    for step in path.split(".") if path else []:
        field = None if model is None else _field(model, step)
        if field is not None:
            model = _model_in(field.annotation)
    return model


def _said(value: Any, model: type[BaseModel] | None, key: str) -> str:
    if value is None or value == []:
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_said(entry, model, key) for entry in value)
    if isinstance(value, dict):
        return "；".join(_pair(k, v, model) for k, v in value.items() if v not in (None, []))
    return WORDS.get(key, {}).get(str(value)) or str(value)


def _pair(key: str, value: Any, model: type[BaseModel] | None) -> str:
    field = None if model is None else _field(model, key)
    label = _SHORT.split(field.description or key)[0] if field is not None else key
    inner = _model_in(field.annotation) if field is not None else None
    return f"{label}：{_said(value, inner, key).rstrip('。')}"
