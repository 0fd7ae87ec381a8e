"""Django's view of this domain."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    """Plans of places, counties and schools."""

    name = "zhijiao.planning"
    label = "planning"
