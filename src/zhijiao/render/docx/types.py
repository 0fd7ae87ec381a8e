"""What a document consists of, before it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class Heading:
    """一、 is level 1, （一） level 2. The number is part of the text, as in official documents."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of body text, first line set in by two characters."""

    text: str


@dataclass(frozen=True)
class Note:
    """Small print under a table or a figure."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table with a caption; its header is repeated on each page. Widths are shares of the text width."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    right: frozenset[int] = frozenset()
    """Columns of figures, aligned right."""


@dataclass(frozen=True)
class Contents:
    """A page of contents: filled with the headings, and a field that the reader's program can update."""


Block = Heading | Paragraph | Note | Table | Contents


@dataclass(frozen=True)
class Document:
    """A document. `created` is an argument, so equal documents have equal bytes."""

    title: str
    blocks: Sequence[Block]
    created: datetime
    under_title: Sequence[str] = field(default=())
    """Lines centred under the title, such as the issuing office and the day."""
