"""Verb: take the exam body's roll of candidates over, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from zhijiao.admissions.actions.shared import log, places, refuse_frozen, require_bureau, season_of
from zhijiao.admissions.models import ScoreSheet, Season
from zhijiao.admissions.rules.rolls import HEADINGS, read_roll
from zhijiao.admissions.store import identity, roll
from zhijiao.admissions.store.sheets import MOST_BYTES, table_of
from zhijiao.admissions.types.rolls import BadRoll, Entry, RollFault, Taken
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import Tree, tree

__all__ = ["HEADINGS", "MOST_BYTES", "take_roll"]

PLACES = {OrganisationKind.COUNTY, OrganisationKind.ZONE}


def take_roll(*, by: Actor, at: datetime, season: int, name: str, content: bytes) -> Taken:
    """Add the candidates of a roll and change those that are there; nobody is taken off by being missing. The same file again
    changes nothing. Needs ADMIT_RUN at a bureau of the season. Raises BadRoll with every fault, Refused, NotAllowed, Invisible."""
    found = season_of(by, season)
    bureau = require_bureau(by, found, Permission.ADMIT_RUN)
    digest = hashlib.sha256(content).hexdigest()
    heading, rows = table_of(content, name)
    standing = tree(by.tenant, timezone.localdate(at))
    schools, counties = (
        places(standing, by, found, {OrganisationKind.BASIC}),
        places(standing, by, found, PLACES),
    )
    entries = read_roll(heading, rows, schools=schools, counties=counties, origins=_origins(found.rules))
    with bulk():
        if ScoreSheet.objects.filter(season=found, kind="candidates", digest=digest).exists():
            return Taken(len(entries), same=len(entries), digest=digest)
        refuse_frozen(found, "考生名册")
        taken = _write(found, entries, standing, at, by)
        ScoreSheet.objects.create(
            season=found,
            kind="candidates",
            name=name[:200],
            digest=digest,
            rows=len(entries),
            columns=list(heading)[:40],
            sealed_at=at,
            sealed_by=by.name[:80],
        )
        log(
            by,
            at,
            "take_roll",
            f"导入考生名册“{name[:80]}”：新增 {taken[0]} 人，更正 {taken[1]} 人，未变 {taken[2]} 人",
            organisation=bureau,
            kind="season",
            id_=found.pk,
            detail={"digest": digest, "lines": len(entries)},
        )
        return Taken(len(entries), *taken, digest)


def _origins(rules: Mapping[str, Any]) -> set[str]:
    return {str(one["word"]) for one in rules.get("origins") or ()}


def _write(
    season: Season, entries: list[Entry], standing: Tree, at: datetime, by: Actor
) -> tuple[int, int, int]:
    there = roll.there(season)
    keys = _sort_keys({entry.name for entry in entries})
    wanted = {entry.number: _person(entry, standing, keys) for entry in entries}
    _refuse_doubles(entries, wanted, there)
    fresh: list[roll.Added] = []
    changed: list[roll.Changed] = []
    for entry in entries:
        person, row = wanted[entry.number], there.get(entry.number)
        if row is None:
            fresh.append(
                roll.Added(
                    entry.number,
                    person,
                    identity.seal(entry.identity),
                    identity.seal(entry.phone),
                    entry.phone[-4:],
                )
            )
        elif row[1] != person:
            other = row[1].index != person.index
            changed.append(roll.Changed(row[0], person, identity.seal(entry.identity) if other else None))
    roll.add(season, fresh, at)
    roll.change(changed)
    _bind(season, entries, at, by)
    return len(fresh), len(changed), len(entries) - len(fresh) - len(changed)


def _person(entry: Entry, standing: Tree, keys: Mapping[str, str]) -> roll.Person:
    school = standing.by_code.get(entry.school) if entry.school else None
    county = standing.by_code.get(entry.county) if entry.county else None
    if county is None and school is not None:
        county = standing.nearest(school.id, PLACES)
    return roll.Person(
        entry.name,
        keys[entry.name],
        entry.sex,
        school.id if school else None,
        county.id if county else None,
        entry.class_name,
        entry.origins,
        identity.index_of(entry.identity),
    )


def _refuse_doubles(
    entries: list[Entry],
    wanted: Mapping[str, roll.Person],
    there: Mapping[str, tuple[int, roll.Person]],
) -> None:
    """One person under two numbers: in the file, or in the file and on the roll."""
    faults: list[RollFault] = []
    holders = {row.index: number for number, (_, row) in there.items() if row.index and number not in wanted}
    for entry in entries:
        index = wanted[entry.number].index
        if not index:
            continue
        other = holders.setdefault(index, entry.number)
        if other != entry.number:
            faults.append(
                RollFault(
                    entry.line, "身份证件号", f"与考号 {other} 是同一个号码", "核对两行，一人只报名一次"
                )
            )
    if faults:
        raise BadRoll(faults)


def _bind(season: Season, entries: list[Entry], at: datetime, by: Actor) -> None:
    """Guardians that the roll names, for candidates who have none yet."""
    waiting = roll.without_guardian(season)
    roll.bind(
        [
            roll.Bound(
                waiting[entry.number],
                entry.guardian,
                entry.relation or "监护人",
                identity.seal(entry.guardian_phone),
                entry.guardian_phone[-4:],
            )
            for entry in entries
            if entry.guardian and entry.number in waiting
        ],
        at=at,
        by=by.name[:80],
        document="考生名册",
    )


def _sort_keys(names: Iterable[str]) -> dict[str, str]:
    """Each name once: the dictionary is slow, and names come again."""
    from pypinyin import lazy_pinyin

    return {name: " ".join(lazy_pinyin(name))[:240] for name in names}
