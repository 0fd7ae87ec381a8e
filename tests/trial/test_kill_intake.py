"""Trial: whoever imports, its connection, the database, web and worker are killed fifty times amid imports and undoings.

After each: every record belongs to a batch that was applied, counts are those of the rows, the state is the one before or the
one after and nothing between; what was said to be applied is there; the same command again goes on.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.class_lists import MANY, importing, next_list, write
from tests.support.database import open_folder
from tests.support.instance import running
from tests.support.killing import done, start, strike, wait_until_well
from tests.support.storm import run

ROUNDS = int(os.environ.get("ZHIJIAO_TRIAL_ROUNDS", "50"))
SEED = 20261122
VICTIMS = {"import": 25, "connection of the database": 10, "database": 8, "job worker": 4, "web worker": 3}
QUIET = {"ZHIJIAO_DEMO": "0"}

pytestmark = pytest.mark.trial


def test_nothing_is_half_applied_and_nothing_accepted_is_lost() -> None:
    chance = random.Random(SEED)
    victims = chance.sample(
        list(VICTIMS), counts=list(VICTIMS.values()), k=min(ROUNDS, sum(VICTIMS.values()))
    )
    seen: Counter[str] = Counter()
    with open_folder() as data, running(data, env=QUIET) as instance:
        run(data, "tests.support.intake_storm", "lay", **QUIET)
        states: list[dict[str, str]] = [{}]
        batch = ""
        took = _warm(data, states)
        began = time.monotonic()
        for number, victim in enumerate(victims):
            if batch and chance.random() < 0.2:
                before, after = states[-1], states[-2]
                command = ["intake", "undo", batch, "--why", "trial", "--json"]
            else:
                before, after = states[-1], next_list(chance, states[-1], number, MANY)
                command = importing(write(data, number, after))
            process = start(data, command, QUIET)
            time.sleep(chance.uniform(0.3, 1.1) * took)
            seen["struck" if strike(instance, {"import": process}, victim, chance) else "too late"] += 1
            process.communicate(timeout=300)
            wait_until_well(instance)
            found = _look(data)
            assert found["wrong"] == [], (number, victim, found["wrong"])
            assert found["rows"] in (before, after), f"round {number}: neither before nor after ({victim})"
            if process.returncode == 0:
                assert found["rows"] == after, f"round {number}: accepted and lost ({victim})"
            seen["done in spite of it" if found["rows"] == after else "rolled back"] += 1
            if found["rows"] != after:
                done(start(data, command, QUIET))
                assert _look(data)["rows"] == after, f"round {number}: did not go on"
            undone = command[1] == "undo"
            batch = "" if undone else _last(data)
            states = states[:-1] if undone else [*states, after]
            if number % 10 == 0:
                _receive(data, number, chance)
        waited = time.monotonic()
        while found["waiting"] and time.monotonic() - waited < 300:
            time.sleep(3)
            found = _look(data)
        assert found["waiting"] == [], "a file that was handed in was never checked"
        assert found["wrong"] == []
        print(json.dumps({"rounds": len(victims), "victims": Counter(victims), "seen": seen,
                          "applied": len(found["applied"]), "checked": len(found["checked"]),
                          "seconds": round(time.monotonic() - began)}, ensure_ascii=False))  # fmt: skip


def _warm(data: Path, states: list[dict[str, str]]) -> float:
    """The first import; how long one takes here."""
    states.append(next_list(random.Random(SEED), {}, 999, MANY))
    began = time.monotonic()
    done(start(data, importing(write(data, 999, states[-1])), QUIET))
    return time.monotonic() - began


def _look(data: Path) -> dict[str, Any]:
    return dict(run(data, "tests.support.intake_storm", "look", **QUIET))


def _last(data: Path) -> str:
    return max(_look(data)["applied"])


def _receive(data: Path, number: int, chance: random.Random) -> None:
    path = write(data, 1000 + number, {f"r{n}": "x" for n in range(chance.randint(1, 50))})
    run(data, "tests.support.intake_storm", "receive", str(path), **QUIET)
