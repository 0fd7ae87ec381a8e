"""The verbs of the file store."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.db import connection, transaction

from zhijiao.core import blobs, environment
from zhijiao.core.access.actor import Actor, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import bulk
from zhijiao.core.audit import record
from zhijiao.core.filestore.kinds import EVIDENCE, SIGNATURES, FileKind, FileRefused, clean_name, kind_of
from zhijiao.core.models import StoredFile

MEGABYTE = 1024 * 1024
DEFAULT_LIMIT_MB = 50
ORPHAN_HOURS = 24.0
# Who hands something in holds one of these; an auditor, who only reads, holds none.
HANDS_IN = (
    Permission.REPORT,
    Permission.PROGRESS,
    Permission.REVIEW,
    Permission.ASSIGN,
    Permission.SUPERVISE,
    Permission.SIGN,
    Permission.WRITE_PLANS,
    Permission.APPROVE_PLANS,
)


class Upload(Protocol):
    """What Django gives for a file of a form."""

    @property
    def name(self) -> str | None: ...

    def chunks(self) -> Iterable[bytes]: ...


def limit() -> int:
    """The most bytes that a file may have (ZHIJIAO_MAX_FILE_MB)."""
    said = environment.text("ZHIJIAO_MAX_FILE_MB")
    return (int(said) if said.isdigit() and int(said) else DEFAULT_LIMIT_MB) * MEGABYTE


def store(
    upload: Upload,
    *,
    organisation: int,
    parties: Collection[int] = (),
    by: Actor,
    at: datetime,
    allowed: Collection[FileKind] = EVIDENCE,
) -> StoredFile:
    """Keep a file for an organisation; `parties` may read it besides. Raises `FileRefused`, `NotAllowed`."""
    if not any(by.may(permission, organisation) for permission in HANDS_IN):
        raise NotAllowed(Permission.PROGRESS)
    name = clean_name(upload.name or "")
    data = environment.data_folder()
    try:
        with blobs.arriving(data, upload.chunks(), limit()) as draft:
            if draft.size == 0:
                raise FileRefused(f"“{name}”是空文件（0 字节）。请检查原文件，重新选择后上传。")
            kind = kind_of(draft.stream, name, allowed)
            with transaction.atomic():
                _hold(draft.digest)
                blobs.keep(data, draft)
                made = StoredFile.objects.create(
                    digest=draft.digest,
                    name=name,
                    size=draft.size,
                    media_type=SIGNATURES[kind].media_type,
                    organisation_id=organisation,
                    parties=sorted(set(parties) - {organisation}),
                    uploaded_by=by.name[:80],
                    uploaded_at=at,
                )
                record(
                    by=by,
                    at=at,
                    action="file.stored",
                    organisation=organisation,
                    object_kind="file",
                    object_id=made.pk,
                    summary=f"上传“{name}”",
                    detail={"digest": draft.digest, "size": draft.size},
                )
                return made
    except blobs.TooLarge:
        raise FileRefused(
            f"“{name}”超过 {limit() // MEGABYTE} MB，不能上传。请压缩其中的图片，或分成几个文件。"
        ) from None


def content_of(file: StoredFile, *, by: Actor, at: datetime) -> Path:
    """Where the bytes of a file lie, for handing them out. `file` was read within the actor's scope; the trail says that
    it was handed out. Raises `FileRefused` where the bytes are lost."""
    place = blobs.place_of(environment.data_folder(), file.digest)
    if not place.is_file():
        raise FileRefused(f"“{file.name}”的内容不在文件库里。请联系系统管理员从备份恢复。")
    record(
        by=by,
        at=at,
        action="file.downloaded",
        organisation=file.organisation_id,
        object_kind="file",
        object_id=file.pk,
        summary=f"下载“{file.name}”",
    )
    return place


def remove_orphans() -> int:
    """Remove bytes that no row names and that nobody handed in of late; return how many files went."""
    data = environment.data_folder()
    gone = 0
    for path in blobs.old_drafts(data, ORPHAN_HOURS):
        path.unlink(missing_ok=True)
        gone += 1
    for path in blobs.kept(data):
        if blobs.older(path, ORPHAN_HOURS):
            gone += _remove_if_orphan(path)
    return gone


def _remove_if_orphan(path: Path) -> int:
    with bulk():
        # Alone with this digest, so that somebody who hands in the same file now is either seen or comes after.
        _hold(path.name, shared=False)
        if _is_named(path.name) or not blobs.older(path, ORPHAN_HOURS):
            return 0
        path.unlink(missing_ok=True)
        return 1


def _is_named(digest: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(blobs.NAMING)
        named = blobs.named(cursor.fetchall())
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM ({named}) AS all_named(digest) WHERE digest = %s)", [digest]
        )
        found: bool = cursor.fetchone()[0]
    return found


def _hold(digest: str, *, shared: bool = True) -> None:
    lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    number = int(digest[:15], 16)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s)", [number])
