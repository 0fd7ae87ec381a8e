"""Django's view of the core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Accounts, the organisation tree, audit, inbox, files, events."""

    name = "zhijiao.core"
    label = "core"
