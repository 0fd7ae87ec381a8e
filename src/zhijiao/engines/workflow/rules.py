"""Taking steps: the only way from one stage to another. Pure; who asks and what is true come in as arguments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from zhijiao.engines.workflow.types import (
    CLOCK,
    Event,
    Flow,
    History,
    Passage,
    Refusal,
    Refused,
    Stage,
    StageKind,
    Transition,
)

NOTHING_KNOWN: Mapping[str, bool] = {}


def step(
    flow: Flow,
    stage: str,
    transition: str,
    *,
    parties: Collection[str],
    facts: Mapping[str, bool] = NOTHING_KNOWN,
    reason: str | None = None,
    same_person: bool = False,
) -> Stage:
    """The stage that a step leads to. `parties`: what the person acts as; a fact not given counts as not true.

    `same_person`: they are the one who handed the case in. Raises `Refused`.
    """
    here = flow.stage(stage)
    taken = flow.transition(stage, transition)
    if taken is None:
        raise _no_such_step(flow, here, transition)
    refusal = _refusal(flow, here, taken, parties, facts, same_person)
    if refusal is not None:
        raise refusal
    if taken.reason and not (reason or "").strip():
        raise Refused(
            Refusal.REASON_MISSING, f"“{here.name}”环节的“{taken.name}”要说明理由；请选择或填写理由后再办理。"
        )
    return flow.stage(taken.target)


def available(
    flow: Flow,
    stage: str,
    *,
    parties: Collection[str],
    facts: Mapping[str, bool] = NOTHING_KNOWN,
    same_person: bool = False,
) -> list[Transition]:
    """The steps that these parties may take now, a reason given where one is demanded; in declared order."""
    here = flow.stage(stage)
    return [t for t in flow.leaving(stage) if _refusal(flow, here, t, parties, facts, same_person) is None]


def run(flow: Flow, events: Iterable[Event]) -> History:
    """Replay what happened. Raises `Refused` at the first step that was not allowed."""
    history = History(flow)
    for event in events:
        history = follow(history, event)
    return history


def follow(history: History, event: Event) -> History:
    """A history with one more step. Raises `Refused`."""
    flow, here = history.flow, history.stage
    target = step(
        flow,
        here.id,
        event.transition,
        parties=event.parties,
        facts=event.facts,
        reason=event.reason,
        same_person=event.person is not None and event.person == history.author,
    )
    taken = flow.transition(here.id, event.transition)
    assert taken is not None
    return History(flow, (*history.passages, Passage(event, taken, here, target)))


def _refusal(
    flow: Flow,
    here: Stage,
    taken: Transition,
    parties: Collection[str],
    facts: Mapping[str, bool],
    same_person: bool,
) -> Refused | None:
    if taken.by not in parties:
        return _wrong_party(flow, here, taken)
    if taken.separate and same_person:
        return Refused(
            Refusal.SAME_PERSON,
            f"“{here.name}”环节的“{taken.name}”不能由提交人本人办理（审定分离）；请由同一岗位的其他人员办理。",
        )
    missing = [guard for guard in taken.guards if not facts.get(guard, False)]
    if missing:
        remedies = "；".join(flow.remedy(guard) or f"先满足条件“{guard}”" for guard in missing)
        return Refused(
            Refusal.GUARD_FAILED, f"“{here.name}”环节的“{taken.name}”还不能办理：{remedies}，再试一次。"
        )
    return None


def _wrong_party(flow: Flow, here: Stage, taken: Transition) -> Refused:
    if taken.by == CLOCK:
        return Refused(
            Refusal.WRONG_PARTY,
            f"“{here.name}”环节的“{taken.name}”在期限届满后自动办理，不由人操作；请等待期限届满。",
        )
    name = flow.party_name(taken.by)
    who = f"由{name}办理" if name else "由该环节的办理人操作"
    return Refused(
        Refusal.WRONG_PARTY, f"“{here.name}”环节的“{taken.name}”不由您办理；请{who}，或换用相应身份登录。"
    )


def _no_such_step(flow: Flow, here: Stage, transition: str) -> Refused:
    named = next((t.name for t in flow.transitions if t.id == transition), transition)
    if here.kind is StageKind.ENDED:
        return Refused(
            Refusal.LOCKED, f"“{here.name}”是最后的环节，事项已办结，不能再“{named}”；如有需要，请另行发起。"
        )
    names = "、".join(f"“{t.name}”" for t in flow.leaving(here.id) if not t.automatic)
    if here.kind is StageKind.LOCKED:
        remedy = f"要改动，请先办理{names}并说明理由" if names else "不能再改动"
        return Refused(Refusal.LOCKED, f"事项在“{here.name}”环节已锁定，不能“{named}”；{remedy}。")
    remedy = f"这里可以办理{names}" if names else "这里没有可以办理的事项，请等待"
    return Refused(
        Refusal.NO_SUCH_STEP,
        f"事项现在处于“{here.name}”环节，没有“{named}”这一步（可能已有人办理过）；{remedy}，请刷新后再试。",
    )
