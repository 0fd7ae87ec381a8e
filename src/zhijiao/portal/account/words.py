"""How the account pages name what is kept as a code."""

from __future__ import annotations

from zhijiao.core.access.roles import PERMISSION_WORDS, Permission

PROVIDERS = {"oidc": "统一身份认证", "staff": "政务办公平台", "citizen": "政务服务平台"}


def permission_words(code: str) -> str:
    """A permission in Chinese; one that no longer exists, as it is kept."""
    return PERMISSION_WORDS[Permission(code)] if code in set(Permission) else code


def provider_words(code: str) -> str:
    """A sign-in service in Chinese."""
    return PROVIDERS.get(code, code)
