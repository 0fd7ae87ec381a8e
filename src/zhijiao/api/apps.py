"""Django's view of the API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """No tables."""

    name = "zhijiao.api"
    label = "api"
