"""The service portal of citizens and legal persons: the browser brings a ticket, which the gateway turns into a token and
the token into a person. Each request to the gateway is signed with the application's key pair (access key, secret key).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from zhijiao.core.accounts.adapters.http import ask
from zhijiao.core.accounts.adapters.types import Begun, Outsider, ServiceTrouble

WELL = {"0", "200", "00"}


@dataclass(frozen=True)
class CitizenPortal:
    """One application at the portal. `kind` is `person` or `legal`: who signs in."""

    login: str
    gateway: str
    access_key: str
    secret_key: str
    app_id: str
    name: str
    kind: str = "person"
    key: str = "citizen"

    def begin(self, *, back: str, state: str) -> Begun:
        # The portal hands nothing back but the ticket, so the proof of the browser travels in our own address.
        page = f"{back}?{urlencode({'state': state})}"
        asked = {"appId": self.app_id, "userType": self.kind, "sp": page}
        return Begun(f"{self.login}?{urlencode(asked)}")

    def finish(
        self, *, answer: Mapping[str, str], kept: Mapping[str, str], back: str, at: datetime
    ) -> Outsider:
        ticket = answer.get("ticketId") or answer.get("ticket")
        if not ticket:
            raise ServiceTrouble(f"{self.name}没有完成登录，请再试一次。", "no ticket")
        token = self._call("/sso/servlet/simpleauth/token", {"ticketId": ticket}, at).get("accessToken")
        if not token:
            raise ServiceTrouble(f"{self.name}没有完成登录，请再试一次。", "no token")
        person = self._call("/sso/servlet/simpleauth/user", {"accessToken": str(token)}, at)
        # The portal also tells name, phone and identity number. They are neither kept nor compared.
        subject = person.get("userId") or person.get("userid")
        if not subject:
            raise ServiceTrouble(f"{self.name}没有说出您是谁，请再试一次。", f"no userId in {sorted(person)}")
        return Outsider(self.key, f"{self.kind}:{subject}"[:200])

    def _call(self, path: str, body: Mapping[str, str], at: datetime) -> dict[str, Any]:
        address = f"{self.gateway}{path}"
        headers = signed("POST", urlsplit(address).path, "", self.access_key, self.secret_key, at)
        found = ask(address, name=self.name, body={**body, "appId": self.app_id}, headers=headers)
        code = str(found.get("errCode", found.get("code", found.get("result", ""))))
        if code not in WELL:
            raise ServiceTrouble(
                f"{self.name}没有接受这次登录：凭证可能已过期或已用过。请重新登录。",
                f"{path}: {str(found)[:500]}",
            )
        data = found.get("data", found)
        return data if isinstance(data, dict) else {}


def signed(
    method: str, path: str, query: str, access_key: str, secret_key: str, at: datetime
) -> dict[str, str]:
    """The headers by which the gateway knows the application: HMAC-SHA256 over method, path, query, key and time."""
    time = format_datetime(at.astimezone(UTC), usegmt=True)
    text = "\n".join([method, path, query, access_key, time, ""])
    digest = hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).digest()
    return {
        "X-BG-HMAC-ACCESS-KEY": access_key,
        "X-BG-HMAC-SIGNATURE": base64.b64encode(digest).decode(),
        "X-BG-HMAC-ALGORITHM": "hmac-sha256",
        "X-BG-DATE-TIME": time,
    }
