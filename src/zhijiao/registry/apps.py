"""Django's view of the registry."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Successions of organisations and people in office."""

    name = "zhijiao.registry"
    label = "registry"
