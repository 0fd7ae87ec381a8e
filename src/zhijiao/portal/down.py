"""What somebody reads when a page breaks: that the database is away and comes back (503), or that something is wrong (500)."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.views.defaults import server_error

from zhijiao.core.outage import RETRY_AFTER_S, is_outage

WORDS = "平台暂时连不上数据库，正在恢复，一般不到一分钟。"


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler of exceptions; it is called while the exception is being handled."""
    if is_outage(sys.exception()):
        return away(request)
    if request.path.startswith("/api/"):
        detail = (
            "平台内部出了问题，数据没有被改动，原因已记入日志。反复出现时，请把接口地址和时间告诉管理员。"
        )
        return JsonResponse({"detail": detail}, status=500, json_dumps_params={"ensure_ascii": False})
    return server_error(request)


def away(request: HttpRequest) -> HttpResponse:
    """The answer while the database is away: nothing of it is looked up anywhere."""
    response: HttpResponse
    if request.path.startswith("/api/"):
        detail = f"{WORDS}没有收到成功的回答，就当没有办成，请 {RETRY_AFTER_S} 秒后再发一次。"
        response = JsonResponse({"detail": detail}, status=503, json_dumps_params={"ensure_ascii": False})
    else:
        context = {"words": WORDS, "sent": request.method == "POST", "path": request.get_full_path()}
        response = HttpResponse(get_template("503.html").render(context), status=503)
    response["Retry-After"] = str(RETRY_AFTER_S)
    response["Cache-Control"] = "no-store"
    return response
