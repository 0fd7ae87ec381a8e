"""Addresses of the portal, by audience. Each folder lists its own; names are unique over all of them."""

from zhijiao.portal.cockpit.urls import urlpatterns as cockpit

app_name = "portal"
urlpatterns = [*cockpit]
