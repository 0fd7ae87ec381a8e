"""Records and rows in words: what a change is, field by field. Light: pages load it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zhijiao.exchange.types import Dataset, Role

_IDENTITY = re.compile(r"(?<![0-9])(?:[0-9]{6}(?:18|19|20)[0-9]{8,9}[0-9Xx?]?|[0-9]{15})(?![0-9])")
SEPARATOR = "\x1f"
MASKED = "（已加密）"


def fields_of(data: str, dataset: Dataset) -> dict[str, str]:
    """A record's canonical values by field. A record of an older edition may have fewer."""
    values = data.split(SEPARATOR)
    return {f.id: value for f, value in zip(dataset.fields, values, strict=False)}


def shown(data: str, dataset: Dataset) -> dict[str, str]:
    """The same for eyes: an identity stands as its mark, not as its index."""
    found = fields_of(data, dataset)
    person = dataset.the(Role.PERSON)
    if person is not None and found.get(person.id):
        found[person.id] = MASKED
    return found


def differing(before: str, after: str, dataset: Dataset) -> list[tuple[str, str, str]]:
    """Fields that differ: id, before, after."""
    old, new = shown(before, dataset), shown(after, dataset)
    plain_old, plain_new = fields_of(before, dataset), fields_of(after, dataset)
    return [
        (f.id, old.get(f.id, ""), new.get(f.id, ""))
        for f in dataset.fields
        if plain_old.get(f.id, "") != plain_new.get(f.id, "")
    ]


def key_words(key: str, dataset: Dataset) -> str:
    """A business key for eyes."""
    person = dataset.the(Role.PERSON)
    parts = zip(dataset.key, key.split(SEPARATOR), strict=False)
    said: Sequence[str] = [
        MASKED if person is not None and name == person.id else value for name, value in parts
    ]
    return " / ".join(said)


def masked(text: str) -> str:
    """A cell for eyes: whatever looks like an identity number is covered."""
    return _IDENTITY.sub(lambda found: covered(found[0]), text)


def covered(text: str) -> str:
    """The first three and the last two signs."""
    return f"{text[:3]}{'*' * (len(text) - 5)}{text[-2:]}" if len(text) > 7 else "*" * len(text)
