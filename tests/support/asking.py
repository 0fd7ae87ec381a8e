"""Generated requests over all addresses, in a generated world: who asks, where, with whose numbers, and what must not come.

Addresses come from the url patterns. A number in an address is, by turns, of a row that the person may see, of one that
they may not see, and of none at all; the last two must be answered alike. What an answer says is read for the marks of rows
that the person may not see, also inside workbooks and documents. What a request wrote is looked at before it is undone.
"""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, models, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.support.world import NOBODY, Human, World
from zhijiao.core.access.scope import bulk
from zhijiao.core.models import AuditEvent, Event, Message, User

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
# Written for others by what one does oneself: notes to them, the trail, what is told to other domains.
TOLD = (AuditEvent, Message, Event)
# Leaving the session, or taking files that lie outside the world.
LEFT_OUT = ("logout", "static/")
FIELDS = (
    "organisation",
    "user",
    "taker",
    "parent",
    "into",
    "report",
    "item",
    "plan",
    "file",
    "evidence",
    "role",
)


@dataclass(frozen=True)
class Address:
    """An address with holes: (converter, name) of each."""

    route: str
    holes: tuple[tuple[str, str], ...]

    def filled(self, values: dict[str, str]) -> str:
        return "/" + PARAMETER.sub(lambda hole: values[hole.group(2)], self.route)


def addresses() -> list[Address]:
    """Every address of the product."""
    found = []
    for route in _routes(get_resolver().url_patterns, ""):
        if not any(part in route for part in LEFT_OUT):
            holes = tuple((kind or "str", name) for kind, name in PARAMETER.findall(route))
            found.append(Address(route, holes))
    return sorted(set(found), key=lambda address: address.route)


def _routes(patterns: list[Any], before: str) -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


@dataclass
class Outcome:
    """What a run of requests came to."""

    requests: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    answered: set[str] = field(default_factory=set)


