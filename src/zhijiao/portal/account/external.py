"""Signing in by another service, and binding that service's person to one's own account."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhijiao.core.access.sessions import now, signed_in
from zhijiao.core.accounts import identities
from zhijiao.core.accounts.adapters.configured import name_of, services
from zhijiao.core.accounts.adapters.types import Outsider, ServiceTrouble, SignInService
from zhijiao.core.accounts.signing import check
from zhijiao.core.accounts.types import Faulty, LockedOut, SignInRefused
from zhijiao.portal.account.signing import Faults, answer, locked, proceed, safe_next
from zhijiao.portal.desk.guard import Desk, at_desk

STARTED, STRANGER, BINDING = "external_started", "external_stranger", "external_binding"
PATIENCE = 600
"""Seconds in which one comes back from the service, and in which a stranger may bind."""
_log = logging.getLogger(__name__)


@require_safe
def begin(request: HttpRequest, provider: str) -> HttpResponse:
    """Send the browser to the service."""
    service = _service(provider)
    state = secrets.token_urlsafe(24)
    try:
        begun = service.begin(back=_back(request, provider), state=state)
    except ServiceTrouble as trouble:
        return _trouble(request, service, trouble)
    request.session[STARTED] = {
        "provider": provider,
        "state": state,
        "keep": dict(begun.keep),
        "onward": safe_next(request.GET.get("next")),
        "at": now().timestamp(),
    }
    return HttpResponseRedirect(begun.address)


@require_safe
def back(request: HttpRequest, provider: str) -> HttpResponse:
    """The browser comes back: who is it there, and which account is that here?"""
    service = _service(provider)
    started = request.session.pop(STARTED, None)
    if (
        not isinstance(started, dict)
        or started["provider"] != provider
        or now().timestamp() - started["at"] > PATIENCE
        or not constant_time_compare(started["state"], request.GET.get("state", ""))
    ):
        # Also where a stranger sent somebody here with a ticket of his own.
        return _trouble(
            request,
            service,
            ServiceTrouble("这次登录已经失效，或不是从这个浏览器开始的。请重新开始。", "state"),
        )
    try:
        outsider = service.finish(
            answer={key: str(value) for key, value in request.GET.items()},
            kept=started["keep"],
            back=_back(request, provider),
            at=now(),
        )
    except ServiceTrouble as trouble:
        return _trouble(request, service, trouble)
    actor = signed_in(request)
    if actor is not None:
        try:
            identities.bind_own(by=actor, at=now(), outsider=outsider)
        except Faulty as error:
            return _trouble(request, service, ServiceTrouble(str(error)))
        return HttpResponseRedirect(f"{reverse('portal:account')}?done=bound")
    user = identities.account_of(outsider)
    if user is not None:
        return proceed(request, user, started["onward"], way=provider)
    if identities.is_known(outsider):
        return _trouble(request, service, ServiceTrouble("您的账号已停用。需要使用时，请联系系统管理员。"))
    request.session[STRANGER] = {
        "provider": outsider.provider,
        "subject": outsider.subject,
        "label": outsider.label,
        "onward": started["onward"],
        "at": now().timestamp(),
    }
    return HttpResponseRedirect(reverse("portal:login_bind"))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: HttpRequest) -> HttpResponse:
    """Nobody here knows this person of the service yet: bind by one's own password, or take a code to the administrator."""
    stranger = _stranger(request)
    if stranger is None:
        return HttpResponseRedirect(reverse("portal:login"))
    if request.method != "POST":
        return _bind_form(request, stranger)
    username = request.POST.get("username", "").replace("\0", "")
    try:
        user = check(request, username=username, password=request.POST.get("password", ""), at=now())
    except LockedOut as lock:
        return locked(request, lock)
    except SignInRefused as refusal:
        return _bind_form(request, stranger, username, [("username", str(refusal))])
    kept = request.session.pop(STRANGER)
    request.session[BINDING] = kept | {"user": user.pk}
    return proceed(request, user, reverse("portal:login_bound"))


def bound(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The person has signed in to bind: do it, and go on."""
    kept = request.session.pop(BINDING, None)
    if (
        not isinstance(kept, dict)
        or kept["user"] != desk.actor.user
        or now().timestamp() - kept["at"] > PATIENCE
    ):
        return HttpResponseRedirect(reverse("portal:account"))
    outsider = Outsider(kept["provider"], kept["subject"], kept["label"])
    try:
        identities.bind_own(by=desk.actor, at=now(), outsider=outsider)
    except Faulty as error:
        return _trouble(request, _service(outsider.provider), ServiceTrouble(str(error)))
    return HttpResponseRedirect(safe_next(kept["onward"]))


@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """A code for the administrator."""
    stranger = _stranger(request)
    if stranger is None:
        return HttpResponseRedirect(reverse("portal:login"))
    made = identities.make_code(at=now(), outsider=stranger)
    del request.session[STRANGER]
    return answer(request, "account/bind_code.html", [], code=made, service=name_of(stranger.provider))


def unbind(request: HttpRequest, desk: Desk, identity: int) -> HttpResponse:
    """Take a service off one's account."""
    identities.unbind(by=desk.actor, at=now(), identity=identity)
    return HttpResponseRedirect(f"{reverse('portal:account')}?done=unbound")


def offered() -> list[tuple[str, str]]:
    """(key, name) of the services of this instance."""
    return [(service.key, service.name) for service in services().values()]


def _service(provider: str) -> SignInService:
    found = services().get(provider)
    if found is None:
        raise Http404("本平台没有开通这种登录方式。")
    return found


def _back(request: HttpRequest, provider: str) -> str:
    return request.build_absolute_uri(reverse("portal:login_back", args=[provider]))


def _stranger(request: HttpRequest) -> Outsider | None:
    kept: Any = request.session.get(STRANGER)
    if not isinstance(kept, dict) or now().timestamp() - kept["at"] > PATIENCE:
        return None
    return Outsider(kept["provider"], kept["subject"], kept["label"])


def _bind_form(
    request: HttpRequest, stranger: Outsider, username: str = "", faults: Faults | None = None
) -> HttpResponse:
    return answer(
        request,
        "account/bind.html",
        faults or [],
        stranger=stranger,
        service=name_of(stranger.provider),
        username=username,
    )


def _trouble(request: HttpRequest, service: SignInService, trouble: ServiceTrouble) -> HttpResponse:
    if trouble.detail:
        _log.warning("sign-in by %s failed: %s", service.key, trouble.detail)
    response = answer(request, "account/trouble.html", [], words=str(trouble), service=service)
    response.status_code = 403
    return response


bound_view = require_safe(at_desk(bound))
unbind_view = require_POST(at_desk(unbind))
