"""An address that leads nowhere."""

from __future__ import annotations

from http import HTTPStatus

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
    JsonResponse,
)
from django.urls import Resolver404, resolve
from django.views.defaults import page_not_found

from zhijiao.core.access.sessions import GetResponse, signed_in


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page that says so; a page's address with one stroke too many leads to the page.

    A program gets what the API's description promises: JSON with a reason.
    """
    trimmed = request.path.rstrip("/")
    if (
        trimmed
        and trimmed != request.path
        and request.method in ("GET", "HEAD")
        and _leads_somewhere(trimmed)
    ):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"/{trimmed.lstrip('/')}" + (f"?{query}" if query else ""))
    if request.path.startswith("/api/"):
        detail = f"没有接口 {request.path}，全部接口见 /api/v1/openapi.json"
        return JsonResponse({"detail": detail}, status=404, json_dumps_params={"ensure_ascii": False})
    return page_not_found(request, exception)


def _leads_somewhere(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def to_the_form(get_response: GetResponse) -> GetResponse:
    """Middleware: an address that only takes what a form sends leads a reader to the page above it. One comes there by
    reloading a refused form, by its permalink, or after signing in again in the middle of typing."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method not in ("GET", "HEAD"):
            return response
        if request.path.startswith("/api/") or signed_in(request) is None:
            return response
        above = request.path.rstrip("/").rpartition("/")[0]
        while above and not _leads_somewhere(above):
            above = above.rpartition("/")[0]
        return HttpResponseRedirect(above) if above else response

    return answer
