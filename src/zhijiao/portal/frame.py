"""What every page knows of its place: which city, which version, which day, and how to link from here.

A page's address says everything that decides its content. `v` (a pack version) and `on` (a day) are kept in
each link while they stand in the address, so that a reader who followed a permalink stays in that version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from zhijiao.core.access.sessions import signed_in
from zhijiao.core.kinds import Tenant
from zhijiao.policy import queries
from zhijiao.policy.queries import InstalledPack
from zhijiao.policy.types import PackIndex, Part

PINS = ("v", "on")
VERSION_DIGITS = 12


@dataclass(frozen=True)
class Frame:
    """The place of one request. `index` is None on pages that stand above the cities."""

    path: str
    query: Mapping[str, str]
    on: date
    index: PackIndex | None = None
    part: Part | None = None
    tenant: Tenant = Tenant.REAL
    """Whose figures the page shows: the real ones, or the examples to who works in them."""
    signed_in: bool = False

    def url(self, name: str, *args: str, **query: Any) -> str:
        """The address of a page, keeping the pinned version and day. Empty query values are left out."""
        pinned = {key: self.query[key] for key in PINS if key in self.query}
        return _address(reverse(name, args=args), {**pinned, **query})

    def here(self, **changes: Any) -> str:
        """This address with some of its query values changed (None removes one)."""
        return _address(self.path, {**self.query, **changes})

    def as_file(self, ending: str) -> str:
        """This list as a file: the same address with an ending."""
        return _address(f"{self.path.rstrip('/')}.{ending}", self.query)

    def narrowed(self, fields: Mapping[str, tuple[str, Iterable[tuple[str, str]]]]) -> str:
        """What the filters of a list let through, in words, for its caption: 判定“达到”、文字“联盟”.

        `fields` names each filter with its choices; one without choices is free text.
        """
        said = []
        for name, (label, choices) in fields.items():
            if name in self.query:
                value = self.query[name]
                said.append(f"{label}“{dict(choices).get(value, value)}”")
        return "、".join(said)

    @property
    def permalink(self) -> str:
        """This address with the version and the day that it shows now, so that it shows them for ever."""
        pins: dict[str, str] = {"on": self.on.isoformat()}
        if self.index is not None:
            pins["v"] = self.version
        return _address(self.path, {**self.query, **pins})

    @property
    def version(self) -> str:
        """The start of the content hash of the pack on this page."""
        return self.index.version[:VERSION_DIGITS] if self.index is not None else ""

    @cached_property
    def packs(self) -> list[InstalledPack]:
        """Every installed pack, for the menu and for pages above the cities; read once a request."""
        return queries.packs()

    @property
    def current(self) -> InstalledPack | None:
        """The pack's version of today, where this page shows an older one."""
        found = next((p for p in self.packs if self.index and p.id == self.index.id), None)
        return found if found and self.index and found.version != self.index.version else None

    @property
    def elsewhen(self) -> bool:
        """Whether this page looks from another day than today."""
        return self.on != timezone.localdate()

    @property
    def pinned(self) -> bool:
        """Whether the reader has asked for a certain version or day."""
        return any(key in self.query for key in PINS)


def frame(request: HttpRequest, pack: str | None = None, part: Part | None = None) -> Frame:
    """The frame of a request. A pack, version or day that does not exist is answered with 404 and why."""
    query = {key: str(value) for key, value in request.GET.items() if value}
    actor = signed_in(request)
    return Frame(
        path=request.path,
        query=query,
        on=_day(query.get("on")),
        index=_index(pack, query.get("v")) if pack else None,
        part=part,
        tenant=actor.tenant if actor else Tenant.REAL,
        signed_in=actor is not None,
    )


def _index(pack: str, version: str | None) -> PackIndex:
    found = queries.index(pack, version)
    if found is None:
        what = f"政策包“{pack}”没有以 {version} 开头的版本。" if version else f"没有名为“{pack}”的政策包。"
        raise Http404(what)
    return found


def _day(text: str | None) -> date:
    if text is None:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404(f"地址里的日期“{text}”无法识别，请写成 2023-12-31 的样子。") from error


def _address(path: str, query: Mapping[str, Any]) -> str:
    kept = {key: value for key, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path
