"""One edition after another: lists in which nothing is deleted, and a standard with what was imported laid over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from zhijiao.exchange.rules.standard.mapping import standard_hash
from zhijiao.exchange.types import Code, CodeList, Dataset, Standard


def succeeded(
    old: CodeList,
    entries: Sequence[Code],
    *,
    edition: str,
    on: date,
    became: Mapping[str, Sequence[str]] | None = None,
    supplement: bool = False,
    complete: bool = False,
) -> CodeList:
    """The list after a new edition that is in force from a day.

    Entries that it no longer has end on that day; `became` says what they became, else the one new entry of the same name does.
    A code that goes on keeps its earlier names, so that files which still use them are understood. With `supplement` nothing
    ends: the entries are added. `complete`: codes outside the list are wrong from now on, not merely doubtful.
    """
    new = {entry.code: entry for entry in entries}
    first = not old.entries
    made = [
        _going_on(entry, new[entry.code])
        if entry.code in new
        else (entry if supplement or entry.until is not None else _ended(entry, new, on, became or {}))
        for entry in old.entries
    ]
    made += [
        entry if first or entry.since is not None else replace(entry, since=on)
        for entry in entries
        if entry.code not in old.by_code
    ]
    return replace(old, edition=edition, entries=tuple(made), open=not complete)


def _going_on(old: Code, new: Code) -> Code:
    names = dict.fromkeys((*old.other_names, *new.other_names))
    if old.name != new.name:
        names[old.name] = None
    names.pop(new.name, None)
    return Code(
        code=old.code,
        name=new.name,
        parent=new.parent or old.parent,
        since=old.since,
        until=new.until,
        replaced_by=new.replaced_by,
        other_names=tuple(names),
    )


def _ended(entry: Code, new: Mapping[str, Code], on: date, became: Mapping[str, Sequence[str]]) -> Code:
    given = tuple(code for code in became.get(entry.code, ()) if code in new)
    if not given:
        same = [
            code for code, other in new.items() if other.name == entry.name and len(code) == len(entry.code)
        ]
        given = tuple(same) if len(same) == 1 else ()
    return replace(entry, until=on, replaced_by=given)


def laid_over(
    base: Standard, datasets: Iterable[Dataset] = (), lists: Iterable[CodeList] = (), edition: str = ""
) -> Standard:
    """A standard with data sets and lists added, or replaced where it has them."""
    by_id = {each.id: each for each in base.datasets} | {each.id: each for each in datasets}
    codes = dict(base.codes) | {each.id: each for each in lists}
    ordered = tuple(sorted(by_id.values(), key=lambda each: (each.number, each.id)))
    name = "+".join(part for part in (base.edition, edition) if part)
    return Standard(name, standard_hash(name, ordered, codes), ordered, codes)
