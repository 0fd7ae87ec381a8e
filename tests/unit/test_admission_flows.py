"""Who goes from county to county: exact for the bureaus, and for everybody without a way back to a small count."""

from __future__ import annotations

from zhijiao.admissions.rules.flows import ALL, THRESHOLD, flows

COUNTED = {("甲", "甲"): 40, ("甲", "乙"): 3, ("乙", "甲"): 12, ("乙", "乙"): 30, ("丙", "甲"): 15}


def test_bureaus_see_every_count_and_the_sums() -> None:
    found = flows(COUNTED, ("甲", "乙", "丙"), everything=True)
    assert found.of("甲", "乙") == 3
    assert found.of("甲", ALL) == 43
    assert found.of(ALL, "甲") == 67
    assert found.of(ALL, ALL) == 100
    assert found.of("丙", "丙") == 0


def test_everybody_sees_no_small_count_nor_what_leads_back_to_it() -> None:
    found = flows(COUNTED, ("甲", "乙", "丙"), everything=False)
    hidden = {key for key, value in found.counts.items() if value is None}
    assert ("甲", "乙") in hidden
    assert all(value == 0 or value >= THRESHOLD for value in found.counts.values() if value is not None)
    assert sum(source == "甲" for source, _ in hidden) > 1
    assert sum(target == "乙" for _, target in hidden) > 1
    assert found.of(ALL, ALL) == 100
