"""Laws of the verdict on generated indicators and facts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from zhijiao.indicators.rules import make_board
from zhijiao.indicators.types import STRENGTH, Verdict
from zhijiao.policy.types import (
    Clause,
    Decisions,
    Indicator,
    Manifest,
    Pack,
    PackIndex,
    Places,
    Reported,
)

HORIZON_END = date(2023, 12, 31)

MANIFEST = Manifest.model_validate(
    {
        "id": "city",
        "title": "t",
        "place": "某市",
        "short": "某",
        "region": "0",
        "level": "city",
        "version": "1",
        "names": dict.fromkeys(("cockpit", "management", "enterprise", "resources", "policy"), "x"),
        "publication": {"title": "t", "introduction": "i"},
        "documents": [
            {
                "id": "plan",
                "title": "t",
                "short": "s",
                "issuer": "i",
                "kind": "plan",
                "status": "in_force",
                "horizon": {"from": "2021", "to": "2023"},
                "sections": [{"id": "s", "title": "s"}],
            }
        ],
    }
)
CLAUSE = Clause.model_validate(
    {
        "id": "plan.1",
        "document": "plan",
        "section": "s",
        "place": "p",
        "kind": "target",
        "title": "t",
        "summary": "s",
    }
)


def _indicator(indicator_id: str, bound: Decimal | None, parts: list[str] | None = None) -> Indicator:
    return Indicator.model_validate(
        {
            "id": indicator_id,
            "name": indicator_id,
            "clauses": ["plan.1"],
            "unit": "个",
            "direction": "higher",
            "level": ["city"],
            "definition": {"words": "w"},
            "targets": []
            if bound is None
            else [{"op": ">=", "value": bound, "unit": "个", "clause": "plan.1"}],
            "period": {"to": "2023", "kind": "point"},
            "parts": None if parts is None else {"rule": "all", "of": parts},
        }
    )


def _index(indicators: list[Indicator], facts: list[Reported]) -> PackIndex:
    rooms: dict[str, list[object]] = {name: [] for name in Pack.model_fields}
    rooms |= {"clauses": [CLAUSE], "indicators": list(indicators), "reported": list(facts)}
    pack = Pack.model_construct(
        **{**rooms, "manifest": MANIFEST, "places": Places(), "decisions": Decisions()}
    )
    assert isinstance(pack.decisions, Decisions)
    return PackIndex(pack)


published = st.dates(date(2022, 1, 1), date(2025, 12, 31))
numbers = st.integers(0, 200).map(Decimal)


@st.composite
def facts(draw: st.DrawFn, indicator: str = "a") -> Reported:
    day = draw(published)
    as_of = day - timedelta(days=draw(st.integers(0, 300)))
    return Reported.model_validate(
        {
            "id": f"f{draw(st.integers(0, 10**9))}",
            "name": "f",
            "clauses": ["plan.1"],
            "value": draw(numbers),
            "unit": "个",
            "as_of": as_of.isoformat(),
            "published": day.isoformat(),
            "answers": [{"indicator": indicator, "how": draw(st.sampled_from(STRENGTH)), "reason": "r"}],
        }
    )


def _verdict(listed: list[Reported], on: date, bound: Decimal = Decimal(100)) -> Verdict:
    return make_board(_index([_indicator("a", bound)], listed), on).row("a").verdict


@given(st.lists(facts(), max_size=5, unique_by=lambda f: f.id), st.randoms())
def test_the_order_of_facts_does_not_matter(listed: list[Reported], rng) -> None:  # type: ignore[no-untyped-def]
    shuffled = listed[:]
    rng.shuffle(shuffled)
    assert _verdict(listed, HORIZON_END) == _verdict(shuffled, HORIZON_END)


@given(st.lists(facts(), max_size=5, unique_by=lambda f: f.id), st.integers(1, 3000))
def test_a_closed_board_does_not_move(listed: list[Reported], days: int) -> None:
    later = HORIZON_END + timedelta(days=days)
    row = make_board(_index([_indicator("a", Decimal(100))], listed), later).row("a")
    assert row.verdict == _verdict(listed, HORIZON_END)
    known = {f.id for f in listed if date.fromisoformat(f.published) <= later}
    assert {f.reported.id for f in (*row.facts, *row.late)} == known


@given(st.lists(facts(), max_size=5, unique_by=lambda f: f.id), published)
def test_what_is_not_yet_public_is_not_known(listed: list[Reported], on: date) -> None:
    known = [f for f in listed if date.fromisoformat(f.published) <= on]
    assert _verdict(listed, on) == _verdict(known, on)


@given(numbers, numbers)
def test_the_same_measure_is_met_exactly_from_the_bound_on(value: Decimal, bound: Decimal) -> None:
    fact = Reported.model_validate(
        {
            "id": "f",
            "name": "f",
            "clauses": ["plan.1"],
            "value": value,
            "unit": "个",
            "as_of": "2023",
            "published": "2023-12-13",
            "answers": [{"indicator": "a", "how": "same", "reason": "r"}],
        }
    )
    assert (_verdict([fact], HORIZON_END, bound) is Verdict.MET) == (value >= bound)
    assert (_verdict([fact], date(2023, 12, 20), bound) is Verdict.NOT_DUE) == (value < bound)


@settings(max_examples=200)
@given(st.lists(st.lists(facts("part"), max_size=2, unique_by=lambda f: f.id), min_size=1, max_size=4))
def test_a_whole_is_met_only_when_every_part_is(by_part: list[list[Reported]]) -> None:
    names = [f"p{i}" for i in range(len(by_part))]
    listed = [
        fact.model_copy(
            update={
                "id": f"{name}.{fact.id}",
                "answers": [a.model_copy(update={"indicator": name}) for a in fact.answers],
            }
        )
        for name, own in zip(names, by_part, strict=True)
        for fact in own
    ]
    parts = [_indicator(name, Decimal(100)) for name in names]
    made = make_board(_index([_indicator("whole", None, names), *parts], listed), HORIZON_END)
    verdicts = [made.row(name).verdict for name in names]
    whole = made.row("whole").verdict
    assert (whole is Verdict.MET) == all(v is Verdict.MET for v in verdicts)
    assert (whole is Verdict.NOT_MET) == (Verdict.NOT_MET in verdicts)
    assert [row.indicator.id for row in made.rows] == ["whole", *names]
