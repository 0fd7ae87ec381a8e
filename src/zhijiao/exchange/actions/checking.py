"""Verb: check a file that waits, and say what applying it would do. Changes no record."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk
from zhijiao.exchange.actions.receiving import content_of
from zhijiao.exchange.actions.shared import (
    Places,
    data_folder,
    dataset_of,
    load,
    log,
    outcome,
    places,
    problem_json,
    standard_of,
)
from zhijiao.exchange.models import Batch, SavedLayout
from zhijiao.exchange.types import (
    Counts,
    Dataset,
    FileUnusable,
    Keeping,
    Layout,
    Outcome,
    Problem,
    Severity,
    Standard,
    State,
)

if TYPE_CHECKING:
    from zhijiao.exchange.store.frames import Checked
    from zhijiao.exchange.store.planning import Extent, Plan
    from zhijiao.exchange.store.spool import Spool

SHOWN = 500
"""Problems that are kept with the batch; all of them are in the returned file."""
MOST_TRIES = 5
IN_MEMORY = 64 * 1024 * 1024
"""Files above this are laid on the disk for the length of the check."""


@dataclass
class Work:
    """A batch with everything that its check depends on."""

    batch: Batch
    standard: Standard
    dataset: Dataset
    places: Places
    at_once: int | None = None  # rows that whoever takes them wants at a time
    layout: Layout | None = None  # these three are known once it was read
    fingerprint: str = ""
    notes: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether a file is the whole of what it speaks of."""
        return self.dataset.keeping is Keeping.STATE

    @property
    def about(self) -> dict[str, Any]:
        """The circumstances of a check: where one differs, it is made again."""
        known = json.dumps([sorted(self.places.codes.items()), sorted(self.places.allowed)])
        return {
            "digest": self.batch.digest,
            "standard": self.standard.hash,
            "places": hashlib.sha256(known.encode()).hexdigest(),
            "wanted": self.batch.wanted,
        }


@dataclass
class Tally:
    """What was found so far."""

    read: int = 0
    good: int = 0
    bad: int = 0
    warnings: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def add(self, part: Checked) -> None:
        """Count a part in."""
        self.good += part.good.height
        self.bad += part.bad.height
        self.read = self.good + self.bad
        self.rules.update(p.rule for p in part.problems)
        self.warnings += sum(p.severity is Severity.WARNING for p in part.problems)
        self.problems += part.problems[: SHOWN - len(self.problems)]


def check(*, batch: int, by: Actor, at: datetime, path: Path | None = None) -> Outcome:
    """Read a file, check all of it, and plan. `path`: where the caller has the same bytes in the open. A file of which no row
    can be read is refused, with the reason in the batch. Raises NotAllowed, Invisible."""
    row = load(by, batch)
    if State(row.state) not in (State.RECEIVED, State.CHECKED):
        return outcome(row)
    began = time.perf_counter()
    work = work_on(row, at)
    try:
        spool, tally = make_spool(work, path)
    except FileUnusable as error:
        return _refuse(row, error, by, at, time.perf_counter() - began)
    _, plan = plan_of(work, spool)
    return _keep(work, tally, plan, by, at, time.perf_counter() - began)


def work_on(batch: Batch, at: datetime, standard: Standard | None = None) -> Work:
    """What the check of a batch depends on now. `standard`: the one in force, where the caller has it."""
    from zhijiao.core.kinds import Tenant

    tenant = Tenant(batch.shelf.tenant)
    standard = standard or standard_of(tenant)
    return Work(
        batch,
        standard,
        dataset_of(standard, batch.shelf.dataset),
        places(tenant, batch.organisation_id, timezone.localdate(at)),
    )


def make_spool(work: Work, path: Path | None = None) -> tuple[Spool, Tally]:
    """Check the file, and lay its rows aside. Raises FileUnusable."""
    from zhijiao.exchange.store import engine, spool

    tally = Tally()
    with _content(work.batch, path) as content:
        parts = engine.checked(content, work, layouts(work.batch))
        folder = spool.place(data_folder(), work.batch.pk)
        made = spool.write(folder, _counted(parts, tally, _progress(work.batch)), work.about)
    return made, tally


def parts_of(work: Work, path: Path, tally: Tally) -> Iterator[Checked]:
    """Check a file that whoever calls applies meanwhile; what is found is counted in `tally`. Raises FileUnusable."""
    from zhijiao.exchange.store import engine

    return _counted(engine.checked(path, work, layouts(work.batch)), tally, lambda rows: None)


def make_rows(work: Work, path: Path) -> tuple[Spool, Tally]:
    """Check a file that whoever calls applies at once, and lay its rows aside. Raises FileUnusable."""
    from zhijiao.exchange.store import spool

    tally = Tally()
    folder = spool.place(data_folder(), os.getpid()).with_suffix(".now")
    return spool.write(folder, parts_of(work, path, tally), work.about), tally


def plan_of(work: Work, spool: Spool) -> tuple[Extent, Plan]:
    """What applying the spool would do now."""
    from zhijiao.exchange.store import planning

    with bulk():
        said = planning.extent(spool, whole=work.whole)
        plan = planning.Plan()
        for step in planning.steps(spool, work.batch.shelf_id, said):
            plan.add(step)
        plan.unclear = bool(said.unclear.height) and work.whole
    return said, plan


