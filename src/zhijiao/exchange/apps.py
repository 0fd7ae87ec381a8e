"""Django's view of the exchange."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """The data standard, intake of records, immutable snapshots."""

    name = "zhijiao.exchange"
    label = "exchange"
