"""The door of the desk: who is not signed in is asked to, what is not theirs is not found, what they may not do is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.sessions import signed_in
from zhijiao.core.kinds import Tenant
from zhijiao.core.tree import Node, Tree, tree
from zhijiao.policy.types import PackIndex
from zhijiao.portal.frame import Frame, frame
from zhijiao.portal.pages import page

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Desk:
    """Whoever sits at the desk, where, and under which pack."""

    actor: Actor
    frame: Frame
    tree: Tree

    @property
    def on(self) -> date:
        """The day on which the person works."""
        return self.tree.on

    @property
    def pack(self) -> str:
        """The pack whose documents govern the person's place; empty above all places."""
        return self.frame.index.id if self.frame.index else ""

    @property
    def index(self) -> PackIndex | None:
        """The current version of that pack."""
        return self.frame.index

    @cached_property
    def homes(self) -> list[Node]:
        """The organisations at which the person holds a role."""
        return [self.tree.nodes[o] for o in self.actor.homes if o in self.tree.nodes]

    @property
    def demo(self) -> bool:
        """Whether this is the tenant of examples, which every page has to say."""
        return self.actor.tenant is Tenant.DEMO


def at_desk(view: View, *needs: Permission) -> View:
    """Wrap a view that takes `(request, desk, …)`. `needs`: any one of these permissions somewhere, else 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = signed_in(request)
        if actor is None:
            return to_sign_in(request)
        try:
            if actor.limited_to is not None and not needs:
                actor.require(Permission.VIEW)  # a key reads pages only where it may look
            if needs and not any(actor.may(permission) for permission in needs):
                raise NotAllowed(needs[0])
            return view(request, desk_of(request, actor), *args, **kwargs)
        except Invisible as error:
            raise Http404(str(error)) from error
        except NotAllowed as error:
            return refused(request, str(error))

    return guarded


def desk_of(request: HttpRequest, actor: Actor) -> Desk:
    """The desk of a signed-in person."""
    standing = tree(actor.tenant, timezone.localdate())
    pack = pack_of(actor, standing)
    return Desk(actor, frame(request, pack or None), standing)


def pack_of(actor: Actor, standing: Tree) -> str:
    """The pack of the nearest node that names one, from the person's first organisation upwards."""
    for home in actor.homes:
        if home in standing.nodes:
            for node in (standing.nodes[home], *standing.above(home)):
                if node.pack:
                    return node.pack
    return ""


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an account, and come back to where the person wanted to go. A request of the page's script is answered
    in a way that leaves the page as it is: a redirect would put the sign-in page into a row of a table."""
    login = f"{reverse('portal:login')}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request") != "true":
        return HttpResponseRedirect(login)
    response = HttpResponse("登录已过期", status=401, content_type="text/plain; charset=utf-8")
    if request.method == "GET":
        response.headers["HX-Redirect"] = login
    return response


def refused(request: HttpRequest, words: str) -> HttpResponse:
    """403: the object is there, the step is not this person's."""
    response = page(request, "desk/refused.html", frame(request), words=words)
    response.status_code = 403
    return response