def layouts(batch: Batch) -> dict[str, dict[str, Any]]:
    """The sender's own layouts of this data set, by the fingerprint of the heading."""
    with bulk():
        saved = SavedLayout.objects.filter(organisation_id=batch.organisation_id, dataset=batch.shelf.dataset)
        return dict(saved.values_list("fingerprint", "layout"))


def _counted(parts: Iterable[Checked], tally: Tally, progress: Callable[[int], None]) -> Iterator[Checked]:
    for part in parts:
        tally.add(part)
        progress(tally.read)
        yield part


def _progress(batch: Batch) -> Callable[[int], None]:
    """Writes how far a check is, for whoever looks; the first part of a short file is not worth a line."""

    def said(rows: int) -> None:
        if batch.size > IN_MEMORY:
            with bulk():
                Batch.objects.filter(pk=batch.pk).update(rows_done=rows)

    return said


@contextmanager
def _content(batch: Batch, path: Path | None) -> Iterator[bytes | Path]:
    if path is not None:
        yield path
    elif batch.size <= IN_MEMORY:
        yield b"".join(content_of(batch))
    else:
        with tempfile.NamedTemporaryFile(
            dir=data_folder(), prefix=".intake-", suffix=Path(batch.file_name).suffix
        ) as file:
            for chunk in content_of(batch):
                file.write(chunk)
            file.flush()
            yield Path(file.name)


def _keep(work: Work, tally: Tally, plan: Plan, by: Actor, at: datetime, seconds: float) -> Outcome:
    from zhijiao.exchange.actions.standard import keep_standard

    keep_standard(by=by, at=at)  # so that rows can still be read when the standard is another
    with bulk():
        row = Batch.objects.select_for_update(of=("self",)).select_related("shelf").get(pk=work.batch.pk)
        if State(row.state) not in (State.RECEIVED, State.CHECKED):
            return outcome(row)
        fill(row, work, tally, plan, seconds)
        row.checked_at = at
        row.save()
        counts = row.counts
        log(
            row,
            by=by,
            at=at,
            action="check",
            summary=f"检查“{row.file_name}”（{row.number}）：读入 {counts['read']} 行，待改 {counts['quarantined']} 行",
            counts=counts,
        )
        return outcome(row)


def fill(row: Batch, work: Work, tally: Tally, plan: Plan, seconds: float) -> None:
    """Write what was found into a batch."""
    row.state = State.CHECKED.value
    row.standard = work.standard.hash
    row.counts = asdict(
        Counts(
            read=tally.read,
            valid=tally.good,
            quarantined=tally.bad,
            new=plan.new,
            changed=plan.changed,
            unchanged=plan.unchanged,
            gone=plan.gone,
            warnings=tally.warnings,
        )
    )
    row.rules = dict(tally.rules)
    row.problems = [problem_json(p) for p in tally.problems]
    row.layout = asdict(work.layout) if work.layout else None
    row.plan = {
        "fingerprint": work.fingerprint,
        "notes": work.notes,
        "digest": plan.digest,
        "changes": plan.changes,
        "gone": plan.ended,
        "unclear": plan.unclear,
        "shelf": row.shelf.applied,
    }
    row.rows_done = tally.read
    row.seconds = round(seconds, 3)
    row.words = ""


def _refuse(row: Batch, error: FileUnusable, by: Actor, at: datetime, seconds: float) -> Outcome:
    words = str(error)
    with bulk():
        row = Batch.objects.select_for_update(of=("self",)).select_related("shelf").get(pk=row.pk)
        if State(row.state) not in (State.RECEIVED, State.CHECKED):
            return outcome(row)
        row.state, row.words, row.closed_at = State.REFUSED.value, words[:1000], at
        row.checked_at, row.seconds = at, round(seconds, 3)
        # Where only the heading is wrong: what of it, and what the sender could say of it.
        row.problems = [problem_json(p) for p in getattr(error, "problems", ())][:SHOWN]
        row.rules = dict(Counter(p["rule"] for p in row.problems))
        row.plan = {"questions": [asdict(q) for q in getattr(error, "questions", ())]}
        row.save()
        log(
            row,
            by=by,
            at=at,
            action="refuse",
            summary=f"读不了“{row.file_name}”（{row.number}）",
            words=words[:300],
        )
        return outcome(row)


def check_waiting(*, at: datetime, by: Callable[[str], Actor]) -> int:
    """Check every file that waits, also those whose check a crash cut short; return how many. One that failed `MOST_TRIES`
    times is refused, so that it does not keep the others waiting."""
    count = 0
    with bulk():
        waiting = list(
            Batch.objects.filter(state=State.RECEIVED.value).order_by("id").values_list("id", "shelf__tenant")
        )
    for id_, tenant in waiting:
        count += check_one(batch=id_, by=by(tenant), at=at)
    return count


def check_one(*, batch: int, by: Actor, at: datetime) -> bool:
    """Check a file that waits, unless it has failed too often. Whether it was checked."""
    with bulk():
        row = (
            Batch.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("shelf")
            .filter(pk=batch, state=State.RECEIVED.value)
            .first()
        )
        if row is None:
            return False
        row.tries += 1
        row.save(update_fields=["tries"])
    if row.tries > MOST_TRIES:
        words = f"检查“{row.file_name}”时多次中断，没有做完。请把文件分成几个再交，或联系系统管理员。"
        _refuse(row, FileUnusable(words), by, at, 0)
        return False
    check(batch=batch, by=by, at=at)
    return True
