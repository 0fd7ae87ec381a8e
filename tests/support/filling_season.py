"""The rest of the season of a crowd: `python -m tests.support.filling_season STEP FILE [SECONDS LATE]`. FILE is the crowd's.

Steps: `open` lets the window close in so many seconds, and takes the open page from those whose sessions stand in the file LATE; `start` freezes and starts the allocation, which the instance's worker does; `state`
says how far it is; `publish` signs, puts up and publishes, some weeks later by the clock that it is given. Each prints JSON.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

GRACE_MINUTES = 2
SEED = "示例种子2026"


def open_window(crowd: dict[str, Any], seconds: float, late: list[str]) -> float:
    """Let the window close in so many seconds; when that is. Who comes late has no page open."""
    from datetime import timedelta

    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from zhijiao.admissions.models import Round
    from zhijiao.core.access.scope import bulk
    from zhijiao.portal.choices.shared import OPENED

    store = SessionStore()
    for row in Session.objects.filter(session_key__in=late):
        kept = {name: value for name, value in store.decode(row.session_data).items() if name != OPENED}
        Session.objects.filter(pk=row.pk).update(session_data=store.encode(kept))
    closes = timezone.now() + timedelta(seconds=seconds)
    with bulk():
        Round.objects.filter(pk=crowd["round"]).update(closes_at=closes, grace_minutes=GRACE_MINUTES)
    return closes.timestamp()


def start(crowd: dict[str, Any]) -> int:
    """Freeze, and start the allocation; the run."""
    from django.utils import timezone

    from zhijiao.admissions.actions.allocating import freezing, running

    at, on = timezone.now(), timezone.localdate()
    by = _actor(crowd, "officer")
    freezing.freeze(season=crowd["season"], round_=crowd["round"], by=by, at=at, on=on)
    return running.run(season=crowd["season"], round_=crowd["round"], seed=SEED, by=by, at=at)


def state(crowd: dict[str, Any]) -> str:
    """How far the latest run is."""
    from zhijiao.admissions.models import Run
    from zhijiao.core.access.scope import bulk

    with bulk():
        row = Run.objects.filter(round=crowd["round"]).order_by("-number").first()
        return "" if row is None else row.state


def publish(crowd: dict[str, Any]) -> int:
    """Sign, put up and publish; the run."""
    from datetime import timedelta

    from django.utils import timezone

    from zhijiao.admissions.actions.allocating import publishing, signing
    from zhijiao.admissions.models import Run, Season
    from zhijiao.core.access.scope import bulk

    at, on = timezone.now(), timezone.localdate()
    with bulk():
        run = Run.objects.get(round=crowd["round"], kind="real")
        season = Season.objects.get(pk=crowd["season"])
    for bureau in season.rules["result_signed_by"]:
        signing.sign(run=run.pk, digest=run.output_digest, by=_actor(crowd, bureau), at=at)
    by = _actor(crowd, "officer")
    publishing.publicise(run=run.pk, contact="示例招生办 0000-0000", by=by, at=at, on=on)
    later = timedelta(days=30)
    publishing.publish(run=run.pk, by=by, at=at + later, on=on + later)
    return run.pk


def _actor(crowd: dict[str, Any], name: str) -> Any:
    from zhijiao.core.access.scope import bulk
    from zhijiao.core.access.sessions import actor_of
    from zhijiao.core.models import User

    with bulk():
        return actor_of(User.objects.get(pk=crowd["accounts"][name]))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    import django

    django.setup()
    step, given = sys.argv[1], json.loads(Path(sys.argv[2]).read_text("utf-8"))
    done = {
        "open": lambda: open_window(
            given, float(sys.argv[3]), json.loads(Path(sys.argv[4]).read_text("utf-8"))
        ),
        "start": lambda: start(given),
        "state": lambda: state(given),
        "publish": lambda: publish(given),
    }[step]()
    print(json.dumps(done))
