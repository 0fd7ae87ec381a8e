"""Begin a plan: for which of my organisations, for which years, after which plan or document."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from zhijiao.core.access.roles import Permission
from zhijiao.core.kinds import SCHOOLS, OrganisationKind
from zhijiao.core.tree import Node
from zhijiao.engines.forms import Choice, FieldKind, Form, Section, validate
from zhijiao.engines.forms import Field as FormField
from zhijiao.planning import actions, queries
from zhijiao.planning.types import PlanFault, PlanKind
from zhijiao.portal.desk.guard import Desk, at_desk
from zhijiao.portal.pages import page

_LOCAL = {OrganisationKind.COUNTY, OrganisationKind.ZONE, *SCHOOLS}


def kind_for(desk: Desk, node: Node) -> PlanKind | None:
    """Whose plan an organisation can have: the place its own, a county or a school one that is reviewed above."""
    if node.pack:
        return PlanKind.PLACE
    return PlanKind.LOCAL if node.kind in _LOCAL else None


def authors_nodes(desk: Desk) -> list[Node]:
    """My organisations for which I may begin a plan."""
    return [
        node
        for node in desk.homes
        if desk.actor.may(Permission.WRITE_PLANS, node.id) and kind_for(desk, node) is not None
    ]


def _form(desk: Desk, nodes: list[Node]) -> Form:
    before = tuple(Choice(value, label) for value, label in predecessors(desk, nodes))
    return Form(
        "plan",
        "新建方案",
        (
            Section(
                "plan",
                "方案",
                (
                    FormField(
                        "organisation",
                        "单位",
                        FieldKind.CHOICE,
                        required=True,
                        choices=tuple(Choice(str(node.id), node.name) for node in nodes),
                    ),
                    FormField("title", "方案名称", FieldKind.TEXT, required=True, max_length=160),
                    FormField("starts", "规划期自", FieldKind.DATE, required=True),
                    FormField("ends", "规划期至", FieldKind.DATE, required=True),
                    FormField("before", "接替", FieldKind.CHOICE, choices=before),
                ),
            ),
        ),
    )


def predecessors(desk: Desk, nodes: list[Node]) -> list[tuple[str, str]]:
    """What a new plan can follow: my own plans that no other follows yet, and the documents of the pack with a horizon."""
    own = queries.plans(tenant=desk.actor.tenant).filter(
        organisation__in=[node.id for node in nodes], edition_in_force__isnull=False, followed_by=None
    )
    found = [(f"plan-{row.pk}", row.title) for row in own]
    if desk.index is not None and any(node.pack for node in nodes):
        found += [
            (f"document-{document.id}", f"《{document.short}》")
            for document in desk.index.pack.manifest.documents
            if document.horizon is not None
        ]
    return found


@require_http_methods(["GET", "POST"])
def _view(request: HttpRequest, desk: Desk) -> HttpResponse:
    nodes = authors_nodes(desk)
    form = _form(desk, nodes)
    if request.method == "GET" or not nodes:
        return _page(request, desk, nodes, form, {}, {})
    raw = {
        field: request.POST.get(field, "") for field in ("organisation", "title", "starts", "ends", "before")
    }
    if len(nodes) == 1:
        raw["organisation"] = str(nodes[0].id)
    answer = validate(form, raw)
    faults = {fault.field: fault.words for fault in answer.errors}
    if not faults:
        try:
            return _begin(desk, nodes, answer.values)
        except PlanFault as fault:
            faults = {"": str(fault)}
    response = _page(request, desk, nodes, form, raw, faults)
    response.status_code = 422
    return response


def _begin(desk: Desk, nodes: list[Node], values: Mapping[str, object]) -> HttpResponse:
    node = next(node for node in nodes if str(node.id) == values["organisation"])
    kind = kind_for(desk, node)
    assert kind is not None, "only organisations that can have a plan are offered"
    source, _, key = str(values.get("before") or "").partition("-")
    row = actions.begin_plan(
        kind=kind,
        organisation=node.id,
        pack=desk.pack,
        title=str(values["title"]),
        starts=values["starts"],  # type: ignore[arg-type]
        ends=values["ends"],  # type: ignore[arg-type]
        by=desk.actor,
        at=timezone.now(),
        follows=int(key) if source == "plan" else None,
        follows_document=key if source == "document" else "",
    )
    return HttpResponseRedirect(reverse("portal:plan_text", args=[row.pk]))


def _page(
    request: HttpRequest,
    desk: Desk,
    nodes: list[Node],
    form: Form,
    raw: Mapping[str, str],
    faults: Mapping[str, str],
) -> HttpResponse:
    choices = {
        field.id: [(c.value, c.label) for c in field.choices] for s in form.sections for field in s.fields
    }
    return page(
        request,
        "desk/plans/new.html",
        desk.frame,
        desk=desk,
        view="plans",
        nodes=nodes,
        kinds=[(node.name, kind_for(desk, node)) for node in nodes],
        choices=choices,
        raw=raw,
        faults=faults,
        summary=list(faults.items()),
    )


view = at_desk(_view, Permission.WRITE_PLANS)
