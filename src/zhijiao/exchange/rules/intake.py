"""A file from its first byte to checked rows: opened, its heading understood, then part by part. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from zhijiao.exchange.rules import heading as headings
from zhijiao.exchange.rules import mapping
from zhijiao.exchange.rules.checking import Checker, Circumstances, Organisations
from zhijiao.exchange.rules.checking.checker import Part
from zhijiao.exchange.rules.checking.pieces import Blocks, Pieces
from zhijiao.exchange.rules.checking.skipping import BEGINNING
from zhijiao.exchange.rules.heading import Heading
from zhijiao.exchange.rules.mapping import Question
from zhijiao.exchange.rules.reading import Opened, Sheet, open_file, refuse_blank
from zhijiao.exchange.rules.reading.delimited import Delimited
from zhijiao.exchange.types import FileUnusable, Layout, Problem, Severity

__all__ = ["Circumstances", "HeadingRefused", "Organisations", "Part", "Reading", "begin"]


NAMED = 8
"""Columns that a note names."""


class HeadingRefused(FileUnusable):
    """The file can be read, but its heading is not that of the data set: all that is wrong with it, at once."""

    def __init__(
        self, message: str, problems: tuple[Problem, ...] = (), questions: tuple[Question, ...] = ()
    ) -> None:
        super().__init__(message)
        self.problems, self.questions = problems, questions


class Reading:
    """A file whose heading is understood."""

    def __init__(self, opened: Opened, heading: Heading, layout: Layout, given: Circumstances) -> None:
        self._opened, self._given = opened, given
        self.heading, self.layout, self.kind = heading, layout, opened.kind
        self.sheet = heading.sheet
        self.alike: tuple[Heading, ...] = ()  # of further sheets with the same heading: a sheet a class, say
        self.notes: list[str] = [*opened.notes]
        self.warnings: tuple[Problem, ...] = ()
        self.questions: tuple[Question, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Under which the layout is saved."""
        return self.heading.fingerprint

    def chunks(self, at_once: int | None = None) -> Iterator[Part]:
        """The rows, checked; some at a time (`at_once`: fewer), in the order of the file. What was skipped is added to the
        notes. Raises Repeated, as `Checker.parts`, where `at_once` is given."""
        checker = Checker(self._given, self.heading, self.layout, self.kind)
        for heading in (self.heading, *self.alike):
            checker.turn(heading)
            for part in self._parts(checker, heading, at_once):
                self.notes += part.notes
                if part.read or part.problems:
                    yield part

    def _parts(self, checker: Checker, heading: Heading, at_once: int | None) -> Iterator[Part]:
        if isinstance(self._opened, Delimited):
            file, row = self._opened, heading.row
            pieces = file.pieces(row, at_once) if at_once is not None else None
            if pieces is not None:
                yield from Pieces(checker, file, row).parts(pieces)
            else:
                yield from Blocks(checker, file, row).parts(file.blocks(row))
            return
        for number, chunk in enumerate(self._opened.chunks(heading.sheet, heading.row)):
            yield from checker.parts(chunk, 0 if number else BEGINNING, at_once)


