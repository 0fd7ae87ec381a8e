"""One's own account: roles, security, other sign-ins, keys for programs, and where one is signed in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhijiao.core.access.sessions import now
from zhijiao.core.accounts import keys
from zhijiao.core.accounts.browsers import browsers, sign_out_elsewhere
from zhijiao.core.accounts.passwords import is_shared
from zhijiao.core.accounts.types import Faulty
from zhijiao.core.models import ApiToken, ExternalIdentity
from zhijiao.lib.numbers import whole
from zhijiao.portal.account.external import offered
from zhijiao.portal.account.signing import Faults
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page

DONE = {
    "password": "口令已修改，其他浏览器上的登录已经退出。",
    "factor_dropped": "动态口令已停用。",
    "revoked": "密钥已作废，用它的程序从现在起不能再访问。",
    "elsewhere": "其他浏览器上的登录已经退出。",
    "unbound": "绑定已解除。",
    "bound": "已绑定，以后可以用它登录。",
}


def account(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everything about one's own account on one page."""
    shared = is_shared(request.account)  # type: ignore[attr-defined]
    return page(
        request,
        "account/account.html",
        desk.frame,
        desk=desk,
        view="account",
        account=request.account,  # type: ignore[attr-defined]
        services=offered(),
        identities=list(ExternalIdentity.objects.filter(user=desk.actor.user).order_by("linked_at")),
        keys=list(ApiToken.objects.filter(user=desk.actor.user).order_by("-created_at")),
        moment=now(),
        # Who else tries a shared account, and from where, is nobody's business.
        browsers=[] if shared else browsers(request, desk.actor, at=now()),
        shared=shared,
        done=DONE.get(request.GET.get("done", "")),
    )


def new_key(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Make a key for a program; its text is shown on the answer, once."""
    faults: Faults = []
    chosen = request.POST.getlist("permissions")
    if request.method == "POST":
        try:
            made, text = keys.create_key(
                by=desk.actor,
                at=now(),
                name=request.POST.get("name", ""),
                permissions=chosen,
                days=whole(request.POST.get("days", "")) or 0,
            )
        except Faulty as error:
            faults = [(fault.field or "name", fault.words) for fault in error.faults]
        else:
            return _show(request, desk, "account/key_made.html", [], made=made, text=text)
    return _show(
        request,
        desk,
        "account/key.html",
        faults,
        offered=keys.offered(desk.actor),
        terms=[(str(days), words) for days, words in keys.TERMS.items()],
        chosen=chosen,
        typed=request.POST,
    )


def revoke_key(request: HttpRequest, desk: Desk, key: int) -> HttpResponse:
    """Void a key."""
    keys.revoke_key(by=desk.actor, at=now(), key=key)
    return HttpResponseRedirect(f"{reverse('portal:account')}?done=revoked")


def elsewhere(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Sign out of every other browser."""
    if not is_shared(request.account):  # type: ignore[attr-defined]
        sign_out_elsewhere(request, desk.actor, at=now())
    return HttpResponseRedirect(f"{reverse('portal:account')}?done=elsewhere")


def _show(request: HttpRequest, desk: Desk, template: str, faults: Faults, **context: Any) -> HttpResponse:
    response = page(request, template, desk.frame, desk=desk, view="account", faults=faults, **context)
    response.status_code = 422 if faults else 200
    return response


account_view = require_safe(at_desk(account))
new_key_view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(new_key))
revoke_key_view = require_POST(at_desk(revoke_key))
elsewhere_view = require_POST(at_desk(elsewhere))
