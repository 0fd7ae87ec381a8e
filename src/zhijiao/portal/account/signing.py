"""The sign-in pages, and signing out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from zhijiao.core.access.sessions import now, signed_in
from zhijiao.core.accounts.adapters.configured import services
from zhijiao.core.accounts.signing import (
    check,
    check_code,
    close_session,
    halfway,
    open_session,
    wait_for_code,
)
from zhijiao.core.accounts.types import LockedOut, SignInRefused, Step
from zhijiao.core.demo import PASSWORD, demo_accounts
from zhijiao.core.models import User
from zhijiao.portal.account.detour import on_the_way
from zhijiao.portal.frame import frame
from zhijiao.portal.pages import page

Faults = list[tuple[str, str]]


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, and go where the person wanted to go."""
    onward = safe_next(request.POST.get("next") or request.GET.get("next"))
    if signed_in(request) is not None:
        return HttpResponseRedirect(onward)
    if request.method != "POST":
        return _form(request, onward)
    username, password = _typed(request, "username"), request.POST.get("password", "")
    faults = [
        (field, words)
        for field, value, words in (
            ("username", username.strip(), "请填写用户名。"),
            ("password", password, "请填写口令。"),
        )
        if not value
    ]
    if faults:
        return _form(request, onward, username, faults)
    try:
        user = check(request, username=username, password=password, at=now())
    except LockedOut as lock:
        return locked(request, lock)
    except SignInRefused as refusal:
        return _form(request, onward, username, [("username", str(refusal))])
    return proceed(request, user, onward)


def proceed(request: HttpRequest, user: User, onward: str, way: str = "password") -> HttpResponse:
    """On from a proved identity: to the second factor where there is one, else into the product."""
    if user.second_factor:
        wait_for_code(request, user, onward=onward, at=now())
        return HttpResponseRedirect(reverse("portal:login_code"))
    open_session(request, user, at=now(), way=way)
    return HttpResponseRedirect(onward)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the second factor."""
    waiting = halfway(request, at=now())
    if waiting is None:
        return HttpResponseRedirect(reverse("portal:login"))
    faults: Faults = []
    if request.method == "POST":
        typed = _typed(request, "code")
        try:
            if typed.strip():
                user = check_code(request, waiting, code=typed, at=now())
                open_session(request, user, at=now(), way="password and code")
                return HttpResponseRedirect(safe_next(waiting.onward))
            faults = [("code", "请填写动态口令。")]
        except LockedOut as lock:
            return locked(request, lock)
        except SignInRefused as refusal:
            faults = [("code", str(refusal))]
    return answer(request, "account/code.html", faults, username=waiting.username)


@on_the_way(*Step)
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End this browser's session."""
    actor = signed_in(request)
    if actor is not None:
        close_session(request, actor, at=now())
    return HttpResponseRedirect(reverse("portal:home"))


def safe_next(wanted: str | None) -> str:
    """Where to go afterwards: an address of this site, else the desk."""
    if wanted and wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("portal:desk")


def locked(request: HttpRequest, lock: LockedOut) -> HttpResponse:
    """429: too many failures, and when it ends."""
    response = page(request, "account/locked.html", frame(request), lock=lock)
    response.status_code = 429
    response.headers["Retry-After"] = str(max(1, int((lock.until - now()).total_seconds())))
    return response


def answer(request: HttpRequest, template: str, faults: Faults, **context: Any) -> HttpResponse:
    """A page with a form: 422 where something was typed wrongly."""
    response = page(request, template, frame(request), faults=faults, **context)
    response.status_code = 422 if faults else 200
    return response


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "")


def _form(
    request: HttpRequest, onward: str, username: str = "", faults: Faults | None = None
) -> HttpResponse:
    demo = demo_accounts()
    chosen = next((one.username for one in demo if one.username == request.GET.get("as")), "")
    return answer(
        request,
        "account/login.html",
        faults or [],
        onward=onward,
        username=username or chosen,
        chosen=chosen,
        services=[(service.key, service.name) for service in services().values()],
        demo=demo,
        demo_password=PASSWORD,
    )
