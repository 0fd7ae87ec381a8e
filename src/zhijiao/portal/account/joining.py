"""A school or an enterprise claims itself, and asks what became of it. Open to everybody."""

from __future__ import annotations

from dataclasses import fields
from itertools import groupby

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from zhijiao.core.access.address import client_address
from zhijiao.core.access.sessions import now
from zhijiao.core.accounts.lockout import count_failure, refuse_locked
from zhijiao.core.accounts.types import Faulty, LockedOut
from zhijiao.core.claims.actions import file_claim
from zhijiao.core.claims.queries import receipt, reviewers
from zhijiao.core.claims.types import CLAIMABLE, Asked, Receipt
from zhijiao.core.kinds import Tenant
from zhijiao.portal.account.signing import Faults, answer

FILED = "filed_claim"


@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """The form of a claim."""
    demo = (request.POST or request.GET).get("demo") == "1"
    tenant = Tenant.DEMO if demo else Tenant.REAL
    asked, faults = Asked(), []
    if request.method == "POST":
        asked = Asked(**{f.name: request.POST.get(f.name, "")[:1000] for f in fields(Asked)})
        try:
            number = file_claim(asked=asked, tenant=tenant, address=client_address(request), at=now())
        except Faulty as error:
            faults = [(fault.field, fault.words) for fault in error.faults]
        else:
            request.session[FILED] = number
            return HttpResponseRedirect(reverse("portal:join_receipt"))
    offered = reviewers(tenant, timezone.localdate())
    return answer(
        request,
        "account/join.html",
        faults,
        asked=asked,
        demo=demo,
        kinds=[(kind.value, kind.words) for kind in CLAIMABLE],
        places=[(place, list(those)) for place, those in groupby(offered, key=lambda r: r.place)],
        any_open=any(one.open for one in offered),
    )


@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
def state(request: HttpRequest) -> HttpResponse:
    """The receipt after filing, and the state of a claim for who knows its number and phone."""
    found: Receipt | None = None
    faults: Faults = []
    number = request.POST.get("number", "").replace("\0", "").strip().upper()[:20]
    phone = request.POST.get("phone", "").replace("\0", "").replace(" ", "")[:20]
    if request.method == "POST":
        try:
            refuse_locked(request, f"claim {number}")
        except LockedOut:
            faults = [("number", "查询次数过多，请过 15 分钟再查。")]
        else:
            found = receipt(number, phone)
            if found is None:
                count_failure(request, f"claim {number}")
                faults = [("number", "没有查到。请核对回执号和提交时填的电话。")]
    return answer(
        request,
        "account/receipt.html",
        faults,
        found=found,
        filed=request.session.get(FILED, ""),
        number=number,
        phone=phone,
    )
