"""Workbooks: typed cells, exact numbers, widths that fit Chinese text, ready to print. Same input, same bytes."""

from zhijiao.render.xlsx.types import Book, Cell, Column, Fact, Link, Sheet, Text
from zhijiao.render.xlsx.writer import write_book

__all__ = ["Book", "Cell", "Column", "Fact", "Link", "Sheet", "Text", "write_book"]
