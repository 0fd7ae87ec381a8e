"""Verbs: apply for an event of a record, and put an application right that came back."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from zhijiao.core.access.actor import Actor, Invisible
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.models import StoredFile
from zhijiao.core.tree import Node, Tree, tree
from zhijiao.engines.workflow import as_mapping
from zhijiao.exchange.actions.numbers import Hidden, hide
from zhijiao.exchange.types.batches import Refused as NumberRefused
from zhijiao.policy.types import PackIndex, RecordRule
from zhijiao.records.actions.shared import alone, check_major, log, one
from zhijiao.records.models import RecordCase, StudentRecord
from zhijiao.records.places import (
    calendar_of,
    city_of,
    deciders_of,
    index_of,
    parameters_of,
    require_acting,
    rule_of,
    school,
)
from zhijiao.records.rules import ledger
from zhijiao.records.rules.deciding import facts, unmet
from zhijiao.records.rules.flowing import APPLICANT, DRAFT, SUBMIT, flow_of, merged, step_id
from zhijiao.records.rules.noticing import unanswered
from zhijiao.records.store import ledger_of, live_record
from zhijiao.records.types import Application, Fault, NotEligible, Outdated, Reached, Refused

FROM_OUTSIDE = "general_in"
MUST: dict[str, str] = {
    "target": "请选择转入学校",
    "outside": "请填对方学校的名称",
    "paper": "请填对方学校出具的证明文号",
    "until": "请填休学到哪一天",
    "credits": "请填已修学分和成绩的证明",
}
"""What is asked and cannot be left out."""
WITH_CREDITS = ("cross_transfer", "general_in")
"""Events on whose case the credits are noted; with others they may be."""
MUST_OF = {
    "change_major": {"major": "请填新的专业代码"},
    "repeat": {"grade": "请填留到的年级"},
    "cross_transfer": {"major": "请填转入的专业代码", "track": "请选择转入的学制"},
    "general_in": {
        "major": "请填转入的专业代码",
        "track": "请选择转入的学制",
        "grade": "请填转入的年级",
        "number": "请填学生的身份证件号",
        "name": "请填学生的姓名",
    },
}


def apply_for(
    *,
    event: str,
    organisation: int,
    application: Application,
    record: int | None = None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    on: date,
) -> int:
    """Apply for an event, by the school; the case goes to who signs first. Returns its id.

    Raises Refused (NotEligible names every condition that is not met), Outdated, NotAllowed, Invisible.
    """
    with acting(by):
        standing = tree(by.tenant, on)
        node = school(standing, organisation)
        require_acting(by, organisation, "申请学籍异动")
        index = index_of(standing, organisation)
        rule = rule_of(index, event, node.kind)
        row = _record_of(rule, record, organisation, seen, by)
        hidden = _outsider(application) if row is None else None
        _check(standing, index, rule, node, row, hidden, application, by, on)
        into = organisation if row is None else application.target
        out = None if row is None else organisation
        deciders = merged(deciders_of(standing, index, rule, out, into))
        flow = flow_of(rule.id, rule.name, deciders)
        with bulk():
            alone(by.tenant.value, organisation, on.year)
            case = RecordCase(
                tenant=by.tenant.value,
                number=_number(organisation, on),
                pack=index.id,
                pack_version=index.version,
                rule=rule.id,
                event=event,
                name_of_event=rule.name,
                flow=as_mapping(flow),
                organisation_id=organisation,
                target_id=application.target if row is not None else None,
                deciders={step_id(n): d.organisation for n, d in enumerate(deciders, 1)},
                record=row,
                person=row.person if row is not None else _of(hidden).person,
                sealed="" if row is not None else _of(hidden).sealed,
                name=row.name if row is not None else application.name.strip(),
                stage=DRAFT,
                holder_id=organisation,
                entered=on,
                opened_at=at,
                opened_by=by.name[:80],
            )
            _fill(case, rule, application)
            try:
                with transaction.atomic():
                    case.save()
            except IntegrityError as error:
                raise Refused(
                    f"“{case.name}”还有一件没有办结的学籍申请；请等它办结，或先撤回那一件。"
                ) from error
            _share_files(application, deciders_of_case(case), organisation)
            log(
                by,
                at,
                "apply",
                organisation,
                "record_case",
                case.pk,
                f"{rule.name}申请：{case.name}（{case.number}）",
            )
        _submit(case.pk, by, at, on)
        return case.pk


def amend(
    *, case: int, application: Application, seen: int | None = None, by: Actor, at: datetime, on: date
) -> None:
    """Put an application right that was returned or recalled, and hand it in again. Whom it is about and where it goes stay.

    Raises as `apply_for`.
    """
    with acting(by):
        row = RecordCase.objects.select_related("record").filter(pk=case, tenant=by.tenant.value).first()
        if row is None:
            raise Invisible("no such case")
        require_acting(by, row.organisation_id, "修改学籍申请")
        if seen is not None and seen != row.revision:
            raise Outdated(f"“{row.number}”")
        if row.stage != DRAFT:
            raise Refused("申请已经提交，不能直接改；请先撤回，或等对方退回。")
        standing = tree(by.tenant, on)
        node = school(standing, row.organisation_id)
        index = index_of(standing, row.organisation_id)
        rule = rule_of(index, row.event, node.kind)
        wanted = replace(application, target=row.target_id)
        hidden = None if row.record else Hidden(row.person, row.sealed, "")
        if hidden is not None:
            wanted = replace(wanted, number=wanted.number or "-", name=row.name)
        _check(standing, index, rule, node, row.record, hidden, wanted, by, on)
        with bulk():
            _fill(row, rule, wanted)
            row.revision += 1
            row.save()
            _share_files(wanted, deciders_of_case(row), row.organisation_id)
            log(by, at, "amend", row.organisation_id, "record_case", row.pk, f"修改申请：{row.number}")
        _submit(row.pk, by, at, on)


def deciders_of_case(case: RecordCase) -> list[int]:
    """The organisations that sign a case."""
    return [int(o) for o in case.deciders.values()]


# -- shared ----------------------------------------------------------------------------------------


def _submit(case: int, by: Actor, at: datetime, on: date) -> None:
    from zhijiao.records.actions.deciding import take_step

    take_step(case=case, transition=SUBMIT, by=by, at=at, on=on)


def _record_of(
    rule: RecordRule, record: int | None, organisation: int, seen: int | None, by: Actor
) -> StudentRecord | None:
    if rule.event == FROM_OUTSIDE:
        return None
    if record is None:
        raise Refused("请先选择学生。")
    row = one(by, record, seen)
    if row.organisation_id != organisation:
        raise Invisible("no such record")
    return row


def _outsider(application: Application) -> Hidden | None:
    if not application.number:
        return None
    try:
        return hide(application.number)
    except NumberRefused as refused:
        raise Refused(str(refused), "number") from refused


def _of(hidden: Hidden | None) -> Hidden:
    assert hidden is not None, "asked for before"
    return hidden


def _check(
    standing: Tree,
    index: PackIndex,
    rule: RecordRule,
    node: Node,
    row: StudentRecord | None,
    hidden: Hidden | None,
    wanted: Application,
    by: Actor,
    on: date,
) -> None:
    missing = _missing(rule, wanted)
    if missing:
        raise NotEligible((*missing, *unanswered(rule, wanted)))
    target = _target(standing, rule, wanted)
    if wanted.major:
        check_major(wanted.major)
    tracks, terms = calendar_of(index)
    if wanted.track and not any(t.code == wanted.track and (target or node).kind in t.kinds for t in tracks):
        raise Refused(f"学制“{wanted.track}”不是{(target or node).kind.words}办的学制。", "track")
    with bulk():
        state = ledger.fold(ledger_of(row)) if row is not None else None
        duplicate = hidden is not None and live_record(by.tenant, hidden.person) is not None
    city = city_of(standing, node.id)
    known = facts(
        state,
        wanted,
        on,
        school_kind=node.kind.value,
        target_kind=target.kind.value if target else None,
        same_school=target is not None and target.id == node.id,
        same_city=city_of(standing, target.id) == city if target else None,
        duplicate=duplicate,
        tracks=tracks,
        terms=terms,
    )
    faults = (
        *unmet(rule, wanted.reason, known, parameters_of(index, rule, on)),
        *unanswered(rule, wanted),
    )
    if faults:
        raise NotEligible(faults)
    if StoredFile.objects.filter(pk__in=wanted.files).count() != len(set(wanted.files)):
        raise Refused("有一份材料不是为这件申请上传的，请重新上传。", "files")


def _missing(rule: RecordRule, wanted: Application) -> tuple[Fault, ...]:
    asked: set[str] = set(rule.asks)
    if rule.event not in WITH_CREDITS:
        asked.discard("credits")
    must = {name: words for name, words in MUST.items() if name in asked} | MUST_OF.get(rule.event, {})
    return tuple(Fault(name, words, name) for name, words in must.items() if not getattr(wanted, name))


def _target(standing: Tree, rule: RecordRule, wanted: Application) -> Node | None:
    if "target" not in rule.asks:
        return None
    node = standing.nodes.get(wanted.target or 0)
    if node is None or node.kind not in rule.targets:
        raise Refused("没有这所转入学校，或它不是可以转入的学校；请从列表里选。", "target")
    return node


def _fill(case: RecordCase, rule: RecordRule, wanted: Application) -> None:
    reason = next((each for each in rule.reasons if each.id == wanted.reason), None)
    case.reason, case.reason_name = wanted.reason, reason.name if reason else ""
    case.words = wanted.words.strip()
    case.files = sorted(set(wanted.files))
    case.wanted = stored(wanted)


def stored(wanted: Application) -> dict[str, Any]:
    """What an application asks for, as JSON; without what the case's own columns hold."""
    beside = ("number", "name", "files", "words", "reason", "target")
    found = {name: value for name, value in asdict(wanted).items() if name not in beside}
    found["until"] = wanted.until.isoformat() if wanted.until else None
    return {name: value for name, value in found.items() if value not in ("", None, False)}


def wanted_of(case: RecordCase) -> Application:
    """What a case asks for."""
    kept = dict(case.wanted)
    until, reached = kept.pop("until", None), kept.pop("reached", None)
    return Application(
        reason=case.reason,
        words=case.words,
        target=case.target_id,
        files=tuple(case.files),
        name=case.name,
        until=date.fromisoformat(until) if until else None,
        reached=Reached(reached) if reached else None,
        **kept,
    )


def _share_files(wanted: Application, parties: list[int], organisation: int) -> None:
    """The papers of a case are read by everybody who signs it."""
    for file in StoredFile.objects.filter(pk__in=wanted.files, organisation_id=organisation):
        file.parties = sorted({*file.parties, *parties} - {organisation})
        file.save(update_fields=["parties"])


def _number(organisation: int, on: date) -> str:
    prefix = f"学籍〔{on.year}〕"
    taken = RecordCase.objects.filter(organisation=organisation, number__startswith=prefix).count()
    return f"{prefix}{taken + 1}号"


__all__ = ["APPLICANT", "amend", "apply_for", "deciders_of_case", "stored", "wanted_of"]
