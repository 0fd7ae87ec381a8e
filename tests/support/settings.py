"""The product's settings with passwords that are hashed quickly: they are no secret here, and a slow hash takes a fifth of a second
of every sign-in. `tests/integration/test_settings.py` asks the product's own."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from zhijiao.config.settings import *  # noqa: F403 - all of them


class QuickHasher(PBKDF2PasswordHasher):
    """The product's hash, after a few rounds."""

    iterations = 1000


PASSWORD_HASHERS = ["tests.support.settings.QuickHasher"]
