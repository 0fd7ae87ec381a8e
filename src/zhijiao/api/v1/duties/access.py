"""Who calls: an API key, or for reading a signed-in browser; and how refusals are answered."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Schema
from ninja.security import HttpBearer

from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import signed_in
from zhijiao.core.errors import Refusal
from zhijiao.exchange.types.batches import KeyTaken, PlanChanged
from zhijiao.indicators.types import Clashed, Problem, Refused, Reused
from zhijiao.supervision.types import Outdated

READING = frozenset({"GET", "HEAD"})


class ApiKey(HttpBearer):
    """An API key from the account page, sent as `Authorization: Bearer …`.

    A browser's session may read; it may not write, because nothing here proves that the person meant to.
    """

    def __call__(self, request: HttpRequest) -> Actor | None:
        actor = signed_in(request)
        by_key = request.headers.get("Authorization", "").startswith("Bearer ")
        return actor if actor is not None and (by_key or request.method in READING) else None

    def authenticate(self, request: HttpRequest, token: str) -> None:
        """Unused: the key was already looked up when the request came in (core.access.sessions)."""


KEY = ApiKey()


class Fault(Schema):
    """One thing that is wrong: with which report (0: not with one), beside which field."""

    report: int = Field(description="哪一项填报；0 表示不是某一项的问题")
    name: str
    field: str = Field(description="哪个字段；空表示整项")
    code: str
    words: str = Field(description="哪里不对，怎样改")
    level: str = Field(description="error、explain 要改正或说明后才能提交；warning 只是提醒")


class Faults(Schema):
    """Why nothing was changed."""

    detail: str
    problems: list[Fault] = []


ANSWERS: dict[int, Any] = {401: Faults, 403: Faults, 404: Faults, 409: Faults, 422: Faults}
"""What every call of this kind may answer besides its own."""


def actor(request: HttpRequest) -> Actor:
    """The actor behind a request that passed `KEY`."""
    found = signed_in(request)
    assert found is not None, "the key is checked before the call"
    return found


def reader(request: HttpRequest) -> Actor:
    """The actor, where the key carries the permission to look at work. Raises NotAllowed."""
    found = actor(request)
    found.require(Permission.VIEW)
    return found


def explain(api: NinjaAPI) -> None:
    """Teach the API how to answer what the verbs raise."""

    def answer(status: int) -> Any:
        def handler(request: HttpRequest, error: Any) -> HttpResponse:
            return api.create_response(
                request, {"detail": str(error), "problems": _problems(error)}, status=status
            )

        return handler

    def invisible(request: HttpRequest, error: Any) -> HttpResponse:
        # The same words whether it does not exist or is somebody else's.
        return api.create_response(request, {"detail": "没有这一项，或不在您的范围内。"}, status=404)

    api.add_exception_handler(Invisible, invisible)
    for kind, status in (
        *(
            (NotAllowed, 403),
            (Clashed, 409),
            (Reused, 409),
            (KeyTaken, 409),
            (Outdated, 409),
            (PlanChanged, 409),
        ),
        *((Refused, 422), (Refusal, 422)),
    ):
        api.add_exception_handler(kind, answer(status))


def _problems(error: Any) -> list[dict[str, Any]]:
    """What is wrong, one by one; of a refusal that names a field, that field."""
    found: list[dict[str, Any]] = [
        {
            "report": p.report,
            "name": p.name,
            "field": p.field,
            "code": p.code,
            "words": p.words,
            "level": p.level,
        }
        for p in getattr(error, "problems", [])
        if isinstance(p, Problem)
    ]
    if not found and getattr(error, "field", None):
        said = {"field": error.field, "code": "refused", "words": str(error), "level": "error"}
        found = [{"report": 0, "name": "", **said}]
    return found
