"""Programs that hand in, approve, return and open again without rest, and send every request until it is answered."""

from __future__ import annotations

import random
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from typing import Any

import requests

PATIENCE = 240.0
"""Seconds after which a request that nobody answers is a fault."""


class Hammer(threading.Thread, ABC):
    """One program with one key. `accepted`: what was answered with a receipt, by idempotency key."""

    def __init__(self, name: str, address: str, key: str, seed: int) -> None:
        super().__init__(name=name, daemon=True)
        self.api, self.chance = f"{address}/api/v1", random.Random(seed)
        self.headers = {"Authorization": f"Bearer {key}"}
        self.rest = threading.Event()
        self.accepted: dict[str, dict[str, Any]] = {}
        self.told: Counter[str] = Counter()
        self.fault: Exception | None = None
        self.sent = 0

    def run(self) -> None:
        """Work until told to rest; what was begun is brought to its end."""
        try:
            while not self.rest.is_set():
                self.work()
        except Exception as error:  # shown by the trial
            self.fault = error

    @abstractmethod
    def work(self) -> None:
        """One thing."""

    def read(self, path: str, **query: Any) -> Any:
        """Ask until an answer comes."""
        answer = self._until_answered("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, path: str, body: Any) -> dict[str, Any] | None:
        """Send until an answer comes, always under the same key. None: refused."""
        self.sent += 1
        once = f"{self.name}-{self.sent}"
        answer = self._until_answered("POST", path, json=body, once=once)
        self.told[str(answer.status_code)] += 1
        assert answer.status_code in (200, 409, 422), answer.text
        if answer.status_code != 200:
            return None
        found: dict[str, Any] = answer.json()
        receipt = found.get("receipt", found)
        self.accepted[once] = receipt
        self.told[receipt["verb"]] += 1
        if self.chance.random() < 0.1:
            again = self._until_answered("POST", path, json=body, once=once)
            assert again.json() == found, f"{once}: another answer to the same request: {again.text}"
            self.told["repeated"] += 1
        return found

    def _until_answered(self, method: str, path: str, once: str = "", **more: Any) -> requests.Response:
        headers = {**self.headers, **({"Idempotency-Key": once} if once else {})}
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = requests.request(method, self.api + path, headers=headers, timeout=30, **more)
            except requests.RequestException:
                self.told["no answer"] += 1
            else:
                if answer.status_code < 500:
                    return answer
                self.told["in trouble"] += 1
            time.sleep(0.2)
        raise AssertionError(f"{method} {path}: nobody answered for {PATIENCE} s")


class County(Hammer):
    """Hands in what is owed; now and then takes it back."""

    def work(self) -> None:
        """A few figures."""
        lines = [line for line in self.read("/obligations", limit=200) if line["state"] == "draft"]
        if not lines:
            time.sleep(0.2)
            return
        chosen = self.chance.sample(lines, min(len(lines), self.chance.randint(1, 3)))
        entries = [
            {"report": line["report"], "revision": line["revision"], "values": self._values(line)}
            for line in chosen
        ]
        if self.send("/reports", {"entries": entries}) and self.chance.random() < 0.15:
            self.send("/reports/withdrawals", {"reports": [{"report": chosen[0]["report"]}]})

    def _values(self, line: dict[str, Any]) -> dict[str, str]:
        number = self.chance.randint(10, 40)
        match line["asks"]:
            case "text":
                return {"text": f"示例：已完成第{number}项。", "note": "示例"}
            case "ratio":
                return {"numerator": str(number), "denominator": "100", "note": "示例"}
        return {"value": str(number), "note": "示例"}


class Bureau(Hammer):
    """Approves, returns, opens again."""

    def work(self) -> None:
        """A small sitting."""
        waiting = self.read("/reviews", limit=50)
        if not waiting:
            time.sleep(0.2)
            return
        chosen = self.chance.sample(waiting, min(len(waiting), self.chance.randint(1, 5)))
        reports = [{"report": line["report"], "revision": line["revision"]} for line in chosen]
        if self.chance.random() < 0.2:
            self.send("/reports/returns", {"reports": reports, "reason": "scope", "words": "示例"})
            return
        done = self.send("/reports/decisions", {"reports": reports})
        if done and self.chance.random() < 0.5:
            line = self.chance.choice(done["receipt"]["lines"])
            if line["state"] == "approved":
                again = {"revision": int(line["revision"]), "reason": "late_data", "words": "示例：更正"}
                self.send(f"/reports/{line['report']}/reopening", again)
