"""Sign-in by OpenID Connect: discovery, authorisation code with PKCE, state, nonce, and a verified ID token."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from zhijiao.core.accounts.adapters.http import ask
from zhijiao.core.accounts.adapters.types import Begun, Outsider, ServiceTrouble

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures by a key pair only: a token signed with the shared secret, or not at all, is refused."""
LEEWAY = 60


@dataclass(frozen=True)
class OpenIdConnect:
    """One issuer, as the environment names it."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    scope: str = "openid profile"
    key: str = "oidc"

    def begin(self, *, back: str, state: str) -> Begun:
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": back,
            "scope": self.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        start = self._described()["authorization_endpoint"]
        joint = "&" if "?" in start else "?"
        return Begun(f"{start}{joint}{urlencode(asked)}", {"nonce": nonce, "verifier": verifier})

    def finish(
        self, *, answer: Mapping[str, str], kept: Mapping[str, str], back: str, at: datetime
    ) -> Outsider:
        if "code" not in answer:
            raise ServiceTrouble(
                f"{self.name}没有完成登录，请再试一次。", str(answer.get("error", "no code"))[:200]
            )
        described = self._described()
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": back,
            "client_id": self.client_id,
            "code_verifier": kept["verifier"],
        }
        if self.client_secret:
            form["client_secret"] = self.client_secret
        tokens = ask(described["token_endpoint"], name=self.name, form=form)
        claims = self._verified(tokens, described["jwks_uri"], kept["nonce"], at)
        label = str(claims.get("name") or claims.get("preferred_username") or "")[:60]
        return Outsider(self.key, str(claims["sub"])[:200], label)

    def _verified(self, tokens: Mapping[str, Any], keys: str, nonce: str, at: datetime) -> Mapping[str, Any]:
        """The claims of the ID token, once signature, issuer, audience, time and nonce have been checked."""
        try:
            key_set = KeySet.import_key_set(ask(keys, name=self.name))  # type: ignore[arg-type]
            token = jwt.decode(str(tokens["id_token"]), key_set, algorithms=ALGORITHMS)
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self.client_id},
                },
                {
                    "nonce": nonce,
                    "client_id": self.client_id,
                    "access_token": tokens.get("access_token"),
                },
            )
            claims.validate(now=int(at.timestamp()), leeway=LEEWAY)
        except (JoseError, KeyError, ValueError, TypeError) as error:
            raise ServiceTrouble(
                f"{self.name}给出的身份证明没有通过核验，没有登录。请再试一次；反复出现请告诉系统管理员。",
                f"{type(error).__name__}: {error}",
            ) from error
        return dict(claims)

    def _described(self) -> dict[str, Any]:
        found = ask(f"{self.issuer}/.well-known/openid-configuration", name=self.name)
        if str(found.get("issuer", "")).rstrip("/") != self.issuer or not all(
            isinstance(found.get(part), str)
            for part in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        ):
            raise ServiceTrouble(
                f"{self.name}的配置与本平台登记的不一致。请告诉系统管理员。", "issuer or endpoints differ"
            )
        return found
