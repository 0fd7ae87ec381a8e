"""Verbs of schools and bureaus on lines of the plan: write, hand in, pass, return, approve, drop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from zhijiao.admissions.actions.seasons import lock_season
from zhijiao.admissions.actions.shared import Refused, line_of, log, season_of
from zhijiao.admissions.actions.telling import line_returned, plan_to_sign
from zhijiao.admissions.models import PlanCell, PlanLine, PlanStep, Season
from zhijiao.admissions.queries.browsing import last_year_of, lines_before
from zhijiao.admissions.rules.codes import CodesExhausted, next_code
from zhijiao.admissions.rules.plan import faults_of, flows, hands_of
from zhijiao.admissions.rules.reading import kind_of, rules_of
from zhijiao.admissions.store.plan import codes_given, digest_of, reviewed
from zhijiao.admissions.types.plan import (
    BadLine,
    CellDraft,
    Hands,
    LimitDraft,
    LineDraft,
    LineFault,
    PlanAction,
)
from zhijiao.admissions.types.states import LineState, Phase
from zhijiao.core.access.actor import Actor, Invisible, NotAllowed
from zhijiao.core.access.roles import Permission
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.models import Standing
from zhijiao.core.tree import Node, Tree, tree
from zhijiao.policy.types import Admission

COUNTIES = (OrganisationKind.COUNTY, OrganisationKind.ZONE)
_OPEN = (Phase.PREPARING.value, Phase.PLANNING.value)


def save_line(
    *,
    season: int,
    organisation: int,
    draft: LineDraft,
    by: Actor,
    at: datetime,
    on: date,
    line: int | None = None,
    revision: int | None = None,
) -> int:
    """Keep a line as a draft of a school; `line` changes the one that is there. Returns its id. Raises BadLine, Refused,
    NotAllowed, Invisible."""
    with acting(by):
        row = season_of(by, season)
        _still_planning(row)
        node, standing = _school(by, organisation, on)
        rules = rules_of(row.rules)
        _may_propose(by, rules, node)
        faults = faults_of(rules, node.kind.value, draft)
        if faults:
            raise BadLine(faults)
        same = PlanLine.objects.filter(
            season=row,
            organisation=organisation,
            batch=draft.batch,
            major_code=draft.major_code.strip(),
            direction=draft.direction.strip(),
        )
        if line is not None:
            same = same.exclude(pk=line)
        dropped = same.filter(state=LineState.DROPPED.value).first() if line is None else None
        if dropped is None and same.exists():
            raise BadLine(
                (
                    LineFault(
                        "major_code",
                        f"本校在这一批已有“{draft.major_name}”（{draft.major_code}）。同一专业分方向招生的，请填专业方向。",
                    ),
                )
            )
        found = _line_to_change(row, organisation, line, revision) if line is not None else dropped
        county = standing.nearest(organisation, COUNTIES)
        if found is None:
            found = PlanLine(
                season=row,
                organisation_id=organisation,
                kind=node.kind.value,
                division_id=county.id if county else None,
            )
        _write(found, draft, node)
        if dropped is not None:  # taken up again
            write_step(found, PlanAction.REVIVE, LineState.DRAFT, party="school", by=by, at=at, on=on)
        found.save()
        write_cells(found, rules, draft.cells)
        log(
            by,
            at,
            "save_line",
            f"填写招生计划“{found.name}”{draft.seats}人",
            organisation=organisation,
            kind="plan_line",
            id_=found.pk,
        )
        return found.pk


def copy_lines(*, season: int, organisation: int, by: Actor, at: datetime, on: date) -> int:
    """Begin a school's plan with what it offered the year before: those lines as drafts that can still be kept as they are. Lines
    that are there already are left alone. Returns how many. Raises Refused, NotAllowed, Invisible."""
    with acting(by):
        row = season_of(by, season)
        _still_planning(row)
        node, _ = _school(by, organisation, on)
        rules = rules_of(row.rules)
        _may_propose(by, rules, node)
        made = 0
        for past in lines_before(row, organisation):
            draft = draft_of(past)
            there = PlanLine.objects.filter(
                season=row,
                organisation=organisation,
                batch=draft.batch,
                major_code=draft.major_code,
                direction=draft.direction,
            ).exclude(state=LineState.DROPPED.value)
            if not there.exists() and not faults_of(rules, node.kind.value, draft):
                save_line(season=season, organisation=organisation, draft=draft, by=by, at=at, on=on)
                made += 1
        if not made:
            raise Refused("上一年没有可以照抄的专业，或都已经在计划里。请逐个填写。")
        return made


def drop_line(*, line: int, reason: str, by: Actor, at: datetime, on: date) -> None:
    """Take a line out of the plan, at the school before it is approved, by the bureau afterwards. Raises Refused, NotAllowed."""
    with acting(by):
        found = line_of(by, line)
        _still_planning(found.season)
        node, standing = _school(by, found.organisation_id, on)
        rules = rules_of(found.season.rules)
        if found.state == LineState.APPROVED.value:
            party = _require_approver(by, found.season, rules, node, standing)
        else:
            party = _may_propose(by, rules, node)
        if found.state == LineState.DROPPED.value:
            return
        if not reason.strip():
            raise Refused("请写明取消的原因。", "reason")
        write_step(found, PlanAction.DROP, LineState.DROPPED, party=party, words=reason, by=by, at=at, on=on)


def propose_lines(*, season: int, organisation: int, by: Actor, at: datetime, on: date) -> int:
    """Hand in all drafts of a school. Returns how many. Raises Refused, NotAllowed."""
    with acting(by):
        row = season_of(by, season)
        if row.phase != Phase.PLANNING.value:
            raise Refused(f"招生季现在是“{row.phase_words}”，不收计划。编制计划开始后再申报。")
        node, _ = _school(by, organisation, on)
        party = _may_propose(by, rules_of(row.rules), node)
        drafts = list(
            PlanLine.objects.select_for_update()
            .filter(season=row, organisation=organisation, state=LineState.DRAFT.value)
            .order_by("id")
        )
        if not drafts:
            raise Refused("没有待申报的专业。先填写招生专业和计划数。")
        for each in drafts:
            write_step(each, PlanAction.PROPOSE, LineState.PROPOSED, party=party, by=by, at=at, on=on)
        return len(drafts)


def pass_lines(*, lines: Sequence[int], by: Actor, at: datetime, on: date) -> int:
    """The county lets lines of its schools pass to the bureau. Raises Refused, NotAllowed."""
    with acting(by):
        for line in lines:
            found = line_of(by, line)
            _still_planning(found.season)
            node, standing = _school(by, found.organisation_id, on)
            _require_proposed(found)
            _require_reviewer(by, found, node, standing)
            if not reviewed(found):
                write_step(found, PlanAction.PASS, LineState.PROPOSED, party="county", by=by, at=at, on=on)
        return len(lines)


def return_line(*, line: int, reason: str, by: Actor, at: datetime, on: date) -> None:
    """Give a line back to its school, by the county or the bureau. Raises Refused, NotAllowed."""
    with acting(by):
        found = line_of(by, line)
        _still_planning(found.season)
        node, standing = _school(by, found.organisation_id, on)
        if not reason.strip():
            raise Refused("请写明退回的原因，学校照此修改。", "reason")
        if found.state == LineState.APPROVED.value:
            party = _require_approver(by, found.season, rules_of(found.season.rules), node, standing)
            action = PlanAction.REOPEN
        else:
            _require_proposed(found)
            party, action = _reviewer_or_approver(by, found, node, standing), PlanAction.RETURN
        write_step(found, action, LineState.DRAFT, party=party, words=reason, by=by, at=at, on=on)
        line_returned(found, reason.strip(), at=at)


def approve_lines(*, lines: Sequence[int], by: Actor, at: datetime, on: date) -> int:
    """The bureau of the school's kind approves lines, which thereby get their recruitment codes. Raises Refused, NotAllowed."""
    with acting(by):
        if not lines:
            raise Refused("请先勾选要审定的专业。")
        # One after the other, so that no code is given twice.
        first = line_of(by, lines[0])
        season = lock_season(by, first.season_id)
        _still_planning(season)
        rules = rules_of(season.rules)
        given = codes_given(season.pk)
        for line in lines:
            found = line_of(by, line)
            if found.season_id != season.pk:
                raise Refused("一次只能审定同一个招生季的专业。")
            _require_proposed(found)
            node, standing = _school(by, found.organisation_id, on)
            party = _require_approver(by, season, rules, node, standing)
            hands = _hands(rules, node, standing)
            if hands.review and not reviewed(found):
                raise Refused(
                    f"{found.school_name}“{found.name}”还没有经县（市、区）审核，不能审定。请先催县里审核，或不勾选这一行。"
                )
            if not found.code:
                try:
                    found.code = next_code(given, node.code)
                except CodesExhausted as exhausted:
                    raise Refused(str(exhausted)) from None
                given.setdefault(node.code, []).append(found.code)
            with bulk():
                found.last_year = last_year_of(found)
            write_step(found, PlanAction.APPROVE, LineState.APPROVED, party=party, by=by, at=at, on=on)
        undecided = (LineState.DRAFT.value, LineState.PROPOSED.value)
        if not PlanLine.objects.filter(season=season, state__in=undecided).exists():
            plan_to_sign(season, rules, digest_of(season.pk), at=at)
        return len(lines)


