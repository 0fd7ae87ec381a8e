"""Whether a list of choices can be handed in: every fault at once, each with what to do. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from zhijiao.admissions.types.filling import ChoiceFault, Chosen, Offer
from zhijiao.engines.matching.types import Batch, Group


def faults_of(
    chosen: Chosen,
    offers: Mapping[int, Offer],
    batches: Mapping[str, Batch],
    origins: Collection[str],
    names: Mapping[str, str],
) -> tuple[ChoiceFault, ...]:
    """What is wrong with a list. `offers` are all lines of the season, `batches` those of this round in sequence, `names` what
    batches and groups are called."""
    if not chosen:
        return (ChoiceFault(0, 0, "还没有填一个志愿。先从招生计划里选专业。"),)
    return tuple(_faults(chosen, offers, batches, frozenset(origins), names))


def _faults(
    chosen: Chosen,
    offers: Mapping[int, Offer],
    batches: Mapping[str, Batch],
    origins: frozenset[str],
    names: Mapping[str, str],
) -> Iterator[ChoiceFault]:
    known: list[tuple[int, Offer]] = []
    first: dict[int, int] = {}
    for place, line in enumerate(chosen.lines, 1):
        offer = offers.get(line)
        if offer is None:
            yield ChoiceFault(place, line, f"第 {place} 行的专业不在本季的招生计划里，请删去重选。")
        elif offer.batch not in batches:
            yield ChoiceFault(
                place,
                line,
                f"第 {place} 行“{offer.words}”属于{names.get(offer.batch, offer.batch)}，不在这一轮填报，请删去。",
            )
        elif line in first:
            yield ChoiceFault(
                place,
                line,
                f"第 {place} 行与第 {first[line]} 行是同一个专业“{offer.words}”（{offer.code}），请删去一行。",
            )
        else:
            first[line] = place
            known.append((place, offer))
            if not opened(offer, origins):
                yield ChoiceFault(
                    place,
                    line,
                    f"第 {place} 行“{offer.words}”没有面向您的生源类别的计划（只招{_said(offer.origins)}），填了也不会录取，请换一个。",
                )
    for id_, batch in batches.items():
        mine = [(place, offer) for place, offer in known if offer.batch == id_]
        yield from _caps(mine, batch, origins, names)
    yield from _excluded([offer for _, offer in known], batches, names)
    stray = sorted(chosen.adjust - set(chosen.lines))
    if stray:
        yield ChoiceFault(0, stray[0], "服从调剂的勾选与志愿对不上，请刷新页面后再试。")


def opened(offer: Offer, origins: Collection[str]) -> bool:
    """Whether a line has seats for somebody of these origins."""
    return "" in offer.origins or not offer.origins.isdisjoint(origins)


def _caps(
    mine: Sequence[tuple[int, Offer]], batch: Batch, origins: frozenset[str], names: Mapping[str, str]
) -> Iterator[ChoiceFault]:
    name = names.get(batch.id, batch.id)
    if len(mine) > batch.max_choices:
        place, offer = mine[batch.max_choices]
        over = len(mine) - batch.max_choices
        yield ChoiceFault(
            place, offer.id, f"{name}最多填 {batch.max_choices} 个，现在有 {len(mine)} 个。请删去 {over} 个。"
        )
    for group in batch.groups:
        counted = [(place, offer) for place, offer in mine if _counts(group, offer, origins)]
        if len(counted) > group.most:
            place, offer = counted[group.most]
            yield ChoiceFault(
                place,
                offer.id,
                f"{name}中{names.get(group.id, group.id)}最多填 {group.most} 个，现在有 {len(counted)} 个。请删去 {len(counted) - group.most} 个。",
            )


def _counts(group: Group, offer: Offer, origins: frozenset[str]) -> bool:
    """Whether a choice counts for a group. `beyond`: only choices whose seats are all of other origins than her own."""
    if group.schools and group.schools.isdisjoint({offer.school, offer.school_name}):
        return False
    return not group.beyond or offer.origins.isdisjoint(origins)


def _excluded(
    offers: Sequence[Offer], batches: Mapping[str, Batch], names: Mapping[str, str]
) -> Iterator[ChoiceFault]:
    filled = Counter(offer.batch for offer in offers)
    said: set[frozenset[str]] = set()
    for id_ in filled:
        for other in sorted(batches[id_].excludes & set(filled)):
            pair = frozenset({id_, other})
            if pair not in said:
                said.add(pair)
                yield ChoiceFault(
                    0,
                    0,
                    f"填了{names.get(id_, id_)}就不能再填{names.get(other, other)}，请删去其中一类的志愿。",
                )


def _said(origins: frozenset[str]) -> str:
    return "、".join(f"“{origin}”" for origin in sorted(origins))


def changes(before: Chosen | None, after: Chosen) -> tuple[tuple[int, ...], tuple[int, ...], bool]:
    """What one version did to the one before: lines added, lines dropped, and whether the rest changed its order."""
    old = before.lines if before is not None else ()
    added = tuple(line for line in after.lines if line not in set(old))
    dropped = tuple(line for line in old if line not in set(after.lines))
    kept_before = [line for line in old if line in set(after.lines)]
    kept_after = [line for line in after.lines if line in set(old)]
    return added, dropped, kept_before != kept_after
