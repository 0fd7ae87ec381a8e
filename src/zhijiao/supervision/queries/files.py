"""Reads: files that hang on a step, a line or a letter. Whoever sees that may see its files: they were handed in for it,
often before it was known who would read it, so the rows of the files themselves name no readers."""

from __future__ import annotations

from collections.abc import Iterable

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.scope import bulk
from zhijiao.core.models import StoredFile
from zhijiao.supervision.models import Check, Entry, ProblemStep, ProceedingStep, WorkItem


def files_on(actor: Actor, thing: str, number: int) -> list[StoredFile]:
    """The files on something that the person sees: an entry, a step, a problem step, a check or an item. Raises Invisible."""
    ids = _ids(actor, thing, number)
    if not ids:
        return []
    with bulk():
        return list(StoredFile.objects.filter(pk__in=ids).order_by("id"))


def file_on(actor: Actor, thing: str, number: int, file: int) -> StoredFile:
    """One of them. Raises Invisible."""
    found = next((each for each in files_on(actor, thing, number) if each.pk == file), None)
    if found is None:
        raise Invisible("没有这个文件，或它不在您的范围内。")
    return found


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Names of files, for pages that already show what they hang on."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    with bulk():
        return dict(StoredFile.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _ids(actor: Actor, thing: str, number: int) -> list[int]:
    tenant = actor.tenant
    if thing == "item":
        scans = WorkItem.objects.filter(pk=number, tenant=tenant, scan__isnull=False)
        return list(scans.values_list("scan_id", flat=True))
    listed = {
        "entry": Entry.objects.filter(assignment__item__tenant=tenant).values_list("evidence", flat=True),
        "step": ProceedingStep.objects.filter(proceeding__tenant=tenant).values_list("files", flat=True),
        "problem": ProblemStep.objects.filter(problem__organisation__tenant=tenant).values_list(
            "files", flat=True
        ),
        "check": Check.objects.filter(batch__tenant=tenant).values_list("files", flat=True),
    }
    if thing not in listed:
        raise Invisible("没有这个文件。")
    return list(listed[thing].filter(pk=number).first() or ())
