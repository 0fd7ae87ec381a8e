"""Verbs: take a file, and take it back before it is applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from zhijiao.core import blobs, environment
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import bulk
from zhijiao.core.filestore.kinds import clean_name
from zhijiao.core.models import StoredFile
from zhijiao.exchange import vault
from zhijiao.exchange.actions.shared import (
    data_folder,
    dataset_of,
    load,
    log,
    new_number,
    outcome,
    sees,
    shelf_of,
    standard_of,
)
from zhijiao.exchange.models import Batch, Shelf
from zhijiao.exchange.rules.retention import FILE_YEARS
from zhijiao.exchange.store import FOLDER
from zhijiao.exchange.types import FileUnusable, Outcome, State
from zhijiao.exchange.types.batches import KeyTaken, Refused

MEGABYTE = 1024 * 1024
DEFAULT_LIMIT_MB = 200
WAITING = (State.RECEIVED.value, State.CHECKED.value)


def limit() -> int:
    """The most bytes that a file handed in over the web may have (ZHIJIAO_MAX_INTAKE_MB)."""
    said = environment.text("ZHIJIAO_MAX_INTAKE_MB")
    return (int(said) if said.isdigit() and int(said) else DEFAULT_LIMIT_MB) * MEGABYTE


def receive(
    *,
    by: Actor,
    at: datetime,
    dataset: str,
    organisation: int,
    name: str,
    chunks: Iterable[bytes],
    source: str = "",
    wanted: Mapping[str, Any] | None = None,
    key: str | None = None,
    most: int | None = None,
    now: bool = False,
) -> Batch:
    """Keep a file and note that it is to be checked; the job does so, unless `now` says that the caller will. The same content
    that waits already, or the same `key`, gives the batch that is there. `wanted`: the layout or sheet that the sender chose.

    Raises FileUnusable, KeyTaken, Refused, NotAllowed, Invisible. Nothing is kept of a file that is refused.
    """
    sees(by, organisation)
    by.require(Permission.REPORT, organisation)
    dataset_of(standard_of(by.tenant), dataset)
    name, most = clean_name(name), most or limit()
    plain = vault.Plain(chunks)
    try:
        with blobs.arriving(data_folder(), vault.seal(plain), most + most // 1000 + 4096) as draft:
            if plain.size == 0:
                raise FileUnusable(f"“{name}”是空文件（0 字节）。请检查原文件，重新选择后上传。")
            return keep(draft, plain, by, at, dataset, organisation, name, source, wanted, key, now)
    except blobs.TooLarge:
        raise FileUnusable(
            f"“{name}”超过 {most // MEGABYTE} MB。请分成几个文件（比如一个年级一个），或请管理员用命令行导入。"
        ) from None


def keep(
    draft: blobs.Draft,
    plain: vault.Plain,
    by: Actor,
    at: datetime,
    dataset: str,
    organisation: int,
    name: str,
    source: str,
    wanted: Mapping[str, Any] | None,
    key: str | None,
    now: bool,
) -> Batch:
    """Keep what arrived, and note the batch; or the one that is there already."""
    with bulk():
        shelf = shelf_of(by.tenant, dataset, source)
        if found := there(shelf, organisation, plain.digest, key):
            return found
        blobs.keep(data_folder(), draft)
        file = stored(draft, name, organisation, by, at)
        id_, number = new_number(at)
        try:
            with transaction.atomic():
                batch = Batch.objects.create(
                    id=id_,
                    number=number,
                    shelf=shelf,
                    organisation_id=organisation,
                    file=file,
                    digest=plain.digest,
                    file_name=name,
                    size=plain.size,
                    key=key,
                    wanted=dict(wanted) if wanted else None,
                    state=State.RECEIVED.value,
                    user=by.user,
                    name=by.name[:80],
                    received_at=at,
                )
        except IntegrityError:  # the same file, or the same key, came at the same moment
            if found := there(shelf, organisation, plain.digest, key):
                return found
            raise
        log_receipt(batch, by, at)
        if not now:
            transaction.on_commit(lambda: ask_for_check(batch.pk))
        return batch


def stored(draft: blobs.Draft, name: str, organisation: int, by: Actor, at: datetime) -> StoredFile:
    """The line of a file that is kept."""
    return StoredFile.objects.create(
        digest=draft.digest,
        name=name,
        size=draft.size,
        media_type="application/octet-stream",
        organisation_id=organisation,
        parties=[],
        uploaded_by=by.name[:80],
        uploaded_at=at,
    )


def log_receipt(batch: Batch, by: Actor, at: datetime) -> None:
    """The line of the log that a file came."""
    summary = f"收到“{batch.file_name}”（{batch.number}）"
    log(batch, by=by, at=at, action="receive", summary=summary, size=batch.size)


def there(shelf: Shelf, organisation: int, digest: str, key: str | None) -> Batch | None:
    """The batch of this key, or else the one of this content that waits. Raises KeyTaken where the key's content is another."""
    known = Batch.objects.select_related("shelf", "file").filter(organisation_id=organisation)
    if key is not None and (found := known.filter(key=key).first()):
        if (found.shelf_id, found.digest) != (shelf.pk, digest):
            raise KeyTaken(key, found.number)
        return found
    return known.filter(shelf=shelf, digest=digest, state__in=WAITING).first()


def ask_for_check(batch: int) -> None:
    from zhijiao.exchange.jobs import check_one

    try:
        check_one.configure(queueing_lock=f"exchange.check.{batch}").defer(batch=batch)
    except Exception as error:  # the batch is stored; the sweep of the next minute finds it
        if "AlreadyEnqueued" not in type(error).__name__:
            raise


def withdraw(*, by: Actor, at: datetime, batch: int, words: str = "") -> Outcome:
    """Take back a file that was not applied. Doing it twice changes nothing. Raises Refused, NotAllowed, Invisible."""
    load(by, batch)
    with bulk():
        row = Batch.objects.select_for_update(of=("self",)).select_related("shelf").get(pk=batch)
        if row.state == State.WITHDRAWN.value:
            return outcome(row)
        if row.state not in (*WAITING, State.REFUSED.value):
            raise Refused(
                f"批次 {row.number} {State(row.state).words}，不能撤回。要退回入库以前的样子，请用“撤销”。"
            )
        row.state, row.closed_at, row.words = State.WITHDRAWN.value, at, words[:1000] or row.words
        row.save(update_fields=["state", "closed_at", "words"])
        log(row, by=by, at=at, action="withdraw", summary=f"撤回“{row.file_name}”（{row.number}）")
    remove_spool(batch)
    return outcome(row)


def remove_spool(batch: int) -> None:
    """The checked rows of a batch are not needed any more."""
    import shutil

    shutil.rmtree(data_folder() / FOLDER / str(batch), ignore_errors=True)


def content_of(batch: Batch) -> Iterable[bytes]:
    """The sender's file, as it was. Raises FileUnusable where its bytes are lost, or were kept long enough."""
    assert batch.file is not None, "an undoing has no file"
    if batch.forgotten_blob:
        raise FileUnusable(
            f"“{batch.file_name}”办结已满 {FILE_YEARS} 年，文件已按保留期删除；它带来的记录和批次 {batch.number} 的说明都还在。"
        )
    path = blobs.place_of(data_folder(), batch.file.digest)
    if not path.is_file():
        raise FileUnusable(f"“{batch.file_name}”的内容不在文件库里。请联系系统管理员从备份恢复，或重新上传。")
    return _opened(path, batch.file_name)


def _opened(path: Path, name: str) -> Iterable[bytes]:
    with path.open("rb") as stream:
        yield from vault.unseal(stream, name)
