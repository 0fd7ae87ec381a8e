"""Verbs: set a file aside of which nobody knows yet what data it is, and take it up once its sender has said so.

Nothing is noted in a table, since nothing was handed in yet: the bytes lie sealed beside the spools, one file a person, for a
day. Only the person who sent a file can take it up: the key that the page carries is signed and names them.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

from django.core import signing

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.filestore.kinds import clean_name
from zhijiao.exchange import vault
from zhijiao.exchange.actions.shared import data_folder, sees
from zhijiao.exchange.store import FOLDER
from zhijiao.exchange.types import FileUnusable

KEPT = timedelta(days=1)
_ASIDE = "aside"
_SALT = "zhijiao.exchange.aside"


def set_aside(*, by: Actor, at: datetime, organisation: int, name: str, chunks: Iterable[bytes]) -> str:
    """Keep a file for whoever sent it; the key to take it up with. One that the person had set aside before is let go.

    Raises NotAllowed, Invisible.
    """
    sees(by, organisation)
    by.require(Permission.REPORT, organisation)
    clear_aside(at=at)
    folder = _folder() / str(by.person)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, draft = tempfile.mkstemp(dir=folder, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            for chunk in vault.seal(chunks):
                stream.write(chunk)
        _remove(path for path in folder.iterdir() if not path.name.startswith("."))
        mark = token_hex(16)
        Path(draft).replace(folder / mark)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    said = {"person": str(by.person), "mark": mark, "name": clean_name(name), "at": at.isoformat()}
    return signing.dumps(said, salt=_SALT)


@dataclass(frozen=True)
class Aside:
    """A file that was set aside. `size`: bytes on the disk, a few more than were sent."""

    name: str
    size: int


def aside(*, by: Actor, at: datetime, key: str) -> Aside:
    """A file that was set aside. Raises FileUnusable where it is not there, not the person's, or too old."""
    path, name = _found(by, at, key)
    return Aside(name, path.stat().st_size)


def content_aside(*, by: Actor, at: datetime, key: str) -> Iterator[bytes]:
    """A file that was set aside, as it was sent. Raises FileUnusable."""
    path, name = _found(by, at, key)
    with path.open("rb") as stream:
        yield from vault.unseal(stream, name)


def let_go(*, by: Actor, at: datetime, key: str) -> None:
    """Remove a file that was taken up. One that is gone already is well."""
    with suppress(FileUnusable):
        _remove([_found(by, at, key)[0]])


def clear_aside(*, at: datetime) -> None:
    """Remove what nobody took up in time, and drafts that a killed process left."""
    before = (at - KEPT).timestamp()
    for path in _folder().glob("*/*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()


def _found(by: Actor, at: datetime, key: str) -> tuple[Path, str]:
    gone = "先前上传的文件已不在平台上：只留一天，再传一个时前一个就不留了。请重新选择文件上传。"
    try:
        said = signing.loads(key, salt=_SALT)
    except signing.BadSignature:
        raise FileUnusable(gone) from None
    path = _folder() / str(by.person) / said["mark"]
    late = datetime.fromisoformat(said["at"]) + KEPT < at
    if said["person"] != str(by.person) or late or not path.is_file():
        raise FileUnusable(gone)
    return path, said["name"]


def _folder() -> Path:
    return data_folder() / FOLDER / _ASIDE


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
