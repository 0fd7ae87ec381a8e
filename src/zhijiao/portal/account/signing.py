"""The sign-in page, and signing out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from zhijiao.core.access.sessions import now, signed_in
from zhijiao.core.accounts.signing import check, close_session, open_session
from zhijiao.core.accounts.types import SignInRefused
from zhijiao.portal.frame import frame
from zhijiao.portal.pages import page


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, and go where the person wanted to go."""
    onward = safe_next(request)
    if signed_in(request) is not None:
        return HttpResponseRedirect(onward)
    if request.method != "POST":
        return _form(request, onward)
    username, password = _typed(request, "username"), request.POST.get("password", "")
    faults = [
        (field, words)
        for field, value, words in (
            ("username", username.strip(), "请填写用户名"),
            ("password", password, "请填写口令"),
        )
        if not value
    ]
    if faults:
        return _form(request, onward, username, faults)
    try:
        user = check(request, username=username, password=password, at=now())
    except SignInRefused as refusal:
        return _form(request, onward, username, [("username", str(refusal))])
    open_session(request, user, at=now())
    return HttpResponseRedirect(onward)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End this browser's session."""
    actor = signed_in(request)
    if actor is not None:
        close_session(request, actor, at=now())
    return HttpResponseRedirect(reverse("portal:home"))


def safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this site, else the desk."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("portal:desk")


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "")


def _form(
    request: HttpRequest, onward: str, username: str = "", faults: list[tuple[str, str]] | None = None
) -> HttpResponse:
    response = page(
        request, "account/login.html", frame(request), onward=onward, username=username, faults=faults or []
    )
    response.status_code = 422 if faults else 200
    return response
