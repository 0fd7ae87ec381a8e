"""Where headings are likely to fall, so that the page of contents has numbers before any program updates it.

Lines of official documents have a fixed height and Chinese characters a fixed width, so lines can be counted.
Programs that update fields on opening replace these numbers with their own.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from zhijiao.render.docx.types import Block, Contents, Heading, Note, Paragraph, Table

PAGE = (297 - 37 - 35) / 25.4 * 72
LINE, SMALL, ROW, CAPTION = 28.8, 18.0, 17.0, 28.8
WIDTH = (210 - 28 - 26) / 25.4 * 72
BODY, TABLE = 16.0, 10.5
CELL_MARGINS = 10.8
TITLE = 36.0


class _Pager:
    """Counts points down a page."""

    def __init__(self) -> None:
        self.page, self.used = 1, 0.0

    def take(self, points: float, lines: int = 1, together: float = 0.0) -> None:
        """Place some lines. `together` is kept with them on one page."""
        for line in range(lines):
            needed = points + (together if line == lines - 1 else 0.0)
            if self.used + needed > PAGE + 0.5:
                self.turn()
            self.used += points

    def turn(self) -> None:
        self.page, self.used = self.page + 1, 0.0


def heading_pages(title: str, under_title: int, blocks: Sequence[Block]) -> list[int]:
    """The page of each heading, in order."""
    pager = _Pager()
    pager.take(TITLE, _lines(title, 22.0, WIDTH))
    pager.take(LINE, under_title + 1)
    pages = []
    for number, block in enumerate(blocks):
        match block:
            case Contents():
                pager.take(LINE, 1 + sum(isinstance(b, Heading) for b in blocks))
                pager.take(LINE)
                pager.turn()
            case Heading():
                pager.take(LINE, _lines(f"　　{block.text}", BODY, WIDTH), _kept(blocks[number + 1 :]))
                pages.append(pager.page)
            case Paragraph():
                lines = _lines(f"　　{block.text}", BODY, WIDTH)
                pager.take(LINE, lines)
            case Note():
                pager.take(SMALL, _lines(block.text, TABLE, WIDTH))
                pager.used += 8
            case Table():
                _table(pager, block)
    return pages


def _kept(following: Sequence[Block]) -> float:
    """What must stand on a heading's page: headings below it, and the first two lines of text."""
    points = 0.0
    for block in following:
        if isinstance(block, Paragraph):
            return points + LINE * min(2, _lines(f"　　{block.text}", BODY, WIDTH))
        if not isinstance(block, Heading):
            return points + CAPTION + 2 * ROW
        points += LINE
    return points


def _table(pager: _Pager, table: Table) -> None:
    total = sum(table.widths)
    rooms = [WIDTH * share / total - CELL_MARGINS for share in table.widths]
    pager.take(CAPTION, 1, ROW)
    pager.take(ROW)
    for row in table.rows:
        height = max(_lines(text, TABLE, room) for text, room in zip(row, rooms, strict=True)) * ROW + 0.5
        if pager.used + height > PAGE:
            pager.turn()
            pager.used += ROW
        pager.used += height


def _lines(text: str, size: float, room: float) -> int:
    width = sum(size if unicodedata.east_asian_width(c) in "WFA" else size / 2 for c in text)
    # Punctuation may not begin a line, which costs about one character in thirty.
    return max(1, math.ceil(width * 1.03 / (room // size * size)))
