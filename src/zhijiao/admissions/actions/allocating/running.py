"""Verbs: simulate and run an allocation. Starting is a row and a job; the work is done by the worker in one transaction."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from zhijiao.admissions.actions.allocating.freezing import round_of
from zhijiao.admissions.actions.seasons import lock_season, take_step
from zhijiao.admissions.actions.shared import Refused, log, require_bureau
from zhijiao.admissions.models import Round, Run, Season
from zhijiao.admissions.rules.season_flow import RUN_VERIFIED
from zhijiao.admissions.types.states import RoundKind, RunKind, RunState
from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.engines.matching.types import BadInput

if TYPE_CHECKING:
    from zhijiao.admissions.store.market import Allocation
    from zhijiao.engines.matching.result import Result

SHORTEST_SEED = 6
WORDS = 1000
SHOWN_VIOLATIONS = 200


def simulate(*, season: int, round_: int, seed: str, by: Actor, at: datetime) -> int:
    """Try the allocation on what is handed in so far. It gives counts and lines, and no outcome of anybody. Returns the run. Needs
    ADMIT_RUN at a bureau. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = lock_season(by, season)
        bureau = require_bureau(by, row, Permission.ADMIT_RUN)
        return _start(row, round_of(row, round_), RunKind.SIMULATION, seed, bureau, by, at)


