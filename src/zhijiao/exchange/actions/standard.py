"""Verbs: import an edition of the standard, and keep the whole standard that a batch or snapshot names.

Who may accept a pack's new version may import here: both change what everybody reports by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.audit import record
from zhijiao.core.errors import Refusal
from zhijiao.exchange.models import StandardEdition
from zhijiao.exchange.queries.standard import NATIONAL, WHOLE, standard
from zhijiao.exchange.rules.reading import open_file
from zhijiao.exchange.rules.standard import shipped
from zhijiao.exchange.rules.standard.codetables import read_code_table
from zhijiao.exchange.rules.standard.editions import succeeded
from zhijiao.exchange.rules.standard.mapping import (
    content_hash,
    dataset_mapping,
    list_mapping,
    standard_mapping,
)
from zhijiao.exchange.rules.standard.national import read_national
from zhijiao.exchange.types import Code, CodeList, Problem, Standard

_MOST_ENDED = 0.2
"""A new edition that ends a greater share of a list is most likely the wrong file, and asks for a second word."""
_LOCK = 0x7A6A_7374
"""Key of the advisory lock that lets one import at a time."""


class ImportRefused(Refusal):
    """A file with faults, all of them at once. Nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        shown = "\n".join(each.words for each in self.problems[:20])
        super().__init__(f"文件有 {len(self.problems)} 处要改正，没有导入：\n{shown}")


@dataclass(frozen=True)
class Imported:
    """What an import came to. `news`: it differs from what was in force."""

    subject: str
    edition: str
    hash: str
    news: bool
    datasets: int
    entries: int
    ended: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class CodesPlan:
    """What an import of a code list would do."""

    old: CodeList
    new: CodeList
    added: tuple[Code, ...]
    ended: tuple[Code, ...]
    resumed: tuple[Code, ...]  # had ended before
    renamed: tuple[tuple[Code, Code], ...]  # before and after


def plan_codes(
    *,
    subject: str,
    files: Sequence[tuple[str, bytes]],
    edition: str,
    on: date,
    supplement: bool = False,
    complete: bool = False,
) -> CodesPlan:
    """What `import_codes` would do. Changes nothing. Raises ImportRefused, FileUnusable."""
    old = standard().codes.get(subject)
    if old is None:
        known = "、".join(sorted(standard().codes))
        raise Refusal(f"没有代码表 {subject}。现有的代码表：{known}。")
    read = read_code_table(subject, [open_file(content, name) for name, content in files])
    if read.problems:
        raise ImportRefused(read.problems)
    new = succeeded(
        old,
        read.entries,
        edition=edition,
        on=on,
        became=read.became,
        supplement=supplement,
        complete=complete,
    )
    after = [(entry, new.by_code[entry.code]) for entry in old.entries]
    return CodesPlan(
        old,
        new,
        added=tuple(entry for entry in new.entries if entry.code not in old.by_code),
        ended=tuple(now for was, now in after if was.until is None and now.until is not None),
        resumed=tuple(now for was, now in after if was.until is not None and now.until is None),
        renamed=tuple((was, now) for was, now in after if was.name != now.name),
    )


def import_codes(
    *,
    subject: str,
    files: Sequence[tuple[str, bytes]],
    edition: str,
    on: date,
    supplement: bool = False,
    complete: bool = False,
    ends_many: bool = False,
    by: Actor,
    at: datetime,
) -> Imported:
    """Take a published table as the new edition of a code list, in force from a day. What it no longer has ends on that day,
    unless it is a `supplement`; with `complete`, codes outside the list are errors from now on. `ends_many` says that a large
    part of the list is meant to end. Raises ImportRefused, FileUnusable, NotAllowed."""
    by.require(Permission.ACCEPT_PACKS)
    with transaction.atomic():
        _alone()
        plan = plan_codes(
            subject=subject, files=files, edition=edition, on=on, supplement=supplement, complete=complete
        )
        if not ends_many:
            _refuse_many(plan, on)
        content = {"codes": [list_mapping(plan.new)]}
        news = _add(subject, edition, content, files, f"代码表“{plan.new.name}”", by, at)
    entries, ended = len(plan.new.entries), len(plan.ended)
    return Imported(subject, edition, content_hash(content), news, 0, entries, ended, ())


