"""Asking another server for JSON: briefly, without following redirects, and never more than a megabyte."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from zhijiao.core.accounts.adapters.types import ServiceTrouble
from zhijiao.core.errors import Misconfigured

PATIENCE = 5.0
MOST = 1_000_000
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class _StayThere(urllib.request.HTTPRedirectHandler):
    """Credentials go to the address of the settings and nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def ask(
    address: str,
    *,
    name: str,
    form: Mapping[str, str] | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    method: str | None = None,
) -> dict[str, Any]:
    """The JSON object behind an address: GET, or POST of a form or a JSON body. Raises ServiceTrouble."""
    sent = dict(headers or {})
    data = None
    if form is not None:
        data = urlencode(form).encode()
        sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
    elif body is not None:
        data = json.dumps(body, ensure_ascii=False).encode()
        sent.setdefault("Content-Type", "application/json; charset=utf-8")
    sent.setdefault("Accept", "application/json")
    request = urllib.request.Request(address, data=data, headers=sent, method=method)
    try:
        with urllib.request.build_opener(_StayThere()).open(request, timeout=PATIENCE) as response:
            content = response.read(MOST + 1)
    except urllib.error.HTTPError as error:
        with error:
            detail = error.read(2000).decode("utf-8", "replace")
        raise ServiceTrouble(
            f"{name}没有接受这次请求，请重新登录一次。", f"{address}: {error.code} {detail}"
        ) from error
    except (OSError, ValueError) as error:
        raise ServiceTrouble(
            f"现在连不上{name}。请稍后再试，或用本平台的用户名和口令登录。", f"{address}: {error}"
        ) from error
    try:
        if len(content) > MOST:
            raise ValueError("the answer is too long")
        found = json.loads(content)
        if not isinstance(found, dict):
            raise ValueError("the answer is no object")
    except ValueError as error:
        raise ServiceTrouble(
            f"{name}的回答无法识别，请稍后再试；反复出现请告诉系统管理员。", f"{address}: {error}"
        ) from error
    return found


def address_of(text: str, variable: str) -> str:
    """An address from the environment, without a stroke at its end. Secrets travel there, so it must be encrypted unless it
    is this machine's own. Raises Misconfigured."""
    parts = urlsplit(text)
    if not parts.hostname or not (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    ):
        raise Misconfigured(f"环境变量 {variable} 的值“{text}”不是 https:// 开头的地址。")
    return text.rstrip("/")
