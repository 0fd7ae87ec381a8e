"""Restoring a backup into the embedded database of a stopped instance. No Django.

All or nothing: the backup is unpacked and checked, loaded into a database beside the present one and compared with the
digests that it brought; only then do both change names, in one transaction. The database that was there before stays under
another name until the next restore. Files are only added.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
import tempfile
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from zhijiao.core.auditing.heads import NAME as HEADS_FILE
from zhijiao.core.backup import digests, manifest, programs
from zhijiao.core.backup.manifest import DUMP, FILES, HEADS, MANIFEST, SECRET, BackupRefused, Manifest
from zhijiao.core.blobs import place_of
from zhijiao.core.files import secret_key_path, write_private
from zhijiao.core.instance import InstanceLock
from zhijiao.core.postgres import OWNER, SUPERUSER, EmbeddedPostgres, Logins
from zhijiao.core.postgres.logins import DATABASE
from zhijiao.core.postgres.roles import grant_app

DRAFT = "zhijiao_restoring"
BEFORE = "zhijiao_before_restore"
NOTICE = "restored.json"
_DIGEST = re.compile(r"[0-9a-f]{64}")

Say = Callable[[str], None]


class NotEmpty(BackupRefused):
    """The instance holds something that the restore would put aside."""


def check(source: Path) -> Manifest:
    """Read a whole backup and compare it with what it says of itself. Raises `BackupRefused`."""
    with tempfile.TemporaryDirectory(prefix="zhijiao-check-") as folder:
        return _unpack(source, Path(folder))


def restore(
    source: Path, data: Path, *, known: Collection[str], replace: bool, at: datetime, say: Say
) -> Manifest:
    """Put a backup in the place of what an instance holds. `known` are the migrations of this version, by name; `replace`
    allows it where the instance is not empty."""
    with InstanceLock(data) as lock, tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as folder:
        say("正在核对备份……")
        found = _unpack(source, Path(folder))
        newer = sorted(set(found.migrations) - set(known))
        if newer:
            raise BackupRefused(
                f"备份来自更新的版本（{found.product}，有本版本不认识的结构 {newer[0]}）。请先升级本程序，再恢复。"
            )
        server = EmbeddedPostgres(lock.data)
        logins = server.start()
        try:
            _refuse_replacing(logins, lock.data, replace)
            say("正在装入数据库……")
            _load(logins, Path(folder) / DUMP, found)
            say("正在装入文件……")
            _add_files(Path(folder), lock.data)
            _change_over(logins, Path(folder), lock.data)
        finally:
            server.stop()
        _leave_notice(lock.data, found, source, at)
    return found


def _unpack(source: Path, folder: Path) -> Manifest:
    """Everything of the file into a folder, each part compared with its digest."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            first = archive.next()
            if first is None or first.name != MANIFEST:
                raise BackupRefused(f"{source} 不是本平台的备份文件。")
            found = manifest.read(_content(archive, first))
            files = 0
            while (entry := archive.next()) is not None:
                files += _unpack_one(archive, entry, folder, found)
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.filename:
            raise
        raise BackupRefused(f"备份文件 {source} 读不下去，可能没有传完整或已损坏。请换一份备份。") from error
    if (
        not (folder / DUMP).is_file()
        or files != found.files
        or (folder / SECRET).is_file() != found.secret_key
    ):
        raise BackupRefused(f"备份文件 {source} 不完整：说明里有的内容没有全部找到。请换一份备份。")
    return found


