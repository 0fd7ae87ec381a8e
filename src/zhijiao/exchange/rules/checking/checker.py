"""A file's rows against a data set, part by part."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl
from openpyxl.utils import get_column_letter

from zhijiao.exchange.rules import identity
from zhijiao.exchange.rules.checking.coding import Organisations
from zhijiao.exchange.rules.checking.columns import Column, canonical, clean_column, column_of
from zhijiao.exchange.rules.checking.conditions import broken
from zhijiao.exchange.rules.checking.seen import Once, Repeated, Seen
from zhijiao.exchange.rules.checking.skipping import skipped
from zhijiao.exchange.rules.checking.swift import Given
from zhijiao.exchange.rules.checking.values import Wrong, shown
from zhijiao.exchange.rules.encoding import encoded
from zhijiao.exchange.rules.heading import HOW, Heading
from zhijiao.exchange.rules.identity import Keys
from zhijiao.exchange.rules.reading import Chunk, Fault
from zhijiao.exchange.store.frames import BAD, GOOD, empty
from zhijiao.exchange.types import Dataset, Field, Layout, Problem, Role, Severity, Standard

MOST = 100_000
"""Problems of a part that are told one by one. A file with more has one mistake in every row; its other rows wait all the same."""


@dataclass(frozen=True)
class Circumstances:
    """What a file is checked against. `sender`: whose rows they are where the file does not say."""

    standard: Standard
    dataset: Dataset
    organisations: Organisations
    keys: Keys
    today: date
    sender: int | None = None


@dataclass(frozen=True)
class Part:
    """Rows of a file after their checks. `good` and `bad` have the columns of store.frames; `read` rows were looked at,
    `repeated` of them say what another row says already."""

    good: pl.DataFrame
    bad: pl.DataFrame
    problems: Sequence[Problem]
    read: int
    repeated: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Piece:
    """Rows that are checked together: as they were sent, their numbers, and their texts by field. `once`: keys of which none may
    stand in them again."""

    cells: pl.DataFrame
    rows: pl.Series
    texts: pl.DataFrame
    once: Once | None = None


@dataclass
class _Found:
    """Problems of a part, by the place of their row."""

    rows: pl.Series  # the number of each row
    most: int = MOST
    problems: list[tuple[int, Problem]] = field(default_factory=list)
    cells: set[tuple[int, str]] = field(default_factory=set)  # that are wrong already
    more: dict[int, str] = field(default_factory=dict)  # rows with errors beyond MOST, and the rule

    def in_order(self) -> list[Problem]:
        """From top to bottom. Where a cell says that it is damaged, its row need not."""
        known = {place for place, problem in self.problems if problem.rule == "encoding" and problem.field}
        kept = [
            (place, problem)
            for place, problem in self.problems
            if problem.rule != "encoding" or problem.field or place not in known
        ]
        return [problem for _, problem in sorted(kept, key=lambda pair: pair[0])]


class Checker:
    """The checks of one file."""

    def __init__(self, circumstances: Circumstances, heading: Heading, layout: Layout, kind: str) -> None:
        self._given, self._heading, self._layout, self._kind = circumstances, heading, layout, kind
        self._dataset = circumstances.dataset
        self._columns = [self._column(f) for f in self._dataset.fields]
        self._titles = {f: heading.titles[place] for f, place in heading.columns.items()}
        self._codes = {number: code for code, number in circumstances.organisations.ids.items()}
        self._seen = Seen()

    def turn(self, heading: Heading) -> None:
        """Go on with another sheet of the same heading."""
        self._heading = heading

    def _column(self, of: Field) -> Column:
        given = self._given
        translations = self._layout.translations.get(of.id, {})
        return column_of(of, given.standard.codes, translations, given.organisations, given.today)

    def parts(self, chunk: Chunk, first: int, at_once: int | None = None) -> Iterator[Part]:
        """The rows of a part of the file. `first`: so many of them are those right below the heading; `at_once`: not more than
        about so many at a time, so that whoever takes them need not wait for the last one. Raises Repeated where a key came
        again and only the whole part says which rows wait."""
        cells, rows, texts, notes = self._rows(chunk, first)
        if at_once is None or len(rows) < 2 * at_once or self._repeats(texts):
            at_once = max(len(rows), 1)
        within, left = Seen(), MOST
        for start in range(0, max(len(rows), 1), at_once):
            here = slice(start, start + at_once)
            part = self._part(_Piece(cells[here], rows[here], texts[here]), chunk.faults, notes, within, left)
            notes, left = (), left - len(part.problems)
            yield part
        self._seen.add_all(within)

    def beside(self, good: pl.DataFrame, chunk: Chunk | None, first: int) -> Part | None:
        """Rows of a part that are checked already, with its other rows. None where a key stands in them twice or stood before:
        then they have to be looked at together."""
        within, rest = Seen(), None
        if chunk is not None:
            cells, rows, texts, notes = self._rows(chunk, first)
            rest = self._part(_Piece(cells, rows, texts), chunk.faults, notes, within, MOST)
        keys = good["key"].hash(3)
        if keys.n_unique() < len(keys) or next(self._seen.again(keys.to_numpy()), None) is not None:
            return None
        if rest is not None:
            others = pl.concat((rest.good["key"], rest.bad["key"])).drop_nulls().hash(3)
            if others.is_in(keys.implode()).any():
                return None
        within.add(self._heading.sheet, keys.to_numpy(), good["row"].to_numpy())
        self._seen.add_all(within)
        if rest is None:
            return Part(good, empty(BAD), (), good.height)
        together = pl.concat((good, rest.good)).sort("row")
        return replace(rest, good=together, read=rest.read + good.height)

    def alone(self, chunk: Chunk, once: Once, *, first: int, most: int) -> Part:
        """Rows of what is otherwise checked together, whose keys are noted. `most`: problems that are told one by one. Raises
        Repeated, as `parts`."""
        cells, rows, texts, notes = self._rows(chunk, first)
        return self._part(_Piece(cells, rows, texts, once), chunk.faults, notes, Seen(), most)

    def given(self) -> Given:
        """What rows are checked against, for the loops."""
        places, given = self._heading.columns, self._given
        return Given(
            self._dataset,
            self._columns,
            places,
            self._titles,
            {c.field.id: self._text(c) for c in self._columns if c.field.id not in places},
            given.organisations.ids,
            given.sender,
            given.keys,
        )

    def _repeats(self, texts: pl.DataFrame) -> bool:
        """Whether a key stands in a part twice, letter by letter."""
        names = [name for name in self._dataset.key if name in texts.columns]
        if not names:
            return True
        keys = texts.select(pl.concat_str(names, separator="\x1f").hash(3)).to_series().drop_nulls()
        return keys.n_unique() < len(keys)

    def _part(
        self,
        piece: _Piece,
        faults: Iterable[Fault],
        notes: tuple[str, ...],
        within: Seen,
        most: int,
    ) -> Part:
        cells, rows, texts = piece.cells, piece.rows, piece.texts
        found = _Found(rows, most)
        self._faults(faults, rows, found)
        values = self._values(texts, rows, found)
        for one in broken(values, self._dataset):
            words = one.check.words
            for place in one.places:
                self._add(found, place, one.check.field, f"row:{one.check.id}", "", words)
        wrong = self._wrong(found, len(rows))
        frame = encoded(values, self._dataset, self._given.keys).with_columns(
            rows.cast(pl.UInt32).alias("row"), self._organisations(values)
        )
        if piece.once is not None:
            piece.once.add(frame["key"].drop_nulls().hash(3).to_numpy())
            dropped = np.zeros(len(rows), dtype=np.bool_)
        else:
            dropped = self._duplicates(frame, rows, wrong, found, within)
        wrong = self._wrong(found, len(rows))
        kept = ~wrong & ~dropped
        good = (frame if kept.all() else frame.filter(pl.Series(kept))).select(list(GOOD))
        good = good.with_columns(pl.col("period").fill_null(""))
        bad = self._bad(frame, cells, rows, wrong, found) if wrong.any() else empty(BAD)
        problems = found.in_order()
        return Part(good, bad, problems, len(rows), int(dropped.sum()), notes)

    # -- rows and values -------------------------------------------------------------------------------

    def _rows(
        self, chunk: Chunk, first: int
    ) -> tuple[pl.DataFrame, pl.Series, pl.DataFrame, tuple[str, ...]]:
        """The cells as sent, their row numbers, the texts by field; without rows that are none."""
        texts = pl.DataFrame(
            [
                self._cleaned(chunk, place).alias(f)
                for f, place in self._heading.columns.items()
                if place < chunk.cells.width
            ]
        )
        missing = [f for f in self._heading.columns if f not in texts.columns]
        texts = texts.with_columns(pl.lit(None, pl.String).alias(f) for f in missing)
        out = skipped(texts, chunk.rows, self._dataset, self._titles, first=min(first, len(chunk.rows)))
        faulty = {
            fault.row
            for fault in chunk.faults
            if fault.column in self._heading.columns.values() or fault.column < 0
        }
        places = [place for place in out.places if int(chunk.rows[place]) not in faulty]
        notes = list(out.notes)
        beyond = {fault.row for fault in chunk.faults if fault.rule == "formula"}
        if beyond and (beyond := beyond - set(chunk.rows)):
            notes.append(f"有 {len(beyond)} 行只有没算出值的公式，没有读入")
        cells, rows = chunk.cells, chunk.rows
        if places:
            keep = np.ones(len(rows), dtype=np.bool_)
            keep[places] = False
            kept = pl.Series(keep)
            cells, rows, texts = cells.filter(kept), rows.filter(kept), texts.filter(kept)
        return cells, rows, texts, tuple(notes)

    @staticmethod
    def _cleaned(chunk: Chunk, place: int) -> pl.Series:
        cells = chunk.cells.to_series(place)
        return cells if chunk.clean else clean_column(cells)

    def _faults(self, faults: Iterable[Fault], rows: pl.Series, found: _Found) -> None:
        faults = list(faults)
        if not faults:
            return
        places = {int(row): place for place, row in enumerate(rows)}
        fields = {place: f for f, place in self._heading.columns.items()}
        for fault in faults:
            name = fields.get(fault.column, "")
            if fault.row not in places or (fault.column >= 0 and not name):
                continue
            self._add(found, places[fault.row], name, fault.rule, "", fault.words)

    def _values(self, texts: pl.DataFrame, rows: pl.Series, found: _Found) -> pl.DataFrame:
        columns = []
        faulty = {name for _, name in found.cells}
        for column in self._columns:
            of = column.field
            if of.id not in texts.columns:
                columns.append(self._constant(column, len(rows)))
                continue
            values = texts[of.id]
            if of.id in faulty:
                values = values.scatter([place for place, name in found.cells if name == of.id], None)
            read = canonical(column, values)
            for place, value in zip(read.doubtful, values.gather(read.doubtful), strict=True):
                self._add_wrong(found, place, of, value, read.wrong[value])
            if of.mandatory and read.values.null_count():
                for place in (values.is_null() & read.values.is_null()).arg_true().to_list():
                    if (place, of.id) not in found.cells:
                        self._add(found, place, of.id, "missing", "", "没有填，这一项必填，请补上")
            columns.append(read.values.alias(of.id))
        return pl.DataFrame(columns)

    def _constant(self, column: Column, height: int) -> pl.Series:
        """A field without a column."""
        return pl.Series(column.field.id, [self._text(column)], dtype=pl.String).new_from_index(0, height)

    def _text(self, column: Column) -> str | None:
        """What stands in every row of it: the layout's constant, the sender's own code, or nothing."""
        of = column.field
        text: str | None = self._layout.constants.get(of.id)
        if text is not None:
            text = canonical(column, pl.Series([text], dtype=pl.String)).values[0]
        elif of.role is Role.ORGANISATION and self._given.sender is not None:
            text = self._codes.get(self._given.sender)
        return text

    def _organisations(self, values: pl.DataFrame) -> pl.Series:
        of = self._dataset.the(Role.ORGANISATION)
        if of is None:
            return pl.Series("organisation", [self._given.sender], dtype=pl.Int64).new_from_index(
                0, values.height
            )
        codes = values[of.id].unique().drop_nulls().to_list()
        ids = [self._given.organisations.ids.get(code) for code in codes]
        return (
            values[of.id]
            .replace_strict(codes, ids, default=None, return_dtype=pl.Int64)
            .alias("organisation")
        )

    # -- duplicates ------------------------------------------------------------------------------------

    def _duplicates(
        self,
        frame: pl.DataFrame,
        rows: pl.Series,
        wrong: npt.NDArray[np.bool_],
        found: _Found,
        within: Seen,
    ) -> npt.NDArray[np.bool_]:
        """Rows that say what another row says already. Rows of one key that differ are wrong, all of them: nobody but their
        sender knows which one is right. Of a key in an earlier part the later row is wrong."""
        dropped = np.zeros(len(rows), dtype=np.bool_)
        keyed = (
            frame.select("key", "data")
            .with_columns(pl.int_range(pl.len()).alias("place"))
            .filter(pl.col("key").is_not_null())
        )
        names = self._dataset.key
        twice = keyed.filter(pl.col("key").is_duplicated())
        for group in twice.partition_by("key", maintain_order=True) if twice.height else ():
            places = group["place"].to_list()
            numbers = [found.rows[place] for place in places]
            same = group["data"].n_unique() == 1
            for place, number in zip(places, numbers, strict=True):
                others = "、".join(str(n) for n in numbers if n != number)[:40]
                if same and any(wrong[places]):
                    continue  # what cannot be read is null in both; each has its own words already
                if not same:
                    words = (
                        f"和第 {others} 行是同一条（{self._key_words()}相同），内容却不一样，请只留正确的一行"
                    )
                    self._add(found, place, names[-1], "duplicate", "", words)
                elif place != places[0]:
                    dropped[place] = True
                    words = f"和第 {numbers[0]} 行完全相同，只收一次"
                    self._add(found, place, names[-1], "duplicate", "", words, Severity.WARNING)
        there = keyed["place"].to_numpy()
        hashes = keyed["key"].hash(3).to_numpy()
        if next(within.again(hashes), None) is not None:
            raise Repeated
        for spot, sheet, number in self._seen.again(hashes):
            where = f"工作表“{sheet}”" if sheet != self._heading.sheet else ""
            words = f"和{where}第 {number} 行是同一条（{self._key_words()}相同），请只留正确的一行"
            self._add(found, int(there[spot]), names[-1], "duplicate", "", words)
        numbers_ = rows.gather(keyed["place"]).cast(pl.UInt32).to_numpy()
        within.add(self._heading.sheet, hashes, numbers_)
        return dropped

    def _key_words(self) -> str:
        return "、".join(self._dataset.by_id[name].name for name in self._dataset.key)

    # -- words -----------------------------------------------------------------------------------------

    def _add_wrong(self, found: _Found, place: int, of: Field, value: str, wrong: Wrong) -> None:
        masked = identity.mask(value) if of.pattern == "identity" or of.role is Role.PERSON else shown(value)
        self._add(found, place, of.id, wrong.rule, masked, f"是 {masked}，{wrong.words}", wrong.severity)

    def _add(
        self,
        found: _Found,
        place: int,
        name: str,
        rule: str,
        value: str,
        words: str,
        severity: Severity = Severity.ERROR,
    ) -> None:
        if len(found.problems) >= found.most:
            if severity is Severity.ERROR:
                found.more.setdefault(place, rule)
            return
        row = found.rows[place]
        if severity is Severity.ERROR and name:
            if (place, name) in found.cells and not rule.startswith("row:"):
                return
            found.cells.add((place, name))
        column = self._titles.get(name, "")
        what = f"“{column or self._dataset.by_id[name].name}”" if name else ""
        where = f"第 {row} {'条' if self._kind == 'json' else '行'}"
        at = self._heading.columns.get(name)
        cell = f"{get_column_letter(at + 1)}{row}" if self._kind == "xlsx" and at is not None else ""
        said = f"{where}{what}{words}" if name else f"{where}：{words}"
        if rule.startswith("row:") or rule == "duplicate":
            said = f"{where}{words}" if rule == "duplicate" else f"{where}：{words}"
        found.problems.append(
            (place, Problem(self._heading.sheet, row, column, cell, name, rule, value, said, severity))
        )

    def _wrong(self, found: _Found, height: int) -> npt.NDArray[np.bool_]:
        wrong = np.zeros(height, dtype=np.bool_)
        wrong[[place for place, problem in found.problems if problem.severity is Severity.ERROR]] = True
        wrong[list(found.more)] = True
        return wrong

    def _bad(
        self,
        frame: pl.DataFrame,
        cells: pl.DataFrame,
        rows: pl.Series,
        wrong: npt.NDArray[np.bool_],
        found: _Found,
    ) -> pl.DataFrame:
        """Rows that wait, with their cells as they were sent."""
        said: dict[int, list[Mapping[str, str]]] = {}
        for place, problem in found.problems:
            if wrong[place]:
                said.setdefault(place, []).append(_as_json(problem))
        for place, rule in found.more.items():
            words = f"第 {found.rows[place]} 行也有错，错处太多没有逐一列出，请先改正前面列出的，再交一次"
            said.setdefault(place, [{"rule": rule, "words": words, "severity": Severity.ERROR.value}])
        places = np.flatnonzero(wrong).tolist()
        titles = self._heading.titles[: cells.width]
        texts = []
        for row in cells.filter(pl.Series(wrong)).rows():
            texts.append(
                json.dumps(
                    {t: v for t, v in zip(titles, row, strict=False) if t and t != HOW and v},
                    ensure_ascii=False,
                )
            )
        return (
            frame.filter(pl.Series(wrong))
            .select("row", "organisation", "period", "key")
            .with_columns(
                pl.lit(self._heading.sheet).alias("sheet"),
                pl.Series("cells", texts, dtype=pl.String),
                pl.Series(
                    "problems", [json.dumps(said[p], ensure_ascii=False) for p in places], dtype=pl.String
                ),
            )
            .select(list(BAD))
        )


def _as_json(problem: Problem) -> dict[str, str]:
    return {
        "field": problem.field,
        "column": problem.column,
        "cell": problem.cell,
        "rule": problem.rule,
        "value": problem.value,
        "words": problem.words,
        "severity": problem.severity.value,
    }