class Asker:
    """Asks at random, for everybody in turn."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        self.addresses = addresses()
        self.outcome = Outcome()
        self._sessions: dict[int, str] = {}

    def run(self, requests: int) -> Outcome:
        humans = list(self.world.humans.values())
        while self.outcome.requests < requests:
            human = self.chance.choice(humans)
            address = self.chance.choice(self.addresses)
            method = self.chance.choices(("get", "post", "patch", "delete"), (70, 22, 4, 4))[0]
            self._ask_pair(human, address, method)
        return self.outcome

    def _ask_pair(self, human: Human, address: Address, method: str) -> None:
        """With a row of somebody else, and again with none: nobody can tell which was which."""
        strange, none, is_strange = self._values(human, address)
        body = self._body(human)
        answer = self._ask(human, method, address, strange, body)
        if is_strange:
            other = self._ask(human, method, address, none, body)
            if answer.status_code != other.status_code:
                self._fault(
                    human,
                    method,
                    address.filled(strange),
                    f"{answer.status_code}, but {other.status_code} for none",
                )
            elif answer.status_code < 300:
                self._fault(
                    human, method, address.filled(strange), f"{answer.status_code} for what is another's"
                )

    def _values(self, human: Human, address: Address) -> tuple[dict[str, str], dict[str, str], bool]:
        """Values for the holes, the same with numbers that nobody has, and whether the first are all another's."""
        given, none, foreign = {}, {}, False
        for kind, name in address.holes:
            model = self._model(name)
            if name == "pack":
                given[name] = none[name] = self.chance.choice(self.world.choices("pack"))
            elif model is not None and (kind == "int" or name in ("number", "key")):
                table = model._meta.db_table
                strangers = self.world.foreign(human, model)
                numbers = (
                    strangers if strangers and self.chance.random() < 0.7 else list(self.world.rows[table])
                )
                number = self.chance.choice(numbers)
                row = self.world.rows[table][number]
                by_text = kind != "int" and isinstance(row.get(name), str)
                given[name] = str(row[name] or "none") if by_text else str(number)
                strange = not self.world.may_see(human, table, number)
                # What the person may see stays, so that only what is another's makes the difference.
                none[name] = given[name] if not strange else "none" if by_text else str(NOBODY)
                foreign = foreign or strange
            elif kind == "int":
                given[name] = none[name] = str(self.chance.choice(list(self.world.nodes)))
            else:
                known = [n.code for n in self.world.nodes.values()]
                given[name] = none[name] = self.chance.choice(
                    [*known, *WORDS, *self.world.choices("indicator")]
                )
        return given, none, foreign

    def _model(self, name: str) -> type[models.Model] | None:
        """The table that a hole in an address speaks of, by its name; any table where the name says nothing."""
        if name in ("organisation", "node"):
            return None
        tables = list(self.world.tables.values())
        meant = [m for m in tables if m.__name__.lower() == name] or [
            m for m in tables if name in m.__name__.lower() or m.__name__.lower() in name
        ]
        return self.chance.choice(meant or tables)

    def _body(self, human: Human) -> dict[str, str]:
        tables = list(self.world.tables.values())
        body = {"confirmed": "1", "on": "2026-12-01", "basis": "x", "reason": "x", "words": "x", "name": "x"}
        for name in FIELDS:
            model = self._model(name) or self.chance.choice(tables)
            body[name] = str(self.chance.choice(self.world.foreign(human, model) or [NOBODY]))
        for name in ("organisation", "parent", "into"):
            body[name] = str(self.chance.choice(list(self.world.nodes)))
        body["role"] = self.chance.choice(["leader", "school", "auditor", "manager", "county"])
        return body

    def _ask(
        self, human: Human, method: str, address: Address, values: dict[str, str], body: dict[str, str]
    ) -> HttpResponse:
        path = address.filled(values)
        client = Client(raise_request_exception=False)
        headers: dict[str, str] = {}
        if path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {human.token}"
        else:
            client.cookies["sessionid"] = self._session(human)
        with transaction.atomic():
            start = _transaction()
            send = getattr(client, method)
            if method == "get":
                answer = send(path, headers=headers)
            elif path.startswith("/api/"):
                answer = send(path, json.dumps(body), content_type="application/json", headers=headers)
            else:
                answer = send(path, body if method == "post" else "", headers=headers)
            text = _text(answer)
            written = list(self._written(start)) if method != "get" else []
            transaction.set_rollback(True)
        self._look(human, method, path, address, answer, text, written)
        return answer

    def _look(
        self,
        human: Human,
        method: str,
        path: str,
        address: Address,
        answer: HttpResponse,
        text: str,
        written: list[tuple[str, int]],
    ) -> None:
        self.outcome.requests += 1
        self.outcome.statuses[f"{method} {answer.status_code}"] += 1
        if answer.status_code >= 500:
            self.outcome.errors[f"{method} /{address.route}"] += 1
        if answer.status_code == 200:
            self.outcome.answered.add(address.route)
        # A person may write a mark into an address; it is no news to them.
        asked = set(re.findall(r"zz\d{6}zz", path))
        for leak in self.world.leaks(human, re.sub("|".join(asked) or r"(?!)", "", text)):
            self._fault(human, method, path, f"shows {leak}")
        for table, number in written:
            known = number in self.world.rows[table]
            if known and not self.world.may_see(human, table, number):
                self._fault(human, method, path, f"writes {table} {number}")

    def _written(self, start: int) -> Iterator[tuple[str, int]]:
        """The rows of guarded tables that this transaction wrote."""
        with bulk(), connection.cursor() as cursor:
            for table, model in self.world.tables.items():
                if model in TOLD:
                    continue
                cursor.execute(f"SELECT id FROM {table} WHERE xmin::text::bigint >= %s", [start])
                yield from ((table, number) for (number,) in cursor.fetchall())

    def _fault(self, human: Human, method: str, path: str, words: str) -> None:
        roles = ", ".join(f"{role.value}@{node}{'' if now else ' (over)'}" for role, node, now in human.roles)
        self.outcome.faults.append(f"{roles}: {method.upper()} {path}: {words}")

    def _session(self, human: Human) -> str:
        if human.id not in self._sessions:
            with bulk():
                user = User.objects.get(pk=human.id)
            session = SessionStore()
            session[SESSION_KEY] = str(human.id)
            session[BACKEND_SESSION_KEY] = "zhijiao"
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.create()
            self._sessions[human.id] = str(session.session_key)
        return self._sessions[human.id]


WORDS = ("grant", "deactivate", "reset-password", "rename", "move", "merge", "close", "split", "xlsx", "none")


def _transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::xid::text::bigint")
        return int(cursor.fetchone()[0])


def _text(answer: HttpResponse) -> str:
    """Everything that an answer says, also inside packages."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    headers = " ".join(f"{name}: {value}" for name, value in answer.items())
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            content = b" ".join(package.read(name) for name in package.namelist())
    return f"{headers} {content.decode(errors='replace')}"