def _unpack_one(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path, found: Manifest) -> int:
    """One part; 1 for a file that was handed in."""
    digest = entry.name.removeprefix(FILES)
    is_file = entry.name.startswith(FILES) and _DIGEST.fullmatch(digest) is not None
    if not entry.isreg() or not (is_file or entry.name in (DUMP, SECRET, HEADS)):
        raise BackupRefused(f"备份文件里有不认识的内容（{entry.name}）。请换一份备份。")
    target = folder / entry.name
    target.parent.mkdir(exist_ok=True)
    sha = hashlib.sha256()
    stream = archive.extractfile(entry)
    assert stream is not None
    with target.open("wb") as output:
        while block := stream.read(1024 * 1024):
            sha.update(block)
            output.write(block)
    wanted = {DUMP: found.dump_digest}.get(entry.name, digest if is_file else None)
    if wanted is not None and sha.hexdigest() != wanted:
        raise BackupRefused(f"备份文件里的 {entry.name} 与摘要不符，文件已损坏。请换一份备份。")
    return int(is_file)


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(entry)
    return b"" if stream is None else stream.read()


def _refuse_replacing(logins: Logins, data: Path, replace: bool) -> None:
    with _connect(logins, OWNER) as connection:
        row = connection.execute("SELECT to_regclass('public.django_migrations')").fetchone()
        empty = row is not None and row[0] is None
    if not empty and not replace:
        raise NotEmpty(
            f"数据目录 {data} 里已有数据，恢复会用备份替换它。确认要替换，请加 --yes；"
            f"原来的数据库会以 {BEFORE} 为名保留到下一次恢复。没有做任何改动。"
        )


def _load(logins: Logins, dumped: Path, found: Manifest) -> None:
    with _connect(logins, SUPERUSER, "postgres") as connection:
        _drop(connection, DRAFT)
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DRAFT), sql.Identifier(OWNER))
        )
    try:
        with _connect(logins, SUPERUSER, DRAFT) as connection:
            grant_app(connection)
        programs.load(logins.parameters(OWNER, DRAFT), dumped)
        with _connect(logins, OWNER, DRAFT) as connection, connection.transaction():
            different = manifest.differences(found.tables, digests.tables(connection))
        if different:
            listed = "\n".join(different[:10])
            raise BackupRefused(f"恢复出来的内容与备份时的摘要不符，没有做任何改动：\n{listed}")
    except BaseException:
        with _connect(logins, SUPERUSER, "postgres") as connection:
            _drop(connection, DRAFT)
        raise


def _add_files(folder: Path, data: Path) -> None:
    for path in sorted((folder / FILES).glob("*")) if (folder / FILES).is_dir() else ():
        place = place_of(data, path.name)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.replace(place)


def _change_over(logins: Logins, folder: Path, data: Path) -> None:
    """The new database takes the name of the old one, and with it goes the key under which its secrets are written."""
    key = secret_key_path(data)
    before = key.read_text(encoding="utf-8") if key.is_file() else None
    if (folder / SECRET).is_file():
        write_private(key, (folder / SECRET).read_text(encoding="utf-8"))
    try:
        with _connect(logins, SUPERUSER, "postgres") as connection:
            _drop(connection, BEFORE)
            with connection.transaction():
                for old, new in ((DATABASE, BEFORE), (DRAFT, DATABASE)):
                    connection.execute(
                        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                            sql.Identifier(old), sql.Identifier(new)
                        )
                    )
    except BaseException:
        if before is not None:
            write_private(key, before)
        raise
    # Heads that were noted of the chain before would accuse the one that came with the backup.
    (data / HEADS_FILE).unlink(missing_ok=True)
    if (folder / HEADS).is_file():
        write_private(data / HEADS_FILE, (folder / HEADS).read_text(encoding="ascii"))


def _leave_notice(data: Path, found: Manifest, source: Path, at: datetime) -> None:
    """For the audit trail: the job that seals it reads this at the next start (core/jobs.py)."""
    words = {
        "restored_at": at.isoformat(),
        "created_at": found.created_at,
        "file": source.name,
        "audit_head": found.audit_head,
    }
    write_private(data / NOTICE, json.dumps(words, ensure_ascii=False))


def _drop(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _connect(logins: Logins, login: str, database: str = DATABASE) -> psycopg.Connection[Any]:
    return psycopg.connect(
        **logins.parameters(login, database),  # type: ignore[arg-type]
        autocommit=True,
        connect_timeout=10,
    )
