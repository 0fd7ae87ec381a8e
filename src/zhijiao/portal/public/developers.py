"""The page that explains the HTTP API, drawn from the API itself.

The portal may not import the API (they stand on one floor), so it asks it as anybody would: by address.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import resolve, reverse

from zhijiao.policy import queries
from zhijiao.portal.frame import frame
from zhijiao.portal.pages import page
from zhijiao.portal.public.openapi import operations

LINES = 24
"""How much of an answer an example shows."""
CURL = (
    """curl -H "Authorization: Bearer $ZHIJIAO_KEY" 'ADDRESS/obligations?period=2025'""",
    """curl -X POST -H "Authorization: Bearer $ZHIJIAO_KEY" -H 'Content-Type: application/json' """
    """-H 'Idempotency-Key: 2025-001' """
    """-d '{"entries":[{"report":1024,"revision":2,"values":{"value":"12"}}]}' ADDRESS/reports""",
)
"""What a key's owner owes, and handing one figure in."""
PYTHON = """\
import json, os, urllib.request

def call(path, body=None, once=""):
    headers = {"Authorization": "Bearer " + os.environ["ZHIJIAO_KEY"], "Content-Type": "application/json"}
    if once:
        headers["Idempotency-Key"] = once
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request("ADDRESS" + path, data=data, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)

owed = call("/obligations?period=2025")
entries = [
    {"report": line["report"], "revision": line["revision"], "values": {"value": "12"}}
    for line in owed
    if line["asks"] == "value"
]
receipt = call("/reports", {"entries": entries}, once="2025-001")
print(receipt["number"], len(receipt["lines"]))
"""
"""Handing in with nothing but what Python brings along."""
_SCHEMAS: dict[str, Any] = {}


@dataclass(frozen=True)
class Example:
    """A request that works on this very server, and the start of what it answers now."""

    title: str
    address: str
    answer: str


def view(request: HttpRequest) -> HttpResponse:
    here = frame(request)
    schema = _schema(request, reverse("api-v1:openapi-json"))
    listed = operations(schema)
    base = request.build_absolute_uri(reverse("api-v1:api-root")).rstrip("/")
    groups = [(name, list(found)) for name, found in groupby(listed, key=lambda operation: operation.group)]
    return page(
        request,
        "public/developers.html",
        here,
        info=schema["info"],
        groups=groups,
        examples=_examples(request, [pack.id for pack in here.packs]),
        openapi=reverse("api-v1:openapi-json"),
        curl=[line.replace("ADDRESS", base) for line in CURL],
        python=PYTHON.replace("ADDRESS", base),
    )


def _schema(request: HttpRequest, path: str) -> Any:
    """The API's own description: it depends on nothing but the program, so it is asked for once a process."""
    if path not in _SCHEMAS:
        _SCHEMAS[path] = _ask(request, path)
    return _SCHEMAS[path]


def _examples(request: HttpRequest, packs: list[str]) -> list[Example]:
    """Examples on the last city of the list; without packs only the list itself."""
    found = [_example(request, "有哪些政策包（只显示第一个）", reverse("api-v1:list_packs"), first=True)]
    index = queries.index(packs[-1]) if packs else None
    if index is not None:
        summary = reverse("api-v1:read_summary", args=[index.id])
        found.append(_example(request, "某一天的判定统计", summary, on="2023-12-31"))
        for indicator in index.headline[:1]:
            one = reverse("api-v1:read_indicator", args=[index.id, indicator.id])
            found.append(_example(request, "一个指标：口径、目标、公布数据与判定", one))
    return found


def _example(request: HttpRequest, title: str, path: str, *, first: bool = False, **query: str) -> Example:
    answer = _ask(request, path, **query)
    shown = answer[:1] if first else answer
    lines = json.dumps(shown, ensure_ascii=False, indent=2).split("\n")
    text = "\n".join([*lines[:LINES], *(["…"] if len(lines) > LINES else [])])
    address = path + "".join(f"?{key}={value}" for key, value in query.items())
    return Example(title, request.build_absolute_uri(address), text)


def _ask(request: HttpRequest, path: str, **query: str) -> Any:
    """What an address of this server answers to a plain GET."""
    asked = HttpRequest()
    asked.method, asked.path, asked.path_info, asked.META = "GET", path, path, request.META
    asked.GET = QueryDict(urlencode(query))
    match = resolve(path)
    return json.loads(match.func(asked, *match.args, **match.kwargs).content)
