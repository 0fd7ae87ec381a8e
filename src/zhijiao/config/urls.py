"""Addresses: the portal at the root, the HTTP API under /api/v1/, health beside them."""

from django.urls import include, path

from zhijiao.core.health import healthz

handler404 = "zhijiao.portal.lost.not_found"
handler500 = "zhijiao.portal.down.broken"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", include("zhijiao.api.urls")),
    path("", include("zhijiao.portal.urls")),
]
