"""Where a task item stands: from what was made public, the due date, and the plan's horizon."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from zhijiao.policy.types import Answer, Reported, TaskItem
from zhijiao.supervision.rules import count, state_of
from zhijiao.supervision.types import Facts, TaskState

TABLE = """
public                  due         on          plan     state
-                       2023        2023-06-30  running  open
-                       2023        2023-12-31  running  open
-                       2023-06-30  2023-07-01  running  unreported
-                       -           2023-07-01  running  undated
-                       2023        2024-01-01  closed   carried_over
-                       -           2030-01-01  closed   carried_over
same                    2023-06-30  2023-07-01  running  done
same                    2023        2030-01-01  closed   done
other_name              2023        2023-06-30  running  done_if_same
other_name              2023        2030-01-01  closed   done_if_same
component               2023-06-30  2023-07-01  running  partly
step                    2023-06-30  2023-07-01  running  partly
aggregate               -           2023-07-01  running  partly
component               2023        2030-01-01  closed   carried_over
other_population        2023-06-30  2023-07-01  running  unreported
self_statement          2023        2023-06-30  running  open
same,component          2023        2023-06-30  running  done
other_population,step   2023        2023-06-30  running  partly
"""


def item(due: str) -> TaskItem:
    made: dict[str, Any] = {"id": "i", "name": "事项", "clauses": ["c"], "deliverable": "名单"}
    return TaskItem.model_validate(made if due == "-" else {**made, "due": {"on": due}})


def facts(public: str) -> Facts:
    reported = Reported.model_validate(
        {"id": "r", "name": "公布", "clauses": ["c"], "text": "已办", "as_of": "2023", "published": "2023"}
    )
    hows = [] if public == "-" else public.split(",")
    return tuple(
        (reported, Answer.model_validate({"task": "i", "how": how, "reason": "原因"})) for how in hows
    )


@pytest.mark.parametrize(
    ("public", "due", "on", "plan", "state"), [line.split() for line in TABLE.strip().splitlines()[1:]]
)
def test_the_state_of_an_item(public: str, due: str, on: str, plan: str, state: str) -> None:
    found = state_of(item(due), facts(public), closed=plan == "closed", on=date.fromisoformat(on))
    assert found == TaskState(state)


def test_every_state_is_reached_by_the_table() -> None:
    assert {line.split()[-1] for line in TABLE.strip().splitlines()[1:]} == set(TaskState)


def test_a_count_lists_every_state_also_with_nought() -> None:
    assert count([]) == dict.fromkeys(TaskState, 0)