def write_step(
    line: PlanLine,
    action: PlanAction,
    target: LineState,
    *,
    party: str,
    by: Actor,
    at: datetime,
    on: date,
    words: str = "",
) -> None:
    """Move a line with the step that says so, in the caller's transaction."""
    source = line.state
    line.steps_count += 1
    PlanStep.objects.create(
        season_id=line.season_id,
        line=line,
        number=line.steps_count,
        action=action.value,
        source=source,
        target=target.value,
        party=party,
        words=words.strip(),
        organisation_id=line.organisation_id,
        by=by.user,
        by_name=by.name[:80],
        at=at,
        on=on,
    )
    line.state = target.value
    line.revision += 1
    line.save()
    log(
        by,
        at,
        f"{action.value}_line",
        f"{action.words}招生计划：{line.school_name}“{line.name}”",
        organisation=line.organisation_id,
        kind="plan_line",
        id_=line.pk,
        detail={"words": words.strip(), "code": line.code},
    )


def write_cells(line: PlanLine, rules: Admission, cells: Sequence[CellDraft]) -> None:
    """The cells of a line anew, those of an origin before the one for everybody."""
    line.cells.update(flows_to=None)
    line.cells.all().delete()
    ordered = sorted((c for c in cells if c.seats or not c.origin), key=lambda c: not c.origin)
    made = [
        PlanCell.objects.create(
            line=line, number=number, origin=cell.origin, seats=cell.seats, min_total=cell.min_total
        )
        for number, cell in enumerate(ordered, 1)
    ]
    targets = flows(rules, [(cell.pk, cell.origin) for cell in made])
    for cell in made:
        if cell.pk in targets:
            cell.flows_to_id = targets[cell.pk]
            cell.save(update_fields=["flows_to"])


