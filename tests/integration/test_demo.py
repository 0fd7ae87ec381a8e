"""The tenant of examples: somebody of every role in each city, apart from real work, made once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from zhijiao.cli.demo.cases import fill_cases
from zhijiao.cli.demo.filling import fill
from zhijiao.cli.demo.officers import fill_officers
from zhijiao.cli.demo.people import POSTS
from zhijiao.cli.demo.tasks import fill_tasks
from zhijiao.core import environment
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import acting, bulk
from zhijiao.core.demo import PASSWORD, demo_accounts
from zhijiao.core.kinds import Tenant
from zhijiao.core.models import AuditEvent, Membership, User
from zhijiao.core.tree import tree
from zhijiao.registry.queries import contacts
from zhijiao.supervision.queries.inspection import problem_lines
from zhijiao.supervision.queries.proceedings import proceeding_lines
from zhijiao.supervision.types import ProblemState

NOW, TODAY = datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1)
pytestmark = pytest.mark.usefixtures("shipped_packs")


def test_every_city_has_somebody_of_every_role_once() -> None:
    places = fill(at=NOW, on=TODAY, work=False)
    assert {place.pack for place in places} == {"taizhou", "wenzhou"}
    for place in places:
        assert set(place.actors) == {post.key for post in POSTS}
        assert {seat.role for actor in place.actors.values() for seat in actor.seats} == set(Role)
    with bulk():
        counted = User.objects.count(), AuditEvent.objects.count()
    fill(at=NOW, on=TODAY, work=False)
    with bulk():
        assert (User.objects.count(), AuditEvent.objects.count()) == counted
        assert set(Membership.objects.values_list("organisation__tenant", flat=True)) == {Tenant.DEMO.value}
    assert not [node for node in tree(Tenant.REAL, TODAY).nodes.values() if "示例" in node.name]


def test_the_accounts_are_listed_for_whoever_is_not_signed_in() -> None:
    assert demo_accounts() == []
    places = fill(at=NOW, on=TODAY, work=False)
    listed = demo_accounts()
    assert len(listed) == sum(len(place.actors) for place in places)
    assert {account.place for account in listed} == {place.place.name for place in places}
    with bulk():
        assert User.objects.get(username=listed[0].username).check_password(PASSWORD)


def test_a_demo_county_sees_its_own_people_only() -> None:
    place = fill(at=NOW, on=TODAY, work=False)[0]
    county = place.actors["county-1"]
    with acting(county):
        seen = set(User.objects.values_list("username", flat=True))
    below = ("county-1", "school-1", "enterprise", "manager", "learner", "junior", "pupil", "parent")
    assert seen == {f"demo-{place.pack}-{key}" for key in below}


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2028, 2, 29), date(2026, 10, 4)])
def test_every_city_shows_work_in_several_states_on_any_day_and_once(day: date) -> None:
    at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    places = fill(at=at, on=day, work=False)

    def fill_work() -> int:
        for filler in (fill_officers, fill_tasks, fill_cases):
            for place in places:
                with bulk():
                    filler(place, at)
        with bulk():
            return AuditEvent.objects.count()

    assert fill_work() == fill_work()
    for place in places:
        office = place.actors["office"]
        with acting(office):
            letters = proceeding_lines(office, place.tree, on=day)
            problems = problem_lines(office, place.tree, on=day)
            in_office = contacts([place.nodes["county-1"].id], day)
        assert len({letter.stage for letter in letters}) >= 4
        assert {problem.state for problem in problems} == {ProblemState.OPEN, ProblemState.SETTLED}
        assert all("示例" in line.title for line in letters)
        assert in_office


def test_a_server_gets_no_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone@server/real")
    with pytest.raises(environment.DemoDataRefused):
        environment.refuse_demo_data()
