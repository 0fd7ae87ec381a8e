"""Candidates at their phones, as many at once as there are threads: each comes at her moment and hands in until an answer comes,
some of them twice. Who comes after the closing is refused."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 240.0
LAST = 0.25
"""Of the candidates, how many come in the last half hour."""
AGAIN = 0.15
"""Of the candidates, how many change their mind and hand in anew."""
TWICE = 0.1
"""Of the requests, how many are sent twice, as by a second click."""


@dataclass
class Told:
    """What the crowd was told. `receipts`: each with candidate, lines and digest; `last`: by candidate the receipt of the version that
    counts; `late`: who came after the closing and was refused; `slow`: the longest that somebody waited for an answer, in seconds;
    `behind`: the longest that somebody waited for her turn, since the phones are fewer than the crowd."""

    receipts: dict[str, tuple[int, list[int], str]] = field(default_factory=dict)
    last: dict[int, str] = field(default_factory=dict)
    late: list[int] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    slow: float = 0.0
    behind: float = 0.0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Visit:
    """Somebody who takes her phone at a moment: seconds from the beginning. `late`: after the closing, with a page opened then."""

    at: float
    candidate: int
    session: str
    late: bool = False


def arrivals(
    people: list[tuple[int, str]], *, before: float, last: float, late: float, seed: int
) -> list[Visit]:
    """When each comes, in turn: a quarter in the last `last` seconds, the others in the `before` seconds ahead of those; a share `late`
    of the crowd in the seconds after."""
    chance = random.Random(seed)
    found = []
    for candidate, session in people:
        if chance.random() < late:
            found.append(Visit(before + last + chance.uniform(1, 5), candidate, session, late=True))
        elif chance.random() < LAST:
            found.append(Visit(before + chance.uniform(0, last), candidate, session))
        else:
            found.append(Visit(chance.uniform(0, before), candidate, session))
    return sorted(found, key=lambda visit: visit.at)


def hand_in_all(address: str, visits: list[Visit], lines: list[int], *, threads: int, seed: int) -> Told:
    """Let everybody hand in at her moment; return what they were told. `lines`: the first two are of a batch of their own."""
    told, lock = Told(), threading.Lock()
    waiting: Queue[Visit] = Queue()
    for visit in visits:
        waiting.put(visit)
    began = time.monotonic()
    workers = [
        threading.Thread(
            target=_work, args=(address, lines, waiting, told, lock, seed + n, began), daemon=True
        )
        for n in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return told


def _work(
    address: str,
    lines: list[int],
    waiting: Queue[Visit],
    told: Told,
    lock: threading.Lock,
    seed: int,
    began: float,
) -> None:
    chance, phone = random.Random(seed), Phone(address)
    try:
        while True:
            visit = waiting.get_nowait()
            behind = time.monotonic() - began - visit.at
            if behind < 0:
                time.sleep(-behind)
            with lock:
                told.behind = max(told.behind, behind)
            for turn in range(2 if chance.random() < AGAIN and not visit.late else 1):
                _visit(
                    phone,
                    visit,
                    _chosen(lines, chance),
                    f"{turn}-{seed}",
                    chance.random() < TWICE,
                    told,
                    lock,
                )
    except Empty:
        pass
    except Exception as error:  # shown by the trial
        told.faults.append(repr(error))
    phone.hang_up()
    with lock:
        told.counted += phone.told


def _chosen(lines: list[int], chance: random.Random) -> list[int]:
    early = chance.sample(lines[:2], 1) if chance.random() < 0.2 else []
    return early + chance.sample(lines[2:], chance.randint(1, len(lines) - 2))


def _visit(
    phone: Phone, visit: Visit, chosen: list[int], mark: str, twice: bool, told: Told, lock: threading.Lock
) -> None:
    """Hand in once, and some of them once more by the same click."""
    body = {"lines": chosen, "adjust": [], "key": f"phone-{visit.candidate}-{mark}"}
    began = time.monotonic()
    said = phone.hand_in(visit, body)
    took = time.monotonic() - began
    again = phone.hand_in(visit, body) if twice else said
    with lock:
        if again != said:
            told.faults.append(f"{visit.candidate}: {again} after {said}")
        if visit.late == (said is not None):
            told.faults.append(f"{visit.candidate}: {said} at {visit.at:.0f} s, late is {visit.late}")
        if said is None:
            told.late.append(visit.candidate)
        else:
            told.receipts[said["receipt"]] = (visit.candidate, chosen, said["digest"])
            told.last[visit.candidate] = said["receipt"]
        told.slow = max(told.slow, took)


class Phone:
    """One browser, which sends until it is answered."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.told: Counter[str] = Counter()
        self.line: http.client.HTTPConnection | None = None

    def hang_up(self) -> None:
        """Close the line."""
        if self.line is not None:
            self.line.close()
            self.line = None

    def page(self, path: str, session: str) -> tuple[int, str]:
        """Open a page; its status and its text."""
        line = http.client.HTTPConnection(self.host, timeout=60)
        line.request("GET", path, headers={"Cookie": f"sessionid={session}"})
        answer = line.getresponse()
        said = answer.read().decode()
        line.close()
        return answer.status, said

    def hand_in(self, visit: Visit, body: dict[str, Any]) -> dict[str, Any] | None:
        """Hand in; receipt and digest, or None where the straight way does not take it: it is closed."""
        deadline = time.monotonic() + PATIENCE
        headers = {
            "Content-Type": "application/json",
            "Origin": f"http://{self.host}",
            "Cookie": f"sessionid={visit.session}",
        }
        while time.monotonic() < deadline:
            try:
                if self.line is None:
                    self.line = http.client.HTTPConnection(self.host, timeout=30)
                self.line.request(
                    "POST", f"/choices/{visit.candidate}/main/submit", json.dumps(body), headers
                )
                answer = self.line.getresponse()
                said = answer.read()
            except (OSError, http.client.HTTPException):
                self.told["no answer"] += 1
                self.hang_up()
                time.sleep(0.2)
                continue
            self.told[str(answer.status)] += 1
            if answer.status == 200:
                found: dict[str, Any] = json.loads(said)
                return found
            if answer.status == 409:
                return None
            if answer.status != 503:
                raise AssertionError(f"{visit.candidate}: {answer.status} {said[:200]!r}")
            time.sleep(0.2)
        raise AssertionError(f"{visit.candidate}: nobody answered for {PATIENCE} s")