def draft_of(line: PlanLine) -> LineDraft:
    """A line as a form shows it."""
    return LineDraft(
        batch=line.batch,
        major_code=line.major_code,
        major_name=line.major_name,
        years=line.years,
        cells=tuple(CellDraft(c.origin, c.seats, c.min_total) for c in line.cells.order_by("number")),
        direction=line.direction,
        partner=line.partner,
        diploma=line.diploma,
        tuition=line.tuition,
        exempt=line.exempt,
        boarding=line.boarding,
        boarding_fee=line.boarding_fee,
        limits=tuple(
            LimitDraft(limit["id"], limit["require"], limit["words"], bool(limit.get("minimum", False)))
            for limit in line.limits
        ),
        ways_up=line.ways_up,
        destinations=line.destinations,
        note=line.note,
    )


def _write(line: PlanLine, draft: LineDraft, node: Node) -> None:
    line.school_name = node.name
    line.sort_key = (
        Standing.objects.filter(organisation=node.id)
        .order_by("-starts")
        .values_list("sort_key", flat=True)
        .first()
        or node.name
    )
    for name in ("batch", "years", "tuition", "exempt", "boarding", "boarding_fee"):
        setattr(line, name, getattr(draft, name))
    for name in (
        *("major_code", "major_name", "direction", "partner", "diploma"),
        *("ways_up", "destinations", "note"),
    ):
        setattr(line, name, getattr(draft, name).strip())
    line.limits = kept_limits(draft.limits)
    line.revision += 1