def import_national(*, files: Sequence[tuple[str, bytes]], edition: str, by: Actor, at: datetime) -> Imported:
    """Take the national file of the standard: its data sets and dictionaries stand beside our own. Raises ImportRefused,
    FileUnusable, NotAllowed."""
    by.require(Permission.ACCEPT_PACKS)
    opened = [open_file(content, name) for name, content in files]
    with transaction.atomic():
        _alone()
        base = standard()
        made = read_national(opened, _without_national(base), edition)
        if made.problems:
            raise ImportRefused(made.problems)
        content = {
            "datasets": [dataset_mapping(each) for each in made.datasets],
            "codes": [list_mapping(each) for each in made.lists],
        }
        news = _add(NATIONAL, edition, content, files, "国家数据标准", by, at)
    entries = sum(len(each.entries) for each in made.lists)
    return Imported(
        NATIONAL, edition, content_hash(content), news, len(made.datasets), entries, 0, tuple(made.guesses)
    )


def keep_standard(*, by: Actor, at: datetime, now: Standard | None = None) -> Standard:
    """The standard in force, kept whole, so that whoever names its hash can read by it for good. Idempotent. `now`: where the
    caller has it."""
    now = now or standard()
    if StandardEdition.objects.filter(subject=WHOLE, hash=now.hash).exists():
        return now
    with transaction.atomic():
        _alone()
        if not StandardEdition.objects.filter(subject=WHOLE, hash=now.hash).exists():
            StandardEdition.objects.create(
                subject=WHOLE,
                edition=now.edition[:60],
                hash=now.hash,
                content=standard_mapping(now),
                file_name="",
                file_digest="",
                imported_at=at,
                imported_by=by.name[:80],
            )
    return now


def _refuse_many(plan: CodesPlan, on: date) -> None:
    standing = sum(entry.until is None for entry in plan.old.entries)
    if len(plan.ended) <= _MOST_ENDED * standing:
        return
    shown = "、".join(f"{entry.code} {entry.name}" for entry in plan.ended[:3])
    raise Refusal(
        f"这份文件会让“{plan.old.name}”现行 {standing} 个条目中的 {len(plan.ended)} 个（{shown}……）自 {on} 起终止，没有导入。"
        "请核对是不是拿错了文件；只补充新条目的，加 --supplement；确实要终止这么多的，加 --ends-many。"
    )


def _without_national(base: Standard) -> Standard:
    """The standard before any national file: a new one may bring the same tables again."""
    own = shipped()
    return Standard(base.edition, base.hash, own.datasets, own.codes)


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _add(
    subject: str,
    edition: str,
    content: dict[str, Any],
    files: Sequence[tuple[str, bytes]],
    what: str,
    by: Actor,
    at: datetime,
) -> bool:
    """One more row of the ledger, unless the same is in force. Says whether it was added."""
    digest = content_hash(content)
    newest = StandardEdition.objects.filter(subject=subject).order_by("-id").values_list("hash", flat=True)
    if newest.first() == digest:
        return False
    row = StandardEdition.objects.create(
        subject=subject,
        edition=edition,
        hash=digest,
        content=content,
        file_name="、".join(name for name, _ in files)[:255],
        file_digest=hashlib.sha256(b"".join(body for _, body in files)).hexdigest(),
        imported_at=at,
        imported_by=by.name[:80],
    )
    record(
        by=by,
        at=at,
        action="exchange.standard_imported",
        object_kind="standard",
        object_id=row.pk,
        summary=f"导入{what}{edition}",
        detail={"subject": subject, "edition": edition, "hash": digest, "file": row.file_name},
    )
    return True
