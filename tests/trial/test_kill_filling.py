"""Trial: 60,000 candidates hand in while web and database are killed. Every receipt is there, none twice, none lost, and the last
version of each is the one that she was told of last."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections import Counter
from itertools import cycle

import pytest

from tests.support.database import open_folder
from tests.support.filling_clients import hand_in_all
from tests.support.filling_crowd import lay
from tests.support.instance import Instance, running
from tests.support.killing import kill, wait_until_well
from tests.support.storm import run

APPLICANTS = int(os.environ.get("TRIAL_APPLICANTS", "60000"))
SEED = int(os.environ.get("TRIAL_SEED", "20261122"))
THREADS = 16
PAUSE = (2.0, 15.0)
"""Seconds between two kills."""
VICTIMS = ("database", "web worker", "connection of the database", "web worker", "web", "web worker")
"""In turn."""

pytestmark = pytest.mark.trial


def test_nothing_handed_in_is_lost_or_doubled() -> None:
    killed: Counter[str] = Counter()
    with open_folder() as data, running(data, env={"ZHIJIAO_DEMO": "0"}, workers=2) as instance:
        crowd = lay(data, APPLICANTS, minutes=600)
        rest = threading.Event()
        killer = threading.Thread(target=_kill, args=(instance, rest, killed), daemon=True)
        began = time.monotonic()
        killer.start()
        told = hand_in_all(instance.address, crowd, threads=THREADS, seed=SEED)
        took = time.monotonic() - began
        rest.set()
        killer.join(300)
        assert told.faults == []
        file = data / "told.json"
        file.write_text(
            json.dumps({"round": crowd["round"], "receipts": told.receipts, "last": told.last}), "utf-8"
        )
        wait_until_well(instance)
        found = run(data, "tests.support.filling_count", str(file))
    print(
        json.dumps(
            {
                "killed": killed,
                "seconds": round(took),
                "per_second": round(len(told.receipts) / took),
                "slowest_s": round(told.slow, 1),
                "told": told.counted,
                **found,
            },
            ensure_ascii=False,
        )
    )
    assert found["wrong"] == []
    assert found["candidates"] == APPLICANTS
    assert found["submissions"] == len(told.receipts)
    assert killed


def _kill(instance: Instance, rest: threading.Event, killed: Counter[str]) -> None:
    chance = random.Random(SEED)
    for victim in cycle(VICTIMS):
        if rest.wait(chance.uniform(*PAUSE)):
            return
        if kill(instance, victim, chance):
            killed[victim] += 1
        wait_until_well(instance)
