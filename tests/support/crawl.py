"""Follows every link of a running instance, as a patient reader would."""

from __future__ import annotations

import html
import re
import urllib.error
import urllib.request
from collections import Counter, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit
from zlib import crc32

_LINK = re.compile(r'(?:href|src|action)="([^"]+)"')
_ID = re.compile(r'\sid="([^"]+)"')
FILES = (".xlsx", ".docx")
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
    """What a walk over the site found. `linked`: every address that a link led to, opened or not; `files`: what was offered to be
    taken along, by address."""

    answers: dict[str, int]
    linked: set[str]
    files: dict[str, bytes]
    broken: list[str]
    lost_anchors: list[str]


@dataclass
class Few:
    """Chooses addresses to open: the first `first` of each kind, and after them one in `every`, the same in each run."""

    kind: Callable[[str], Hashable]
    first: int = 3
    every: int = 10
    seen: Counter[Hashable] = field(default_factory=Counter)

    def __call__(self, address: str) -> bool:
        kind = self.kind(address)
        self.seen[kind] += 1
        return self.seen[kind] <= self.first or crc32(urlsplit(address).path.encode()) % self.every == 0


def walk(
    start: str,
    *,
    within: str = "/",
    queries: bool = False,
    most: int = 6000,
    chosen: Callable[[str], bool] = lambda address: True,
) -> Walk:
    """Open every address reachable from `start` below `within`. Filters and sortings are left out unless asked for.

    `chosen` is asked once about each address and may leave it unopened."""
    answers: dict[str, int] = {}
    anchors: dict[str, set[str]] = {}
    files: dict[str, bytes] = {}
    wanted: list[tuple[str, str, str]] = []
    broken: list[str] = []
    queue = deque([start])
    linked = {start}
    while queue and len(answers) < most:
        address = queue.popleft()
        if not chosen(address):
            continue
        answer = fetch(address)
        answers[address] = answer.status
        if answer.status != 200:
            broken.append(f"{answer.status} {address}")
            continue
        if urlsplit(address).path.endswith(FILES):
            files[address] = answer.body
        anchors[address] = set(map(html.unescape, _ID.findall(answer.text)))
        for link in sorted(links(address, answer.text)):
            target, fragment = urldefrag(link)
            parts = urlsplit(target)
            if parts.query and not queries:
                continue
            if fragment:
                wanted.append((address, target, fragment))
            inside = parts.path.startswith(within) or parts.path.startswith("/static/")
            if inside and target not in linked:
                linked.add(target)
                queue.append(target)
    lost = [f"{at} → {to}#{name}" for at, to, name in wanted if to in anchors and name not in anchors[to]]
    return Walk(answers, linked, files, sorted(set(broken)), sorted(set(lost)))
