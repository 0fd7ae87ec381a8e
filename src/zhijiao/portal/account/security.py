"""One's own password and second factor."""

from __future__ import annotations

import io
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from zhijiao.core.access.sessions import now
from zhijiao.core.accounts import factor
from zhijiao.core.accounts.passwords import change_password
from zhijiao.core.accounts.signing import keep_session
from zhijiao.core.accounts.types import Faulty, Step
from zhijiao.core.models import User
from zhijiao.portal.account.detour import on_the_way
from zhijiao.portal.account.signing import Faults
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page

PENDING = "pending_factor"
_ANY = require_http_methods(["GET", "HEAD", "POST"])


def password(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Change one's own password; forced where the present one is a one-time code."""
    account: User = request.account  # type: ignore[attr-defined]
    faults: Faults = []
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("old", "new", "again")}
        try:
            user = change_password(by=desk.actor, at=now(), **typed)
        except Faulty as error:
            faults = [(fault.field, fault.words) for fault in error.faults]
        else:
            keep_session(request, user)
            forced = account.must_change_password
            return HttpResponseRedirect(
                reverse("portal:desk") if forced else f"{reverse('portal:account')}?done=password"
            )
    return _show(request, desk, "account/password.html", faults, forced=account.must_change_password)


def second_factor(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Bind a phone, bind another one, renew the codes on paper, or give the second factor up."""
    account: User = request.account  # type: ignore[attr-defined]
    faults: Faults = []
    if request.method == "POST":
        try:
            return _do(request, desk, account)
        except Faulty as error:
            faults = [(fault.field or "code", fault.words) for fault in error.faults]
    binding = not account.second_factor or request.GET.get("bind") == "1" or request.POST.get("do") == "bind"
    return _show(
        request,
        desk,
        "account/factor.html",
        faults,
        account=account,
        binding=binding,
        secret=_pending(request) if binding else "",
        required=factor.required(desk.actor),
        failed=request.POST.get("do", ""),
    )


def _do(request: HttpRequest, desk: Desk, account: User) -> HttpResponse:
    secret_word = request.POST.get("password", "")
    match request.POST.get("do"):
        case "bind":
            codes = factor.enrol(
                by=desk.actor,
                at=now(),
                secret=_pending(request),
                code=request.POST.get("code", ""),
                password=secret_word,
            )
            del request.session[PENDING]
        case "renew":
            codes = factor.renew_recovery_codes(by=desk.actor, at=now(), password=secret_word)
        case "drop":
            factor.drop(by=desk.actor, at=now(), password=secret_word)
            return HttpResponseRedirect(f"{reverse('portal:account')}?done=factor_dropped")
        case _:
            raise Http404("没有这个操作。")
    return _show(request, desk, "account/recovery.html", [], codes=codes)


def qr(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The secret that waits to be bound, as a picture for the phone."""
    if PENDING not in request.session:
        raise Http404("没有等待绑定的动态口令。")
    account: User = request.account  # type: ignore[attr-defined]
    out = io.BytesIO()
    segno.make(factor.address_of(_pending(request), account.username), error="m").save(
        out, kind="svg", scale=5, border=3, xmldecl=False, light="#ffffff"
    )
    return HttpResponse(out.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def _pending(request: HttpRequest) -> str:
    """The secret that waits to be bound; it stays in the session, encrypted, until the phone has proved that it has it."""
    opened = factor.unseal(request.session.get(PENDING, ""))
    if opened is None:
        opened = (factor.new_secret(), 0)
        request.session[PENDING] = factor.seal(*opened)
    return opened[0]


def _show(request: HttpRequest, desk: Desk, template: str, faults: Faults, **context: Any) -> HttpResponse:
    response = page(request, template, desk.frame, desk=desk, view="account", faults=faults, **context)
    response.status_code = 422 if faults else 200
    return response


password_view = on_the_way(Step.PASSWORD)(
    sensitive_post_parameters("old", "new", "again")(_ANY(at_desk(password)))
)
factor_view = on_the_way(Step.FACTOR)(
    sensitive_post_parameters("password", "code")(_ANY(at_desk(second_factor)))
)
qr_view = on_the_way(Step.FACTOR)(require_safe(at_desk(qr)))
