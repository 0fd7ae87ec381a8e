"""Django's view of the supervision domain."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Tasks, office work on them, inspection."""

    name = "zhijiao.supervision"
    label = "supervision"
