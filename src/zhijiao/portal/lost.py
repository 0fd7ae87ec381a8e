"""An address that leads nowhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.views.defaults import page_not_found


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page that says so; a page's address with one stroke too many leads to the page."""
    trimmed = request.path.rstrip("/")
    if (
        trimmed
        and trimmed != request.path
        and request.method in ("GET", "HEAD")
        and _leads_somewhere(trimmed)
    ):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"/{trimmed.lstrip('/')}" + (f"?{query}" if query else ""))
    return page_not_found(request, exception)


def _leads_somewhere(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
