"""A program that calls the API with a key, as other systems of an office do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from zhijiao.core.access.actor import Actor
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import bulk
from zhijiao.core.access.sessions import digest
from zhijiao.core.models import ApiToken

MADE = datetime(2026, 1, 1, tzinfo=UTC)
LASTS = datetime(2999, 1, 1, tzinfo=UTC)


def key_of(
    owner: Actor, permissions: Collection[Permission] = tuple(Permission), *, expires: datetime = LASTS
) -> str:
    """A key of a synthetic person, with these permissions at most."""
    with bulk():
        text = f"zj_test_{owner.user}_{ApiToken.objects.count()}"
        ApiToken.objects.create(
            digest=digest(text),
            user_id=owner.user,
            name="示例程序",
            permissions=sorted(p.value for p in permissions),
            created_at=MADE,
            expires_at=expires,
        )
    return text


@dataclass
class Program:
    """Calls addresses under /api/v1 with a key, or without one."""

    key: str = ""
    client: Client = field(default_factory=Client)

    def get(self, path: str, **query: Any) -> Any:
        """Ask; return the answer as it came."""
        return self.client.get(f"/api/v1{path}", query, headers=self._headers())

    def post(self, path: str, body: Any, *, once: str = "") -> Any:
        """Send JSON; `once` is the idempotency key."""
        headers = {**self._headers(), **({"Idempotency-Key": once} if once else {})}
        return self.client.post(f"/api/v1{path}", data=body, content_type="application/json", headers=headers)

    def read(self, path: str, **query: Any) -> Any:
        """What an address answers when all is well."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    def send(self, path: str, body: Any, *, once: str = "") -> Any:
        """What a call answers when all is well."""
        answer = self.post(path, body, once=once)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


def program_of(owner: Actor, permissions: Collection[Permission] = tuple(Permission)) -> Program:
    """A program with a key of its owner."""
    return Program(key_of(owner, permissions))
