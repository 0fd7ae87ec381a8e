"""Trial: whoever imports, its connection, the database, web and worker are killed fifty times amid imports and undoings.

After each: every record belongs to a batch that was applied, counts are those of the rows, the state is the one before or the
one after and nothing between; what was said to be applied is there; the same command again goes on.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.support.database import open_folder
from tests.support.instance import Instance, running
from tests.support.intake_storm import SCHOOL
from tests.support.storm import run
from tests.trial.test_kill_duties import kill, wait_until_well

ROUNDS = int(os.environ.get("ZHIJIAO_TRIAL_ROUNDS", "50"))
SEED = 20261122
ROWS = 3000
VICTIMS = {"import": 25, "connection of the database": 10, "database": 8, "job worker": 4, "web worker": 3}
QUIET = {"ZHIJIAO_DEMO": "0"}
TITLES = "学校代码,班级编号,班级名称,入学年级,专业代码,班级类型,班级人数,开班日期"

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
                before, after = states[-1], _next(chance, states[-1], number)
                command = _import(_file(data, number, after))
            process = _start(data, command)
            time.sleep(chance.uniform(0.3, 1.1) * took)
            seen["struck" if _strike(instance, process, victim, chance) else "too late"] += 1
            said, _ = process.communicate(timeout=300)
            wait_until_well(instance)
            found = _look(data)
            assert found["wrong"] == [], (number, victim, found["wrong"])
            assert found["rows"] in (before, after), f"round {number}: neither before nor after ({victim})"
            if process.returncode == 0:
                assert found["rows"] == after, f"round {number}: accepted and lost ({victim})"
            seen["done in spite of it" if found["rows"] == after else "rolled back"] += 1
            if found["rows"] != after:
                again = _start(data, command)
                said, _ = again.communicate(timeout=300)
                assert again.returncode == 0, said
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


def _next(chance: random.Random, before: dict[str, str], number: int) -> dict[str, str]:
    """Some classes go, some come, some are renamed."""
    kept = {key: name for key, name in before.items() if chance.random() < 0.9}
    renamed = {key: f"班{number}" if chance.random() < 0.3 else name for key, name in kept.items()}
    fresh = {f"k{number}-{n}": f"班{number}" for n in range(max(1, ROWS - len(renamed)))}
    return renamed | fresh


def _file(data: Path, number: int, rows: dict[str, str]) -> Path:
    path = data / f"round-{number}.csv"
    lines = [f"{SCHOOL},{key},{name},2023,710205,普通班,40,2023-09-01" for key, name in rows.items()]
    path.write_text("\n".join([TITLES, *lines]) + "\n", encoding="utf-8")
    return path


def _import(path: Path) -> list[str]:
    return ["intake", str(path), "--dataset", "classes", "--org", SCHOOL, "--json"]


def _start(data: Path, command: list[str]) -> subprocess.Popen[str]:
    environment = {**os.environ, "ZHIJIAO_DATA": str(data), **QUIET}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    return subprocess.Popen(
        [sys.executable, "-m", "zhijiao", *command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _warm(data: Path, states: list[dict[str, str]]) -> float:
    """The first import; how long one takes here."""
    states.append(_next(random.Random(SEED), {}, 999))
    began = time.monotonic()
    process = _start(data, _import(_file(data, 999, states[-1])))
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return time.monotonic() - began


def _strike(instance: Instance, process: subprocess.Popen[str], victim: str, chance: random.Random) -> bool:
    if victim != "import":
        return kill(instance, victim, chance)
    if process.poll() is not None:
        return False
    os.kill(process.pid, signal.SIGKILL)
    return True


def _look(data: Path) -> dict[str, Any]:
    return dict(run(data, "tests.support.intake_storm", "look", **QUIET))


def _last(data: Path) -> str:
    return max(_look(data)["applied"])


def _receive(data: Path, number: int, chance: random.Random) -> None:
    path = _file(data, 1000 + number, {f"r{n}": "x" for n in range(chance.randint(1, 50))})
    run(data, "tests.support.intake_storm", "receive", str(path), **QUIET)
