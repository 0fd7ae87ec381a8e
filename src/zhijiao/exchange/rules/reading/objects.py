"""JSON: a list of objects, as other systems send them. Keys are titles: field ids, national names or Chinese names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from zhijiao.exchange.rules.reading.refusing import unusable
from zhijiao.exchange.rules.reading.types import CHUNK, Chunk, Fault, Sheet

MOST_KEYS = 2_000


class Objects:
    """A JSON file. Row n is the n-th object; the heading is row 0."""

    kind = "json"
    notes: tuple[str, ...] = ()

    def __init__(self, content: bytes, name: str) -> None:
        try:
            found = json.loads(
                content.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str
            )
        except UnicodeDecodeError as error:
            raise unusable(name, f"第 {error.start + 1} 个字节不是 UTF-8", "按 UTF-8 编码重新导出") from error
        except json.JSONDecodeError as error:
            raise unusable(
                name, f"第 {error.lineno} 行第 {error.colno} 列起不是 JSON", "按 JSON 重新导出"
            ) from error
        except RecursionError as error:
            raise unusable(name, "JSON 层层嵌套", "交一个由对象组成的列表") from error
        rows = found.get("rows", found.get("data")) if isinstance(found, dict) else found
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            raise unusable(name, "JSON 不是由对象组成的列表", '按 [{"字段": "值"}, …] 的样子重新导出')
        self._rows: list[dict[str, Any]] = rows
        self._keys = tuple(dict.fromkeys(key for row in rows for key in row))
        if len(self._keys) > MOST_KEYS:
            raise unusable(name, f"对象里共有 {len(self._keys)} 个键", f"去掉无关的键，最多 {MOST_KEYS} 个")

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """One table, whose only head row is the keys."""
        return (Sheet("", (self._keys,)),)

    def chunks(self, sheet: str, after: int) -> Iterator[Chunk]:
        """The objects. There is nothing above the first, so `after` cuts nothing."""
        for start in range(0, len(self._rows), CHUNK):
            part = self._rows[start : start + CHUNK]
            faults: list[Fault] = []
            columns = {
                str(i): pl.Series(
                    [_text(row.get(key), n, i, faults) for n, row in enumerate(part, start + 1)],
                    dtype=pl.String,
                )
                for i, key in enumerate(self._keys)
            }
            rows = pl.int_range(start + 1, start + 1 + len(part), dtype=pl.Int64, eager=True).alias("row")
            yield Chunk(sheet, rows, pl.DataFrame(columns), tuple(faults))


def _text(value: Any, row: int, column: int, faults: list[Fault]) -> str | None:
    if value is None or isinstance(value, str):
        # A lone surrogate is no text and cannot be stored.
        return value if value is None or value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, bool):
        return "是" if value else "否"
    shown = json.dumps(value, ensure_ascii=False)[:40]
    faults.append(Fault(row, column, "type", shown, "这里应是一个值，不能是列表或对象；把它展开成几个字段"))
    return None
