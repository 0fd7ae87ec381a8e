"""Generated requests from the API's own description: kept, aimed at what exists, or spoiled. No answer may be a server error."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ODD = (
    *(
        "\x00",
        "a\x00b",
        "",
        " ",
        "-1",
        "0",
        "1" * 400,
        str(2**63),
        str(-(2**63) - 1),
        "1e400",
        "NaN",
        "Infinity",
    ),
    *("０１２", "١٢", "9999-12-31", "0001-01-01", "2024-02-30", "0000-00-00", "9999-12-31T23:59:59.999999Z"),
    *(
        "\u202e反",
        "\ufeff",
        "👩‍👩‍👧",
        "ﷺ" * 60,
        "\U0010ffff",
        "a\u0301" * 200,
        "%00",
        "%",
        "../..",
        "'; --",
        "{}",
    ),
    *("[]", "null", "true", "x" * 5000, "字" * 5000),
)
"""Values that programs and people send by mistake or on purpose."""


BEFORE_US = {414, 431}
"""The web server's own answers to an address or a header that is too long."""
NOT_PASSED_ON = {"content-type", "content-length", "accept-encoding"}


@dataclass
class Tally:
    """What was sent and what came back."""

    requests: int = 0
    operations: set[str] = field(default_factory=set)
    statuses: dict[int, int] = field(default_factory=dict)

    def count(self, name: str, status: int) -> None:
        """One answer."""
        self.requests += 1
        self.operations.add(name)
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def words(self) -> str:
        """One line."""
        answers = "，".join(f"{status}: {n}" for status, n in sorted(self.statuses.items()))
        return f"{self.requests} requests, {len(self.operations)} operations; {answers}"


@dataclass(frozen=True)
class Known:
    """What exists, by the name of the parameter, so that requests also get beyond 404."""

    values: Mapping[str, tuple[Any, ...]]


Ask = Callable[[Any, Mapping[str, str]], Response]


def in_process(case: Any, headers: Mapping[str, str]) -> Response:
    """Ask the application in this process, inside the transaction of the test."""
    asked = requests.Request(**case.as_transport_kwargs("http://testserver", headers=dict(headers))).prepare()
    sent = {k: v for k, v in asked.headers.items() if k.lower() not in NOT_PASSED_ON}
    given_ = Client(raise_request_exception=False).generic(
        str(asked.method),
        asked.path_url,
        data=asked.body or b"",
        content_type=asked.headers.get("Content-Type", ""),
        headers={k: v if isinstance(v, str) else v.decode("latin-1") for k, v in sent.items()},
    )
    return Response(
        status_code=given_.status_code,
        headers={name.lower(): [value] for name, value in given_.headers.items()},
        content=given_.content,
        request=asked,
        elapsed=0.0,
        verify=False,
        encoding="utf-8",
    )


def by_http(session: requests.Session, address: str) -> Ask:
    """Ask a running product."""

    def ask(case: Any, headers: Mapping[str, str]) -> Response:
        asked = requests.Request(**case.as_transport_kwargs(address, headers=dict(headers))).prepare()
        return Response.from_requests(session.send(asked, timeout=60), verify=False)

    return ask


def operations(schema: Any) -> Iterator[Any]:
    """Every operation of a description."""
    for found in schema.get_all_operations():
        yield found.ok()


def fuzz(
    schema: Any, *, key: str, examples: int, known: Known, tally: Tally, seed: int, ask: Ask = in_process
) -> None:
    """Send `examples` requests to each operation, with a key (or none). Raises at the first answer that is no answer."""
    for operation in operations(schema):
        _fuzz_one(operation, key, examples, known, tally, seed, ask)


def _fuzz_one(
    operation: Any, key: str, examples: int, known: Known, tally: Tally, seed: int, ask: Ask
) -> None:
    good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    bad = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    cases = st.one_of(good, bad) if operation.path_parameters or operation.query or operation.body else good

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @seeded(seed)
    @given(
        case=cases, aim=st.randoms(use_true_random=False), how=st.sampled_from(("kept", "aimed", "spoiled"))
    )
    def send(case: Any, aim: Any, how: str) -> None:
        if how != "kept":
            _change(case, aim, known, spoil=how == "spoiled")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        answer = ask(case, headers)
        tally.count(operation.label, answer.status_code)
        if answer.status_code in BEFORE_US:
            return
        case.validate_response(answer, checks=CHECKS)

    send()


def _change(case: Any, chance: Any, known: Known, *, spoil: bool) -> None:
    for place in ("path_parameters", "query"):
        values = getattr(case, place)
        if isinstance(values, Mapping):
            setattr(case, place, {k: _other(k, v, chance, known, spoil) for k, v in values.items()})
    if isinstance(case.path_parameters, Mapping):
        # A blank or a slash would make another address of it.
        case.path_parameters = {
            k: (urllib.parse.quote(str(v), safe="") or "%20") for k, v in case.path_parameters.items()
        }
    case.body = _in_body(case.body, chance, known, spoil)


def _in_body(value: Any, chance: Any, known: Known, spoil: bool, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {k: _in_body(v, chance, known, spoil, k) for k, v in value.items()}
    if isinstance(value, list):
        return [_in_body(v, chance, known, spoil, name) for v in value]
    return _other(name, value, chance, known, spoil) if isinstance(value, str | int | float) else value


def _other(name: str, value: Any, chance: Any, known: Known, spoil: bool) -> Any:
    if spoil and chance.random() < 0.5:
        return chance.choice(ODD)
    return chance.choice(known.values[name]) if name in known.values else value
