"""Example seasons of admission: one open for filling in, so that anybody can try it at once, and last year's with its result."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from zhijiao.admissions.actions import practising
from zhijiao.admissions.actions.allocating import freezing, publishing, running, signing
from zhijiao.admissions.actions.bonus import claim_bonus, decide_bonus
from zhijiao.admissions.actions.bonus_notices import publicise_bonus
from zhijiao.admissions.actions.candidates import take_roll
from zhijiao.admissions.actions.lines import approve_lines, pass_lines, propose_lines, save_line
from zhijiao.admissions.actions.plan import current_digest, lock_plan, open_filling, sign_plan
from zhijiao.admissions.actions.rounds import extend, move_window
from zhijiao.admissions.actions.scores import take_marks
from zhijiao.admissions.actions.seasons import begin_planning, open_season
from zhijiao.admissions.actions.seats import letters
from zhijiao.admissions.queries import bonus, offers, seasons
from zhijiao.admissions.queries.rows import Round, Season
from zhijiao.admissions.types.bonus import Proof
from zhijiao.admissions.types.plan import CellDraft, LineDraft
from zhijiao.admissions.types.season import Opening
from zhijiao.cli.demo.place import DemoPlace
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import OrganisationKind, Tenant
from zhijiao.core.tree import Node
from zhijiao.lib.citizens import check_sign
from zhijiao.policy import queries as policy
from zhijiao.policy.types import Admission

PEOPLE = 240
SCHOOLS = 4
"""Counties whose junior and vocational schools take part."""
OPEN_DAYS = 30
AREA = "990901"
"""No area of the country has this code: the numbers are nobody's."""
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
"""An empty page: what proves nobody's claim."""
MAJORS = (
    ("660301", "机电技术应用"),
    ("710205", "大数据技术应用"),
    ("730701", "电子商务"),
    ("700206", "汽车运用与维修"),
    ("740201", "中餐烹饪"),
)


@dataclass(frozen=True)
class Pupil:
    """A generated candidate. `quality` and `home` (the place of the county in the list) steer marks and choices."""

    number: str
    quality: float
    home: int
    cells: tuple[str, ...]
    marks: tuple[int, ...]


def fill_seasons(place: DemoPlace, at: datetime) -> None:
    """Lay the two seasons, or keep the one for filling in open. The steps are those of the offices; the signatures their leaders'."""
    index = policy.index(place.pack)
    rules = None if index is None else index.admission
    if rules is None or not {"bureau", "technician", "junior", "bureau-leader", "bureau-2-leader"} <= set(
        place.actors
    ):
        return
    with bulk():
        there = seasons.seasons(Tenant.DEMO, place.pack)
    if there:
        _keep_open(place, there, at)
        return
    year = seasons.year_of(place.on)
    past = _lay(place, rules, year - 1, at.replace(year=year - 1, month=3, day=2), "已结束的演练")
    _finish(place, past, at)
    now = _lay(place, rules, year, at, "正在填报的演练")
    _open_now(place, now, at)
    _add_marks(place, now, at)


def _lay(place: DemoPlace, rules: Admission, year: int, at: datetime, what: str) -> Season:
    """A season with its plan locked, its candidates and their marks."""
    by, on = place.system, at.date()
    title = f"示例{year}年统一招生（{what}）"
    opening = Opening(
        place.place.id, place.pack, f"demo-{year}", title, year, f"示例〔{year}〕1号", rehearsal=True
    )
    season = open_season(opening=opening, by=by, at=at, on=on).pk
    begin_planning(season=season, by=by, at=at, on=on)
    _plan(place, rules, season, at, on)
    digest = current_digest(by, season)
    for bureau in rules.plan_signed_by:
        sign_plan(season=season, bureau=bureau, digest=digest, by=by, at=at)
    lock_plan(season=season, by=by, at=at, on=on)
    pupils = _pupils(place, rules, year)
    take_roll(by=by, at=at, season=season, name="示例名册.csv", content=_roll(place, pupils))
    take_marks(by=by, at=at, season=season, name="示例成绩.csv", content=_marks(rules, pupils))
    for number in (pupils[0].number,):
        for key, verb in (("pupil", practising.give_account), ("parent", practising.give_guardian)):
            user = place.actors[key].user
            assert user is not None
            verb(season=season, number=number, user=user, by=by, at=at)
    with bulk():
        return seasons.season(Tenant.DEMO, season)


