"""The sender's own workbook with the wrong cells marked; everything else in it stays as it was."""

from __future__ import annotations

import io
from collections.abc import Iterable

from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from zhijiao.render.xlsx.opening import open_book
from zhijiao.reports.hand_in.types import Problem

WRONG = PatternFill("solid", fgColor="FFD9D9")
AUTHOR = "平台"
LIST = "需要改正"


def marked(content: bytes, problems: Iterable[Problem]) -> bytes:
    """The workbook with a red ground and a comment at each wrong cell, and a sheet that lists them. Raises UnreadableBook."""
    book = open_book(content)
    listed = list(problems)
    for problem in listed:
        if problem.sheet not in book.sheetnames or not problem.cell:
            continue
        cell = book[problem.sheet][problem.cell]
        if isinstance(cell, MergedCell):
            continue
        before = cell.comment.text + "\n" if cell.comment and cell.comment.author == AUTHOR else ""
        comment = Comment(before + problem.words, AUTHOR)
        comment.width, comment.height = 320, 110
        cell.comment = comment
        cell.fill = WRONG
    if LIST in book.sheetnames:
        del book[LIST]
    sheet = book.create_sheet(LIST)
    sheet.append(["位置", "怎么改"])
    for problem in listed:
        sheet.append([problem.where, problem.words])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 110
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
