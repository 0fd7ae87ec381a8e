"""Verb: take the exam body's roll of candidates over, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from zhijiao.admissions.actions.shared import log, refuse_frozen, require_bureau, season_of
from zhijiao.admissions.models import Candidate, Guardian, ScoreSheet, Season
from zhijiao.admissions.rules.rolls import HEADINGS, read_roll
from zhijiao.admissions.store import identity
from zhijiao.admissions.store.sheets import MOST_BYTES, table_of
from zhijiao.admissions.types.rolls import BadRoll, Entry, RollFault, Taken
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.tree import Tree, aliases, tree

__all__ = ["HEADINGS", "MOST_BYTES", "take_roll"]

CHUNK = 2_000
CHANGED = (
    "name",
    "sort_key",
    "sex",
    "school_id",
    "county_id",
    "class_name",
    "origins",
    "identity_sealed",
    "identity_index",
)
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
        _places(standing, by, found, {OrganisationKind.BASIC}),
        _places(standing, by, found, PLACES),
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


def _places(
    standing: Tree, by: Actor, season: Season, kinds: Iterable[OrganisationKind]
) -> Mapping[str, str]:
    """What a file may call an organisation of the season's place → its code; a name that two bear stands for neither."""
    wanted = set(kinds)
    nodes = [node for node in standing.below(season.organisation_id) if node.kind in wanted]
    known: dict[str, set[str]] = {}
    ids = {node.id: node.code for node in nodes}
    for node in nodes:
        for word in (node.code, node.name, node.short):
            if word:
                known.setdefault(word, set()).add(node.code)
    for word, those in aliases(by.tenant).items():
        for one in those:
            if one in ids:
                known.setdefault(word, set()).add(ids[one])
    return {word: next(iter(codes)) for word, codes in known.items() if len(codes) == 1}


def _origins(rules: Mapping[str, Any]) -> set[str]:
    return {str(one["word"]) for one in rules.get("origins") or ()}


def _write(
    season: Season, entries: list[Entry], standing: Tree, at: datetime, by: Actor
) -> tuple[int, int, int]:
    there = {row.number: row for row in Candidate.objects.filter(season=season)}
    fresh: list[Candidate] = []
    changed: list[Candidate] = []
    wanted: dict[str, dict[str, Any]] = {}
    for entry in entries:
        wanted[entry.number] = _values(entry, standing)
    _refuse_doubles(entries, wanted, there)
    for entry in entries:
        values, row = wanted[entry.number], there.get(entry.number)
        if row is None:
            phone = {"phone_sealed": identity.seal(entry.phone), "phone_end": entry.phone[-4:]}
            values["identity_sealed"] = identity.seal(entry.identity)
            fresh.append(Candidate(season=season, number=entry.number, added_at=at, **values, **phone))
        elif any(getattr(row, field) != value for field, value in values.items()):
            if row.identity_index != values["identity_index"]:
                row.identity_sealed = identity.seal(entry.identity)
            for field, value in values.items():
                setattr(row, field, value)
            row.revision += 1
            changed.append(row)
    Candidate.objects.bulk_create(fresh, batch_size=CHUNK)
    Candidate.objects.bulk_update(changed, [*CHANGED, "revision"], batch_size=CHUNK)
    _bind(season, entries, at, by)
    return len(fresh), len(changed), len(entries) - len(fresh) - len(changed)


def _values(entry: Entry, standing: Tree) -> dict[str, Any]:
    school = standing.by_code.get(entry.school) if entry.school else None
    county = standing.by_code.get(entry.county) if entry.county else None
    if county is None and school is not None:
        county = standing.nearest(school.id, PLACES)
    return {
        "name": entry.name,
        "sort_key": _sort_key(entry.name),
        "sex": entry.sex,
        "school_id": school.id if school else None,
        "county_id": county.id if county else None,
        "class_name": entry.class_name,
        "origins": list(entry.origins),
        "identity_index": identity.index_of(entry.identity),
    }


def _refuse_doubles(
    entries: list[Entry], wanted: Mapping[str, Mapping[str, Any]], there: Mapping[str, Candidate]
) -> None:
    """One person under two numbers: in the file, or in the file and on the roll."""
    faults: list[RollFault] = []
    holders = {
        row.identity_index: row.number
        for row in there.values()
        if row.identity_index and row.number not in wanted
    }
    for entry in entries:
        index = wanted[entry.number]["identity_index"]
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
    named = {entry.number: entry for entry in entries if entry.guardian}
    rows = Candidate.objects.filter(season=season, number__in=list(named), guardians__isnull=True)
    Guardian.objects.bulk_create(
        [
            Guardian(
                candidate_id=pk,
                name=named[number].guardian,
                relation=named[number].relation or "监护人",
                phone_sealed=identity.seal(named[number].guardian_phone),
                phone_end=named[number].guardian_phone[-4:],
                bound_at=at,
                bound_by=by.name[:80],
                document="考生名册",
            )
            for pk, number in rows.values_list("pk", "number")
        ],
        batch_size=CHUNK,
    )


def _sort_key(name: str) -> str:
    from pypinyin import lazy_pinyin

    return " ".join(lazy_pinyin(name))[:240]
