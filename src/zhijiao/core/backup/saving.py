"""Making a backup, while the product runs or is stopped. No Django."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

import zhijiao
from zhijiao.core.auditing.heads import NAME as HEADS_FILE
from zhijiao.core.backup import digests, programs
from zhijiao.core.backup.manifest import DUMP, FILES, HEADS, MANIFEST, SECRET, BackupRefused, Manifest, Table
from zhijiao.core.backup.programs import Parameters
from zhijiao.core.blobs import NAMING, named, place_of
from zhijiao.core.files import secret_key_path

MODE = 0o600  # a backup holds everything that the instance may not show


@contextmanager
def snapshot(parameters: Parameters) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """A connection that sees one moment, and the name by which pg_dump sees the same."""
    with psycopg.connect(**parameters, connect_timeout=10) as connection:  # type: ignore[arg-type]
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        yield connection, row[0]


def table_digests(parameters: Parameters) -> tuple[dict[str, Table], str]:
    """The digests of all tables and the head of the audit chain, of one moment."""
    with snapshot(parameters) as (connection, _):
        return digests.tables(connection), digests.text_head(connection)


def save(
    target: Path, parameters: Parameters, data: Path, *, at: datetime, say: Callable[[str], None]
) -> Manifest:
    """Write a backup of the database and of the files that it names. The file appears whole or not at all."""
    if target.is_dir():
        raise BackupRefused(f"{target} 是文件夹。请写备份文件的名字，例如 {target / 'zhijiao.tar.gz'}。")
    with (
        tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".backup-") as folder,
        snapshot(parameters) as (connection, name),
    ):
        say("正在导出数据库……")
        dumped = Path(folder) / DUMP
        programs.dump(parameters, name, dumped)
        say("正在计算各表的摘要……")
        tables = digests.tables(connection)
        columns = [(row[0], row[1]) for row in connection.execute(NAMING)]
        wanted = [row[0] for row in connection.execute(f"{named(columns)} ORDER BY 1")]
        present = [digest for digest in wanted if place_of(data, digest).is_file()]
        manifest = Manifest(
            product=zhijiao.__version__,
            created_at=at.isoformat(timespec="seconds"),
            postgres=str(connection.info.server_version),
            migrations=tuple(_migrations(connection)),
            tables=tables,
            files=len(present),
            file_bytes=sum(place_of(data, digest).stat().st_size for digest in present),
            missing_files=tuple(sorted(set(wanted) - set(present))),
            audit_head=digests.text_head(connection),
            dump_digest=_digest(dumped),
            dump_size=dumped.stat().st_size,
            secret_key=secret_key_path(data).is_file(),
        )
        draft = Path(folder) / "draft"
        _pack(draft, manifest, dumped, data, present)
        draft.replace(target)
    _sync(target.absolute().parent)
    return manifest


def _pack(draft: Path, manifest: Manifest, dumped: Path, data: Path, present: list[str]) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    with os.fdopen(descriptor, "wb") as stream:
        # The dump and most evidence are compressed already.
        with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=1) as archive:
            _add(archive, MANIFEST, manifest.as_json().encode())
            archive.add(dumped, DUMP, filter=_plain)
            for name, path in ((SECRET, secret_key_path(data)), (HEADS, data / HEADS_FILE)):
                if path.is_file():
                    _add(archive, name, path.read_bytes())
            for digest in present:
                archive.add(place_of(data, digest), f"{FILES}{digest}", filter=_plain)
        stream.flush()
        os.fsync(stream.fileno())


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), MODE
    archive.addfile(entry, io.BytesIO(content))


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names and numbers of this machine's users."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = MODE
    return entry


def _migrations(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return [row[0] for row in rows]


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
