"""How long the server took, said in every answer, where browsers and benchmarks look for it."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


def server_timing(get_response: GetResponse) -> GetResponse:
    """Add `Server-Timing: app;dur=<milliseconds>`; the first middleware, so that all others are counted."""

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = get_response(request)
        response["Server-Timing"] = f"app;dur={(time.perf_counter() - started) * 1000:.1f}"
        return response

    return middleware
