"""Reads that only pages ask: which data set a file is of, and what its columns are called. Loads the reader of files when called."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.scope import acting
from zhijiao.exchange.models import Batch, Difference, Record, SavedLayout
from zhijiao.exchange.queries.standard import standard
from zhijiao.exchange.types import Dataset, Role

ENOUGH, PLENTY = 0.6, 0.8
"""Share of the mandatory columns from which a file is taken for a data set: where no other data set has as many of its columns,
and in any case."""
MOST_READ = 20_000_000
SAMPLES = 3
_NUMBER = re.compile(r"[0-9]{17}[0-9Xx]")


@dataclass(frozen=True)
class Likely:
    """A data set that a file may be of. `share`: of its mandatory columns that the file has."""

    dataset: Dataset
    share: float
    columns: int
    alone: bool = False
    """No other data set has as many of the file's columns."""

    @property
    def sure(self) -> bool:
        """Whether enough of its columns are there."""
        return self.share >= (ENOUGH if self.alone else PLENTY)


@dataclass(frozen=True)
class Titled:
    """A column of a sender's file: its title, what stands under it, and the field that it seems to be."""

    title: str
    samples: tuple[str, ...]
    field: str


@dataclass(frozen=True)
class Shape:
    """A sheet of a sender's file with its heading. `rows`: the first ones, to choose the heading among."""

    sheet: str
    sheets: tuple[str, ...]
    row: int
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[Titled, ...]
    titles: tuple[str, ...]


def recognise(content: bytes | Path, name: str, among: Collection[str] = ()) -> list[Likely]:
    """The data sets that a file may be of, the likeliest first; `among`: those that win a tie. Raises FileUnusable."""
    from zhijiao.exchange.rules import heading as headings
    from zhijiao.exchange.rules.reading import open_file, refuse_blank

    sheets = open_file(content, name).sheets
    refuse_blank(sheets, name)
    found = []
    for dataset in standard().datasets:
        heading = headings.find(sheets, dataset)
        if heading is None:
            continue
        mandatory = [field.id for field in dataset.fields if field.mandatory]
        had = sum(field in heading.columns for field in mandatory)
        found.append(Likely(dataset, had / max(len(mandatory), 1), len(heading.columns)))
    most = max((one.columns for one in found), default=0)
    if len(best := [one for one in found if one.columns == most]) == 1:
        found[found.index(best[0])] = replace(best[0], alone=True)
    return sorted(found, key=lambda one: (-one.share, -one.columns, one.dataset.id not in among))


def remembered(by: Actor, organisation: int, content: bytes | Path, name: str) -> str:
    """The data set for which this sender has said what the columns of a file of this heading are; empty: none. Raises FileUnusable."""
    from zhijiao.exchange.rules import heading as headings
    from zhijiao.exchange.rules.reading import open_file

    with acting(by):
        kept = dict(
            SavedLayout.objects.filter(organisation=organisation).values_list("fingerprint", "dataset")
        )
    if not kept:
        return ""
    for sheet in open_file(content, name).sheets:
        for row in range(len(sheet.head) + 1):
            for depth in range(1, headings.DEPTH + 1):
                titles = headings.titles_of(sheet, row, depth)
                if titles and (found := kept.get(headings.fingerprint(titles))):
                    return found
    return ""


def guesses_of(dataset: Dataset, shape: Shape) -> dict[str, str]:
    """Field id → title of the columns that no known title names: what each may be, for whoever confirms it."""
    from zhijiao.exchange.rules.mapping import guesses

    left = [column.title for column in shape.columns if not column.field]
    return guesses(dataset, left, {column.field for column in shape.columns if column.field})


def shape_of(by: Actor, number: str, *, sheet: str = "", row: int = 0) -> Shape:
    """The columns of a batch's file, for whoever says what they are. `row` 0: where the heading seems to be.

    Raises Invisible, FileUnusable.
    """
    from zhijiao.exchange.actions.receiving import content_of
    from zhijiao.exchange.rules import heading as headings
    from zhijiao.exchange.rules.reading import open_file
    from zhijiao.exchange.store.telling import masked

    with acting(by):
        batch = (
            Batch.objects.select_related("file", "shelf")
            .filter(number=number, shelf__tenant=by.tenant.value, file__isnull=False, size__lte=MOST_READ)
            .first()
        )
    if batch is None:
        raise Invisible("no such file")
    dataset = standard().by_id[batch.shelf.dataset]
    opened = open_file(b"".join(content_of(batch)), batch.file_name)
    names = tuple(one.name for one in opened.sheets)
    seen = next((one for one in opened.sheets if one.name == sheet), None)
    found = headings.find([seen] if seen else opened.sheets, dataset)
    seen = seen or next((s for s in opened.sheets if found and s.name == found.sheet), opened.sheets[0])
    row = row if 0 < row <= len(seen.head) else (found.row if found else _widest(seen.head))
    titles = headings.titles_of(seen, row, 1)
    columns = headings.Names(dataset).columns(titles)
    fields = {place: field for field, place in columns.items()}
    under = seen.head[row:]
    return Shape(
        seen.name,
        names,
        row,
        tuple(seen.head[:12]),
        tuple(
            Titled(title, _samples(under, place, masked), fields.get(place, ""))
            for place, title in enumerate(titles)
            if title
        ),
        titles,
    )


