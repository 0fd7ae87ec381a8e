"""Django's view of the indicators."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Reports and approved figures."""

    name = "zhijiao.indicators"
    label = "indicators"
