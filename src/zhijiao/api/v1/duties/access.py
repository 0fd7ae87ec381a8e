"""Who calls: an API key, or for reading a signed-in browser; and how refusals are answered."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, NinjaAPI, Schema
from ninja.security import HttpBearer
from pydantic import StringConstraints

from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.sessions import signed_in
from zhijiao.core.errors import Refusal
from zhijiao.indicators.types import Clashed, Refused, Reused

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

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="同一请求重发时带同一个键，只办一次，答复相同。",
        min_length=1,
        max_length=120,
        pattern=r"^[\x21-\x7e]+$",
    ),
]
Row = Annotated[str, StringConstraints(max_length=80)]


class Fault(Schema):
    """One thing that is wrong: with which report, beside which field."""

    report: int
    name: str
    field: str
    code: str
    words: str
    level: str


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


def explain(api: NinjaAPI) -> None:
    """Teach the API how to answer what the verbs raise."""

    def answer(status: int) -> Any:
        def handler(request: HttpRequest, error: Any) -> HttpResponse:
            problems = [
                {
                    "report": p.report,
                    "name": p.name,
                    "field": p.field,
                    "code": p.code,
                    "words": p.words,
                    "level": p.level,
                }
                for p in getattr(error, "problems", ())
            ]
            return api.create_response(request, {"detail": str(error), "problems": problems}, status=status)

        return handler

    def invisible(request: HttpRequest, error: Any) -> HttpResponse:
        # The same words whether it does not exist or is somebody else's.
        return api.create_response(request, {"detail": "没有这一项，或不在您的范围内。"}, status=404)

    api.add_exception_handler(Invisible, invisible)
    for kind, status in ((NotAllowed, 403), (Clashed, 409), (Reused, 409), (Refused, 422), (Refusal, 422)):
        api.add_exception_handler(kind, answer(status))
