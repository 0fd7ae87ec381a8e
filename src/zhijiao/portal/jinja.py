"""The template environment: the few functions and filters that templates may use."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.contrib.staticfiles import finders
from django.templatetags.static import static as static_address
from django.urls import reverse
from django.utils import timezone
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context

from zhijiao.engines.forms import period_in_chinese as period_words
from zhijiao.indicators.types import WAY_MEANINGS, WAY_WORDS
from zhijiao.lib import numbers
from zhijiao.lib.dates import in_chinese
from zhijiao.policy.types import wording, words
from zhijiao.portal import menu
from zhijiao.portal.account.bar import bar
from zhijiao.portal.account.words import permission_words, provider_words
from zhijiao.portal.cockpit.carried import succession
from zhijiao.portal.desk.tabs import tabs as desk_tabs
from zhijiao.portal.looks import VERDICTS, look_of
from zhijiao.portal.typeset import finalize


def environment(**options: Any) -> Environment:
    """What Django's Jinja2 backend asks for (settings.TEMPLATES). A name that is not there raises."""
    options.setdefault("undefined", StrictUndefined)
    env = Environment(trim_blocks=True, lstrip_blocks=True, finalize=finalize, **options)
    env.globals.update(
        url=url,
        static=static,
        menu=menu,
        verdicts=VERDICTS,
        ways={key: (words, WAY_MEANINGS[key]) for key, words in WAY_WORDS.items()},
        look_of=look_of,
        desk_tabs=desk_tabs,
        succession=succession,
        person_bar=bar,
    )
    env.filters.update(
        number=numbers.number,
        bound=wording.bound,
        bounds=wording.bounds,
        period=wording.period,
        period_words=period_words,
        quantity=numbers.quantity,
        said=lambda op: words.word("op", op),
        signed=numbers.signed,
        spoken=numbers.spoken,
        clock=clock,
        hour=hour,
        form_moment=lambda value: f"{timezone.localtime(value):%Y-%m-%dT%H:%M}",
        query_string=lambda query: urlencode(query),
        zip_with=lambda ours, theirs: list(zip(ours, theirs, strict=True)),
        day=day,
        permission_words=permission_words,
        provider_words=provider_words,
        word=lambda code, kind: words.word(kind, code),
    )
    return env


@pass_context
def url(context: Context, name: str, *args: str, **query: Any) -> str:
    """The address of a page; within a frame, with its pinned version and day."""
    place = context.get("frame")
    return place.url(name, *args, **query) if place is not None else reverse(name, args=args)


def static(path: str) -> str:
    """The address of a built file with its content hash, so that browsers may keep it for ever."""
    found = finders.find(path)
    if not found:
        return static_address(path)
    stamp = Path(found).stat()
    return f"{static_address(path)}?v={_digest(found, stamp.st_mtime_ns, stamp.st_size)}"


@lru_cache(maxsize=256)
def _digest(path: str, changed: int, size: int) -> str:
    # `changed` and `size` are there so that a rebuilt file is read again.
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def day(value: str | date | None) -> str:
    """A full or partial date in Chinese, a moment as the day that the office's calendar shows; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return in_chinese(value if isinstance(value, str) else value.isoformat())


def hour(value: datetime) -> str:
    """A moment as it is said while it is near: 08:05 of today, 7月1日 08:05 of another day."""
    local = timezone.localtime(value)
    day_words = "" if local.date() == timezone.localdate() else f"{local.month}月{local.day}日 "
    return f"{day_words}{local:%H:%M}"


def clock(value: datetime) -> str:
    """A moment as the office's clock shows it: 2026年3月1日 08:05."""
    local = timezone.localtime(value)
    return f"{in_chinese(local.date().isoformat())} {local:%H:%M}"
