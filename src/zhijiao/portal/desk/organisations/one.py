"""One organisation: how it stands and stood, where it came from and went, whom to call, who works there."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from zhijiao.core.access.roles import Permission
from zhijiao.core.tree import tree
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page
from zhijiao.registry import queries

DONE = {
    "rename": "已更名",
    "move": "已移动",
    "merge": "已并入",
    "split": "已分设",
    "close": "已撤销",
    "reopen": "已恢复",
    "add": "已新设",
    "appoint": "任职已登记",
}


@dataclass(frozen=True)
class Step:
    """A change that can be made from this page."""

    verb: str
    label: str


def steps(desk: Desk, organisation: int, *, stands: bool) -> list[Step]:
    """What the person may do with this organisation."""
    answering = organisation if stands else queries.answering_for(organisation, desk.on)
    manages = desk.actor.may(Permission.MANAGE_ORGANISATIONS, answering)
    found = []
    if stands and (manages or desk.actor.may(Permission.NAME_STAFF, organisation)):
        found.append(Step("appoint", "登记任职"))
    if manages and stands:
        found += [Step("add", "新设下属单位"), Step("rename", "更名"), Step("move", "移动")]
        found += [Step("merge", "并入别的单位"), Step("split", "分设"), Step("close", "撤销")]
    elif manages:
        found.append(Step("reopen", "恢复"))
    return found


@require_GET
def _view(request: HttpRequest, desk: Desk, organisation: int) -> HttpResponse:
    known = queries.known(desk.actor.tenant, organisation)
    standing = tree(desk.actor.tenant, desk.frame.on)
    node = standing.nodes.get(organisation)
    stood = queries.standings(organisation)
    everybody = queries.contacts([organisation]).get(organisation, [])
    in_office = [
        c for c in everybody if c.starts <= desk.frame.on and (c.ends is None or c.ends > desk.frame.on)
    ]
    return page(
        request,
        "desk/organisations/one.html",
        desk.frame,
        desk=desk,
        view="organisations",
        known=known,
        node=node,
        name=node.name if node else stood[0].name,
        stood=stood,
        above=list(reversed(list(standing.above(organisation)))) if node else [],
        below=standing.children.get(organisation, []) if node else [],
        successors=queries.successors(organisation),
        predecessors=queries.predecessors(organisation),
        spellings=queries.spellings(organisation),
        in_office=in_office,
        former=[c for c in everybody if c not in in_office],
        holders=queries.holders(organisation, desk.on),
        steps=steps(desk, organisation, stands=node is not None),
        done=DONE.get(desk.frame.query.get("done", ""), ""),
    )


view = at_desk(_view)
