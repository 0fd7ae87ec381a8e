"""Who reports which figures along which chain, and the steps of office work: looked up, not done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from zhijiao.policy.types import Chain, Obligation, PackIndex, Procedure
from zhijiao.policy.types.wording import demands, parties, party, reporters, rhythm, signer, span, term
from zhijiao.policy.types.words import WORDS
from zhijiao.portal.frame import Frame
from zhijiao.portal.policy.catalogue import document_choice
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.portal.policy.shared import missing, opened, show


@dataclass(frozen=True)
class Duty:
    """An obligation as its list shows it."""

    thing: Obligation
    reporters: str
    rhythm: str
    chain: Chain


@dataclass(frozen=True)
class Way:
    """A procedure, and the place whose pack writes it."""

    thing: Procedure
    place: str
    inherited: bool

    @property
    def parties(self) -> list[str]:
        return parties(self.thing)

    @property
    def terms(self) -> list[tuple[str, str]]:
        """Stages that have a term, each with it."""
        return [(stage.name, term(stage)) for stage in self.thing.stages if stage.days is not None]


OBLIGATION_COLUMNS = (
    Column("name", "报送义务", value=lambda x: x.thing.name),
    Column("who", "谁报", value=lambda x: x.reporters),
    Column("asks", "报什么", value=lambda x: x.thing.asks),
    Column("period", "周期与时限", value=lambda x: x.thing.period),
    Column("chain", "审批链", value=lambda x: x.chain.name),
    Column("rollup", "怎样汇总", value=lambda x: x.thing.rollup),
    Column("basis", "依据"),
)
PROCEDURE_COLUMNS = (
    Column("name", "程序", value=lambda x: x.thing.name),
    Column("kind", "类别", value=lambda x: x.thing.kind),
    Column("parties", "参与各方"),
    Column("terms", "期限"),
    Column("place", "出自", value=lambda x: x.place),
    Column("basis", "依据"),
)


# -- obligations -----------------------------------------------------------------------------------


def obligations(request: HttpRequest, pack: str) -> HttpResponse:
    here, index = opened(request, pack)
    return show(
        request,
        "obligations.html",
        here,
        "obligations",
        listed=listed_obligations(here, index),
        chains=index.pack.chains,
        signer=signer,
        term=term,
    )


def listed_obligations(here: Frame, index: PackIndex) -> Listing:
    """The pack's own obligations after the filters in the address."""
    rows = [Duty(o, reporters(o), rhythm(o), index.chains[o.chain]) for o in index.pack.obligations]
    choices = (
        Choice("who", "谁报", lambda x: dict.fromkeys(_who(index, x.thing))),
        Choice("period", "周期", lambda x: (x.thing.period,), WORDS["report_period"].__getitem__),
        Choice("asks", "报什么", lambda x: (x.thing.asks,), WORDS["asks"].__getitem__),
        Choice("chain", "审批链", lambda x: (x.thing.chain,), lambda key: index.chains[key].name),
        document_choice(index),
    )
    return listing(here, rows, OBLIGATION_COLUMNS, choices, lambda x: _texts(index, x))


def _who(index: PackIndex, thing: Obligation) -> Iterator[str]:
    yield from (index.canonical(name) for name in thing.reporters)
    yield from (f"全部{kind.words}" for kind in thing.kinds)


def _texts(index: PackIndex, x: Any) -> Iterator[str | None]:
    thing: Obligation = x.thing
    yield from (thing.name, thing.note, x.reporters, x.chain.name)
    yield from (index.indicators[name].name for name in thing.indicators)


def obligation(request: HttpRequest, pack: str, obligation: str) -> HttpResponse:
    here, index = opened(request, pack)
    thing = index.find("obligations", obligation)
    if not isinstance(thing, Obligation):
        raise missing("报送义务", obligation)
    return show(
        request,
        "obligation.html",
        here,
        "obligations",
        thing=thing,
        duty=Duty(thing, reporters(thing), rhythm(thing), index.chains[thing.chain]),
        lasts=span(thing),
        asked=[index.indicators[name] for name in thing.indicators],
        signer=signer,
        term=term,
    )


# -- procedures ------------------------------------------------------------------------------------


def procedures(request: HttpRequest, pack: str) -> HttpResponse:
    here, index = opened(request, pack)
    return show(request, "procedures.html", here, "procedures", listed=listed_procedures(here, index))


def listed_procedures(here: Frame, index: PackIndex) -> Listing:
    """The procedures that this place follows, its own and inherited ones, after the filters in the address."""
    rows = [_way(index, procedure) for procedure in index.procedures_used]
    choices = (
        Choice("kind", "类别", lambda x: (x.thing.kind,), WORDS["procedure_kind"].__getitem__),
        Choice("place", "出自", lambda x: (x.place,)),
    )
    return listing(here, rows, PROCEDURE_COLUMNS, choices, _procedure_texts)


def _way(index: PackIndex, procedure: Procedure) -> Way:
    writer = index.writer_of(procedure)
    return Way(procedure, writer.manifest.place, writer.id != index.id)


def _procedure_texts(x: Any) -> tuple[str | None, ...]:
    thing: Procedure = x.thing
    return (thing.name, thing.note, *thing.parties.values(), *(stage.name for stage in thing.stages))


def procedure(request: HttpRequest, pack: str, procedure: str) -> HttpResponse:
    """One procedure; an inherited one is shown in place, as this place follows it."""
    here, index = opened(request, pack)
    thing = index.procedures.get(procedure)
    if thing is None:
        raise missing("办理程序", procedure)
    return show(
        request,
        "procedure.html",
        here,
        "procedures",
        thing=thing,
        way=_way(index, thing),
        steps={stage.id: [t for t in thing.transitions if t.from_ == stage.id] for stage in thing.stages},
        names={stage.id: stage.name for stage in thing.stages},
        party=party,
        demands=demands,
        term=term,
    )
