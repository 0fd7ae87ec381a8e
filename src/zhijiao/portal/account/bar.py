"""What the top bar says of the person: who is signed in, and what waits unread."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from zhijiao.core.access.scope import acting, in_scope_of
from zhijiao.core.access.sessions import signed_in
from zhijiao.core.demo import progress
from zhijiao.core.inbox import unread
from zhijiao.core.kinds import Tenant


@dataclass(frozen=True)
class Bar:
    """The person's corner of the top bar. `loading`: what is still being loaded into the tenant of examples, in words."""

    name: str
    unread: int
    demo: bool
    loading: str = ""


def bar(request: HttpRequest) -> Bar | None:
    """The corner of whoever is signed in; None for a visitor."""
    actor = signed_in(request)
    if actor is None:
        return None
    if in_scope_of(actor):
        waiting = unread(actor)
    else:  # a page that stands outside the person's transaction, such as one that was not found
        with acting(actor):
            waiting = unread(actor)
    demo = actor.tenant is Tenant.DEMO
    return Bar(actor.name, waiting, demo, progress() if demo else "")
