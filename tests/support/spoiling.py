"""Files as no program writes them: workbooks, csv and JSON, damaged in one to seven ways, each of them repeatable by its seed."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from functools import cache

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from tests.support.handed_in import KEYS, PUPILS, TITLES, Taken, book_of, csv_of, dirty_text, given, row
from zhijiao.exchange.rules.intake import begin
from zhijiao.exchange.rules.returning import give_back
from zhijiao.exchange.types import FileUnusable, Problem

SHEET = "xl/worksheets/sheet1.xml"
PARTS = (
    SHEET,
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/_rels/workbook.xml.rels",
    "[Content_Types].xml",
    "xl/sharedStrings.xml",
)
Damage = Callable[[bytes, random.Random], bytes]


@cache
def _books() -> tuple[bytes, ...]:
    def merged(book: Workbook) -> None:
        sheet = book["学生"]
        sheet.insert_rows(1, 2)
        sheet["A1"] = "示例学校名册"
        sheet.merge_cells("A1:K1")
        sheet["A2"] = "学籍"
        sheet.merge_cells("A2:D2")

    def formulas(book: Workbook) -> None:
        sheet = book["学生"]
        sheet["I2"], sheet["E3"] = "=SUM(A1:A9)", "=E2"
        sheet["I3"].number_format = "0.0%"
        book.create_sheet("另一张").append(["x"])

    def shared(book: Workbook) -> None:
        book.create_sheet("二班").append(list(TITLES))

    rows = [row(n, note="备注" * n) for n in range(1, 7)]
    return tuple(book_of(*rows, change=change) for change in (None, merged, formulas, shared))


# -- workbooks -----------------------------------------------------------------------------------------


def _flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(4, len(content))]


def _repacked(change: Callable[[str, bytes, random.Random], bytes | None]) -> Damage:
    def damage(content: bytes, chance: random.Random) -> bytes:
        out = io.BytesIO()
        try:
            with (
                zipfile.ZipFile(io.BytesIO(content)) as old,
                zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
            ):
                for name in dict.fromkeys(old.namelist()):
                    part = change(name, old.read(name), chance)
                    if part is not None:
                        new.writestr(name, part)
        except Exception:  # it was damaged too much already to be opened
            return content
        return out.getvalue()

    return damage


def _bytes_of_a_part(name: str, part: bytes, chance: random.Random) -> bytes:
    if name in PARTS and part and chance.random() < 0.5:
        return _flipped(part, chance) if chance.random() < 0.6 else part[: chance.randrange(len(part))]
    return part


def _without_a_part(name: str, part: bytes, chance: random.Random) -> bytes | None:
    return None if chance.random() < 0.15 else part


def _odd_xml(name: str, part: bytes, chance: random.Random) -> bytes:
    if name != SHEET:
        return part
    tags = list(re.finditer(rb"<[^>]+>", part))
    for _ in range(chance.randint(1, 4)):
        found = chance.choice(tags)
        put = chance.choice(
            [
                b"",
                b"\x00",
                found.group(0) * 2,
                b"<c r='A1048577'><v>1</v></c>",
                b'<c r="XFD9" t="s"><v>999999</v></c>',
                b'<c r="ZZZ1"><v>1</v></c>',
                b'<row r="99999999"><c r="B99999999"><v>1</v></c></row>',
                b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
                b'<c t="e" r="C3"><v>#REF!</v></c>',
                b'<c r="D3"><f>A1</f></c>',
                b'<c r="B4"><v>3.3100320080101E+17</v></c>',
                b"<v>" + b"9" * 400 + b"</v>",
                b"<is><t>" + b"x" * 70_000 + b"</t></is>",
                b'<mergeCell ref="A1:XFD1048576"/>',
                b'<mergeCell ref="B2:A1"/>',
                b"<!-- " + b"-" * 40 + b" -->",
                b"<![CDATA[<c>]]>",
                b"&unknown;",
                b'<c r="a1"><v>1</v></c>',
                b"<x:c r='B2'><x:v>1</x:v></x:c>",
            ]
        )
        part = part.replace(found.group(0), put if chance.random() < 0.4 else found.group(0) + put, 1)
    return part


def _bomb(name: str, part: bytes, chance: random.Random) -> bytes:
    if name not in (SHEET, "xl/workbook.xml"):
        return part
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 20) for n in range(1, 9))
    start = part.find(b"<", 1) if part.startswith(b"<?xml") else 0
    return (
        part[:start]
        + b'<!DOCTYPE w [<!ENTITY e0 "x">'
        + entities
        + b"]>"
        + part[start:].replace(b"<v>", b"<v>&e8;", 1)
    )


def _other_encoding(name: str, part: bytes, chance: random.Random) -> bytes:
    if name in PARTS and chance.random() < 0.4:
        return part.decode("utf-8", "replace").encode(
            chance.choice(["utf-16", "gb18030", "latin-1", "cp037"]), "replace"
        )
    return part


BOOK: tuple[Damage, ...] = (
    _flipped,
    _cut,
    _repacked(_bytes_of_a_part),
    _repacked(_without_a_part),
    _repacked(_odd_xml),
    _repacked(_odd_xml),
    _repacked(_bomb),
    _repacked(_other_encoding),
)


def _dirty_book(chance: random.Random) -> bytes:
    def change(book: Workbook) -> None:
        sheet = book["学生"]
        for _ in range(chance.randint(1, 8)):
            place = f"{get_column_letter(chance.randint(1, 14))}{chance.randint(1, 9)}"
            text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", dirty_text(chance))[:32_000]
            sheet[place] = chance.choice([text, chance.random() * 10 ** chance.randint(-9, 20), True, None])
        if chance.random() < 0.3:
            top, left = chance.randint(1, 4), chance.randint(1, 6)
            sheet.merge_cells(
                start_row=top,
                start_column=left,
                end_row=top + chance.randint(0, 3),
                end_column=left + chance.randint(0, 5),
            )

    return book_of(*(row(n) for n in range(1, 5)), change=change)


# -- text ----------------------------------------------------------------------------------------------


def _dirty_lines(chance: random.Random) -> bytes:
    rows = []
    for n in range(1, chance.randint(2, 9)):
        cells = row(n)
        for _ in range(chance.randint(0, 4)):
            cells[chance.randrange(len(cells))] = dirty_text(chance)
        if chance.random() < 0.2:
            cells = (
                cells[: chance.randrange(len(cells))]
                if chance.random() < 0.5
                else cells + ["多"] * chance.randint(1, 30)
            )
        rows.append(cells)
    encoding = chance.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "latin-1"])
    text = csv_of(*rows, sign=chance.choice([",", ";", "\t", "|"])).decode()
    return text.encode(encoding, "replace")


def _dirty_objects(chance: random.Random) -> bytes:
    rows: list[object] = []
    for n in range(1, chance.randint(2, 6)):
        found: dict[str, object] = dict(zip(TITLES, row(n), strict=True))
        for _ in range(chance.randint(0, 3)):
            found[chance.choice(TITLES)] = chance.choice(
                [dirty_text(chance), 1e300, -0.0, True, [1], {"a": {}}, None, 10**30]
            )
        rows.append(found)
    if chance.random() < 0.2:
        rows.append(chance.choice([1, "x", [], None]))
    return json.dumps(rows, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def spoiled(seed: int) -> tuple[str, bytes]:
    """A damaged file and its name."""
    chance = random.Random(seed)
    kind = chance.random()
    if kind < 0.5:
        content = chance.choice(_books())
        for _ in range(chance.choice((1, 1, 1, 2, 3, 7))):
            content = chance.choice(BOOK)(content, chance)
        return "坏.xlsx", content
    if kind < 0.65:
        return "坏.xlsx", _dirty_book(chance)
    if kind < 0.93:
        content, damages = _dirty_lines(chance), (_flipped, _cut)
    else:
        content, damages = _dirty_objects(chance), (_flipped, _cut)
    for _ in range(chance.choice((0, 0, 1, 2))):
        content = chance.choice(damages)(content, chance) if len(content) > 5 else content
    return "坏.csv", content


# -- what must hold ------------------------------------------------------------------------------------

_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]*")


def refused_or_told(seed: int) -> str:
    """Take a damaged file: refused by name with a remedy, or every problem has its place and words. Returns which."""
    name, content = spoiled(seed)
    try:
        taken = Taken(begin(content, name, given()))
    except FileUnusable as refusal:
        words = str(refusal)
    else:
        return _told(taken, name, content, seed)
    assert name in words, words
    assert words.count("。") >= 2, words
    return "refused"


def _told(taken: Taken, name: str, content: bytes, seed: int) -> str:
    for problem in taken.problems:
        _placed(problem, taken)
    wrong = taken.bad["row"].to_list() if taken.parts else []
    read = sum(part.read for part in taken.parts)
    repeated = sum(part.repeated for part in taken.parts)
    assert read == len(wrong) + taken.good.height + repeated
    assert len(wrong) == sum(len(json.loads(text)) > 0 for text in (taken.bad["problems"] if wrong else ()))
    for values in taken.values() if taken.parts else ():
        assert len(values) == len(PUPILS.fields)
    if seed % 10 == 0 and taken.problems:
        assert give_back(content, name, taken.problems).content
    assert KEYS.seal not in content
    return "wrong" if taken.problems else "whole"


def _placed(problem: Problem, taken: Taken) -> None:
    assert len(problem.words) > 8, problem
    assert "，" in problem.words or "；" in problem.words, problem
    assert problem.rule
    if problem.rule == "unknown_column":
        return
    assert problem.row >= 1, problem
    assert f"第 {problem.row} " in problem.words, problem
    if taken.reading.kind == "xlsx" and problem.column and problem.field:
        assert _CELL.fullmatch(problem.cell), problem
        assert problem.cell.endswith(str(problem.row))
