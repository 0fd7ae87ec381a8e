"""Packs, their versions, documents and coverage."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from zhijiao.api.v1.common import Problem, as_read, pack_index
from zhijiao.policy import queries
from zhijiao.policy.packs.coverage import coverage

router = Router(tags=["政策包"])


class PackOut(Schema):
    """A pack and its current version."""

    id: str
    title: str
    place: str
    region: str
    level: str
    version: str
    hash: str
    installed_at: datetime


class VersionOut(Schema):
    """A line of the ledger of installations."""

    hash: str
    label: str
    installed_at: datetime
    current: bool


class CoverageOut(Schema):
    """Clauses by state; the same keys as `zhijiao packs coverage --json`."""

    clauses: int
    served: int
    planned: list[str]
    unserved: list[str]


@router.get("/packs", response=list[PackOut], summary="已安装的政策包")
def list_packs(request: HttpRequest) -> list[dict[str, Any]]:
    """Every installed pack."""
    return [
        {
            "id": p.id,
            "title": p.manifest.title,
            "place": p.manifest.place,
            "region": p.manifest.region,
            "level": p.manifest.level,
            "version": p.manifest.version,
            "hash": p.version,
            "installed_at": p.installed_at,
        }
        for p in queries.packs()
    ]


@router.get(
    "/packs/{pack}/versions", response={200: list[VersionOut], 404: Problem}, summary="政策包的历次版本"
)
def list_versions(request: HttpRequest, pack: str) -> list[Any]:
    """The installations of a pack, newest first."""
    pack_index(pack, None)
    return list(queries.versions(pack))


@router.get("/packs/{pack}/coverage", response={200: CoverageOut, 404: Problem}, summary="条款覆盖率")
def read_coverage(request: HttpRequest, pack: str, v: str | None = None) -> dict[str, Any]:
    """Which clauses are served, planned or unserved."""
    return coverage(pack_index(pack, v)).as_json()


@router.get(
    "/packs/{pack}/documents", response={200: list[dict[str, Any]], 404: Problem}, summary="文件及其状态"
)
def list_documents(request: HttpRequest, pack: str, v: str | None = None) -> Any:
    """The documents of a pack with status and structure."""
    return as_read(list(pack_index(pack, v).pack.manifest.documents))
