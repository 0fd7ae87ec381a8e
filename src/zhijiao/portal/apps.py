from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "zhijiao.portal"
    label = "portal"
