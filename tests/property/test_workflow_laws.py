"""Laws of the workflow engine on generated flows, walks and calendars."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from zhijiao.core.workdays import china, known_until
from zhijiao.engines.workflow import (
    CLOCK,
    CLOSED,
    ChainStep,
    Clock,
    Event,
    Flow,
    History,
    Refused,
    Stage,
    StageKind,
    Transition,
    WorkingCalendar,
    as_mapping,
    available,
    chain,
    due_date,
    faults,
    follow,
    from_mapping,
    lapse,
    last_date,
    overdue,
    run,
    step,
)

PARTIES = ("author", "office", "board")
FACTS = ("paid", "signed")
IDS = ("a", "b", "c", "d", "e")

clocks = st.none() | st.builds(Clock, st.integers(1, 40), st.booleans(), st.integers(0, 5), st.just(False))


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    """Any flow whose names are known; sound or not."""
    ids = IDS[: draw(st.integers(1, len(IDS)))]
    stages = tuple(
        Stage(i, f"环节{i}", draw(st.sampled_from(StageKind)), draw(st.sampled_from(PARTIES)), draw(clocks))
        for i in ids
    )
    transitions = []
    for number in range(draw(st.integers(0, 9))):
        automatic = draw(st.integers(0, 5)) == 0
        transitions.append(
            Transition(
                f"t{number}",
                f"步骤{number}",
                draw(st.sampled_from(ids)),
                draw(st.sampled_from(ids)),
                CLOCK if automatic else draw(st.sampled_from(PARTIES)),
                reason=not automatic and draw(st.booleans()),
                guards=tuple(sorted(draw(st.sets(st.sampled_from(FACTS), max_size=2)))),
                separate=draw(st.booleans()),
                automatic=automatic,
            )
        )
    return Flow("f", "流程", stages, tuple(transitions), draw(st.sampled_from(ids)))


@st.composite
def sound_flows(draw: st.DrawFn) -> Flow:
    """A way from a draft through any stages to a lock and an end, with any steps besides that break no rule."""
    kinds = draw(st.lists(st.sampled_from((StageKind.DRAFT, StageKind.REVIEW, StageKind.WAIT)), max_size=3))
    kinds = [StageKind.DRAFT, *kinds, StageKind.LOCKED, StageKind.ENDED]
    stages = tuple(
        Stage(
            f"s{n}",
            f"环节{n}",
            kind,
            draw(st.sampled_from(PARTIES)),
            None if kind in CLOSED else Clock(draw(st.integers(1, 9))),
        )
        for n, kind in enumerate(kinds)
    )
    pairs = list(pairwise(range(len(stages))))
    pairs += draw(
        st.lists(st.tuples(st.integers(0, len(stages) - 2), st.integers(0, len(stages) - 1)), max_size=6)
    )
    transitions = []
    for number, (source, target) in enumerate(pairs):
        here, along = stages[source], number < len(stages) - 1
        transitions.append(
            Transition(
                f"t{number}",
                f"步骤{number}",
                here.id,
                stages[target].id,
                here.holder if along else draw(st.sampled_from(PARTIES)),
                reason=here.kind is StageKind.LOCKED or draw(st.booleans()),
                guards=tuple(draw(st.sets(st.sampled_from(FACTS), max_size=1))),
                separate=here.kind is StageKind.REVIEW or draw(st.booleans()),
            )
        )
    return Flow("f", "流程", stages, tuple(transitions), "s0")


levels = st.lists(
    st.builds(ChainStep, st.sampled_from(("county", "city", "province")), st.just("审核"), clocks), max_size=4
).map(lambda steps: [ChainStep(s.party, f"第{n}级审核", s.clock) for n, s in enumerate(steps, 1)])

events = st.builds(
    Event,
    st.sampled_from([f"t{n}" for n in range(9)]),
    st.sampled_from(("ann", "bo", None)),
    st.sets(st.sampled_from((*PARTIES, CLOCK))),
    st.sampled_from((None, "", " ", "figures_differ")),
    st.fixed_dictionaries({}, optional=dict.fromkeys(FACTS, st.booleans())),
)


def may(flow: Flow, stage: str, event: Event, same_person: bool) -> Transition | None:
    """Read straight from the declaration, without the engine."""
    for t in flow.transitions:
        if (t.source, t.id) == (stage, event.transition):
            allowed = (
                t.by in event.parties
                and all(event.facts.get(guard, False) for guard in t.guards)
                and not (t.reason and not (event.reason or "").strip())
                and not (t.separate and same_person)
            )
            return t if allowed else None
    return None


@given(flows(), st.lists(events, max_size=25))
@settings(max_examples=300, deadline=None)
def test_only_declared_steps_happen(flow: Flow, walk: list[Event]) -> None:
    history = History(flow)
    for event in walk:
        here = history.stage
        same = event.person is not None and event.person == history.author
        declared = may(flow, here.id, event, same)
        try:
            history = follow(history, event)
        except Refused:
            assert declared is None
        else:
            assert declared is not None
            assert (here.id, history.stage.id) == (declared.source, declared.target)


@given(flows(), st.lists(events, max_size=25))
@settings(max_examples=200, deadline=None)
def test_a_replay_is_the_fold_of_its_steps(flow: Flow, walk: list[Event]) -> None:
    history, taken = History(flow), []
    for event in walk:
        try:
            history = follow(history, event)
        except Refused:
            continue
        taken.append(event)
    replayed = run(flow, taken)
    assert replayed == history
    folded = flow.start
    for passage in history.passages:
        folded = step(
            flow,
            folded,
            passage.event.transition,
            parties=passage.event.parties,
            facts=passage.event.facts,
            reason=passage.event.reason,
        ).id
    assert folded == history.stage.id
    assert all(before.target == after.source for before, after in pairwise(history.passages))


@given(flows(), events, st.booleans())
@settings(max_examples=200, deadline=None)
def test_what_is_offered_can_be_taken_and_nothing_else(flow: Flow, event: Event, same: bool) -> None:
    for stage in flow.stages:
        offered = available(flow, stage.id, parties=event.parties, facts=event.facts, same_person=same)
        for t in flow.leaving(stage.id):
            given_reason = Event(t.id, event.person, event.parties, "理由", event.facts)
            assert (t in offered) == (may(flow, stage.id, given_reason, same) is not None)


@given(sound_flows(), st.data())
@settings(max_examples=200, deadline=None)
def test_an_accepted_flow_leaves_a_lock_only_for_a_reason(flow: Flow, data: st.DataObject) -> None:
    """A walk that takes whatever it is let: nothing leaves the end, nothing leaves a lock unsaid."""
    assert faults(flow) == []
    here, facts = flow.start, dict.fromkeys(FACTS, True)
    for _ in range(30):
        stage, leaving = flow.stage(here), flow.leaving(here)
        if stage.kind is StageKind.ENDED:
            assert not leaving
            return
        t = data.draw(st.sampled_from(leaving))
        reason = data.draw(st.sampled_from((None, " ", "理由")))
        try:
            here = step(flow, here, t.id, parties=[t.by], facts=facts, reason=reason).id
        except Refused:
            assert t.reason
            assert reason != "理由"
            continue
        assert stage.kind is not StageKind.LOCKED or reason == "理由"


def walks(flow: Flow) -> dict[str, set[str]]:
    """Where every stage leads, by walking step after step as often as there are stages. Naive on purpose."""
    reach = {stage.id: {stage.id} for stage in flow.stages}
    for _ in flow.stages:
        for t in flow.transitions:
            for seen in reach.values():
                if t.source in seen:
                    seen.add(t.target)
    return reach


@given(flows())
@settings(max_examples=500, deadline=None)
def test_the_checker_agrees_with_walking_everywhere(flow: Flow) -> None:
    reach = walks(flow)
    closed = {stage.id for stage in flow.stages if stage.kind in CLOSED}
    by_clock = Flow("f", "f", flow.stages, tuple(t for t in flow.transitions if t.automatic), flow.start)
    onward = walks(by_clock)
    expected = {("unreachable", s.id) for s in flow.stages if s.id not in reach[flow.start]}
    expected |= {("dead_end", s.id) for s in flow.stages if not reach[s.id] & closed}
    expected |= {("automatic_round", t.source) for t in by_clock.transitions if t.source in onward[t.target]}
    shape = {"unreachable", "dead_end", "automatic_round"}
    assert {(f.code, f.where) for f in faults(flow) if f.code in shape} == expected


@given(sound_flows())
@settings(max_examples=300, deadline=None)
def test_an_accepted_flow_can_always_be_finished_by_its_parties(flow: Flow) -> None:
    """Whatever happened before: some order of legal steps, by persons of their own each, ends it."""
    assert faults(flow) == []
    everything = {"parties": (*PARTIES, CLOCK), "facts": dict.fromkeys(FACTS, True)}
    came, open_ = {flow.start}, [flow.start]
    ends: dict[str, set[str]] = {}
    while open_:
        here = open_.pop()
        ends[here] = {
            step(flow, here, t.id, reason="理由", **everything).id
            for t in available(flow, here, **everything)
        }
        open_ += ends[here] - came
        came |= ends[here]
    assert came == {stage.id for stage in flow.stages}
    finished = {stage.id for stage in flow.stages if stage.kind in CLOSED}
    for _ in flow.stages:
        finished |= {here for here in came if ends[here] & finished}
    assert finished == came


@given(flows())
@settings(max_examples=100, deadline=None)
def test_a_flow_survives_its_file(flow: Flow) -> None:
    assert from_mapping(as_mapping(flow)) == flow


@given(levels)
@settings(max_examples=60, deadline=None)
def test_every_chain_is_sound(steps: list[ChainStep]) -> None:
    flow = chain("c", "审批", steps, clock=Clock(5))
    assert faults(flow) == []
    assert from_mapping(as_mapping(flow)) == flow


@given(
    levels,
    st.lists(
        st.tuples(
            st.sampled_from(("submit", "pass", "approve", "return", "withdraw", "reopen")),
            st.sampled_from(("ann", "bo", "cy")),
            st.sampled_from(("reporter", "county", "city", "province")),
            st.booleans(),
        ),
        max_size=40,
    ),
)
@settings(max_examples=300, deadline=None)
def test_a_chain_behaves_like_a_counter(
    steps: list[ChainStep], asks: list[tuple[str, str, str, bool]]
) -> None:
    """The whole chain as one number: 0 is the draft, 1 … n the levels, n + 1 approved."""
    flow, top = chain("c", "审批", steps), len(steps) + 1
    history, at, author = History(flow), 0, ""
    for verb, person, party, says_why in asks:
        at_party = steps[at - 1].party if 1 <= at < top else steps[-1].party if steps else "reporter"
        decides = party == at_party and person != author
        legal = {
            "submit": at == 0 and party == "reporter",
            "pass": 1 <= at < top - 1 and decides,
            "approve": at == top - 1 and at > 0 and decides,
            "return": 1 <= at < top and decides and says_why,
            "withdraw": at == 1 < top and party == "reporter",
            "reopen": at == top and party == at_party and says_why,
        }[verb]
        try:
            history = follow(history, Event(verb, person, {party}, "理由" if says_why else None))
        except Refused:
            assert not legal
            continue
        assert legal
        author = person if verb == "submit" else author
        at = at + 1 if verb in ("submit", "pass", "approve") else 0
        assert history.stage.id == ("draft", *(f"step.{n}" for n in range(1, top)), "approved")[at]
        assert history.author == author


# Calendars


def naive_add(calendar: WorkingCalendar, day: date, days: int) -> date:
    """Day by day, from the lists alone."""
    counted = 0
    while counted < days:
        day = day + timedelta(days=1)
        off = day in calendar.holidays or day.weekday() in (5, 6)
        if not off or day in calendar.extra_workdays:
            counted += 1
    return day


known_days = st.dates(date(2004, 1, 1), date(known_until(), 12, 31))
any_days = st.dates(date(1990, 1, 1), date(2060, 1, 1))
near = st.dates(date(2025, 1, 1), date(2025, 3, 31))
made_up = st.builds(
    WorkingCalendar,
    st.frozensets(near, max_size=30),
    st.frozensets(near, max_size=10),
    st.just(date(2025, 1, 1)),
    st.just(date(2025, 12, 31)),
)


@given(known_days, st.integers(0, 260))
@example(date(2023, 9, 28), 3)
@example(date(2026, 2, 13), 5)
@settings(max_examples=300, deadline=None)
def test_adding_counts_day_by_day(day: date, days: int) -> None:
    assert china().add(day, days) == naive_add(china(), day, days)


@given(made_up, near, st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_adding_counts_day_by_day_in_any_calendar(calendar: WorkingCalendar, day: date, days: int) -> None:
    end = calendar.add(day, days)
    assert end == naive_add(calendar, day, days)
    assert calendar.between(day, end) == days
    assert days == 0 or calendar.is_working(end)


@given(made_up, near, near, near)
@settings(max_examples=200, deadline=None)
def test_between_counts_adds_up_and_turns_round(
    calendar: WorkingCalendar, one: date, two: date, three: date
) -> None:
    first, last = sorted((one, two))
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    assert calendar.between(first, last) == sum(calendar.is_working(day) for day in days)
    assert calendar.between(one, two) == -calendar.between(two, one)
    assert calendar.between(one, two) + calendar.between(two, three) == calendar.between(one, three)


@given(any_days, any_days)
@settings(max_examples=100, deadline=None)
def test_between_needs_no_counting(one: date, two: date) -> None:
    first, last = sorted((one, two))
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    assert china().between(first, last) == sum(china().is_working(day) for day in days)


@given(any_days, any_days, st.integers(1, 60), st.booleans(), st.integers(0, 9), st.booleans())
@settings(max_examples=200, deadline=None)
def test_a_term_grows_with_its_start_its_days_and_its_grace(
    one: date, two: date, days: int, working: bool, grace: int, roll: bool
) -> None:
    clock = Clock(days, working, grace, roll)
    first, last = sorted((one, two))
    assert due_date(first, clock, china()) <= due_date(last, clock, china())
    assert due_date(one, clock, china()) <= due_date(one, Clock(days + 1, working, grace, roll), china())
    end, latest = due_date(one, clock, china()), last_date(one, clock, china())
    assert one < end <= latest
    if working or roll:
        assert china().is_working(end)
    if not working:
        assert end >= one + timedelta(days=days)
        assert roll or end == one + timedelta(days=days)
    stage = Stage("a", "甲", StageKind.WAIT, "unit", clock)
    assert not overdue(stage, one, latest, china())
    assert overdue(stage, one, latest + timedelta(days=1), china())


@given(flows(), any_days, st.integers(0, 100), st.sets(st.sampled_from(FACTS)))
@settings(max_examples=200, deadline=None)
def test_the_clock_takes_only_what_is_overdue_and_automatic(
    flow: Flow, entered: date, later: int, true: set[str]
) -> None:
    on, facts = entered + timedelta(days=later), dict.fromkeys(true, True)
    for stage in flow.stages:
        taken = lapse(flow, stage.id, entered, on, china(), facts=facts)
        ready = [t for t in flow.leaving(stage.id) if t.automatic and set(t.guards) <= true]
        if taken is None:
            assert not (overdue(stage, entered, on, china()) and ready)
        else:
            assert taken == ready[0]
            assert overdue(stage, entered, on, china())
            assert step(flow, stage.id, taken.id, parties=[CLOCK], facts=facts, reason="x").id == taken.target
