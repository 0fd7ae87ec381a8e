"""Every standing of a tenant, and the verbs that change them.

Whatever a verb does on a day, the tree of every earlier day stays as it was: a standing is ended and the next one
opened; only one that starts on that very day is rewritten. What would leave somebody under an organisation that does
not stand, or below itself, is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from zhijiao.registry.types import Part, Passage, RegistryRefused, Stand, SuccessionKind


class Forest:
    """Standings by code, each list in the order of days. A verb changes the forest or raises `RegistryRefused`; after a
    refusal the forest is to be thrown away. `passages` collects what became of whom; `since` is the earliest day touched."""

    def __init__(self, stands: Iterable[Stand]) -> None:
        self.by_code: dict[str, list[Stand]] = {}
        for stand in sorted(stands, key=lambda s: s.starts):
            self.by_code.setdefault(stand.code, []).append(stand)
        self.passages: list[Passage] = []
        self.since: date | None = None

    # -- reading -----------------------------------------------------------------------------------

    def at(self, code: str, on: date) -> Stand | None:
        """How an organisation stands on a day."""
        return next((s for s in self.by_code.get(code, ()) if s.covers(on)), None)

    def last(self, code: str) -> Stand:
        """The latest standing, ended or not. Refused for a code that nobody has."""
        if code not in self.by_code:
            raise RegistryRefused(f"没有代码为“{code}”的单位。请核对代码。", "code")
        return self.by_code[code][-1]

    def on(self, day: date) -> dict[str, Stand]:
        """The tree of a day."""
        return {c: s for c in self.by_code if (s := self.at(c, day)) is not None}

    def below(self, code: str, on: date) -> list[Stand]:
        """Standings directly under an organisation that hold on a day or later."""
        return [
            s
            for stands in self.by_code.values()
            for s in stands
            if s.parent == code and (s.ends is None or s.ends > on)
        ]

    def all(self) -> Iterator[Stand]:
        """Every standing."""
        for stands in self.by_code.values():
            yield from stands

    # -- verbs -------------------------------------------------------------------------------------

    def add(self, stand: Stand) -> None:
        """A new organisation."""
        if stand.code in self.by_code:
            raise RegistryRefused(
                f"代码“{stand.code}”已属于“{self.last(stand.code).name}”。换一个代码，或修改那个单位。",
                "code",
            )
        self._put(stand)

    def reopen(self, stand: Stand) -> None:
        """An organisation that was closed stands again."""
        last = self.last(stand.code)
        if last.ends is None or last.ends > stand.starts:
            raise RegistryRefused(f"“{last.name}”没有撤销，不必恢复。", "on")
        self._put(stand)

    def rename(self, code: str, name: str, short: str, on: date, basis: str) -> None:
        """Call it otherwise from a day on."""
        self._turn(code, on, name=name, short=short, basis=basis)

    def retype(self, code: str, kind: str, on: date, basis: str) -> None:
        """It is of another kind from a day on."""
        self._turn(code, on, kind=kind, basis=basis)

    def move(self, code: str, parent: str | None, on: date, basis: str) -> None:
        """Put it under another organisation from a day on."""
        if parent is not None and self.at(parent, on) is None:
            raise RegistryRefused(f"{self._standing_words(parent, on)}，不能把单位移到它下面。", "parent")
        self._turn(code, on, parent=parent, basis=basis)

    def close(self, code: str, on: date, basis: str) -> None:
        """End it without a successor. Who stands below has to be moved or closed first."""
        self._refuse_children(code, on)
        self._end(code, on)
        self.passages.append(Passage(code, None, SuccessionKind.CLOSED, on, basis))

    def merge(self, into: str, sources: Sequence[str], on: date, basis: str) -> None:
        """End organisations and let `into` go on for them; who stood below them stands below it."""
        target = self.at(into, on)
        if target is None:
            raise RegistryRefused(f"{self._standing_words(into, on)}，不能并入它。", "into")
        if into in sources:
            raise RegistryRefused(f"“{target.name}”不能并入自己。去掉这一个。", "sources")
        for source in sources:
            last = self._going_on(source, on)
            self._end(source, on)
            self._rehang(source, into, last.parent, on, basis)
            self.passages.append(Passage(source, into, SuccessionKind.MERGED, on, basis))

    def split(self, code: str, parts: Sequence[Part], on: date, basis: str, *, goes_on: bool) -> None:
        """Bring forth new organisations beside the old one, which goes on or ends. Where it ends, each of those below it
        goes to one of the parts."""
        old = self._going_on(code, on)
        if len(parts) < (1 if goes_on else 2):
            raise RegistryRefused("原单位撤销时至少分成两个单位；只分出一个时请保留原单位。", "parts")
        for part in parts:
            self.add(Stand(part.code, part.name, part.kind, old.parent, on, None, part.short, basis))
            for child in part.takes:
                self._rehang(code, part.code, None, on, basis, only=child)
            self.passages.append(Passage(code, part.code, SuccessionKind.SPLIT, on, basis))
        if not goes_on:
            self._refuse_children(code, on)
            self._end(code, on)

    # -- the law of the forest ---------------------------------------------------------------------

    def check(self, since: date) -> None:
        """Refuse a forest in which, from a day on, somebody stands under nobody or below itself."""
        for stand in self.all():
            if stand.parent is not None and (stand.ends is None or stand.ends > since):
                self._check_parent(stand, since)
        breaks = {since} | {s.starts for s in self.all() if s.starts > since}
        for day in sorted(breaks):
            self._check_cycles(self.on(day), day)

    def _check_parent(self, stand: Stand, since: date) -> None:
        assert stand.parent is not None
        day: date | None = max(stand.starts, since)
        while day is not None and (stand.ends is None or day < stand.ends):
            above = self.at(stand.parent, day)
            if above is None:
                raise RegistryRefused(
                    f"{self._standing_words(stand.parent, day)}，而“{stand.name}”还在它下面。先把“{stand.name}”移走或撤销。",
                    "parent",
                )
            day = above.ends

    def _check_cycles(self, tree: dict[str, Stand], day: date) -> None:
        safe: set[str] = set()
        for code in tree:
            way: dict[str, None] = {}
            at: str | None = code
            while at is not None and at in tree and at not in safe:
                if at in way:
                    names = "、".join(f"“{tree[c].name}”" for c in way)
                    raise RegistryRefused(f"{day} 起 {names} 会互为上级。换一个上级单位。", "parent")
                way[at] = None
                at = tree[at].parent
            safe.update(way)

    # -- steps -------------------------------------------------------------------------------------

    def _put(self, stand: Stand) -> None:
        if stand.parent is not None and self.at(stand.parent, stand.starts) is None:
            raise RegistryRefused(
                f"{self._standing_words(stand.parent, stand.starts)}，“{stand.name}”不能设在它下面。"
                "换一个上级单位，或改起始日期。",
                "parent",
            )
        self.by_code.setdefault(stand.code, []).append(stand)
        self._touch(stand.starts)

    def _touch(self, on: date) -> None:
        self.since = on if self.since is None else min(self.since, on)

    def _going_on(self, code: str, on: date) -> Stand:
        """The latest standing, which must hold on the day: what is planned for later comes first."""
        last = self.last(code)
        if last.starts > on:
            raise RegistryRefused(
                f"“{last.name}”自 {last.starts} 起已有新的登记，不能再作 {on} 的变更。把日期改到 {last.starts} 或以后。",
                "on",
            )
        if last.ends is not None and last.ends <= on:
            raise RegistryRefused(f"“{last.name}”已于 {last.ends} 撤销，不能作 {on} 的变更。", "on")
        return last

    def _turn(self, code: str, on: date, **changes: object) -> None:
        last = self._going_on(code, on)
        turned = replace(last, starts=on, **changes)  # type: ignore[arg-type]
        if replace(turned, starts=last.starts, basis=last.basis) == last:
            raise RegistryRefused(f"“{last.name}”本来就是这样登记的，没有要改的。", "")
        stands = self.by_code[code]
        if last.starts == on:
            stands[-1] = turned
        else:
            stands[-1:] = [replace(last, ends=on), turned]
        self._touch(on)

    def _end(self, code: str, on: date) -> None:
        last = self._going_on(code, on)
        if last.starts == on:
            raise RegistryRefused(
                f"“{last.name}”自 {on} 起才有现在的登记，不能当天撤销或并出。把日期改到 {on} 之后。", "on"
            )
        self.by_code[code][-1] = replace(last, ends=on)
        self._touch(on)

    def _refuse_children(self, code: str, on: date) -> None:
        names = sorted({s.name for s in self.below(code, on)})
        if names:
            listed = "、".join(names[:5]) + (f"等 {len(names)} 个单位" if len(names) > 5 else "")
            raise RegistryRefused(
                f"“{self.last(code).name}”下面还有{listed}。先把它们移到别处或撤销，再办这一步。", "on"
            )

    def _rehang(
        self, old: str, new: str, above: str | None, on: date, basis: str, only: str | None = None
    ) -> None:
        """Whoever stands under `old` on the day or later stands under `new`; `new` itself under `above`."""
        found = 0
        for code in [only] if only is not None else list(self.by_code):
            stands: list[Stand] = []
            for stand in self.by_code.get(code, ()):
                if stand.parent != old or (stand.ends is not None and stand.ends <= on):
                    stands.append(stand)
                    continue
                found += 1
                parent = above if code == new else new
                if stand.starts < on:
                    stands += [replace(stand, ends=on), replace(stand, starts=on, parent=parent, basis=basis)]
                else:
                    stands.append(replace(stand, parent=parent, basis=basis))
            if stands:
                self.by_code[code] = stands
        if only is not None and not found:
            raise RegistryRefused(f"代码“{only}”的单位不在“{self.last(old).name}”下面。", "parts")

    def _standing_words(self, code: str, on: date) -> str:
        """Why an organisation does not stand on a day."""
        stands = self.by_code.get(code)
        if not stands:
            return f"没有代码为“{code}”的单位"
        if stands[0].starts > on:
            return f"“{stands[0].name}”自 {stands[0].starts} 起才设立（{on} 尚未设立）"
        return f"“{stands[-1].name}”在 {on} 已撤销"
