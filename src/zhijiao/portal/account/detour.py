"""Who has a step before them (a one-time code to replace, a second factor to bind) is led to it from every address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from zhijiao.core.access.sessions import GetResponse, signed_in
from zhijiao.core.accounts.factor import due_step
from zhijiao.core.accounts.types import Step

ADDRESSES = {Step.PASSWORD: "portal:account_password", Step.FACTOR: "portal:account_factor"}
View = TypeVar("View", bound=Callable[..., HttpResponse])


def on_the_way(*steps: Step) -> Callable[[View], View]:
    """Mark a view that stays open while one of these steps is due."""

    def mark(view: View) -> View:
        view.open_during = frozenset(steps)  # type: ignore[attr-defined]
        return view

    return mark


class Detour:
    """Middleware: runs before the view enters the person's scope."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        actor, account = signed_in(request), getattr(request, "account", None)
        if actor is None or account is None:
            return None
        step = due_step(actor, account)
        if step is None or step in getattr(view, "open_during", frozenset()):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": step.words}, status=403, json_dumps_params={"ensure_ascii": False})
        return HttpResponseRedirect(reverse(ADDRESSES[step]))
