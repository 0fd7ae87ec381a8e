"""Follows every link of a running instance, as a patient reader would."""

from __future__ import annotations

import html
import re
import urllib.error
import urllib.request
from collections import deque
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

_LINK = re.compile(r'(?:href|src|action)="([^"]+)"')
_ID = re.compile(r'\sid="([^"]+)"')
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Answer:
    """What an address answered."""

    status: int
    kind: str
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace") if self.kind.startswith("text/") else ""


def fetch(address: str) -> Answer:
    """GET an address of this machine; an error status is an answer too."""
    try:
        with _OPENER.open(address, timeout=60) as response:
            return Answer(response.status, response.headers.get_content_type(), response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers.get_content_type(), error.read())


def links(address: str, page: str) -> set[str]:
    """The addresses on a page that lie on the same host, with their fragments."""
    found = {urljoin(address, html.unescape(link)) for link in _LINK.findall(page)}
    host = urlsplit(address).netloc
    return {link for link in found if urlsplit(link).scheme == "http" and urlsplit(link).netloc == host}


@dataclass
class Walk:
    """What a walk over the site found."""

    answers: dict[str, int]
    broken: list[str]
    lost_anchors: list[str]


def walk(start: str, *, within: str = "/", queries: bool = False, most: int = 6000) -> Walk:
    """Open every address reachable from `start` below `within`. Filters and sortings are left out unless asked for."""
    answers: dict[str, int] = {}
    anchors: dict[str, set[str]] = {}
    wanted: list[tuple[str, str, str]] = []
    broken: list[str] = []
    queue = deque([start])
    while queue and len(answers) < most:
        address = queue.popleft()
        if address in answers:
            continue
        answer = fetch(address)
        answers[address] = answer.status
        if answer.status != 200:
            broken.append(f"{answer.status} {address}")
            continue
        anchors[address] = set(map(html.unescape, _ID.findall(answer.text)))
        for link in links(address, answer.text):
            target, fragment = urldefrag(link)
            parts = urlsplit(target)
            if parts.query and not queries:
                continue
            if fragment:
                wanted.append((address, target, fragment))
            if parts.path.startswith(within) or parts.path.startswith("/static/"):
                queue.append(target)
    lost = [f"{at} → {to}#{name}" for at, to, name in wanted if to in anchors and name not in anchors[to]]
    return Walk(answers, sorted(set(broken)), sorted(set(lost)))
