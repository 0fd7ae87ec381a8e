"""The scene of tests.support.scene with keys for its people: `python -m tests.support.storm`. Prints the keys as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def lay(data: Path) -> dict[str, str]:
    """Lay the scene in the instance of a data folder; the keys by account name."""
    return dict(run(data, "tests.support.storm"))


def run(data: Path, module: str, *words: str, **more: str) -> Any:
    """Run one of our modules on the instance of a data folder; the JSON that it prints last."""
    environment = {**os.environ, "ZHIJIAO_DATA": str(data), **more}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-m", module, *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def _lay() -> dict[str, str]:
    from tests.support.programs import key_of
    from tests.support.scene import lay_here
    from zhijiao.core.access.scope import acting, bulk
    from zhijiao.core.access.sessions import actor_of
    from zhijiao.core.models import User

    lay_here(handed_in=False)
    with bulk():
        users = list(User.objects.filter(created_by="tests").order_by("id"))
    keys = {}
    for user in users:
        with bulk():
            actor = actor_of(user)
        with acting(actor):
            actor = actor_of(user)
        keys[user.username] = key_of(actor)
    return keys


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    import django

    django.setup()
    print(json.dumps(_lay()))
