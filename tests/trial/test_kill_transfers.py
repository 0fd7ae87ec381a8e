"""Trial: who moves students between two kinds of schools, and the database under them, are killed again and again. Nobody is ever
on record twice, nobody is ever without a place, and no case is recorded by half."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter

import pytest

from tests.support.enrolled import enrol
from tests.support.instance import running
from tests.support.killing import kill, wait_until_well
from tests.support.prepared import prepared_folder
from tests.support.storm import run

ROUNDS = int(os.environ.get("ZHIJIAO_TRIAL_ROUNDS", "30"))
SEED = 20261122
VICTIMS = ("mover", "mover", "connection of the database", "database")

pytestmark = pytest.mark.trial


def test_never_two_records_and_never_none() -> None:
    chance = random.Random(SEED)
    killed: Counter[str] = Counter()
    with prepared_folder() as data, running(data) as instance:
        enrol(data)
        environment = {**os.environ, "ZHIJIAO_DATA": str(data)}
        for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
            environment.pop(name, None)
        for number in range(ROUNDS):
            mover = subprocess.Popen(
                [sys.executable, "-m", "tests.support.transferring"],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            victim = VICTIMS[number % len(VICTIMS)]
            time.sleep(chance.uniform(4.0, 9.0))  # the start takes most of it
            if victim != "mover":
                killed[victim] += kill(instance, victim, chance)
            killed["mover"] += 1
            mover.kill()
            mover.wait()
            wait_until_well(instance)
            found = run(data, "tests.support.transferring", "--count")
            assert found["wrong"] == [], found
            assert found["half"] == 0
        print(json.dumps({"killed": killed, **found}, ensure_ascii=False))
        assert found["done"] > ROUNDS
