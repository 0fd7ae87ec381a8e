"""From handing in to the published result, with connections of the database cut in between: every receipt is in the frozen input, the
outcome and the reasons, once. The trial of the same with 60,000 candidates and killed processes: tests/trial/test_kill_filling.py."""

from __future__ import annotations

import json
import random
import threading
from datetime import timedelta
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.support import filling_season
from tests.support.filling_crowd import lay_here
from tests.support.filling_outcome import check
from tests.support.straightly import send
from zhijiao.admissions.actions.allocating import running
from zhijiao.admissions.models import Round
from zhijiao.core.access.actor import Actor
from zhijiao.core.access.scope import bulk

pytestmark = pytest.mark.django_db(transaction=True)
CROWD, LATE, PHONES, CUTS = 80, 5, 4, 12
SEED = 20261122


class Crowd:
    """Candidates who hand in at several phones at once, some of them twice, each until she is answered."""

    def __init__(self, crowd: dict[str, Any]) -> None:
        self.lines = crowd["lines"]
        self.waiting: Queue[tuple[int, str]] = Queue()
        self.receipts: dict[str, tuple[int, list[int], str]] = {}
        self.last: dict[int, str] = {}
        self.late: list[int] = []
        self.faults: list[str] = []
        self.cut: list[int] = []

    def come(self, people: list[tuple[int, str]], *, cut: int = 0) -> None:
        """Let them come, and cut connections meanwhile."""
        for person in people:
            self.waiting.put(person)
        spared = _backend()
        done = threading.Event()
        cutter = threading.Thread(target=_cut, args=(done, cut, spared, self.cut))
        phones = [threading.Thread(target=self._work, args=[SEED + n]) for n in range(PHONES)]
        for thread in (cutter, *phones):
            thread.start()
        for phone in phones:
            phone.join(120)
        done.set()
        cutter.join(30)

    def _work(self, seed: int) -> None:
        chance = random.Random(seed)
        try:
            while True:
                candidate, session = self.waiting.get_nowait()
                for turn in range(chance.choice((1, 1, 1, 2))):
                    chosen = chance.sample(self.lines[2:], chance.randint(1, 10))
                    self._hand_in(candidate, session, chosen, f"phone-{candidate}-{turn}")
        except Empty:
            pass
        except Exception as error:
            self.faults.append(repr(error))
        finally:
            connection.close()

    def _hand_in(self, candidate: int, session: str, chosen: list[int], key: str) -> None:
        status, said = "", {}
        for _ in range(50):
            status, said = send(candidate, session, {"lines": chosen, "adjust": [], "key": key})
            if not status.startswith("503"):
                break
        if status.startswith("409"):
            self.late.append(candidate)
            return
        assert status == "200 OK", status
        self.receipts[said["receipt"]] = (candidate, chosen, said["digest"])
        self.last[candidate] = said["receipt"]


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _cut(done: threading.Event, times: int, spared: int, found: list[int]) -> None:
    """Cut connections of the database, all but ours and the test's; notes whose."""
    try:
        for _ in range(times):
            if done.wait(0.15):
                return
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND usename = current_user AND pid NOT IN (pg_backend_pid(), %s)",
                    [spared],
                )
                found.extend(pid for pid, _ in cursor.fetchall())
    finally:
        connection.close()


def test_every_receipt_is_in_the_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    crowd = json.loads(Path(lay_here(CROWD, minutes=60)).read_text("utf-8"))
    people, late = crowd["people"][: CROWD - LATE], crowd["people"][CROWD - LATE :]
    at_phones = Crowd(crowd)
    at_phones.come(people, cut=CUTS)
    with bulk():
        closed = timezone.now() - timedelta(minutes=1)
        Round.objects.filter(pk=crowd["round"]).update(closes_at=closed, grace_minutes=0)
    at_phones.come(late)
    assert at_phones.faults == []
    assert at_phones.cut
    assert (len(at_phones.last), len(set(at_phones.late))) == (CROWD - LATE, LATE)
    run = filling_season.start(crowd)
    assert running.work(run=run, by=Actor.system("tests"), at=timezone.now(), on=timezone.localdate()) == (
        "verified"
    )
    assert filling_season.publish(crowd) == run
    found = check(
        {
            "round": crowd["round"],
            "folder": str(tmp_path / "run"),
            "receipts": at_phones.receipts,
            "last": at_phones.last,
            "late": at_phones.late,
        }
    )
    assert found["wrong"] == []
    assert (found["run"], found["in_the_input"], found["too_late"]) == ("published", CROWD - LATE, LATE)
    assert 0 < found["seated"] < CROWD
