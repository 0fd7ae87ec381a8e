"""The chain over the audit trail: how a link is made, and what a check of the whole finds. No Django, no clock.

What a check can tell: a link that is missing or swapped, an event that was changed, removed or slipped in among sealed
ones, and a tail that was cut, where somebody remembers a head. What it cannot: an event that was removed before it was
sealed, which is why the job seals every minute.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

START = "0" * 64
BODY = ("position", "event", "sealed_at", "server", "ended", "unborn")
"""What a link says besides its hash."""


@dataclass(frozen=True)
class Head:
    """The last link: how long the chain is and its hash. Who notes it elsewhere can later prove that nothing was cut."""

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


@dataclass(frozen=True)
class Link:
    """A link as it is stored, without its event."""

    position: int
    event: int
    sealed_at: datetime
    server: int
    ended: int
    unborn: int
    hash: str


@dataclass(frozen=True)
class Moment:
    """How far a server's transactions were at one moment: all below `ended` were over, none from `unborn` on had begun."""

    server: int
    ended: int
    unborn: int


NEVER = Moment(0, 0, 0)


@dataclass(frozen=True)
class Fault:
    """What is wrong with an event or a link, in words for the auditor. `kind` is for programs."""

    kind: str
    words: str
    position: int | None = None
    event: int | None = None


def canonical(value: Mapping[str, Any]) -> bytes:
    """One spelling for one content: sorted keys, no blanks, moments in UTC to the microsecond."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    ).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"no canonical form for {type(value).__name__}")


def hash_of(before: str, link: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """The hash of a link: over the one before, its own row and every column of the event."""
    return hashlib.sha256(canonical({"before": before, "link": link, "event": event})).hexdigest()


def link_after(head: Head, event: Mapping[str, Any], *, sealed_at: datetime, moment: Moment) -> Link:
    """The next link for an event."""
    body = {
        "position": head.position + 1,
        "event": event["id"],
        "sealed_at": sealed_at,
        "server": moment.server,
        "ended": moment.ended,
        "unborn": moment.unborn,
    }
    return Link(**body, hash=hash_of(head.hash, body, event))


@dataclass
class Check:
    """Walks the chain once, in the order of positions, then over what is not sealed yet.

    Transactions are counted anew where a backup was restored into another server; `_age` holds the batches since.
    """

    known: Mapping[int, str] = field(default_factory=dict)
    head: Head = field(default_factory=lambda: Head(0, START))
    _age: list[tuple[int, Moment]] = field(default_factory=list)  # each batch with the highest event so far
    _batch: Moment = NEVER
    _highest: int = 0

    def walk(self, rows: Iterable[tuple[Link, Mapping[str, Any] | None]]) -> Iterator[Fault]:
        """Faults of the sealed part. An event that is gone is None."""
        for link, event in rows:
            yield from self._contiguous(link)
            if event is None:
                yield Fault(
                    "event_missing",
                    f"第 {link.position} 环对应的记录 {link.event} 已不存在",
                    link.position,
                    link.event,
                )
            else:
                yield from self._unchanged(link, event)
                self._enter(link)
                yield from self._in_time(event, link.position)
                self._highest = max(self._highest, link.event)
            self.head = Head(link.position, link.hash)
        self._close()

    def rest(self, events: Iterable[Mapping[str, Any]], server: int) -> Iterator[Fault]:
        """Faults of the events that are not sealed, on this server. Call after `walk`."""
        if server != self._batch.server:
            return
        for event in events:
            yield from self._in_time(event, None)

    def remembered(self) -> Iterator[Fault]:
        """Heads that were noted and are not reached any more. Call after `walk`."""
        for position in sorted(self.known):
            if position > self.head.position:
                yield Fault(
                    "tail_cut",
                    f"曾经记下的链头在第 {position} 环，现在的链只到第 {self.head.position} 环，其后的记录被删除",
                    position,
                )

    def _contiguous(self, link: Link) -> Iterator[Fault]:
        expected = self.head.position + 1
        if link.position != expected:
            yield Fault("gap", f"第 {expected} 环到第 {link.position - 1} 环缺失", expected)
        noted = self.known.get(link.position)
        if noted is not None and noted != link.hash:
            yield Fault(
                "head_differs",
                f"第 {link.position} 环与当时记下的链头不一致（记下的是 {noted[:12]}…）",
                link.position,
                link.event,
            )

    def _unchanged(self, link: Link, event: Mapping[str, Any]) -> Iterator[Fault]:
        body = {name: getattr(link, name) for name in BODY}
        if hash_of(self.head.hash, body, event) != link.hash:
            yield Fault(
                "altered",
                f"第 {link.position} 环的摘要不符：记录 {link.event}（{event['name']}，{event['action']}）、"
                "这一环本身或它之前的一环被改动",
                link.position,
                link.event,
            )

    def _enter(self, link: Link) -> None:
        """Note the batch before when a new one begins."""
        moment = Moment(link.server, link.ended, link.unborn)
        if moment == self._batch:
            return
        self._close()
        if moment.server != self._batch.server:
            self._age = []
        self._batch, self._highest = moment, 0

    def _close(self) -> None:
        if self._highest:
            highest = max(self._highest, self._age[-1][0] if self._age else 0)
            self._age.append((highest, self._batch))

    def _in_time(self, event: Mapping[str, Any], position: int | None) -> Iterator[Fault]:
        """An event that comes after a batch belongs to a transaction that had not ended when the batch was sealed; if its
        number lies below the batch's, its transaction had begun."""
        if not self._age:
            return
        number, transaction = int(event["id"]), int(event["transaction"])
        highest, latest = self._age[-1]
        late = transaction < latest.ended
        if not late and number < highest:
            passed = next(moment for reached, moment in self._age if reached > number)
            late = transaction >= passed.unborn
        if late:
            yield Fault(
                "slipped_in",
                f"记录 {number}（{event['name']}，{event['action']}）是在它前后的记录封存之后才插入的",
                position,
                number,
            )
