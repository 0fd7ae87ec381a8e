"""django-axes as an app of ours.

It counts failures in the database; signing in itself is our own, so its backend and its checks, which would bring
Django's permission tables with them, are not loaded.
"""

from __future__ import annotations

from importlib import import_module

from axes.apps import AppConfig


class LockoutConfig(AppConfig):
    """Load the counters and what feeds them."""

    default_auto_field = "django.db.models.AutoField"

    @classmethod
    def initialize(cls) -> None:
        """Take the settings and listen to failures and successes."""
        if not cls.initialized:
            cls.initialized = True
            import_module("axes.conf")
            import_module("axes.signals")
