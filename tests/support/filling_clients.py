"""Candidates at their phones, as many at once as there are threads: each hands in until an answer comes, some of them twice."""

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
AGAIN = 0.15
"""Of the candidates, how many change their mind and hand in anew."""
TWICE = 0.1
"""Of the requests, how many are sent twice, as by a second click."""


@dataclass
class Told:
    """What the crowd was told. `last`: by candidate the lines and the receipt of the version that counts."""

    receipts: dict[str, tuple[int, list[int]]] = field(default_factory=dict)
    last: dict[int, str] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)
    slow: float = 0.0
    faults: list[str] = field(default_factory=list)


def hand_in_all(address: str, crowd: dict[str, Any], *, threads: int, seed: int) -> Told:
    """Let everybody of the crowd hand in; return what they were told."""
    told, lock = Told(), threading.Lock()
    waiting: Queue[tuple[int, str]] = Queue()
    for candidate, session in crowd["people"]:
        waiting.put((candidate, session))
    workers = [
        threading.Thread(
            target=_work, args=(address, crowd["lines"][2:], waiting, told, lock, seed + n), daemon=True
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
    waiting: Queue[tuple[int, str]],
    told: Told,
    lock: threading.Lock,
    seed: int,
) -> None:
    chance, phone = random.Random(seed), Phone(address)
    try:
        while True:
            candidate, session = waiting.get_nowait()
            for turn in range(2 if chance.random() < AGAIN else 1):
                chosen = chance.sample(lines, chance.randint(1, len(lines)))
                body = {"lines": chosen, "adjust": [], "key": f"phone-{candidate}-{turn}-{seed}"}
                began = time.monotonic()
                receipt = phone.hand_in(candidate, session, body)
                took = time.monotonic() - began
                if chance.random() < TWICE:
                    again = phone.hand_in(candidate, session, body)
                    if again != receipt:
                        told.faults.append(f"{candidate}: {again} after {receipt}")
                with lock:
                    told.receipts[receipt] = (candidate, chosen)
                    told.last[candidate] = receipt
                    told.slow = max(told.slow, took)
    except Empty:
        pass
    except Exception as error:  # shown by the trial
        told.faults.append(repr(error))
    phone.hang_up()
    with lock:
        told.counted += phone.told


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

    def hand_in(self, candidate: int, session: str, body: dict[str, Any]) -> str:
        """Hand in; the receipt."""
        deadline = time.monotonic() + PATIENCE
        headers = {
            "Content-Type": "application/json",
            "Origin": f"http://{self.host}",
            "Cookie": f"sessionid={session}",
        }
        while time.monotonic() < deadline:
            try:
                if self.line is None:
                    self.line = http.client.HTTPConnection(self.host, timeout=30)
                self.line.request("POST", f"/choices/{candidate}/main/submit", json.dumps(body), headers)
                answer = self.line.getresponse()
                said = answer.read()
            except (OSError, http.client.HTTPException):
                self.told["no answer"] += 1
                self.hang_up()
                time.sleep(0.2)
                continue
            self.told[str(answer.status)] += 1
            if answer.status == 200:
                return str(json.loads(said)["receipt"])
            if answer.status < 500:
                raise AssertionError(f"{candidate}: {answer.status} {said[:200]!r}")
            time.sleep(0.2)
        raise AssertionError(f"{candidate}: nobody answered for {PATIENCE} s")
