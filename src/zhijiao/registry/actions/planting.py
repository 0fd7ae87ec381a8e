"""Verb: put the organisations that a pack names into the tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from zhijiao.core.access.actor import Actor
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.models import Alias, Organisation
from zhijiao.lib.dates import first_day
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Division, Institution, PackIndex
from zhijiao.registry.actions.store import Change, changing, save, spell
from zhijiao.registry.types import ALWAYS, Planted, RegistryRefused, Stand


@dataclass(frozen=True)
class Seedling:
    """An organisation as a pack names it. `parents`: codes, the first that the tree knows is taken."""

    code: str
    name: str
    kind: OrganisationKind
    parents: tuple[str, ...]
    starts: date
    short: str = ""
    aliases: tuple[str, ...] = ()
    pack: str = ""


def plant_packs(*, by: Actor, at: datetime) -> list[Planted]:
    """Plant every installed pack, the province before its cities."""
    return [plant_pack(pack=pack.id, by=by, at=at) for pack in policy.packs()]


def plant_installed(payload: Mapping[str, Any], at: datetime) -> None:
    """Hears that a version of a pack became current."""
    plant_pack(pack=str(payload["pack"]), by=Actor.system("装入政策包", Tenant.REAL), at=at)


def plant_pack(*, pack: str, by: Actor, at: datetime) -> Planted:
    """Put the divisions, departments, offices and institutions of an installed pack into the tree of the actor's tenant.

    Idempotent. Adds what is missing and what else it is called; what stands already, also if it was renamed, moved or
    closed since, is left alone: from then on the registry knows better. Only for system actors. Raises RegistryRefused.
    """
    if not by.everything:
        raise RegistryRefused("政策包的单位由系统在装入政策包时登记。")
    index = policy.index(pack)
    if index is None:
        raise RegistryRefused(f"没有装入政策包“{pack}”。先运行 zhijiao install-packs。")
    seedlings = list(_seedlings(index))
    region = index.pack.manifest.region
    if not _missing(seedlings, by.tenant):
        return Planted(pack, 0, 0, _place(by.tenant, region))
    with changing(by) as change:
        added = [s for s in seedlings if s.code not in change.ids]
        for seedling in added:
            _plant(change, seedling)
        save(
            change,
            by=by,
            at=at,
            action="registry.plant",
            summary=f"按政策包“{index.pack.manifest.title}”登记单位 {len(added)} 个",
            at_node=None,
        )
        planted = [s for s in seedlings if s.code in change.ids]
        for seedling in planted:
            if seedling.pack:
                Organisation.objects.filter(pk=change.ids[seedling.code]).exclude(pack=seedling.pack).update(
                    pack=seedling.pack
                )
        aliases = sum(spell(change, s.code, list(s.aliases)) for s in planted)
        return Planted(pack, len(added), aliases, change.ids.get(region))


def plant_organisations(*, stands: Sequence[Stand], summary: str, by: Actor, at: datetime) -> dict[str, int]:
    """Put many organisations into the tree of the actor's tenant at once, parents before children, none before what it
    stands under; what stands already is left alone. Returns the ids of all of them by code. Only for system actors.
    Raises RegistryRefused."""
    if not by.everything:
        raise RegistryRefused("成批登记单位由系统命令办理。")
    codes = [stand.code for stand in stands]
    known = dict(Organisation.objects.filter(tenant=by.tenant, code__in=codes).values_list("code", "id"))
    if len(known) == len(set(codes)):
        return known
    with changing(by) as change:
        for stand in stands:
            if stand.code in change.ids:
                continue
            above = change.forest.by_code.get(stand.parent or "")
            starts = max(stand.starts, above[0].starts) if above else stand.starts
            change.forest.add(replace(stand, starts=starts))
        save(change, by=by, at=at, action="registry.plant", summary=summary, at_node=None)
        return {code: change.ids[code] for code in codes}


def _plant(change: Change, seedling: Seedling) -> None:
    """Below the first parent that stands, and not before it does. Where all its parents are closed it is left out."""
    known = [code for code in seedling.parents if code in change.forest.by_code]
    standing = [code for code in known if change.forest.last(code).ends is None]
    if known and not standing:
        return
    parent = standing[0] if standing else None
    starts = max([seedling.starts, *(change.forest.by_code[code][0].starts for code in standing[:1])])
    change.forest.add(
        Stand(seedling.code, seedling.name, seedling.kind, parent, starts, None, seedling.short)
    )
    change.packs[seedling.code] = seedling.pack


def _missing(seedlings: list[Seedling], tenant: Tenant) -> bool:
    """Whether anything is not in the tree yet: three small queries, so that a start is quick."""
    codes = [s.code for s in seedlings]
    known = dict(
        Organisation.objects.filter(tenant=tenant, code__in=codes).values_list("code", "pack").order_by()
    )
    spelled = set(
        Alias.objects.filter(tenant=tenant, organisation__code__in=codes).values_list(
            "organisation__code", "name"
        )
    )
    return any(
        s.code not in known
        or (s.pack and known[s.code] != s.pack)
        or any((s.code, a) not in spelled for a in s.aliases)
        for s in seedlings
    )


def _place(tenant: Tenant, region: str) -> int | None:
    return Organisation.objects.filter(tenant=tenant, code=region).values_list("id", flat=True).first()


# -- what a pack names -----------------------------------------------------------------------------


def _seedlings(index: PackIndex) -> Iterator[Seedling]:
    """Parents before children."""
    region = index.pack.manifest.region
    for division in _places(index):
        yield _division(division, index)
    for unit in index.pack.places.units:
        if unit.kind in ("department", "office"):
            yield Seedling(
                unit.id,
                unit.name,
                OrganisationKind(unit.kind),
                (region,),
                ALWAYS,
                aliases=tuple(unit.aliases),
            )
    for institution in index.pack.places.institutions:
        if not institution.outside:
            yield _institution(institution, index)


def _places(index: PackIndex) -> list[Division]:
    """The pack's divisions from the top down, and its own place where the pack above lists it."""
    region = index.pack.manifest.region
    own = list(index.pack.places.divisions)
    if all(division.code != region for division in own):
        above = [d for pack in index.ancestors for d in pack.places.divisions if d.code == region]
        own = [*above[:1], *own]
    order = {"province": 0, "city": 1, "county": 2}
    return sorted((d for d in own if d.to is None), key=lambda d: order[d.level])


