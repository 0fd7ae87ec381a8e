"""The administrator's end of a binding code: whose account does it belong to?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import now
from zhijiao.core.accounts.identities import bind_by_code
from zhijiao.core.accounts.types import Faulty
from zhijiao.core.models import User
from zhijiao.lib.numbers import row_id
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page


def bind(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Bind whoever holds the code to the account named."""
    faults: list[tuple[str, str]] = []
    username = (request.POST or request.GET).get("username", "").replace("\0", "").strip()
    if request.method == "POST":
        account = User.objects.filter(username=username).first()
        try:
            if account is None:
                raise Invisible(username)
            bind_by_code(by=desk.actor, at=now(), user=account.pk, code=request.POST.get("code", ""))
        except Invisible:
            faults = [
                ("username", f"您管理的范围内没有用户名“{username}”。请核对，或请对方所在地的管理员办理。")
            ]
        except Faulty as error:
            faults = [(fault.field or "username", fault.words) for fault in error.faults]
        else:
            return HttpResponseRedirect(f"{reverse('portal:bindings')}?done={account.pk}")
    done = row_id(request.GET.get("done"))
    whom = None if done is None else User.objects.filter(pk=done).first()
    response = page(
        request,
        "desk/bindings.html",
        desk.frame,
        desk=desk,
        view="people",
        faults=faults,
        username=username,
        code=request.POST.get("code", ""),
        done=whom,
    )
    response.status_code = 422 if faults else 200
    return response


view = require_http_methods(["GET", "HEAD", "POST"])(at_desk(bind, Permission.MANAGE_ACCOUNTS))
