"""From where a request comes: what is counted against wrong passwords and written into the trail."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of the browser. Behind our own proxy it is the last one of X-Forwarded-For, which that proxy wrote;
    anything before it the browser may have made up. Empty where there is none that reads as an address."""
    found = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        found = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip() or found
    try:
        return str(ip_address(found))
    except ValueError:
        return ""