def _division(division: Division, index: PackIndex) -> Seedling:
    governed = division.code == index.pack.manifest.region
    spoken = [
        name
        for unit in index.pack.places.units
        if unit.kind == "county" and unit.members == [division.code]
        for name in (unit.name, *unit.aliases)
    ]
    return Seedling(
        division.code,
        division.name,
        _kind(division),
        (division.parent,) if division.parent else (),
        first_day(division.from_) if division.from_ else ALWAYS,
        division.short,
        tuple(dict.fromkeys([*division.aliases, *spoken])),
        index.id if governed else "",
    )


def _kind(division: Division) -> OrganisationKind:
    if division.level != "county":
        return OrganisationKind.GOVERNMENT
    return OrganisationKind.ZONE if division.kind == "zone" else OrganisationKind.COUNTY


def _institution(institution: Institution, index: PackIndex) -> Seedling:
    """Below the unit that looks after it, else its county, else the department that oversees its kind, else the place."""
    kind = OrganisationKind(institution.kind)
    authority = index.unit(institution.authority) if institution.authority else None
    overseers = [unit.id for unit in index.pack.places.units if kind in unit.oversees]
    wanted = (getattr(authority, "id", None), institution.division, *overseers, index.pack.manifest.region)
    return Seedling(
        institution.id,
        institution.name,
        kind,
        tuple(code for code in wanted if code),
        ALWAYS,
        aliases=tuple(institution.aliases),
    )
