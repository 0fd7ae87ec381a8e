"""A file between two pages: nothing is kept, the page carries what was sent, signed and bound to its sender."""

from __future__ import annotations

import base64
import zlib
from datetime import timedelta

from django.core import signing
from django.http import HttpRequest

from zhijiao.portal.desk.guard import Desk

MOST_CARRIED = 1_200_000
"""Bytes of a file that a page carries. A bigger one goes through the command line."""
VALID = timedelta(hours=2)
GONE = "这一页放得太久，已经过期。请重新上传工作簿。"


def sign(desk: Desk, salt: str, content: bytes, name: str) -> str:
    """What the page carries. `salt`: for what it is sent."""
    book = base64.b85encode(zlib.compress(content)).decode()
    return signing.dumps({"user": desk.actor.user, "name": name, "book": book}, salt=salt)


def opened(request: HttpRequest, desk: Desk, salt: str) -> tuple[bytes, str] | None:
    """Content and name of what the page carried; None when it is too old or another's."""
    try:
        carried = signing.loads(request.POST.get("carried", ""), salt=salt, max_age=VALID)
    except signing.BadSignature:
        return None
    if carried["user"] != desk.actor.user:
        return None
    return zlib.decompress(base64.b85decode(carried["book"])), str(carried["name"])
