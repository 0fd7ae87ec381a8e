"""Django's view of the core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Plumbing: no tables of its own yet."""

    name = "zhijiao.core"
    label = "core"
