"""Trial: ten thousand generated requests across candidates, guardians, teachers, counties, bureaus and schools. Nobody but a
candidate and her guardians gets to see what she handed in, and her addresses do not exist for anybody else."""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.support.people import seat_at
from tests.support.season import Scene, lay
from zhijiao.admissions.actions.submitting import submit
from zhijiao.admissions.types.filling import Chosen

REQUESTS = int(os.environ.get("TRIAL_REQUESTS", "10000"))
SEED = int(os.environ.get("TRIAL_SEED", "20261122"))
CANDIDATES = 12
OWN = ("", "/plan", "/submit", "/history", "/sheet", "/code")
SHARED = (
    *(
        "/choices",
        "/desk/",
        "/inbox",
        "/account",
        "/account/reads",
        "/desk/candidates",
        "/desk/candidates.xlsx",
    ),
    *("/desk/candidates/import", "/desk/seasons", "/desk/audit", "/desk/audit.xlsx", "/inbox.xlsx"),
)
STEPS = ("bind", "end", "phone", "claim", "decide", "correct", "sign")
"""Not the one that ends the sessions of its candidate."""

pytestmark = [pytest.mark.trial, pytest.mark.django_db]


def test_nobody_reads_anothers_choices(capsys: pytest.CaptureFixture[str]) -> None:
    now, chance = timezone.now(), random.Random(SEED)
    scene = lay(candidates=CANDIDATES, opens=now - timedelta(days=1), closes=now + timedelta(days=1))
    secrets = _secrets(scene, chance)
    actors = {
        **{f"pupil {n}": (actor, {n}) for n, actor in enumerate(scene.pupils)},
        **{f"parent {n}": (actor, {n}) for n, actor in enumerate(scene.parents)},
        **{
            name: (getattr(scene, name), set[int]())
            for name in ("teacher", "other_teacher", "county", "bureau", "second_bureau", "vocational")
        },
    }
    clients = {
        name: seat_at(Client(raise_request_exception=False), actor) for name, (actor, _) in actors.items()
    }
    statuses: Counter[int] = Counter()
    faults: list[str] = []
    for _ in range(REQUESTS):
        name = chance.choice(list(actors))
        mine = actors[name][1]
        n = chance.randrange(CANDIDATES)
        address, method, own = _address(scene, n, chance)
        said = {
            "do": chance.choice(STEPS),
            "edit": "add",
            "line": chance.choice(scene.lines).pk,
            "revision": "0",
        }
        answer = (
            getattr(clients[name], method)(address, said) if method == "post" else clients[name].get(address)
        )
        statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            faults.append(f"{name} {method} {address}: {answer.status_code}")
        if own and n not in mine and answer.status_code not in (404, 405):
            faults.append(f"{name} {method} {address}: {answer.status_code}")
        content = _text(answer.content)
        faults.extend(
            f"{name} {method} {address}: reads what candidate {who} handed in"
            for who, words in secrets.items()
            if who not in mine and any(word in content for word in words)
        )
    with capsys.disabled():
        print(f"\n{REQUESTS} requests of {len(actors)} people: {dict(statuses.most_common())}")
    assert not faults, "\n".join(dict.fromkeys(faults[:50]))


def _secrets(scene: Scene, chance: random.Random) -> dict[int, tuple[str, str]]:
    """Everybody hands in; receipt and digest of each are what nobody else may see."""
    found = {}
    for n, pupil in enumerate(scene.pupils):
        lines = chance.sample([line.pk for line in scene.lines[2:]], 5)
        receipt = submit(
            by=pupil,
            at=timezone.now(),
            candidate=scene.candidates[n].pk,
            round_code="main",
            chosen=Chosen(tuple(lines)),
            key=f"a-key-of-page-{n}",
        )
        found[n] = (receipt.number, receipt.digest)
    return found


def _address(scene: Scene, n: int, chance: random.Random) -> tuple[str, str, bool]:
    kind = chance.random()
    if kind < 0.6:
        path = f"/choices/{scene.candidates[n].pk}/main{chance.choice(OWN)}"
        return path, "post" if path.endswith("/code") or chance.random() < 0.3 else "get", True
    if kind < 0.8:
        method = "post" if chance.random() < 0.3 else "get"
        return f"/desk/candidates/{scene.candidates[n].pk}", method, False
    return chance.choice(SHARED), "get", False


def _text(content: bytes) -> str:
    if content[:4] != b"PK\x03\x04":
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
