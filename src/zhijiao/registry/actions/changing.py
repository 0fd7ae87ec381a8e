"""Verbs on single organisations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import OrganisationKind
from zhijiao.registry.actions.store import Change, changing, save, spell
from zhijiao.registry.queries import answering_for
from zhijiao.registry.types import ALWAYS, Part, RegistryRefused, Stand

MANAGE = Permission.MANAGE_ORGANISATIONS


def add_organisation(
    *,
    code: str,
    name: str,
    kind: OrganisationKind,
    parent: int | None,
    by: Actor,
    at: datetime,
    starts: date = ALWAYS,
    basis: str = "",
    short: str = "",
    pack: str = "",
    aliases: Sequence[str] = (),
) -> int:
    """Put an organisation into the tree of the actor's tenant; return its id. `pack` only for the place of a pack.

    Raises RegistryRefused for a code that is taken or a parent that does not stand on the day, NotAllowed, Invisible.
    """
    require(by, at, parent)
    with changing(by) as change:
        stand = Stand(
            _filled(code, "代码", "code"),
            _filled(name, "名称", "name"),
            kind,
            _code_of(change, parent),
            starts,
            None,
            short.strip(),
            basis.strip(),
        )
        change.forest.add(stand)
        change.packs[stand.code] = pack
        save(change, by=by, at=at, action="registry.add", summary=f"新设单位“{stand.name}”", at_node=parent)
        spell(change, stand.code, list(aliases))
        return change.ids[stand.code]


def rename(
    *, organisation: int, name: str, short: str, on: date, basis: str, by: Actor, at: datetime
) -> None:
    """Call an organisation otherwise from a day on; the old name stays a spelling of it."""
    require(by, at, organisation)
    with changing(by) as change:
        code = change.code(organisation)
        old = change.forest.last(code)
        change.forest.rename(code, _filled(name, "新名称", "name"), short.strip(), on, _basis(basis))
        summary = f"“{old.name}”自 {on} 起更名为“{name.strip()}”"
        save(change, by=by, at=at, action="registry.rename", summary=summary, at_node=organisation)
        spell(change, code, [old.name, *([old.short] if old.short else [])])


def move(*, organisation: int, parent: int | None, on: date, basis: str, by: Actor, at: datetime) -> None:
    """Put an organisation, with everything below it, under another one from a day on."""
    require(by, at, organisation, parent)
    with changing(by) as change:
        code = change.code(organisation)
        above = _code_of(change, parent)
        change.forest.move(code, above, on, _basis(basis))
        target = "最上层" if above is None else f"“{change.forest.last(above).name}”"
        summary = f"“{change.forest.last(code).name}”自 {on} 起移到{target}下"
        save(change, by=by, at=at, action="registry.move", summary=summary, at_node=organisation)


def merge(*, into: int, sources: Sequence[int], on: date, basis: str, by: Actor, at: datetime) -> None:
    """End organisations from a day on; `into` goes on for them and takes who stood below them."""
    require(by, at, into, *sources)
    if not sources:
        raise RegistryRefused("没有选择被并入的单位。至少选一个。", "sources")
    with changing(by) as change:
        codes = [change.code(source) for source in dict.fromkeys(sources)]
        target = change.code(into)
        names = "、".join(f"“{change.forest.last(code).name}”" for code in codes)
        change.forest.merge(target, codes, on, _basis(basis))
        summary = f"{names}自 {on} 起并入“{change.forest.last(target).name}”"
        save(change, by=by, at=at, action="registry.merge", summary=summary, at_node=into)


def split(
    *,
    organisation: int,
    parts: Sequence[Part],
    on: date,
    basis: str,
    goes_on: bool,
    by: Actor,
    at: datetime,
) -> list[int]:
    """Bring forth new organisations beside the old one, which goes on or ends; return their ids."""
    require(by, at, organisation)
    with changing(by) as change:
        code = change.code(organisation)
        for part in parts:
            _filled(part.code, "新单位的代码", "parts")
            _filled(part.name, "新单位的名称", "parts")
        change.forest.split(code, parts, on, _basis(basis), goes_on=goes_on)
        names = "、".join(f"“{part.name}”" for part in parts)
        ending = "，原单位保留" if goes_on else "，原单位撤销"
        summary = f"“{change.forest.last(code).name}”自 {on} 起分出{names}{ending}"
        save(change, by=by, at=at, action="registry.split", summary=summary, at_node=organisation)
        return [change.ids[part.code] for part in parts]


def close(*, organisation: int, on: date, basis: str, by: Actor, at: datetime) -> None:
    """End an organisation without a successor. Its roles end with it: nobody can work there any more."""
    require(by, at, organisation)
    with changing(by) as change:
        code = change.code(organisation)
        change.forest.close(code, on, _basis(basis))
        summary = f"“{change.forest.last(code).name}”自 {on} 起撤销"
        save(change, by=by, at=at, action="registry.close", summary=summary, at_node=organisation)


def reopen(*, organisation: int, parent: int | None, on: date, basis: str, by: Actor, at: datetime) -> None:
    """Let an organisation stand again that was closed, as it was last called, under `parent`."""
    require(by, at, organisation, parent)
    with changing(by) as change:
        code = change.code(organisation)
        last = change.forest.last(code)
        change.forest.reopen(
            Stand(code, last.name, last.kind, _code_of(change, parent), on, None, last.short, _basis(basis))
        )
        summary = f"“{last.name}”自 {on} 起恢复"
        save(change, by=by, at=at, action="registry.reopen", summary=summary, at_node=organisation)


def require(by: Actor, at: datetime, *nodes: int | None) -> None:
    """Ask for the permission at each node concerned. At the top of the tree only commands and jobs may work."""
    for node in nodes:
        if node is None:
            if not by.everything:
                raise RegistryRefused("只有系统命令可以设立最上层的单位。请选一个上级单位。", "parent")
        elif not by.may(MANAGE, node):
            by.require(MANAGE, answering_for(node, timezone.localdate(at)))


def _code_of(change: Change, organisation: int | None) -> str | None:
    return None if organisation is None else change.code(organisation)


def _filled(text: str, what: str, field: str) -> str:
    text = text.strip()
    if not text:
        raise RegistryRefused(f"没有填写{what}。", field)
    return text


def _basis(text: str) -> str:
    """The document by which something changed: past figures are explained by it."""
    if not text.strip():
        raise RegistryRefused("没有写明依据。写批文的名称或文号，如“某编办〔2026〕3号”。", "basis")
    return text.strip()[:200]