def run(*, season: int, round_: int, seed: str, by: Actor, at: datetime) -> int:
    """Start the allocation of a frozen round. `seed`: what was drawn in public for the lots. Returns the run. Needs ADMIT_RUN at a
    bureau. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = lock_season(by, season)
        bureau = require_bureau(by, row, Permission.ADMIT_RUN)
        found = round_of(row, round_)
        if found.frozen_at is None:
            raise Refused("这一轮的志愿还没有冻结，不能正式投档。先冻结，再投档。")
        if row.rules["last_seat"] == "lottery" and len(seed.strip()) < SHORTEST_SEED:
            raise Refused(f"末位同分按摇号办理，请填写公开抽取的种子，至少 {SHORTEST_SEED} 个字符。", "seed")
        gone = (RunState.FAILED.value, RunState.WITHHELD.value, RunState.CANCELLED.value)
        other = Run.objects.filter(round=found, kind=RunKind.REAL.value).exclude(state__in=gone).first()
        if other is not None:
            raise Refused(f"“{found.name}”已经投档（第 {other.number} 次）。要重做，先作废那一次。")
        return _start(row, found, RunKind.REAL, seed, bureau, by, at)


def _start(
    season: Season, round_: Round, kind: RunKind, seed: str, bureau: int, by: Actor, at: datetime
) -> int:
    number = Run.objects.filter(season=season).count() + 1
    made = Run.objects.create(
        season=season,
        round=round_,
        number=number,
        kind=kind.value,
        seed=seed.strip()[:80],
        started_at=at,
        started_by=by.name[:80],
    )
    what = "试投档" if kind is RunKind.SIMULATION else "投档"
    log(
        by,
        at,
        "start_run",
        f"{what}“{round_.name}”（第 {number} 次），读取全部已提交的志愿",
        organisation=bureau,
        kind="run",
        id_=made.pk,
        detail={"seed": made.seed, "kind": kind.value},
    )
    from zhijiao.admissions.jobs import allocate

    transaction.on_commit(lambda: allocate.defer(run=made.pk))
    return made.pk


def work(*, run: int, by: Actor, at: datetime, on: date) -> RunState:
    """Do what was started, in one transaction. A second time changes nothing; a run that was killed starts again from nothing.
    Raises Invisible."""
    with bulk():
        row = (
            Run.objects.select_for_update(of=("self",))
            .select_related("season", "round__season")
            .filter(pk=run)
            .first()
        )
        if row is None:
            raise Invisible("没有这次投档。")
        if row.state != RunState.STARTED:
            return RunState(row.state)
        try:
            # What was written before the fault goes; the row that says so stays.
            with transaction.atomic():
                _allocate(row, by, at, on)
        except BadInput as fault:
            row.state, row.words = RunState.FAILED.value, str(fault)[:WORDS]
        row.finished_at = at
        row.revision += 1
        row.save()
        log(
            by,
            at,
            "run",
            f"{row.season.title}第 {row.number} 次投档：{_STATES[RunState(row.state)]}",
            organisation=row.season.bureaus[row.season.rules["lead"]],
            kind="run",
            id_=row.pk,
            detail={
                "input": row.input_digest,
                "output": row.output_digest,
                "seed": row.seed,
                "withheld": list(row.withheld),
            },
        )
        return RunState(row.state)


_STATES = {
    RunState.VERIFIED: "已完成并通过核验",
    RunState.WITHHELD: "核验没有通过，结果不生效",
    RunState.FAILED: "没有完成",
}


def _allocate(row: Run, by: Actor, at: datetime, on: date) -> None:
    """Match, verify, keep. Raises BadInput."""
    from zhijiao.admissions.store.keeping import keep_file
    from zhijiao.admissions.store.market import market_of_round
    from zhijiao.admissions.store.outcomes import keep, lines_of
    from zhijiao.engines.matching import ENGINE
    from zhijiao.engines.matching.files import packed_input, packed_output
    from zhijiao.engines.matching.running import match
    from zhijiao.engines.matching.verifying import verify, withheld

    allocation = market_of_round(row.round, row.seed)
    result = match(allocation.market)
    found = verify(allocation.market, result)
    held = withheld(found, allocation.market)
    given, made = packed_input(allocation.market), packed_output(allocation.market, result)
    row.engine = ENGINE
    row.input_digest, row.output_digest = (hashlib.sha256(each).hexdigest() for each in (given, made))
    row.violations = [
        {
            "guarantee": each.guarantee.value,
            "batch": each.batch,
            "words": each.words,
            "applicant": each.applicant,
            "order": each.order,
            "cell": each.cell,
        }
        for each in found[:SHOWN_VIOLATIONS]
    ]
    row.withheld = sorted(held)
    row.lines = lines_of(allocation, result)
    row.counts = counts_of(allocation, result)
    everything = held >= {batch.id for batch in allocation.market.rules.batches}
    row.state = (RunState.WITHHELD if everything else RunState.VERIFIED).value
    if row.kind == RunKind.SIMULATION:
        return
    lead = row.season.bureaus[row.season.rules["lead"]]
    name = f"{row.season.code}-{row.number}"
    row.input = keep_file(given, name=f"{name}-投档输入.zip", organisation=lead, by=by.name, at=at)
    row.output = keep_file(made, name=f"{name}-投档结果.zip", organisation=lead, by=by.name, at=at)
    if everything:
        return
    keep(row.pk, allocation, result, held)
    if row.round.kind == RoundKind.MAIN:
        season = Season.objects.select_for_update().get(pk=row.season_id)
        take_step(season=season, transition="run", by=by, at=at, on=on, facts={RUN_VERIFIED: True})


def counts_of(allocation: Allocation, result: Result) -> dict[str, Any]:
    """How many took part, chose, were placed, and by which choice; whole and by batch."""
    import numpy as np

    market = allocation.market
    placed = result.cell >= 0
    orders = market.choice_order[result.choice[placed]] if placed.any() else np.zeros(0, np.int32)
    batches: dict[str, Any] = {}
    for number, batch in enumerate(market.rules.batches):
        inside = np.array([cell.batch == batch.id for cell in market.cells], np.bool_)
        here = placed & inside[result.cell] if len(inside) else placed
        mine = orders[inside[result.cell[placed]]] if len(inside) and placed.any() else orders[:0]
        took = np.unique(market.choice_applicant[market.choice_batch == number])
        batches[batch.id] = {
            "seats": int(result.seats[inside].sum()) if len(inside) else 0,
            "took_part": len(took),
            "placed": int(here.sum()),
            "first_choice": int((mine == 1).sum()),
            "over": int(np.maximum(result.admitted - result.seats, 0)[inside].sum()) if len(inside) else 0,
        }
    return {
        "took_part": len(market.ids),
        "choices": len(market.choice_unit),
        "placed": int(placed.sum()),
        "without_marks": allocation.without_marks,
        "batches": batches,
    }


def cancel(*, run: int, reason: str, document: str, by: Actor, at: datetime, on: date) -> None:
    """Declare a run void before it is published, for a reason on record; the round can be run again. Raises Refused, NotAllowed,
    Invisible."""
    with acting(by):
        row = run_of(by, run)
        bureau = require_bureau(by, row.season, Permission.ADMIT_RUN)
        if not reason.strip() or not document.strip():
            raise Refused("作废要写明原因和文号。", "reason")
        if row.state not in (RunState.VERIFIED, RunState.SIGNED, RunState.PUBLICISED):
            raise Refused("这次投档不在可以作废的状态：只有核验通过、会签或公示中的可以作废。")
        if row.kind == RunKind.REAL and row.round.kind == RoundKind.MAIN:
            season = lock_season(by, row.season_id)
            take_step(season=season, transition="redo", by=by, at=at, on=on, words=reason, document=document)
        Run.objects.filter(pk=row.pk).update(
            state=RunState.CANCELLED.value, words=reason.strip()[:WORDS], revision=row.revision + 1
        )
        log(
            by,
            at,
            "cancel_run",
            f"作废第 {row.number} 次投档（{document.strip()}）：{reason.strip()}",
            organisation=bureau,
            kind="run",
            id_=row.pk,
        )


def run_of(by: Actor, run: int) -> Run:
    """A run in the scope of the transaction, held. Raises Invisible."""
    found = (
        Run.objects.select_for_update(of=("self",))
        .select_related("season", "round")
        .filter(pk=run, season__tenant=by.tenant.value)
        .first()
    )
    if found is None:
        raise Invisible("没有这次投档。")
    return found


def waiting() -> list[int]:
    """Runs that were started and not finished: the call may have been lost, or the worker killed."""
    with bulk(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM admissions_run WHERE state = 'started' ORDER BY id")
        return [int(each) for (each,) in cursor.fetchall()]


__all__ = ["cancel", "counts_of", "run", "run_of", "simulate", "waiting", "work"]
