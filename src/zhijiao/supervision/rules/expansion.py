"""Who is meant: from the units that a document names to organisations as they stand on a day. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from zhijiao.core.kinds import OrganisationKind
from zhijiao.policy.types import Division, Institution, PackIndex, Unit
from zhijiao.supervision.types.work import Addressee, Duty, Expansion, Nobody, Place

_STRENGTH = list(Duty)


class Directory:
    """The organisations of a tenant on one day, below one of them, by every name. `heirs`: by the code of an organisation
    that has closed, those that took its place and stand on the day."""

    def __init__(
        self,
        places: Iterable[Place],
        top: int,
        spellings: Mapping[str, Iterable[int]],
        heirs: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        self.places = {place.id: place for place in places}
        self.top = top
        self._spellings = spellings
        self.heirs = heirs or {}

    def meant(self, code: str) -> tuple[int, ...]:
        """The organisation of a code, or its heirs."""
        if code in self.by_code:
            return (self.by_code[code].id,)
        return tuple(heir for heir in self.heirs.get(code, ()) if heir in self.places)

    @cached_property
    def by_code(self) -> Mapping[str, Place]:
        """By business key."""
        return {place.code: place for place in self.places.values()}

    @cached_property
    def by_name(self) -> Mapping[str, set[int]]:
        """By name and by every other spelling, those below the top only."""
        found: dict[str, set[int]] = defaultdict(set)
        below = {place.id for place in self.below(self.top)}
        for place in self.places.values():
            if place.id in below:
                found[place.name].add(place.id)
        for name, ids in self._spellings.items():
            found[name].update(below.intersection(ids))
        return found

    @cached_property
    def _children(self) -> Mapping[int | None, list[Place]]:
        found: dict[int | None, list[Place]] = defaultdict(list)
        for place in self.places.values():
            found[place.parent].append(place)
        return found

    def below(self, node: int) -> Iterator[Place]:
        """A place and everything under it."""
        open_ = [node]
        while open_:
            at = open_.pop()
            if at in self.places:
                yield self.places[at]
                open_.extend(child.id for child in self._children.get(at, ()))

    def of_kinds(self, kinds: Iterable[OrganisationKind], under: int) -> list[int]:
        """All organisations of some kinds under one."""
        wanted = set(kinds)
        return sorted(p.id for p in self.below(under) if p.kind in wanted and p.id != under)


def expand(
    addressees: Iterable[Addressee],
    directory: Directory,
    index: PackIndex | None = None,
    settled: Mapping[str, Iterable[int]] | None = None,
) -> Expansion:
    """Who is meant on the day of the directory. An organisation meant twice keeps its strongest duty.

    `settled`: what the office has said about spellings that nobody was known by; an empty list means nobody is meant.
    Members of a group have the duty MEMBER, wherever the group is named: each does it for itself.
    """
    duties: dict[int, Duty] = {}
    nobody: list[Nobody] = []
    for addressee in addressees:
        try:
            found = _resolve(addressee, directory, index, settled or {})
        except _Unknown as unknown:
            nobody.append(Nobody(unknown.unit, addressee.duty, unknown.why))
            found = unknown.found
        for organisation, grouped in found.items():
            duty = Duty.MEMBER if grouped else addressee.duty
            kept = duties.get(organisation, duty)
            duties[organisation] = min(kept, duty, key=_STRENGTH.index)
    return Expansion(duties, tuple(dict.fromkeys(nobody)))


class _Unknown(Exception):
    """A spelling behind which nobody, or not everybody, was found."""

    def __init__(self, unit: str, why: str, found: Mapping[int, bool] | None = None) -> None:
        super().__init__(why)
        self.unit, self.why, self.found = unit, why, dict(found or {})


def _resolve(
    addressee: Addressee, directory: Directory, index: PackIndex | None, settled: Mapping[str, Iterable[int]]
) -> dict[int, bool]:
    """Organisations, each with whether it is meant as one of a group."""
    if addressee.organisation is not None:
        if addressee.organisation not in directory.places:
            raise _Unknown(addressee.unit or str(addressee.organisation), "这个单位在当日的组织树里已不存在")
        return {addressee.organisation: False}
    if addressee.kinds:
        under = addressee.under if addressee.under is not None else directory.top
        found = directory.of_kinds(addressee.kinds, under)
        if not found:
            words = "、".join(kind.words for kind in addressee.kinds)
            raise _Unknown(addressee.unit or words, "组织树里还没有这一类单位")
        return dict.fromkeys(found, True)
    if addressee.unit in settled:
        meant = [o for o in settled[addressee.unit] if o in directory.places]
        return dict.fromkeys(meant, len(meant) > 1)
    known = index.unit(addressee.unit) if index is not None else None
    if isinstance(known, Unit) and known.kind == "group":
        return _group(known, directory, index)
    if known is not None:
        return _single(known, directory, addressee.unit)
    return {_by_name(addressee.unit, directory): False}


def _group(
    group: Unit, directory: Directory, index: PackIndex | None, seen: tuple[str, ...] = ()
) -> dict[int, bool]:
    found: dict[int, bool] = {}
    lost: list[str] = []
    for member in group.members:
        inner = _unit_of_id(index, member)
        if inner is not None and inner.kind == "group" and inner.id not in seen:
            try:
                found.update(_group(inner, directory, index, (*seen, group.id)))
            except _Unknown as unknown:
                found.update(unknown.found)
                lost.append(inner.name)
        elif meant := directory.meant(member):
            found.update(dict.fromkeys(meant, True))
        elif inner is None or inner.kind != "group":
            lost.append(inner.name if inner is not None else member)
    found.update(dict.fromkeys(directory.of_kinds(group.kinds, directory.top), True))
    if lost:
        raise _Unknown(group.name, f"其中“{'、'.join(lost)}”在组织树里找不到", found)
    if not found:
        why = "组织树里还没有这一类单位" if group.kinds else "文件没有列出成员名单"
        raise _Unknown(group.name, why)
    return found


def _single(known: Unit | Division | Institution, directory: Directory, spelling: str) -> dict[int, bool]:
    meant = directory.meant(known.code if isinstance(known, Division) else known.id)
    if meant:
        return dict.fromkeys(meant, len(meant) > 1)
    return {_by_name(known.name, directory, spelling): False}


def _by_name(name: str, directory: Directory, spelling: str = "") -> int:
    found = directory.by_name.get(name, set())
    if len(found) == 1:
        return next(iter(found))
    raise _Unknown(
        spelling or name, f"有 {len(found)} 个单位叫这个名字" if found else "组织树里没有叫这个名字的单位"
    )


def _unit_of_id(index: PackIndex | None, unit_id: str) -> Unit | None:
    if index is None:
        return None
    return next((unit for pack in index.family for unit in pack.places.units if unit.id == unit_id), None)
