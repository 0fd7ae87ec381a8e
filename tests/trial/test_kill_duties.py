"""Trial: web, worker and database are killed fifty times while programs hand in, approve, return and open again.

What was accepted is there once, the ledger gives the rows, every figure has its approval, every event was heard once.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.support.database import open_folder
from tests.support.hammering import Bureau, County, Hammer
from tests.support.instance import running
from tests.support.killing import kill, wait_until_well
from tests.support.storm import lay, run

ROUNDS = int(os.environ.get("ZHIJIAO_TRIAL_ROUNDS", "50"))
SEED = 20261122
NOTICES = {"ZHIJIAO_STAFF_NOTICES": "1", "ZHIJIAO_DEMO": "0"}
"""Each note also becomes an event with a subscriber."""
VICTIMS = {"web worker": 18, "connection of the database": 12, "database": 10, "job worker": 7, "web": 3}
"""Whom to kill, and how often of fifty."""

pytestmark = pytest.mark.trial


def test_nothing_accepted_is_lost_or_doubled() -> None:
    chance = random.Random(SEED)
    victims = chance.sample(
        list(VICTIMS), counts=list(VICTIMS.values()), k=min(ROUNDS, sum(VICTIMS.values()))
    )
    killed: Counter[str] = Counter()
    with open_folder() as data, running(data, env=NOTICES) as instance:
        keys = lay(data)
        hammers: list[Hammer] = [
            *(
                County(name, instance.address, key, n)
                for n, (name, key) in enumerate(keys.items())
                if "county" in name
            ),
            *(
                Bureau(name, instance.address, keys[name], n)
                for n, name in enumerate(("bureau", "bureau-2"), 100)
            ),
        ]
        for hammer in hammers:
            hammer.start()
        began = time.monotonic()
        for victim in victims:
            time.sleep(chance.uniform(0.1, 2.0))
            if kill(instance, victim, chance):
                killed[victim] += 1
            wait_until_well(instance)
        for hammer in hammers:
            hammer.rest.set()
        for hammer in hammers:
            hammer.join(300)
        took = time.monotonic() - began
        assert [h.fault for h in hammers if h.fault] == []
        assert not any(h.is_alive() for h in hammers)
        accepted = {key: receipt for h in hammers for key, receipt in h.accepted.items()}
        told = sum((h.told for h in hammers), Counter())
        found = settled(data, accepted)
        print(
            json.dumps({"killed": killed, "seconds": round(took), "told": told, **found}, ensure_ascii=False)
        )
        assert found["wrong"] == []
        assert found["numbers"]["figures"] > ROUNDS
        chain = subprocess.run(
            [sys.executable, "-m", "zhijiao", "audit", "verify"],
            env={**os.environ, "ZHIJIAO_DATA": str(data)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert chain.returncode == 0, chain.stdout + chain.stderr


def settled(data: Path, accepted: dict[str, object]) -> dict[str, object]:
    """What is there once every event was delivered: the sweep comes every minute."""
    file = data / "accepted.json"
    file.write_text(json.dumps(accepted), encoding="utf-8")
    deadline = time.monotonic() + 300
    while True:
        found: dict[str, object] = run(data, "tests.support.replaying", str(file), **NOTICES)
        waiting = any("not settled" in str(wrong) for wrong in found["wrong"])  # type: ignore[attr-defined]
        if not waiting or time.monotonic() > deadline:
            return found
        time.sleep(5)
