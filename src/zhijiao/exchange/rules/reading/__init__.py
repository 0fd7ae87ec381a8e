"""Any file that an office sends, as text cells with their places. What cannot be read is told with its remedy."""

from __future__ import annotations

from pathlib import Path

from zhijiao.exchange.rules.reading.delimited import Delimited
from zhijiao.exchange.rules.reading.objects import Objects
from zhijiao.exchange.rules.reading.refusing import (
    MOST_BYTES,
    nothing_in,
    refuse_blank,
    refuse_kind,
    unusable,
)
from zhijiao.exchange.rules.reading.types import CHUNK, Chunk, Fault, Opened, Sheet
from zhijiao.exchange.rules.reading.workbook import Workbook

__all__ = ["CHUNK", "Chunk", "Fault", "Opened", "Sheet", "open_file", "refuse_blank"]


def open_file(content: bytes | Path, name: str = "") -> Opened:
    """A file by what it holds, not by its name. A path is read bit by bit where it is long text. Raises FileUnusable."""
    name = name or (content.name if isinstance(content, Path) else "")
    start = _start(content)
    if not start.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise nothing_in(name)
    if start[:4] == b"PK\x03\x04":
        whole = content.read_bytes() if isinstance(content, Path) else content
        return Workbook(whole, name)
    refuse_kind(start, content, name)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{"):
        whole = content.read_bytes() if isinstance(content, Path) else content
        return Objects(whole, name)
    return Delimited(content, name)


def _start(content: bytes | Path) -> bytes:
    if isinstance(content, bytes):
        if len(content) > MOST_BYTES:
            raise unusable("", f"超过 {MOST_BYTES // 1_000_000} MB", "拆成几个文件，或由运维人员用命令行导入")
        return content[:4096]
    with content.open("rb") as file:
        return file.read(4096)