def begin(
    content: bytes | Path,
    name: str,
    given: Circumstances,
    layout: Layout | None = None,
    layouts: Mapping[str, Layout] | None = None,
) -> Reading:
    """Open a file and check its heading. `layouts`: the sender's saved ones by fingerprint, tried where none is given. Raises
    FileUnusable: with its problems (HeadingRefused) where only the heading is wrong."""
    opened = open_file(content, name)
    sheets = opened.sheets
    sender = given.sender is not None
    proposal = None
    if layout is None and layouts:
        layout = mapping.saved(sheets, layouts)
    if layout is not None:
        heading = mapping.locate(sheets, layout)
    else:
        proposal = mapping.propose(sheets, given.dataset, sender=sender)
        heading = proposal.heading if proposal else None
    if heading is None:
        refuse_blank(sheets, name)
        raise _unlike(opened, name, given)
    if proposal is not None:
        layout = proposal.layout
    assert layout is not None
    if opened.kind == "json":
        heading = Heading(heading.sheet, 0, 0, heading.titles, heading.columns)
    found = headings.problems(heading, given.dataset, None if proposal else layout, sender=sender)
    lost = [] if proposal else _lost(heading, layout, given)
    errors = [*lost, *(problem for problem in found if problem.severity is Severity.ERROR)]
    if errors:
        raise _refused(opened, name, given, errors, proposal.questions if proposal else ())
    reading = Reading(opened, heading, layout, given)
    reading.warnings = tuple(problem for problem in found if problem.severity is Severity.WARNING)
    reading.questions = proposal.questions if proposal else ()
    _further(reading, sheets, given)
    given_by = {*heading.columns, *layout.constants}
    if absent := [f.name for f in given.dataset.fields if not f.mandatory and f.id not in given_by]:
        more = f" 等 {len(absent)} 项" if len(absent) > NAMED else ""
        named = "、".join(absent[:NAMED])
        reading.notes.append(f"文件里没有这些列，按空的读，库里原有的值会变成空：{named}{more}")
    return reading


def _further(reading: Reading, sheets: Sequence[Sheet], given: Circumstances) -> None:
    """Other sheets of the same heading are read too; of those that look alike it is said that they are not."""
    alike, left = [], []
    for sheet in sheets:
        if sheet.name == reading.sheet:
            reading.notes += sheet.notes
            continue
        found = headings.find([sheet], given.dataset)
        if found is None:
            continue
        if found.fingerprint == reading.fingerprint and not sheet.hidden:
            alike.append(
                replace(
                    reading.heading, sheet=sheet.name, row=found.row, depth=found.depth, titles=found.titles
                )
            )
            reading.notes += sheet.notes
        else:
            left.append(sheet.name)
    reading.alike = tuple(alike)
    if alike:
        names = "、".join([reading.sheet, *(heading.sheet for heading in alike)][:8])
        reading.notes.append(f"表头相同的 {len(alike) + 1} 张工作表一起读入：{names}")
    if left:
        reading.notes.append(f"没有读入的工作表：{'、'.join(left[:8])}（表头不同或已隐藏）")


def _lost(heading: Heading, layout: Layout, given: Circumstances) -> list[Problem]:
    """Columns of a saved layout that this file does not have."""
    found = []
    for field, title in layout.columns.items():
        if field not in heading.columns and field in given.dataset.by_id:
            words = f"按保存的对应关系，“{given.dataset.by_id[field].name}”在列“{title}”里，这个文件没有这一列，请加上，或重新指定对应的列"
            found.append(Problem(heading.sheet, heading.row, title, "", field, "missing_column", "", words))
    return found


def _unlike(opened: Opened, name: str, given: Circumstances) -> HeadingRefused:
    wanted = "、".join(field.name for field in given.dataset.fields if field.mandatory)
    other = headings.better(opened.sheets, given.dataset, given.standard.datasets)
    hint = f"它更像“{other.name}”，请改到那一项报送。" if other else ""
    return HeadingRefused(
        f"“{name}”里找不到“{given.dataset.name}”的表头。{hint}表头要在前 {headings.WITHIN} 行内，至少有这些列：{wanted}。"
        "可以下载模板，或指定各列对应的项目。"
    )


def _refused(
    opened: Opened, name: str, given: Circumstances, errors: list[Problem], questions: tuple[Question, ...]
) -> HeadingRefused:
    other = headings.better(opened.sheets, given.dataset, given.standard.datasets)
    hint = f"它更像“{other.name}”，请改到那一项报送。" if other else ""
    words = "；".join(problem.words for problem in errors)
    return HeadingRefused(
        f"“{name}”的表头不合“{given.dataset.name}”的要求。{hint}{words}。", tuple(errors), questions
    )
