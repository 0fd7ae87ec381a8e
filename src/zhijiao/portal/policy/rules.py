"""Rules in words, with their parameters; a rule whose parameter is missing is not computed, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse

from zhijiao.lib.numbers import number
from zhijiao.policy.types import Capability, Case, PackIndex, Parameter, Rule
from zhijiao.portal.frame import Frame
from zhijiao.portal.looks import Look
from zhijiao.portal.policy.catalogue import common_choices, line
from zhijiao.portal.policy.filtering import Choice, Column, Listing, listing
from zhijiao.portal.policy.shared import missing, opened, show
from zhijiao.portal.policy.speaking import missing_parameters

COMPLETE = {"complete": "参数齐全", "missing": "缺参数"}


@dataclass(frozen=True)
class RuleLine:
    """A rule with the parameters that no document gives."""

    thing: Rule
    state: Look
    capabilities: list[Capability]
    gaps: list[Parameter]

    @property
    def complete(self) -> str:
        return "missing" if self.gaps else "complete"


COLUMNS = (
    Column("number", "编号", value=lambda x: _number(x.thing.number)),
    Column("name", "规则", value=lambda x: x.thing.name),
    Column("where", "适用地域", value=lambda x: x.thing.jurisdiction),
    Column("parameters", "参数", value=lambda x: len(x.gaps)),
    Column("cases", "算例", num=True, value=lambda x: len(x.thing.cases)),
    Column("basis", "依据"),
    Column("state", "平台支持", value=lambda x: x.state.key),
)


def _number(text: str | None) -> int | None:
    """R4 before R12."""
    digits = "".join(sign for sign in text or "" if sign.isdecimal())
    return int(digits) if digits else None


def view(request: HttpRequest, pack: str) -> HttpResponse:
    here, index = opened(request, pack)
    every = rule_lines(index)
    return show(
        request,
        "rules.html",
        here,
        "rules",
        listed=listed(here, index, every),
        lacking=sum(bool(x.gaps) for x in every),
        scoring=index.pack.scoring,
    )


def rule_lines(index: PackIndex) -> list[RuleLine]:
    found = [(line(index, rule), rule) for rule in index.pack.rules]
    return [RuleLine(rule, x.state, x.capabilities, missing_parameters(index, rule)) for x, rule in found]


def listed(here: Frame, index: PackIndex, every: Sequence[RuleLine]) -> Listing:
    """The rules after the filters in the address."""
    complete = Choice("parameters", "参数", lambda x: (x.complete,), COMPLETE.__getitem__)
    where = Choice("where", "适用地域", lambda x: (x.thing.jurisdiction,))
    return listing(here, every, COLUMNS, (complete, where, *common_choices(index)), _texts)


def _texts(x: Any) -> tuple[str | None, ...]:
    rule: Rule = x.thing
    return (rule.number, rule.name, rule.statement, rule.formula, rule.note, *(p.name for p in x.gaps))


def one(request: HttpRequest, pack: str, rule: str) -> HttpResponse:
    here, index = opened(request, pack)
    thing = index.find("rules", rule)
    if not isinstance(thing, Rule):
        raise missing("规则", rule)
    parameters = [
        p for name in thing.parameters if isinstance(p := index.find("parameters", name), Parameter)
    ]
    return show(
        request,
        "rule.html",
        here,
        "rules",
        line=line(index, thing),
        thing=thing,
        parameters=parameters,
        gaps=[p for p in parameters if not p.values],
        inputs=inputs(thing.cases),
        said=said,
        decisions=[index.defaults[d] for d in thing.decisions if d in index.defaults],
        differences=[index.conflicts[d] for d in thing.decisions if d in index.conflicts],
    )


def inputs(cases: Sequence[Case]) -> list[str]:
    """What the worked cases are given, in the order in which it first appears."""
    return list(dict.fromkeys(name for case in cases for name in case.given))


def said(value: Decimal | str) -> str:
    """A value of a case; an installed pack keeps its numbers as text, so a text that is a number is set as one."""
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return str(value)
    return number(exact).replace("-", "−")
