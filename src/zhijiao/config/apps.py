"""Runs the wiring when all apps are loaded."""

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """The last app of the list, so that everything it joins exists."""

    name = "zhijiao.config"
    label = "config"

    def ready(self) -> None:
        """Join the floors."""
        from zhijiao.config import wiring

        wiring.connect()
