"""How the account pages name what is kept as a code."""

from __future__ import annotations

from zhijiao.core.access.roles import PERMISSION_WORDS, Permission
from zhijiao.core.accounts.adapters.configured import name_of


def permission_words(code: str) -> str:
    """A permission in Chinese; one that no longer exists, as it is kept."""
    return PERMISSION_WORDS[Permission(code)] if code in set(Permission) else code


def provider_words(code: str) -> str:
    """A sign-in service in Chinese."""
    return name_of(code)
