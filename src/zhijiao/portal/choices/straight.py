"""The straight way to hand in: the last half hour brings a quarter of all submissions, and each needs three statements.

It stands before Django's middleware (config/wsgi.py) and takes one request only: the page's own script posting JSON. What it
asks is what the long way asks: an allowed host and our own origin, a living session of an active account whose password is
still the one it was opened with, no step that is due first, the second factor, the list, and then the statement of migration
0003, which asks for person and window itself. Whatever it does not take, the page sends the long way as a form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.http.request import split_domain_port, validate_host
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from zhijiao.admissions.actions.submitting import hand_in
from zhijiao.admissions.queries.offers import faults_of, market_of
from zhijiao.admissions.types.filling import BadChoices, Chosen, Closed
from zhijiao.core.access.actor import Invisible
from zhijiao.core.access.sessions import SEEN
from zhijiao.core.models import User
from zhijiao.core.outage import RETRY_AFTER_S
from zhijiao.portal.choices.shared import OPENED, PROVED, mark_of

ADDRESS = re.compile(r"/choices/([0-9]{1,15})/([a-z0-9-]{1,16})/submit")
MOST = 20_000
AWAY = "没有得到回执，先当作没有提交：平台暂时连不上数据库，正在恢复。志愿还在本页，没有丢；请稍后再点“确认提交”，重复点也只算一次。"
SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"
PLACE = "SELECT * FROM zhijiao_filling_place(%s, %s, %s)"

Environ = dict[str, Any]
Start = Callable[..., Any]
Wsgi = Callable[[Environ, Start], Any]


class LongWay(Exception):
    """Not for this way: the page sends its form instead."""


def straight(application: Wsgi) -> Wsgi:
    """Let the page's own submissions pass straight, everything else through the application."""

    def answer(environ: Environ, start: Start) -> Any:
        found = ADDRESS.fullmatch(environ.get("PATH_INFO", ""))
        if (
            found is None
            or environ["REQUEST_METHOD"] != "POST"
            or environ.get("CONTENT_TYPE") != "application/json"
        ):
            return application(environ, start)
        try:
            status, said = _taken(environ, int(found[1]), found[2])
        except LongWay:
            status, said = "409 Conflict", {"long": True}
        except (OperationalError, InterfaceError):
            # Also where it was no more than a crowd at one row: the page keeps its list and asks again.
            connection.close()
            status, said = "503 Service Unavailable", {"words": AWAY}
        body = json.dumps(said, ensure_ascii=False).encode()
        headers = [
            ("Content-Type", "application/json; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if status.startswith("503"):
            headers.append(("Retry-After", str(RETRY_AFTER_S)))
        start(status, headers)
        return [body]

    return answer


def _taken(environ: Environ, candidate: int, round_code: str) -> tuple[str, dict[str, Any]]:
    _refuse_strangers(environ)
    said = _body(environ)
    database = connections[DEFAULT_DB_ALIAS]
    if not database.in_atomic_block:
        database.close_if_unusable_or_obsolete()
        # Asking whether it lives costs a round trip; a dead connection is tried anew instead.
        database.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _handed_in(environ, candidate, round_code, said)
    except (OperationalError, InterfaceError):
        connection.close()
        return _handed_in(environ, candidate, round_code, said)  # the key of the page makes this safe


def _handed_in(
    environ: Environ, candidate: int, round_code: str, said: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    at = timezone.now()
    key, session = _session(environ, at)
    person = int(session[SESSION_KEY])
    with connection.cursor() as cursor:
        cursor.execute(PLACE, [person, candidate, round_code])
        row = cursor.fetchone()
    if row is None:
        raise LongWay
    password, must_change, round_, second_factor, origins, stamp = row
    if must_change or not constant_time_compare(
        session.get(HASH_SESSION_KEY, ""), User(password=password).get_session_auth_hash()
    ):
        raise LongWay
    if second_factor and float(session.get(PROVED, {}).get(str(candidate), 0)) <= at.timestamp():
        raise LongWay
    chosen, once = _chosen(said)
    found = market_of(round_, stamp)
    if found is None or faults_of(chosen, found.offers, found.batches, origins, found.names):
        raise LongWay
    opened = session.get(OPENED, {}).get(str(round_))
    try:
        receipt = hand_in(
            person=person,
            candidate=candidate,
            round_=round_,
            chosen=chosen,
            key=once,
            at=at,
            opened=datetime.fromtimestamp(opened, UTC) if opened else None,
            session=mark_of(key),
            address=_address(environ),
        )
    except (BadChoices, Closed, Invisible):
        raise LongWay from None
    return "200 OK", {"receipt": receipt.number, "version": receipt.version, "digest": receipt.digest}


def _refuse_strangers(environ: Environ) -> None:
    """Only our own pages: a form of another site cannot send JSON, and its script cannot name our origin."""
    host = environ.get("HTTP_HOST", "")
    domain, _ = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        raise LongWay
    origin = environ.get("HTTP_ORIGIN", "")
    if origin not in {f"http://{host}", f"https://{host}", *settings.CSRF_TRUSTED_ORIGINS}:
        raise LongWay
    if settings.SECURE_COOKIES and origin == f"http://{host}":
        raise LongWay


def _body(environ: Environ) -> Mapping[str, Any]:
    length = environ.get("CONTENT_LENGTH", "")
    if not length.isdigit() or not 0 < int(length) <= MOST:
        raise LongWay
    try:
        said = json.loads(environ["wsgi.input"].read(int(length)))
    except ValueError:
        raise LongWay from None
    if not isinstance(said, dict):
        raise LongWay
    return said


def _session(environ: Environ, at: datetime) -> tuple[str, Mapping[str, Any]]:
    try:
        cookie = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        raise LongWay from None
    if cookie is None or not 8 <= len(cookie.value) <= 40:
        raise LongWay
    with connection.cursor() as cursor:
        cursor.execute(SESSION, [cookie.value, at])
        row = cursor.fetchone()
    session: Mapping[str, Any] = SessionStore().decode(row[0]) if row else {}
    seen = int(session.get(SEEN, at.timestamp()))
    if SESSION_KEY not in session or at.timestamp() - seen > settings.SESSION_IDLE_SECONDS:
        raise LongWay
    return cookie.value, session


def _chosen(said: Mapping[str, Any]) -> tuple[Chosen, str]:
    lines, adjust, key = said.get("lines"), said.get("adjust"), said.get("key")
    if not isinstance(key, str) or not isinstance(lines, list) or not isinstance(adjust, list):
        raise LongWay
    if len(lines) > 200 or any(type(one) is not int for one in (*lines, *adjust)):
        raise LongWay
    return Chosen(tuple(lines), frozenset(adjust)), key


def _address(environ: Environ) -> str:
    found = str(environ.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        found = str(environ.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip() or found
    return found
