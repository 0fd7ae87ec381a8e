"""A flow from a plain mapping, as a YAML file has it, and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from zhijiao.engines.reading import Entry
from zhijiao.engines.workflow.types import Clock, Fact, Flow, Party, Stage, StageKind, Transition


def from_mapping(mapping: Mapping[str, Any], *, also: Collection[str] = ()) -> Flow:
    """A flow. Keys: id, name, start, stages, transitions, parties, facts; `also` names keys to pass over.

    Raises `ReadingError` (a ValueError) that names the key. Whether the flow is sound, `faults` says.
    """
    entry = Entry(mapping)
    flow = Flow(
        id=entry.text("id"),
        name=entry.text("name"),
        stages=tuple(_stage(each) for each in entry.entries("stages")),
        transitions=tuple(_transition(each) for each in entry.entries("transitions")),
        start=entry.text("start"),
        parties=tuple(Party(party, name) for party, name in entry.words("parties")),
        facts=tuple(Fact(fact, remedy) for fact, remedy in entry.words("facts")),
    )
    entry.close(also)
    return flow


def as_mapping(flow: Flow) -> dict[str, Any]:
    """The flow as a plain mapping of texts, numbers and lists; what has its default is left out."""
    mapping: dict[str, Any] = {
        "id": flow.id,
        "name": flow.name,
        "start": flow.start,
        "stages": [_plain_stage(stage) for stage in flow.stages],
        "transitions": [_plain_transition(transition) for transition in flow.transitions],
    }
    if flow.parties:
        mapping["parties"] = {party.id: party.name for party in flow.parties}
    if flow.facts:
        mapping["facts"] = {fact.id: fact.remedy for fact in flow.facts}
    return mapping


def _stage(entry: Entry) -> Stage:
    stage = Stage(
        id=entry.text("id"),
        name=entry.text("name"),
        kind=entry.one_of("kind", StageKind),
        holder=entry.text("holder"),
        clock=_clock(entry),
    )
    entry.close()
    return stage


def _clock(entry: Entry) -> Clock | None:
    """A term stands flat in its stage: `days`, and with it `working`, `grace`, `roll`."""
    if not entry.has("days"):
        # A pydantic model written out has these keys also without a term: they then say nothing.
        for key in ("working", "grace", "roll"):
            entry.has(key)
        return None
    return Clock(
        days=entry.whole("days"),
        working=entry.yes("working", True),
        grace=entry.whole("grace", 0),
        roll=entry.yes("roll", False),
    )


def _transition(entry: Entry) -> Transition:
    transition = Transition(
        id=entry.text("id"),
        name=entry.text("name"),
        source=entry.text("from"),
        target=entry.text("to"),
        by=entry.text("by"),
        reason=entry.yes("reason", False),
        guards=entry.texts("guards"),
        separate=entry.yes("separate", False),
        automatic=entry.yes("automatic", False),
    )
    entry.close()
    return transition


def _plain_stage(stage: Stage) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": stage.id,
        "name": stage.name,
        "kind": stage.kind.value,
        "holder": stage.holder,
    }
    if stage.clock is not None:
        plain["days"] = stage.clock.days
        plain["working"] = stage.clock.working
        if stage.clock.grace:
            plain["grace"] = stage.clock.grace
        if stage.clock.roll:
            plain["roll"] = True
    return plain


def _plain_transition(transition: Transition) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": transition.id,
        "name": transition.name,
        "from": transition.source,
        "to": transition.target,
        "by": transition.by,
    }
    for key in ("reason", "separate", "automatic"):
        if getattr(transition, key):
            plain[key] = True
    if transition.guards:
        plain["guards"] = list(transition.guards)
    return plain
