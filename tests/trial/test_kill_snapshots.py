"""Trial: whoever takes, opens or lets go a snapshot, an import beside it, the connection, the database and the worker are
killed fifty times.

After each: every snapshot of the ledger is in the store as it was written, every folder is one of the ledger and whole, what
was let go cannot be opened; the same commands again go on, and the same content gives the same snapshot.
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

from tests.support.class_lists import importing, next_list, write
from tests.support.database import open_folder
from tests.support.instance import running
from tests.support.killing import done, start, strike, wait_until_well
from tests.support.storm import run

ROUNDS = int(os.environ.get("ZHIJIAO_TRIAL_ROUNDS", "50"))
SEED = 20261122
VICTIMS = {"snapshot": 26, "import": 8, "connection of the database": 8, "database": 5, "job worker": 3}
QUIET = {"ZHIJIAO_DEMO": "0"}
TAKE = ["snapshot", "create", "--json"]
PRUNE = ["snapshot", "prune", "--json"]

pytestmark = pytest.mark.trial


def test_no_snapshot_is_half_there_and_the_next_one_goes_on() -> None:
    chance = random.Random(SEED)
    victims = chance.sample(
        list(VICTIMS), counts=list(VICTIMS.values()), k=min(ROUNDS, sum(VICTIMS.values()))
    )
    seen: Counter[str] = Counter()
    with open_folder() as data, running(data, env=QUIET) as instance:
        run(data, "tests.support.snapshot_storm", "lay", **QUIET)
        rows = next_list(chance, {}, 999)
        done(start(data, importing(write(data, 999, rows)), QUIET))
        took = _time(data)
        found = _look(data)
        began = time.monotonic()
        for number, victim in enumerate(victims):
            after = next_list(chance, rows, number)
            command = _some(chance, found)
            bringing = importing(write(data, number, after))
            snapshot, beside = start(data, command, QUIET), start(data, bringing, QUIET)
            # Two commands at a time, and the first half of each only gets ready.
            time.sleep(chance.uniform(0.4, 1.8) * took)
            processes = {"snapshot": snapshot, "import": beside}
            seen["struck" if strike(instance, processes, victim, chance) else "too late"] += 1
            for process in processes.values():
                process.communicate(timeout=300)
            wait_until_well(instance)
            found = _look(data)
            assert found["wrong"] == [], (number, victim, command, found["wrong"])
            assert found["rows"] in (rows, after), f"round {number}: neither before nor after ({victim})"
            seen[f"{command[1]}: {'done' if snapshot.returncode == 0 else 'cut short'}"] += 1
            if found["rows"] != after:
                done(start(data, bringing, QUIET))
            if command == PRUNE:
                done(start(data, PRUNE, QUIET))
            made = json.loads(done(start(data, TAKE, QUIET)))
            again = json.loads(done(start(data, [*TAKE, "--known", str(made["known"])], QUIET)))
            assert again["id"] == made["id"], f"round {number}: the same content is another snapshot"
            rows = after
            if number % 10 == 9:
                _open(data)
        done(start(data, PRUNE, QUIET))
        _open(data)
        found = _look(data)
        assert (found["wrong"], found["rows"]) == ([], rows)
        assert set(found["folders"]) == set(found["held"]), "opened ones have folders, others have not"
        print(json.dumps({"rounds": len(victims), "victims": Counter(victims), "seen": seen,
                          "held": len(found["held"]), "let go": len(found["gone"]),
                          "left behind": found["unfinished"],
                          "seconds": round(time.monotonic() - began)}, ensure_ascii=False))  # fmt: skip


def _some(chance: random.Random, found: dict[str, Any]) -> list[str]:
    """What to be killed at: mostly taking one, else opening one that has no folder yet, or letting go."""
    drawn = chance.random()
    closed = sorted(set(found["held"]) - set(found["folders"]))
    if drawn < 0.2 and closed:
        return ["snapshot", "verify", chance.choice(closed)]
    return PRUNE if drawn > 0.85 else TAKE


def _time(data: Path) -> float:
    """How long taking one takes here."""
    began = time.monotonic()
    done(start(data, TAKE, QUIET))
    return time.monotonic() - began


def _look(data: Path) -> dict[str, Any]:
    return dict(run(data, "tests.support.snapshot_storm", "look", **QUIET))


def _open(data: Path) -> None:
    """Open whatever is held."""
    assert run(data, "tests.support.snapshot_storm", "open", **QUIET)["wrong"] == []
