"""Django's view of the policy domain."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """Installed pack versions."""

    name = "zhijiao.policy"
    label = "policy"
