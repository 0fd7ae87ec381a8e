"""What a file is: by its content, which has to agree with its name. No Django.

A file is never shown in the browser, only handed out for saving; still, what could run by itself is refused: programs,
macros, scripts, web pages, drawings with scripts, and archives, in which all of these could hide.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from zhijiao.core.errors import Refusal

HEAD = 1024
LONGEST_NAME = 120
# A workbook of office work unpacks to a few tens of megabytes; one made to fill a disk unpacks to thousands.
MOST_UNPACKED = 1_000_000_000
MOST_PARTS = 20_000
ACTIVE_PARTS = ("vbaproject.bin", "vbadata.xml", "/activex/", "/macrosheets/")


class FileRefused(Refusal):
    """A file that cannot be taken, and what to do instead."""


class FileKind(StrEnum):
    """The kinds that are told apart."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    OFD = "ofd"
    PNG = "png"
    JPEG = "jpg"


@dataclass(frozen=True)
class Signature:
    """How a kind is recognised: endings of names, first bytes, and for packages a part that they hold."""

    media_type: str
    endings: tuple[str, ...]
    start: bytes
    part: str = ""


_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIP = b"PK\x03\x04"
SIGNATURES: dict[FileKind, Signature] = {
    FileKind.PDF: Signature("application/pdf", (".pdf",), b"%PDF-"),
    FileKind.PNG: Signature("image/png", (".png",), b"\x89PNG\r\n\x1a\n"),
    FileKind.JPEG: Signature("image/jpeg", (".jpg", ".jpeg"), b"\xff\xd8\xff"),
    FileKind.DOCX: Signature(f"{_OFFICE}wordprocessingml.document", (".docx",), _ZIP, "word/document.xml"),
    FileKind.XLSX: Signature(f"{_OFFICE}spreadsheetml.sheet", (".xlsx",), _ZIP, "xl/workbook.xml"),
    FileKind.PPTX: Signature(
        f"{_OFFICE}presentationml.presentation", (".pptx",), _ZIP, "ppt/presentation.xml"
    ),
    FileKind.OFD: Signature("application/ofd", (".ofd",), _ZIP, "OFD.xml"),
}
EVIDENCE = frozenset(FileKind)
"""What proves something: documents, workbooks, slides, scans, photographs."""

_REMEDIES = {
    **dict.fromkeys((".doc", ".wps"), "请在办公软件里另存为 .docx 或 .pdf 再上传"),
    **dict.fromkeys((".xls", ".et", ".csv"), "请在办公软件里另存为 .xlsx 再上传"),
    **dict.fromkeys((".ppt", ".dps"), "请在办公软件里另存为 .pptx 或 .pdf 再上传"),
    **dict.fromkeys((".zip", ".rar", ".7z", ".gz", ".tar"), "压缩包请先解开，逐个上传里面的文件"),
    **dict.fromkeys((".docm", ".xlsm", ".pptm"), "带宏的文件请另存为不带宏的 .docx、.xlsx 或 .pptx 再上传"),
    **dict.fromkeys((".heic", ".webp", ".bmp", ".tif", ".tiff"), "图片请另存为 .jpg 或 .png 再上传"),
    **dict.fromkeys((".htm", ".html", ".svg", ".txt", ".md"), "请打印成 .pdf 再上传"),
}


def kind_of(content: IO[bytes], name: str, allowed: Collection[FileKind] = EVIDENCE) -> FileKind:
    """What the file is. Raises `FileRefused` with the remedy where it is not of an allowed kind, is not what its name
    says, or could run by itself."""
    ending = Path(name).suffix.lower()
    named = next((kind for kind, look in SIGNATURES.items() if ending in look.endings), None)
    if named is None or named not in allowed:
        remedy = _REMEDIES.get(ending, f"可以上传：{words_for(allowed)}")
        raise FileRefused(f"“{name}”的类型{f'（{ending}）' if ending else ''}不能上传。{remedy}。")
    content.seek(0)
    head = content.read(HEAD)
    look = SIGNATURES[named]
    # Writers of PDF may put a few bytes before the mark; readers look for it in the first kilobyte.
    agrees = look.start in head if named is FileKind.PDF else head.startswith(look.start)
    if not agrees:
        raise FileRefused(
            f"“{name}”的内容不是 {ending} 文件，可能只改过文件名，或文件已损坏。"
            "请用能打开它的软件重新保存，再上传。"
        )
    if look.part:
        _check_package(content, name, look)
    content.seek(0)
    return named


def _check_package(content: IO[bytes], name: str, look: Signature) -> None:
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as package:
            parts = package.infolist()
            types = package.read("[Content_Types].xml").lower() if _has(parts, "[Content_Types].xml") else b""
    # The last one: a compression that zipfile does not know.
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise FileRefused(
            f"“{name}”打不开，文件可能没有传完整、已损坏或加了密码。请解除密码、重新保存后再上传。"
        ) from error
    if not _has(parts, look.part):
        raise FileRefused(
            f"“{name}”的内容不是 {look.endings[0]} 文件。请用办公软件另存为 {look.endings[0]} 再上传。"
        )
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise FileRefused(f"“{name}”解开后过大，不能上传。请删去其中的大图片或分成几个文件。")
    names = [f"/{part.filename.lower()}" for part in parts]
    if b"macroenabled" in types or any(mark in found for found in names for mark in ACTIVE_PARTS):
        raise FileRefused(f"“{name}”带有宏或控件，不能上传。请另存为不带宏的文件再上传。")


def _has(parts: list[zipfile.ZipInfo], wanted: str) -> bool:
    return any(part.filename == wanted for part in parts)


def words_for(kinds: Collection[FileKind]) -> str:
    """The endings of kinds, for a sentence."""
    return "、".join(ending for kind, look in SIGNATURES.items() if kind in kinds for ending in look.endings)


def accept(kinds: Collection[FileKind]) -> str:
    """The endings of kinds, for the `accept` of a file field."""
    return words_for(kinds).replace("、", ",")


def clean_name(name: str) -> str:
    """The name under which a file is kept and handed out: no folders, no signs that a system or a header reads."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Besides control signs, those that turn the direction of text: they make "fdp.exe" look like "exe.pdf".
    plain = "".join(sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    plain = re.sub(r'[<>:"|?*]', "_", plain)
    plain = re.sub(r"\s+", " ", plain).strip(" .")
    stem, ending = Path(plain).stem, Path(plain).suffix
    return f"{stem[: LONGEST_NAME - len(ending)]}{ending}" if plain else "文件"
