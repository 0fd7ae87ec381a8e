"""The pack format explains itself: what stands in docs/generated comes from the types."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from tests.architecture import house
from zhijiao.policy.packs.rooms import BESIDE, LISTS, MAPPINGS
from zhijiao.policy.types.words import WORDS

ROOTS = [room.entry for room in LISTS] + [model for _, _, model, _ in (*MAPPINGS, *BESIDE)]


def _with_inner(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    if model in seen:
        return
    seen.add(model)
    yield model
    for field in model.model_fields.values():
        for inner in _models(field.annotation):
            yield from _with_inner(inner, seen)


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)


TYPES = [model for seen in [set[type[BaseModel]]()] for root in ROOTS for model in _with_inner(root, seen)]


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_every_key_says_in_chinese_what_to_write(model: type[BaseModel]) -> None:
    silent = [
        name
        for name, field in model.model_fields.items()
        if not re.search("[\u4e00-\u9fff=]", field.description or "")
    ]
    assert not silent


@pytest.mark.parametrize("model", TYPES, ids=lambda model: model.__name__)
def test_every_type_stands_in_the_generated_format(model: type[BaseModel]) -> None:
    text = (house.ROOT / "docs" / "generated" / "pack-format.md").read_text(encoding="utf-8")
    titles = {room.entry: room.title for room in LISTS}
    titles |= {entry: title for _, _, entry, title in (*MAPPINGS, *BESIDE)}
    assert f"## {titles[model]}（" in text if model in titles else f"### `{model.__name__}`" in text


def test_every_room_of_a_pack_has_its_word() -> None:
    assert {room.name for room in LISTS} <= set(WORDS["room"])
