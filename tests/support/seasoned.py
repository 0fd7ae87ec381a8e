"""The example seasons of a demo city in a running instance, and time going by in them: `python -m tests.support.seasoned STEP`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PACK = "taizhou"


def season_step(data: Path, step: str) -> str:
    """Do a step in the instance of a data folder: `lay` the seasons (says their ids), or `close` the window that is open."""
    environment = {**os.environ, "ZHIJIAO_DATA": str(data)}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "tests.support.seasoned", step]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _lay() -> None:
    from django.utils import timezone

    from zhijiao.admissions.models import Season
    from zhijiao.cli.demo.people import make_places
    from zhijiao.cli.demo.seasons import fill_seasons
    from zhijiao.core.access.scope import bulk

    at = timezone.now()
    with bulk():
        for place in make_places(at=at, on=timezone.localdate(at)):
            if place.pack == PACK:
                fill_seasons(place, at)
        sys.stdout.write(
            " ".join(str(pk) for pk in Season.objects.order_by("year").values_list("pk", flat=True))
        )


def _close() -> None:
    from datetime import timedelta

    from django.utils import timezone

    from zhijiao.admissions.models import Round
    from zhijiao.core.access.scope import bulk

    at = timezone.now()
    with bulk():
        Round.objects.filter(kind="main", season__phase="filling").update(
            opens_at=at - timedelta(days=2), closes_at=at - timedelta(hours=2)
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    import django

    django.setup()
    {"lay": _lay, "close": _close}[sys.argv[1]]()
