"""Trial: 60,000 candidates hand in, a quarter of them in the last half hour, while web and database are killed; then the round is closed,
frozen, allocated (with its worker killed), signed and published. Every receipt is in the frozen input, the outcome and the reasons,
none twice, none lost, and the last version of each is the one that she was told of last.

The clock is compressed: the last half hour takes as long as the crowd's last quarter needs at `PEAK` a second. One command for the
whole, with its report as JSON:

    TRIAL_REPORT=report.json .venv/bin/pytest -q -s -m trial tests/trial/test_kill_filling.py
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from tests.support.database import open_folder
from tests.support.filling_clients import Phone, Told, arrivals, hand_in_all
from tests.support.filling_crowd import lay
from tests.support.filling_season import GRACE_MINUTES
from tests.support.instance import Instance, running
from tests.support.killing import kill, wait_until_well
from tests.support.storm import run

APPLICANTS = int(os.environ.get("TRIAL_APPLICANTS", "60000"))
SEED = int(os.environ.get("TRIAL_SEED", "20261122"))
PEAK = float(os.environ.get("TRIAL_PEAK", "120"))
"""Candidates a second in the last half hour; before it come two thirds as many a second."""
REPORT = os.environ.get("TRIAL_REPORT", "")
THREADS = 16
LATE = 0.01
LOOKED_AT = 20
"""So many candidates open their pages at the end."""
PAUSE = (2.0, 15.0)
"""Seconds between two kills."""
VICTIMS = ("database", "web worker", "connection of the database", "web worker", "web", "web worker")
"""In turn."""

pytestmark = pytest.mark.trial


def test_nothing_handed_in_is_lost_or_doubled() -> None:
    killed: Counter[str] = Counter()
    last = max(10.0, APPLICANTS / 4 / PEAK)
    before = 4.5 * last
    with open_folder() as data, running(data, env={"ZHIJIAO_DEMO": "0"}, workers=2) as instance:
        crowd = lay(data, APPLICANTS, minutes=600)
        visits = arrivals(crowd["people"], before=before, last=last, late=LATE, seed=SEED)
        late = data / "late.json"
        late.write_text(json.dumps([visit.session for visit in visits if visit.late]), "utf-8")
        closes = _step(data, "open", str(before + last), str(late))
        rest = threading.Event()
        killer = threading.Thread(target=_kill, args=(instance, rest, killed), daemon=True)
        began = time.monotonic()
        killer.start()
        told = hand_in_all(instance.address, visits, crowd["lines"], threads=THREADS, seed=SEED)
        took = time.monotonic() - began
        rest.set()
        killer.join(300)
        assert told.faults == []
        wait_until_well(instance)
        file = data / "told.json"
        file.write_text(
            json.dumps({"round": crowd["round"], "folder": str(data / "run"), **vars(told)}), "utf-8"
        )
        counted = run(data, "tests.support.filling_count", str(file))
        time.sleep(max(0.0, closes + GRACE_MINUTES * 60 + 1 - time.time()))
        allocated = _allocate(instance, killed)
        _step(data, "publish")
        found = run(data, "tests.support.filling_outcome", str(file))
        _verify(data / "run")
        _look(instance, crowd, told)
    said = {
        "applicants": APPLICANTS,
        "last_half_hour_s": round(last, 1),
        "killed": dict(killed),
        "seconds": round(took),
        "per_second": round(len(told.receipts) / took),
        "slowest_s": round(told.slow, 1),
        "behind_s": round(told.behind, 1),
        "answers": dict(told.counted),
        "allocated_s": round(allocated, 1),
        "count": counted,
        "outcome": found,
    }
    print(json.dumps(said, ensure_ascii=False))
    if REPORT:
        Path(REPORT).write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", "utf-8")
    assert counted["wrong"] == []
    assert found["wrong"] == []
    assert counted["submissions"] == len(told.receipts)
    assert counted["candidates"] == found["in_the_input"] == APPLICANTS - len(told.late)
    assert found["run"] == "published"
    assert killed


def _step(data: Path, step: str, *words: str) -> Any:
    return run(data, "tests.support.filling_season", step, str(data / "crowd.json"), *words)


def _kill(instance: Instance, rest: threading.Event, killed: Counter[str]) -> None:
    chance = random.Random(SEED)
    for victim in cycle(VICTIMS):
        if rest.wait(chance.uniform(*PAUSE)):
            return
        if kill(instance, victim, chance):
            killed[victim] += 1
        wait_until_well(instance)


def _allocate(instance: Instance, killed: Counter[str]) -> float:
    """Freeze and start, kill whoever works on it and the database under it, and wait until it is verified; seconds."""
    began = time.monotonic()
    _step(instance.data, "start")
    chance = random.Random(SEED)
    for victim in ("job worker", "database"):
        time.sleep(chance.uniform(0.2, 1.5))
        killed[victim] += kill(instance, victim, chance)
    wait_until_well(instance)
    while _step(instance.data, "state") == "started":
        assert time.monotonic() - began < 600
        time.sleep(2)
    assert _step(instance.data, "state") == "verified"
    return time.monotonic() - began


def _verify(folder: Path) -> None:
    """The files that an auditor has keep what the engine promises."""
    words = [
        sys.executable,
        "-m",
        "zhijiao",
        "match",
        "verify",
        str(folder / "in"),
        str(folder / "out"),
        "--json",
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _look(instance: Instance, crowd: dict[str, Any], told: Told) -> None:
    """Some of the crowd find their receipt and their result where they look for them."""
    phone, sessions = Phone(instance.address), dict(crowd["people"])
    for candidate in random.Random(SEED).sample(sorted(told.last), min(LOOKED_AT, len(told.last))):
        status, said = phone.page(f"/choices/{candidate}/main/history", sessions[candidate])
        assert (status, told.last[candidate] in said) == (200, True)
        status, said = phone.page(f"/choices/{candidate}/main/result", sessions[candidate])
        assert status == 200
        assert "已录取" in said or "这一轮没有录取" in said
