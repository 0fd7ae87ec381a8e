"""Who holds which post: nobody holds one post at one organisation together with somebody else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from zhijiao.registry.types import Incumbent, RegistryRefused


class Offices:
    """Incumbents by organisation and post. A verb changes them or raises `RegistryRefused`."""

    def __init__(self, incumbents: Iterable[Incumbent]) -> None:
        self.by_post: dict[tuple[str, str], list[Incumbent]] = {}
        for one in sorted(incumbents, key=lambda i: i.starts):
            self.by_post.setdefault((one.code, one.post), []).append(one)

    def all(self) -> Iterator[Incumbent]:
        """Everybody, past and present."""
        for held in self.by_post.values():
            yield from held

    def appoint(self, one: Incumbent) -> bool:
        """Let somebody take a post; who held it until then leaves it that day, and somebody without a last day leaves it to the
        next. The same person from the same day is brought up to date. Returns whether anything changed."""
        held = self.by_post.get((one.code, one.post), [])
        if one.ends is not None and one.ends <= one.starts:
            raise RegistryRefused(
                f"{one.name}的离任日期 {one.ends} 不晚于到任日期 {one.starts}。核对两个日期。", "ends"
            )
        same = next((i for i in held if i.starts == one.starts), None)
        if same is not None and same.name != one.name:
            raise RegistryRefused(
                f"“{one.post}”自 {one.starts} 起登记的是{same.name}。写{one.name}实际到任的日期。", "starts"
            )
        before = [i for i in held if i.starts < one.starts]
        after = [i for i in held if i.starts > one.starts]
        if after and one.ends is None:
            one = replace(one, ends=after[0].starts)
        if after and one.ends is not None and one.ends > after[0].starts:
            raise RegistryRefused(
                f"“{one.post}”自 {after[0].starts} 起由{after[0].name}担任。给{one.name}写上不晚于这一天的离任日期。",
                "ends",
            )
        if before and before[-1].covers(one.starts):
            if before[-1].name == one.name:
                raise RegistryRefused(
                    f"{one.name}自 {before[-1].starts} 起已担任“{one.post}”。到任日期照已登记的写。", "starts"
                )
            before[-1] = replace(before[-1], ends=one.starts)
        changed = [*before, one, *after]
        if changed == held:
            return False
        self.by_post[(one.code, one.post)] = changed
        return True

    def leave(self, code: str, post: str, on: date) -> None:
        """Whoever holds a post leaves it on a day, without a successor."""
        held = self.by_post.get((code, post), [])
        number = next((n for n, i in enumerate(held) if i.covers(on) and i.starts < on), None)
        if number is None:
            raise RegistryRefused(f"{on} 前没有人担任“{post}”，不能办离任。核对职务和日期。", "on")
        held[number] = replace(held[number], ends=on)
