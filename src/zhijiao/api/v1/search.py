"""Search over everything that the packs hold."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from zhijiao.policy import queries

router = Router(tags=["检索"])


class HitOut(Schema):
    """One thing found."""

    pack: str
    room: str
    id: str
    name: str
    excerpt: str


@router.get("/search", response=list[HitOut], summary="检索")
def search(
    request: HttpRequest,
    q: str = Query(..., min_length=1, max_length=60),
    pack: str | None = None,
    limit: int = Query(50, ge=1, le=200),
) -> Any:
    """Chinese full-text search, from one character on."""
    found = queries.search(q, pack)
    return [
        {"pack": h.pack, "room": h.room, "id": h.id, "name": h.name, "excerpt": h.excerpt}
        for h in found[:limit]
    ]
