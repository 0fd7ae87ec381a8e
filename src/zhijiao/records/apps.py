"""Django's view of the records domain."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Student records."""

    name = "zhijiao.records"
    label = "records"
