"""The example students of the demo cities in a running instance: `python -m tests.support.enrolled`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def enrol(data: Path) -> None:
    """Put the example students on record in the instance of a data folder."""
    environment = {**os.environ, "ZHIJIAO_DATA": str(data)}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "tests.support.enrolled"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _enrol() -> None:
    from django.utils import timezone

    from zhijiao.cli.demo.people import make_places
    from zhijiao.cli.demo.records import fill_records
    from zhijiao.core.access.scope import bulk

    at = timezone.now()
    for place in make_places(at=at, on=timezone.localdate(at)):
        with bulk():
            fill_records(place, at)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    import django

    django.setup()
    _enrol()
