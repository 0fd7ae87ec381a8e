"""The office platform of a province's officials: sign-in by a code that the platform's page hands over, and work notices.

The shape is that of the platform's open interface: an application signs each request with its secret; a sign-in code is
good for five minutes and once; who somebody is, is their account's id there.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from zhijiao.core.accounts.adapters.http import ask
from zhijiao.core.accounts.adapters.types import Begun, Notice, Outsider, ServiceTrouble

TOKEN_LIFE = timedelta(seconds=7200)
TOKEN_MARGIN = timedelta(minutes=5)
MOST_RECEIVERS = 100


@dataclass(frozen=True)
class StaffPlatform:
    """One application at the platform."""

    login: str
    api: str
    app_key: str
    app_secret: str
    tenant: str
    name: str
    key: str = "staff"

    _tokens: ClassVar[dict[tuple[str, str], tuple[str, datetime]]] = {}
    _guard: ClassVar[threading.Lock] = threading.Lock()

    def begin(self, *, back: str, state: str) -> Begun:
        asked = {
            "response_type": "code",
            "client_id": self.app_key,
            "redirect_uri": back,
            "scope": "get_user_info",
            "authType": "QRCODE",
            "state": state,
        }
        return Begun(f"{self.login}/oauth2/auth.htm?{urlencode(asked)}")

    def finish(
        self, *, answer: Mapping[str, str], kept: Mapping[str, str], back: str, at: datetime
    ) -> Outsider:
        if not answer.get("code"):
            raise ServiceTrouble(f"{self.name}没有完成登录，请重新扫码。", "no code")
        found = self._call(
            "/rpc/oauth2/getuserinfo_bycode.json",
            {"access_token": self._token(at), "code": answer["code"]},
            at,
        )
        subject = found.get("accountId")
        if not subject:
            raise ServiceTrouble(
                f"{self.name}没有说出您是谁，请重新扫码。", f"no accountId in {sorted(found)}"
            )
        return Outsider(self.key, str(subject)[:200], str(found.get("lastName") or "")[:60])

    def send(self, receivers: Sequence[str], notice: Notice, *, at: datetime) -> None:
        """Send a work notice. The platform drops a second notice with the same `bizMsgId`."""
        message = {
            "msgtype": "link",
            "link": {"title": notice.title, "text": notice.text, "messageUrl": notice.link, "picUrl": "@"},
        }
        for start in range(0, len(receivers), MOST_RECEIVERS):
            group = list(receivers[start : start + MOST_RECEIVERS])
            self._call(
                "/message/workNotification",
                {
                    "access_token": self._token(at),
                    "tenantId": self.tenant,
                    "receiverIds": ",".join(group),
                    "bizMsgId": f"{notice.key}-{_short(','.join(group))}",
                    "msg": json.dumps(message, ensure_ascii=False),
                },
                at,
            )

    def _token(self, at: datetime) -> str:
        """The application's own token: good for two hours, kept in this process."""
        place = (self.api, self.app_key)
        with self._guard:
            kept = self._tokens.get(place)
            if kept is None or kept[1] <= at:
                form = {"appkey": self.app_key, "appsecret": self.app_secret}
                found = self._call("/gettoken.json", form, at)
                kept = (str(found.get("accessToken", "")), at + TOKEN_LIFE - TOKEN_MARGIN)
                self._tokens[place] = kept
        return kept[0]

    def _call(self, path: str, form: Mapping[str, str], at: datetime) -> dict[str, Any]:
        """The content of an answer. Raises ServiceTrouble where the platform refuses."""
        headers = signed("POST", urlsplit(self.api).path + path, form, self.app_key, self.app_secret, at)
        found = ask(f"{self.api}{path}", name=self.name, form=form, headers=headers)
        content = found.get("content")
        if (
            found.get("success") is not True
            or not isinstance(content, dict)
            or content.get("success") is False
        ):
            if "token" in str(found).lower():
                self._tokens.pop((self.api, self.app_key), None)
            raise ServiceTrouble(
                f"{self.name}没有接受这次请求：登录码 5 分钟内有效，只能用一次。请重新扫码。",
                f"{path}: {str(found)[:500]}",
            )
        inner = content.get("data", content)
        return inner if isinstance(inner, dict) else {}


def signed(
    method: str, path: str, form: Mapping[str, str], app_key: str, secret: str, at: datetime
) -> dict[str, str]:
    """The headers by which the platform knows the application: HMAC-SHA256 over method, time, nonce, path and the
    sorted parameters."""
    time, nonce = at.astimezone().isoformat(timespec="milliseconds"), secrets.token_hex(8)
    parameters = "&".join(f"{key}={value}" for key, value in sorted(form.items()))
    text = "\n".join([method, time, nonce, path, parameters])
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return {
        "X-Hmac-Auth-Timestamp": time,
        "X-Hmac-Auth-Version": "1.0",
        "X-Hmac-Auth-Nonce": nonce,
        "apiKey": app_key,
        "X-Hmac-Auth-Signature": base64.b64encode(digest).decode(),
    }


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