def _counties(place: DemoPlace) -> list[Node]:
    """The counties that take part: those with a junior school."""
    found = [
        node for node in place.of(OrganisationKind.COUNTY) if f"demo.{node.code}.junior" in place.tree.by_code
    ]
    return found[:SCHOOLS]


def _plan(place: DemoPlace, rules: Admission, season: int, at: datetime, on: date) -> None:
    by, standing = place.system, place.tree
    schools = [standing.by_code[f"demo.{county.code}.school"] for county in _counties(place)]
    for number, school in enumerate([*schools, place.nodes["technician"]]):
        made = [
            save_line(season=season, organisation=school.id, draft=draft, by=by, at=at, on=on)
            for draft in _drafts(rules, school, number)
        ]
        propose_lines(season=season, organisation=school.id, by=by, at=at, on=on)
        if any(kind.kind is school.kind and kind.review for kind in rules.kinds):
            pass_lines(lines=made, by=by, at=at, on=on)
        approve_lines(lines=made, by=by, at=at, on=on)


def _drafts(rules: Admission, school: Node, number: int) -> list[LineDraft]:
    """What a school offers: a line in each batch with a higher school behind it, else two."""
    found: list[LineDraft] = []
    for batch in rules.batches:
        if school.kind not in batch.kinds:
            continue
        years = min(batch.years or [3], key=lambda each: abs(each - 3))
        for turn in range(1 if batch.partner or batch.category == "bridge_college" else 2):
            code, name = MAJORS[(number + turn + len(found)) % len(MAJORS)]
            seats = 8 if batch.partner else 14
            cells = [CellDraft("", seats)]
            if rules.origins and school.kind is OrganisationKind.SECONDARY_VOCATIONAL and not batch.partner:
                cells.append(CellDraft(rules.origins[-1].word, 2))
            found.append(
                LineDraft(
                    batch=batch.id,
                    major_code=code,
                    major_name=name,
                    years=years,
                    partner="示例高职学院" if batch.partner else "",
                    cells=tuple(cells),
                    diploma="示例毕业证",
                    tuition=Decimal(0),
                    exempt=True,
                    boarding=True,
                    boarding_fee=Decimal(600),
                    ways_up="示例：可以参加职教高考",
                    destinations="示例企业",
                )
            )
    return found


def _pupils(place: DemoPlace, rules: Admission, year: int) -> list[Pupil]:
    generator = random.Random(f"{place.pack}{year}")
    counties = _counties(place)
    salt = sum(map(ord, place.pack)) % 90 + 10
    origin = rules.origins[-1].word if rules.origins else ""
    found: list[Pupil] = []
    for n in range(PEOPLE):
        home = 0 if n < 12 else n % len(counties)
        quality = 0.62 if n == 0 else min(0.97, max(0.25, generator.gauss(0.6, 0.13)))
        marks = tuple(
            round(float(each.full) * min(1.0, max(0.1, quality + generator.gauss(0, 0.06))))
            for each in rules.subjects
        )
        person = f"{AREA}{_tail(year, n)}"
        cells = (
            f"{year % 100}{salt}{n + 1:04}",
            f"示例考生{n + 1:03}",
            "男" if n % 2 else "女",
            person,
            f"demo.{counties[home].code}.junior",
            counties[home].code,
            f"九（{n // 40 + 1}）班",
            origin if n % 9 == 4 else "",
        )
        found.append(Pupil(cells[0], quality, home, cells, marks))
    return found