def _widest(head: Sequence[Sequence[str]]) -> int:
    """The row with most different texts: likelier a heading than a title above the table."""
    counts = [len({text for text in row if text.strip()}) for row in head[:12]]
    return counts.index(max(counts)) + 1 if counts else 1


def _samples(rows: Sequence[Sequence[str]], place: int, mask: object) -> tuple[str, ...]:
    assert callable(mask)
    texts = (mask(row[place].strip()) for row in rows if place < len(row) and row[place].strip())
    return tuple(dict.fromkeys(text[:40] for text in texts))[:SAMPLES]


@dataclass(frozen=True)
class Planned:
    """A record that a file would change or end, as a clerk knows it. `before` is empty where it would end, by field id."""

    row: int
    organisation: int
    label: str
    before: Mapping[str, str]
    after: Mapping[str, str]


def planned(by: Actor, number: str) -> tuple[list[Planned], list[Planned]]:
    """What a batch would change and end, the first of each; identities covered. Empty where it was never checked."""
    from zhijiao.exchange.queries.batches import edition_of
    from zhijiao.exchange.store.telling import shown

    with acting(by):
        batch = Batch.objects.select_related("shelf").filter(number=number, shelf__tenant=by.tenant).first()
    described = edition_of(batch.standard).by_id.get(batch.shelf.dataset) if batch else None
    if batch is None or described is None:
        return [], []
    plan = batch.plan or {}
    return (
        [
            Planned(
                one["row"],
                one["organisation"],
                label_of(described, shown(one["data"], described)),
                shown(one["before"], described),
                shown(one["data"], described),
            )
            for one in plan.get("changes", ())
        ],
        [
            Planned(
                0,
                one["organisation"],
                label_of(described, shown(one["data"], described)),
                {},
                shown(one["data"], described),
            )
            for one in plan.get("gone", ())
        ],
    )


def label_of(dataset: Dataset, values: Mapping[str, str]) -> str:
    """A record as a clerk knows it: its business key without organisation and identity, and its name."""
    names = [name for name in dataset.key if dataset.by_id[name].role not in (Role.ORGANISATION, Role.PERSON)]
    if "name" in dataset.by_id and "name" not in names:
        names.insert(0, "name")
    return " ".join(values[name] for name in names if values.get(name))


@dataclass(frozen=True)
class Known:
    """A record in force by what a clerk knows it: its id and its label."""

    record: int
    label: str


def known_by_difference(by: Actor, differences: Collection[int]) -> dict[int, Known]:
    """The records that differences speak of; the owner's own where there is one."""
    with acting(by):
        lines = list(Difference.objects.select_related("shelf").filter(pk__in=differences))
        rows = (
            Record.objects.select_related("shelf")
            .filter(
                shelf__tenant=by.tenant.value,
                shelf__dataset__in={line.shelf.dataset for line in lines},
                organisation__in={line.organisation_id for line in lines},
                key__in={line.key for line in lines},
                until__isnull=True,
            )
            .order_by("-shelf__source")
        )
        found = {(row.shelf.dataset, row.organisation_id, row.key): _known(row) for row in rows}
    spots = {line.pk: (line.shelf.dataset, line.organisation_id, line.key) for line in lines}
    return {pk: found[spot] for pk, spot in spots.items() if spot in found}


def known_by_person(by: Actor, persons: Collection[UUID]) -> dict[tuple[UUID, int, str], Known]:
    """Where persons stand: by person, organisation and data set."""
    with acting(by):
        rows = Record.objects.select_related("shelf").filter(
            person__in=persons, until__isnull=True, shelf__tenant=by.tenant.value, shelf__source=""
        )
        return {
            (row.person, row.organisation_id, row.shelf.dataset): _known(row)
            for row in rows
            if row.person is not None
        }


def _known(row: Record) -> Known:
    from zhijiao.exchange.store.telling import shown

    described = standard().by_id.get(row.shelf.dataset)
    return Known(row.pk, label_of(described, shown(row.data, described)) if described else "")


def searched(words: str) -> str:
    """What rows are searched for: an identity number as the index that it is found by, anything else as it is."""
    if not _NUMBER.fullmatch(words):
        return words
    from zhijiao.exchange.rules.identity import blind_index
    from zhijiao.exchange.store.engine import keys

    return blind_index(words, keys())


def fingerprint_of(shape: Shape) -> str:
    """Under which the layout of such a file is kept, so that the next one is read by it."""
    from zhijiao.exchange.rules.heading import fingerprint

    return fingerprint(shape.titles)
