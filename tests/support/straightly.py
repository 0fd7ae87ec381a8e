"""Handing in by the straight way, without a web server."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.support.people import seat_at
from tests.support.season import Scene, lay
from zhijiao.core.access.actor import Actor
from zhijiao.portal.choices.straight import straight

LONG = "the long way"


def scene_now(**more: bool) -> Scene:
    now = timezone.now()
    return lay(opens=now - timedelta(days=1), closes=now + timedelta(days=1), **more)  # type: ignore[arg-type]


def key_of(actor: Actor) -> str:
    return seat_at(Client(), actor).cookies[settings.SESSION_COOKIE_NAME].value


def post(
    scene: Scene, session: str, *, who: int = 0, said: Any = None, **more: str
) -> tuple[str, dict[str, Any]]:
    """The status and the answer; `LONG` where it was left to the application."""
    default = {"lines": [scene.lines[5].pk, scene.lines[3].pk], "adjust": [], "key": "a-key-of-a-page"}
    return send(scene.candidates[who].pk, session, default if said is None else said, **more)


def send(candidate: int, session: str, said: Any, **more: str) -> tuple[str, dict[str, Any]]:
    """Send what a page would send for a candidate."""
    body = json.dumps(said).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/choices/{candidate}/main/submit",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "localhost:8000",
        "HTTP_ORIGIN": "http://localhost:8000",
        "HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={session}",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        **more,
    }
    told: list[str] = []

    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        start(LONG, [])
        return [b"{}"]

    answer = b"".join(straight(application)(environ, lambda status, headers: told.append(status)))
    return told[0], json.loads(answer)