def _tail(year: int, n: int) -> str:
    """The rest of a number of nobody, with its check sign."""
    body = f"{AREA}{year - 15}{n % 12 + 1:02}{n % 28 + 1:02}{n:03}"
    return body[len(AREA) :] + check_sign(body)


def _roll(place: DemoPlace, pupils: Sequence[Pupil]) -> bytes:
    heading = "考号,姓名,性别,身份证件号,毕业学校代码,报名县,班级,生源类别"
    return "\n".join([heading, *(",".join(pupil.cells) for pupil in pupils)]).encode()


def _marks(rules: Admission, pupils: Sequence[Pupil]) -> bytes:
    heading = ",".join(["考号", *(each.column for each in rules.subjects)])
    rows = (",".join([pupil.number, *map(str, pupil.marks)]) for pupil in pupils)
    return "\n".join([heading, *rows]).encode()


def _round(season: Season, kind: str) -> Round:
    with bulk():
        return next(each for each in seasons.rounds(season) if each.kind == kind)


def _choose(
    season: Season, round_: Round, pupils: Sequence[Pupil], schools: Sequence[str]
) -> dict[str, list[int]]:
    """Preferences: near schools and, for good pupils, the batches that lead further. `schools` in the order of their counties."""
    generator = random.Random(season.pk)
    with bulk():
        known = offers.market(round_)
    lines = sorted(known.offers.values(), key=lambda offer: offer.id)
    pull = {offer.id: generator.gauss(0, 0.8) for offer in lines}
    found: dict[str, list[int]] = {}
    for pupil in pupils:
        mine: list[int] = []
        for batch in known.batches.values():
            here = [offer for offer in lines if offer.batch == batch.id]
            if batch.id == next(iter(known.batches)) and pupil.quality < 0.66:
                continue
            near = schools[pupil.home]
            liked = sorted(
                here,
                key=lambda offer: pull[offer.id] + 0.9 * (offer.school == near) + generator.gauss(0, 0.8),
                reverse=True,
            )
            mine += [offer.id for offer in liked[: min(batch.max_choices, generator.randint(2, 5))]]
        found[pupil.number] = mine
    return found


def _near(place: DemoPlace) -> list[str]:
    return [f"demo.{county.code}.school" for county in _counties(place)]


def _finish(place: DemoPlace, season: Season, at: datetime) -> None:
    """Last year's: everybody handed in, matched, signed, put up, published; letters written. Its supplementary round lies ahead, so
    that giving a seat up can be tried."""
    by, officer = place.system, place.actors["bureau"]
    index = policy.index(place.pack)
    assert index is not None
    assert index.admission is not None
    round_, further = _round(season, "main"), _round(season, "supplementary")
    move_window(
        by=by,
        at=season.opened_at,
        round_=further.pk,
        opens=at + timedelta(days=OPEN_DAYS),
        closes=at + timedelta(days=OPEN_DAYS + 2),
        grace=further.grace_minutes,
        revision=further.revision,
        reason="示例：留出时间试用放弃录取",
    )
    open_filling(season=season.pk, by=by, at=season.opened_at, on=season.opened_at.date())
    pupils = _pupils(place, index.admission, season.year)
    during = round_.opens_at + timedelta(hours=5)
    with bulk():
        season = seasons.season(Tenant.DEMO, season.pk)
    chosen = _choose(season, round_, pupils, _near(place))
    practising.hand_in_for(season=season.pk, round_=round_.pk, chosen=chosen, by=by, at=during)
    over = round_.closes_at + timedelta(hours=2)
    on = over.date()
    freezing.freeze(season=season.pk, round_=round_.pk, by=officer, at=over, on=on)
    run = running.run(season=season.pk, round_=round_.pk, seed="示例种子0628", by=officer, at=over)
    running.work(run=run, by=by, at=over, on=on)
    digest = _digest(place, season, run)
    for key in ("bureau-leader", "bureau-2-leader"):
        signing.sign(run=run, digest=digest, by=place.actors[key], at=over + timedelta(hours=3))
    publishing.publicise(run=run, contact="示例招生办", by=officer, at=over + timedelta(hours=4), on=on)
    later = over + timedelta(days=15)
    publishing.publish(run=run, by=officer, at=later, on=later.date())
    letters.issue(season=season.pk, by=officer, at=later, on=later.date())


