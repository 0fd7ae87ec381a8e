"""Other services, as servers on this machine that speak their flows: OpenID Connect, the officials' platform, the citizens'
portal. Each checks what is sent to it by itself, and can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "zhijiao-test", "not-a-secret"
CODE_LIFE = 300.0


@dataclass
class Outside:
    """A service and what it remembers."""

    address: str = ""
    trouble: str = ""  # which fault it shows: see each service
    subject: str = "outsider-1"
    label: str = "示例丙"
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    notices: dict[str, dict[str, str]] = field(default_factory=dict)
    sent: int = 0
    clock: Callable[[], float] = time.time
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))

    def issue(self, **kept: Any) -> str:
        """A code or ticket that is good once, for five minutes."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = {"at": self.clock(), "used": False, **kept}
        return code

    def spend(self, code: str) -> dict[str, Any] | None:
        """What belongs to a code; None where it is unknown, used or too old."""
        kept = self.codes.get(code)
        if kept is None or kept["used"] or self.clock() - kept["at"] > CODE_LIFE:
            return None
        kept["used"] = True
        return kept


Answer = Callable[[Outside, BaseHTTPRequestHandler, str, dict[str, str], str], tuple[int, Any]]


@contextmanager
def serving(answer: Answer) -> Iterator[Outside]:
    """Run a service for the length of a block."""
    outside = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

        def _answer(self, body: str) -> None:
            parts = urlsplit(self.path)
            if self.headers.get("Content-Type", "").startswith("application/json"):
                sent = json.loads(body or "{}")
            else:
                sent = {k: v[0] for k, v in parse_qs(body or parts.query).items()}
            outside.seen.append((parts.path, sent))
            if outside.trouble == "silent":
                time.sleep(1.5)
            status, content = answer(outside, self, parts.path, sent, body)
            if outside.trouble == "garbage":
                content = "<html>"
            data = content.encode() if isinstance(content, str) else json.dumps(content).encode()
            try:
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", str(content))
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                pass  # who asked has lost patience

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    outside.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield outside
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def openid(
    outside: Outside, request: BaseHTTPRequestHandler, path: str, sent: dict[str, str], body: str
) -> tuple[int, Any]:
    """OpenID Connect. Troubles: nonce, audience, expired, unsigned, other_key, issuer, silent, garbage."""
    here = outside.address
    if path == "/.well-known/openid-configuration":
        return 200, {
            "issuer": "https://elsewhere.example" if outside.trouble == "issuer" else here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "jwks_uri": f"{here}/jwks",
        }
    if path == "/jwks":
        return 200, {"keys": [outside.key.as_dict(private=False)]}
    if path == "/authorize":
        code = outside.issue(challenge=sent["code_challenge"], nonce=sent["nonce"], back=sent["redirect_uri"])
        return 302, f"{sent['redirect_uri']}?{urlencode({'code': code, 'state': sent['state']})}"
    if path == "/token":
        kept = outside.spend(sent.get("code", ""))
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            kept is None
            or kept["challenge"] != challenge
            or kept["back"] != sent.get("redirect_uri")
            or sent.get("client_secret") != SECRET
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": here,
            "sub": outside.subject,
            "aud": "another" if outside.trouble == "audience" else CLIENT,
            "exp": now - 3600 if outside.trouble == "expired" else now + 300,
            "iat": now - 7200 if outside.trouble == "expired" else now,
            "nonce": "another" if outside.trouble == "nonce" else kept["nonce"],
            "name": outside.label,
        }
        if outside.trouble == "unsigned":
            parts = ({"alg": "none"}, claims)
            token = ".".join(
                base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts
            )
            return 200, {"id_token": f"{token}.", "access_token": "a", "token_type": "Bearer"}
        key = RSAKey.generate_key(2048, {"kid": "one"}) if outside.trouble == "other_key" else outside.key
        return 200, {
            "id_token": jwt.encode({"alg": "RS256", "kid": "one"}, claims, key),
            "access_token": "a",
            "token_type": "Bearer",
        }
    return 404, {}


def staff_platform(
    outside: Outside, request: BaseHTTPRequestHandler, path: str, sent: dict[str, str], body: str
) -> tuple[int, Any]:
    """The officials' platform. Troubles: down, no_account, silent, garbage."""
    if path == "/oauth2/auth.htm":
        code = outside.issue()
        return 302, f"{sent['redirect_uri']}?{urlencode({'code': code, 'state': sent['state']})}"
    if outside.trouble == "down":
        return 503, {}
    given = request.headers
    text = "\n".join(
        [
            "POST",
            given.get("X-Hmac-Auth-Timestamp", ""),
            given.get("X-Hmac-Auth-Nonce", ""),
            path,
            "&".join(f"{k}={v}" for k, v in sorted(sent.items())),
        ]
    )
    right = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode()
    age = abs(time.time() - datetime.fromisoformat(given.get("X-Hmac-Auth-Timestamp", "")).timestamp())
    if given.get("X-Hmac-Auth-Signature") != right or given.get("apiKey") != CLIENT or age > 900:
        return 200, {"success": False, "errorMsg": "signature"}
    if path == "/gettoken.json":
        return 200, {"success": True, "content": {"success": True, "accessToken": "t1", "expiresIn": 7200}}
    if sent.get("access_token") != "t1":
        return 200, {"success": False, "errorMsg": "access token"}
    if path == "/rpc/oauth2/getuserinfo_bycode.json":
        if outside.spend(sent.get("code", "")) is None:
            return 200, {"success": True, "content": {"success": False, "responseMessage": "code"}}
        found = {
            "lastName": outside.label,
            "accountId": None if outside.trouble == "no_account" else outside.subject,
        }
        return 200, {"success": True, "content": {"success": True, "data": found}}
    if path == "/message/workNotification":
        outside.sent += 1
        outside.notices.setdefault(sent["bizMsgId"], sent)
        return 200, {"success": True, "content": {"success": True, "data": {"msgId": "1"}}}
    return 404, {}


def citizen_portal(
    outside: Outside, request: BaseHTTPRequestHandler, path: str, sent: dict[str, str], body: str
) -> tuple[int, Any]:
    """The citizens' portal and its gateway. Troubles: silent, garbage."""
    if path == "/login":
        joint = "&" if "?" in sent["sp"] else "?"
        return 302, f"{sent['sp']}{joint}{urlencode({'ticketId': outside.issue()})}"
    given = request.headers
    text = "\n".join(
        ["POST", path, "", given.get("X-BG-HMAC-ACCESS-KEY", ""), given.get("X-BG-DATE-TIME", ""), ""]
    )
    right = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode()
    if given.get("X-BG-HMAC-SIGNATURE") != right or given.get("X-BG-HMAC-ACCESS-KEY") != CLIENT:
        return 200, {"errCode": "401", "msg": "signature"}
    if path.endswith("/token"):
        if outside.spend(sent.get("ticketId", "")) is None:
            return 200, {"errCode": "1102", "msg": "ticket"}
        return 200, {"errCode": "0", "data": {"accessToken": "c1"}}
    if path.endswith("/user") and sent.get("accessToken") == "c1":
        return 200, {
            "errCode": "0",
            "data": {"userId": outside.subject, "userName": outside.label, "phone": "x"},
        }
    return 404, {}
