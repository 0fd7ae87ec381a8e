"""Reads: the data standard in force, any earlier one, the catalogue of who owns what and where it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from zhijiao.exchange.models import StandardEdition
from zhijiao.exchange.rules.standard import json_schema, shipped
from zhijiao.exchange.rules.standard.building import Said, built_dataset
from zhijiao.exchange.rules.standard.editions import laid_over
from zhijiao.exchange.rules.standard.mapping import list_from
from zhijiao.exchange.rules.standard.uses import Use, by_dataset, uses_of
from zhijiao.exchange.types import CodeList, Dataset, Standard
from zhijiao.policy import queries as policy

NATIONAL = "national"
"""The subject of editions that hold the national file; every other subject is the id of a code list."""
WHOLE = "standard"
"""The subject of rows that hold a whole standard as it was when a batch or snapshot first named it."""


@dataclass(frozen=True)
class Edition:
    """A line of the ledger of imports, newest first in lists."""

    subject: str
    edition: str
    hash: str
    file_name: str
    imported_at: datetime
    imported_by: str
    in_force: bool


@dataclass(frozen=True)
class Catalogued:
    """A data set with the indicators that are computed from it."""

    dataset: Dataset
    uses: tuple[Use, ...]

    def uses_of(self, field: str) -> tuple[Use, ...]:
        """The indicators that read a field."""
        return tuple(use for use in self.uses if field in use.fields)


def standard() -> Standard:
    """The standard in force: what ships, and the newest import of each subject laid over it."""
    newest = StandardEdition.objects.exclude(subject=WHOLE).order_by("subject", "-id").distinct("subject")
    return _in_force(tuple(newest.values_list("id", "hash")))


@lru_cache(maxsize=4)
def _in_force(rows: tuple[tuple[int, str], ...]) -> Standard:
    found = StandardEdition.objects.filter(id__in=[number for number, _ in rows])
    datasets: list[Dataset] = []
    lists: list[CodeList] = []
    names: list[str] = []
    # The national file first: a list that was imported on its own goes over its dictionaries.
    for row in sorted(found, key=lambda each: (each.subject != NATIONAL, each.id)):
        more, codes = _read(row.content)
        datasets += more
        lists += codes
        names.append(row.edition if row.subject == NATIONAL else f"{row.subject} {row.edition}".strip())
    return laid_over(shipped(), datasets, lists, "+".join(names))


def edition(digest: str) -> Standard | None:
    """A standard by its hash: the one in force, or one that a batch or snapshot was made by. None where it was never kept."""
    now = standard()
    if now.hash == digest:
        return now
    return shipped() if shipped().hash == digest else _kept(digest)


@lru_cache(maxsize=4)
def _kept(digest: str) -> Standard | None:
    row = StandardEdition.objects.filter(subject=WHOLE, hash=digest).first()
    if row is None:
        return None
    datasets, lists = _read(row.content)
    return Standard(row.content["edition"], row.hash, tuple(datasets), {each.id: each for each in lists})


def _read(content: Mapping[str, Any]) -> tuple[list[Dataset], list[CodeList]]:
    """What a stored edition holds. It was checked when it was imported, so a fault here is a fault of the store."""
    said: Said = []
    datasets = [built_dataset(each, said) for each in content.get("datasets", ())]
    if said:
        raise ValueError(f"a stored edition of the standard does not read: {said[:3]}")
    return [each for each in datasets if each], [list_from(each) for each in content.get("codes", ())]


def editions(subject: str | None = None) -> list[Edition]:
    """The ledger of imports, newest first."""
    rows = StandardEdition.objects.exclude(subject=WHOLE).order_by("-id")
    if subject is not None:
        rows = rows.filter(subject=subject)
    newest: set[str] = set()
    made = []
    for row in rows.defer("content"):
        made.append(
            Edition(
                row.subject,
                row.edition,
                row.hash,
                row.file_name,
                row.imported_at,
                row.imported_by,
                row.subject not in newest,
            )
        )
        newest.add(row.subject)
    return made


def catalogue() -> list[Catalogued]:
    """Every data set: whose it is, when it is due, what is in it, and which indicators of installed packs read it."""
    used = by_dataset(use for index in policy.indexes() for use in uses_of(index.id, index.pack.indicators))
    return [Catalogued(dataset, used.get(dataset.id, ())) for dataset in standard().datasets]


def schema(dataset: str) -> dict[str, Any] | None:
    """JSON Schema of a row of a data set; None when there is no such data set."""
    now = standard()
    found = now.by_id.get(dataset)
    return None if found is None else json_schema(found, now.codes)