def kept_limits(limits: Sequence[LimitDraft]) -> list[dict[str, object]]:
    """Conditions as a line keeps them."""
    return [
        {"id": each.id, "require": each.require, "words": each.words.strip(), "minimum": each.minimum}
        for each in limits
    ]


def _line_to_change(season: Season, organisation: int, line: int, revision: int | None) -> PlanLine:
    found = (
        PlanLine.objects.select_for_update().filter(pk=line, season=season, organisation=organisation).first()
    )
    if found is None:
        raise Invisible("没有这一行计划。")
    if found.state != LineState.DRAFT.value:
        raise Refused(f"“{found.name}”{found.state_words}，不能再改。要改的，请审核的部门先退回。")
    if revision is not None and found.revision != revision:
        raise Refused("这一行在您打开页面之后已被别人改过；请刷新页面，看过最新内容再改。")
    return found


def _school(by: Actor, organisation: int, on: date) -> tuple[Node, Tree]:
    standing = tree(by.tenant, on)
    node = standing.nodes.get(organisation)
    if node is None:
        raise Invisible("没有这所学校。")
    return node, standing


def _still_planning(season: Season) -> None:
    if season.phase not in _OPEN:
        raise Refused(f"“{season.title}”的计划已经锁定，不能再改。确需更改的，由牵头部门凭文件办理更正。")


def _may_propose(by: Actor, rules: Admission, node: Node) -> str:
    """Who writes lines of a school: itself, or the county where the rules say so. Raises NotAllowed, Refused."""
    by.require(Permission.ADMIT_PLAN, node.id, node.name)
    kind = kind_of(rules, node.kind.value)
    if kind is None:
        raise Refused(f"{node.name}（{node.kind.words}）不在这个招生季的招生范围内。")
    if kind.propose == "county" and not by.everything and node.id in by.homes:
        raise Refused("本季的计划由县（市、区）统一申报，学校不单独申报。请与所在县（市、区）联系。")
    return kind.propose


def _hands(rules: Admission, node: Node, standing: Tree) -> Hands:
    hands = hands_of(rules, node.kind.value, under_county=standing.nearest(node.id, COUNTIES) is not None)
    if hands is None:
        raise Refused(f"{node.name}（{node.kind.words}）不在这个招生季的招生范围内。")
    return hands


def _require_proposed(line: PlanLine) -> None:
    if line.state != LineState.PROPOSED.value:
        raise Refused(
            f"{line.school_name}“{line.name}”现在是“{line.state_words}”，不能办理这一步；请刷新页面再看。"
        )


def _require_reviewer(by: Actor, line: PlanLine, node: Node, standing: Tree) -> None:
    county = standing.nearest(node.id, COUNTIES)
    if county is None:
        raise Refused(f"{node.name}不属县（市、区）管理，直接由主管部门审定。")
    by.require(Permission.ADMIT_APPROVE, county.id, county.name)


def _require_approver(by: Actor, season: Season, rules: Admission, node: Node, standing: Tree) -> str:
    hands = _hands(rules, node, standing)
    organisation = season.bureaus[hands.approve]
    by.require(Permission.ADMIT_APPROVE, organisation, standing.nodes[organisation].name)
    return hands.approve


def _reviewer_or_approver(by: Actor, line: PlanLine, node: Node, standing: Tree) -> str:
    try:
        return _require_approver(by, line.season, rules_of(line.season.rules), node, standing)
    except NotAllowed:
        _require_reviewer(by, line, node, standing)
        return "county"
