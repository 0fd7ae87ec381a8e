"""What the pages of student records share: the school one works on, words of codes, forms and refusals."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from zhijiao.core.access.roles import Permission
from zhijiao.core.tree import Node
from zhijiao.lib.numbers import row_id
from zhijiao.policy.types import PackIndex, RecordRule
from zhijiao.portal.desk.guard import Desk
from zhijiao.portal.desk.tasks.shared import Form
from zhijiao.portal.looks import Look
from zhijiao.portal.pages import page
from zhijiao.records import queries
from zhijiao.records.actions.registers import names_of_codes
from zhijiao.records.queries.roster import names_of_classes
from zhijiao.records.types import NotEligible, Refused, Status

NEEDS = (Permission.KEEP_RECORDS, Permission.VIEW)
STATUSES: Final[dict[str, Look]] = {
    look.key: look
    for look in (
        Look("pending", Status.PENDING.words, "等学籍主管部门审核新生名册", "clock", "accent"),
        Look("enrolled", Status.ENROLLED.words, "在校学习", "full", "good"),
        Look("suspended", Status.SUSPENDED.words, "学籍保留，暂不在校", "half", "some"),
        Look("graduated", Status.GRADUATED.words, "学习期满、合格", "ring", "good"),
        Look("completed", Status.COMPLETED.words, "学习期满、有不合格", "ring", "mute"),
        Look("partial", Status.PARTIAL.words, "没有学满", "dashed", "mute"),
        Look("transferred", Status.TRANSFERRED.words, "学籍已到别的学校", "closed", "mute"),
        Look("withdrawn", Status.WITHDRAWN.words, "不再是学生", "closed", "mute"),
        Look("cancelled", Status.CANCELLED.words, "学籍作废", "cross", "mute"),
        Look("deceased", Status.DECEASED.words, "学籍终止", "closed", "mute"),
    )
}
"""Statuses by word, shape and tone."""
ROOMS = (
    ("名册", "portal:records"),
    ("申请", "portal:record_cases"),
    ("班级", "portal:record_classes"),
    ("学期注册", "portal:record_terms"),
    ("查重和退回", "portal:record_issues"),
    ("上级系统", "portal:record_registers"),
)


@dataclass(frozen=True)
class School:
    """The schools of one desk."""

    desk: Desk
    _classes: dict[int, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def seen(self) -> list[Node]:
        """Every school whose records the person sees."""
        return queries.schools_seen(self.desk.actor, self.desk.tree)

    @cached_property
    def own(self) -> list[Node]:
        """The schools for which the person keeps records."""
        actor = self.desk.actor
        return [n for n in self.seen if n.id in actor.homes and actor.may(Permission.KEEP_RECORDS, n.id)]

    @cached_property
    def chosen(self) -> Node | None:
        """The school that the address asks for, or the only one there is."""
        asked = row_id(self.desk.frame.query.get("org", ""))
        if asked is not None:
            return next((n for n in self.seen if n.id == asked), None)
        if self.own:
            return self.own[0]
        return self.seen[0] if len(self.seen) == 1 else None

    @cached_property
    def acting(self) -> Node | None:
        """The school for which the person acts: the one chosen, where it is theirs."""
        return self.chosen if self.chosen in self.own else None

    @cached_property
    def codes(self) -> dict[str, dict[str, str]]:
        """Names of codes by field."""
        return {field: dict(names) for field, names in names_of_codes().items()}

    def word(self, field: str, code: str) -> str:
        """What a code is called."""
        return self.codes.get(field, {}).get(code, code)

    def unit(self, organisation: int | None) -> str:
        """What an organisation is called."""
        node = self.desk.tree.nodes.get(organisation or 0)
        return node.name if node else "已撤并的单位"

    def classes(self, organisation: int) -> dict[str, str]:
        """Names of a school's classes by number; asked once a page."""
        if organisation not in self._classes:
            self._classes[organisation] = names_of_classes(organisation)
        return self._classes[organisation]

    def options(self) -> list[tuple[str, str]]:
        """Schools for a filter."""
        return [(str(n.id), self.desk.tree.path(n.id)) for n in self.seen]


def rules_for(index: PackIndex | None, kind: str) -> list[RecordRule]:
    """The events that a kind of school may apply for, in the order of the pack."""
    rules = index.record_rules if index else []
    return [rule for rule in rules if rule.event != "register" and kind in rule.kinds]


def show(
    request: HttpRequest,
    desk: Desk,
    template: str,
    school: School | None = None,
    form: Form | None = None,
    **context: Any,
) -> HttpResponse:
    """A page of this part; 422 where its form has faults."""
    response = page(
        request,
        f"desk/records/{template}",
        desk.frame,
        desk=desk,
        view="records",
        school=school or School(desk),
        form=form or Form({}, {}),
        statuses=STATUSES,
        rooms=[(label, reverse(name), _here(desk, name)) for label, name in ROOMS],
        **context,
    )
    if form is not None and form.faults:
        response.status_code = 422
    return response


def _here(desk: Desk, name: str) -> bool:
    path, address = desk.frame.path, reverse(name)
    if name == "portal:records":
        others = [reverse(other) for _, other in ROOMS if other != name]
        return not any(path.startswith(other) for other in others)
    return path.startswith(address)


def refuse(form: Form, refused: Refused, known: set[str]) -> None:
    """Put what a verb said beside the fields of a form; what has no field there stands on top."""
    said = refused.faults if isinstance(refused, NotEligible) else None
    if said is None:
        form.faults.append((refused.field if refused.field in known else "", str(refused)))
        return
    form.faults += [(f.field if f.field in known else "", f"{f.words}。") for f in said]


def go(name: str, *args: Any, done: str = "") -> HttpResponse:
    """To a page after something was done, which it says."""
    address = reverse(f"portal:{name}", args=args)
    return HttpResponseRedirect(f"{address}?done={done}" if done else address)