def _digest(place: DemoPlace, season: Season, run: int) -> str:
    from zhijiao.admissions.queries.runs import run as found

    with bulk():
        return next(
            row.output_digest
            for number in range(1, 9)
            if (row := found(place.system, season, number)).pk == run
        )


def _open_now(place: DemoPlace, season: Season, at: datetime) -> None:
    """This year's: open since a while, and four in five have handed in; whoever tries it has not."""
    by = place.system
    index = policy.index(place.pack)
    assert index is not None
    assert index.admission is not None
    round_ = _round(season, "main")
    before = min(season.opened_at, round_.opens_at - timedelta(seconds=1))
    move_window(
        by=by,
        at=before,
        round_=round_.pk,
        opens=at - timedelta(minutes=5),
        closes=at + timedelta(days=OPEN_DAYS),
        grace=round_.grace_minutes,
        revision=round_.revision,
        reason="示例：即日开始填报",
    )
    open_filling(season=season.pk, by=by, at=at, on=place.on)
    with bulk():
        season = seasons.season(Tenant.DEMO, season.pk)
    pupils = [
        pupil for n, pupil in enumerate(_pupils(place, index.admission, season.year)) if n >= 2 and n % 5
    ]
    chosen = _choose(season, _round(season, "main"), pupils, _near(place))
    practising.hand_in_for(season=season.pk, round_=round_.pk, chosen=chosen, by=by, at=at)


def _keep_open(place: DemoPlace, there: Sequence[Season], at: datetime) -> None:
    """A product that stands for months can still be tried: the round is extended by decision."""
    with bulk():
        for season in there:
            if season.phase != "filling" or not season.rehearsal:
                continue
            for round_ in seasons.rounds(season):
                last = max([round_.closes_at, *(each.until for each in round_.extensions.all())])
                if round_.kind == "main" and last < at + timedelta(days=2):
                    extend(
                        by=place.system,
                        at=at,
                        round_=round_.pk,
                        until=at + timedelta(days=OPEN_DAYS),
                        document="示例",
                        reason="示例：演练继续开放",
                    )
            _add_marks(place, season, at)


def _add_marks(place: DemoPlace, season: Season, at: datetime) -> None:
    """This year's claims to added marks: some confirmed and put up for as long as the round is open, one refused, one waiting."""
    junior, county, bureau = (place.actors.get(key) for key in ("junior", "county-1", "bureau"))
    with bulk():
        items = [each.id for each in bonus.items(season)]
        standing = any(not each.over for each in bonus.notices(season, place.on))
        there = bonus.claimed(season)
        people = bonus.numbered(season)
        frozen = bonus.until(season).frozen
    if not items or junior is None or county is None or bureau is None or frozen or standing:
        return
    index = policy.index(place.pack)
    assert index is not None
    assert index.admission is not None
    if not there:
        for turn, pupil in enumerate(_pupils(place, index.admission, season.year)[2:8]):
            claim = claim_bonus(
                by=junior,
                at=at,
                candidate=people[pupil.number],
                item=items[turn % min(3, len(items))],
                document=f"示例证明{turn + 1}号",
                files=[Proof(f"示例证明{turn + 1}.pdf", PAPER)],
            )
            if turn < 5:
                reason = "" if turn < 4 else "示例：证明已过有效期"
                decide_bonus(by=county, at=at, claim=claim, confirm=turn < 4, reason=reason)
    publicise_bonus(
        season=season.pk,
        contact="示例招生办",
        by=bureau,
        at=at,
        on=place.on,
        until=place.on + timedelta(days=OPEN_DAYS),
        again=True,
    )
