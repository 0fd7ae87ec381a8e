"""A crowd of candidates who are signed in, in a running instance: `python -m tests.support.filling_crowd COUNT MINUTES`.

Writes `crowd.json` beside the database: the round, its lines, and for each candidate her row and her session; the sessions and
the accounts of the offices. Each has marks and the page open. Prints where. Everything is synthetic. The round closes after MINUTES.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.support.storm import run

CHUNK = 5_000
JUNIORS = 20
FILL = 0.8
"""Seats for so many of the crowd."""
LINES = 12


def lay(data: Path, count: int, minutes: float) -> dict[str, Any]:
    """Lay the crowd in the instance of a data folder."""
    said = run(data, "tests.support.filling_crowd", str(count), str(minutes))
    found: dict[str, Any] = json.loads(Path(said).read_text("utf-8"))
    return found


def lay_here(count: int, minutes: float) -> str:
    """Lay the crowd in the database of this process; where its file stands."""
    from datetime import timedelta

    from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.base import VALID_KEY_CHARS
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone
    from django.utils.crypto import get_random_string

    from tests.support.people import hire, plant
    from tests.support.season import lay as lay_season
    from zhijiao.admissions.models import Candidate
    from zhijiao.core import environment
    from zhijiao.core.access.roles import Role
    from zhijiao.core.access.scope import bulk
    from zhijiao.core.kinds import OrganisationKind
    from zhijiao.core.models import Organisation, User
    from zhijiao.portal.choices.shared import OPENED

    now = timezone.now()
    seats = max(1, round(count * FILL / LINES))
    scene = lay_season(opens=now - timedelta(days=1), closes=now + timedelta(minutes=minutes), seats=seats)
    opened = {str(scene.round.pk): now.timestamp()}
    expires = now + timedelta(days=1)
    store = SessionStore()

    def session(user: User) -> str:
        key = get_random_string(32, VALID_KEY_CHARS)
        data = {SESSION_KEY: str(user.pk), HASH_SESSION_KEY: user.get_session_auth_hash(), OPENED: opened}
        sessions.append(Session(session_key=key, session_data=store.encode(data), expire_date=expires))
        return key

    people: list[tuple[int, str]] = []
    with bulk():
        juniors = [
            plant(f"junior-{n}", OrganisationKind.BASIC, scene.junior, name=f"示例初中{n}")
            for n in range(JUNIORS)
        ]
        for start in range(0, count, CHUNK):
            sessions: list[Session] = []
            users = User.objects.bulk_create(
                User(
                    tenant="real",
                    organisation=juniors[n % JUNIORS],
                    username=f"crowd{n:06d}",
                    name=f"示例考生{n}",
                    password="!",
                    must_change_password=False,
                    created_at=now,
                    created_by="tests",
                )
                for n in range(start, min(start + CHUNK, count))
            )
            rows = Candidate.objects.bulk_create(
                Candidate(
                    season=scene.season,
                    number=f"70{n:06d}",
                    user=user,
                    name=user.name,
                    school=juniors[n % JUNIORS],
                    county_id=scene.candidates[0].county_id,
                    columns={"语文": str(60 + n % 61), "数学": str(60 + n // 61 % 61)},
                    total=f"{250 + n * 7919 % 35_000 / 100:.2f}",
                    added_at=now,
                )
                for n, user in enumerate(users, start)
            )
            people.extend((row.pk, session(user)) for row, user in zip(rows, users, strict=True))
            Session.objects.bulk_create(sessions)
        sessions = []
        others = {
            name: session(User.objects.get(pk=getattr(scene, name).user))
            for name in ("teacher", "county", "bureau", "vocational")
        }
        Session.objects.bulk_create(sessions)
        accounts = {"officer": scene.bureau.user}
        for name, bureau in scene.season.bureaus.items():
            accounts[name] = hire(f"leader-{name}", Role.LEADER, Organisation.objects.get(pk=bureau)).user
    path = environment.data_folder() / "crowd.json"
    path.write_text(
        json.dumps(
            {
                "season": scene.season.pk,
                "round": scene.round.pk,
                "lines": [line.pk for line in scene.lines],
                "people": people,
                "others": others,
                "accounts": accounts,
            }
        ),
        "utf-8",
    )
    return str(path)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    import django

    django.setup()
    print(json.dumps(lay_here(int(sys.argv[1]), float(sys.argv[2]))))
