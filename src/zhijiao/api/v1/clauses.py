"""Clauses and what they became."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.errors import HttpError

from zhijiao.api.v1.common import Problem, as_read, pack_index
from zhijiao.policy.types import Clause, PackIndex

router = Router(tags=["条款"])


@router.get("/packs/{pack}/clauses", response={200: list[dict[str, Any]], 404: Problem}, summary="条款")
def list_clauses(
    request: HttpRequest,
    pack: str,
    document: str | None = None,
    kind: str | None = None,
    v: str | None = None,
) -> Any:
    """The clauses of a pack, with their state and the objects that they became."""
    index = pack_index(pack, v)
    wanted = [c for c in index.pack.clauses if document in (None, c.document) and kind in (None, c.kind)]
    return [_clause(index, clause) for clause in wanted]


@router.get(
    "/packs/{pack}/clauses/{clause}", response={200: dict[str, Any], 404: Problem}, summary="一个条款"
)
def read_clause(request: HttpRequest, pack: str, clause: str, v: str | None = None) -> Any:
    """One clause, also of the pack that this one extends."""
    index = pack_index(pack, v)
    if clause not in index.clauses:
        raise HttpError(404, f"政策包 {pack} 没有条款 {clause}")
    return _clause(index, index.clause(clause))


def _clause(index: PackIndex, clause: Clause) -> dict[str, Any]:
    serving = [
        {"room": ref.room, "id": ref.id, "name": ref.name, "state": ref.state, "serves": ref.serves}
        for ref in index.serving(clause.id)
    ]
    return {**as_read(clause), "state": index.served(clause), "objects": serving}
