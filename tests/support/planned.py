"""The example plans in an instance whose other examples are left out, so that it starts quickly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def lay(data: Path) -> None:
    """Fill the plans into the tenant of examples of a data folder."""
    environment = {**os.environ, "ZHIJIAO_DATA": str(data)}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "tests.support.planned"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _lay() -> None:
    from django.utils import timezone

    from zhijiao.cli.demo.people import make_places
    from zhijiao.cli.demo.plans import fill_plans

    now = timezone.now()
    for place in make_places(at=now, on=timezone.localdate()):
        fill_plans(place, now)


if __name__ == "__main__":
    from zhijiao.cli.common import at_work

    with at_work():
        _lay()
