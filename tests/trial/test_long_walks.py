"""Trial: the generated walks of reports and of plans, many of them."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.property.test_reporting_walks import city, people, report, test_no_walk_leaves_the_law
from tests.property.test_succession import scene, test_no_life_of_a_plan_breaks_the_promise

__all__ = ["city", "people", "report", "scene"]  # fixtures of these walks
pytestmark = [pytest.mark.trial, pytest.mark.django_db]

WALKS = int(os.environ.get("ZHIJIAO_TRIAL_WALKS", "200"))


def many(test: Any) -> Any:
    """The same test with as many walks."""
    chosen = settings(max_examples=WALKS, deadline=None, suppress_health_check=list(HealthCheck))
    return chosen(given(data=st.data())(test.hypothesis.inner_test))


test_many_reports = many(test_no_walk_leaves_the_law)
test_many_plans = many(test_no_life_of_a_plan_breaks_the_promise)
del test_no_walk_leaves_the_law, test_no_life_of_a_plan_breaks_the_promise
