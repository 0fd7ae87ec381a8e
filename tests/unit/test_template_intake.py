"""What a template asks for is what intake takes: of every data set, the example is passed over and a filled row goes through."""

from __future__ import annotations

from datetime import date

import pytest

from zhijiao.exchange.rules.identity import Keys
from zhijiao.exchange.rules.intake import Circumstances, Organisations, begin
from zhijiao.exchange.rules.standard import shipped
from zhijiao.exchange.rules.template import template
from zhijiao.exchange.types import Dataset, Problem, Role, Severity

OWN = "9900000002"
DATASETS = [dataset.id for dataset in shipped().datasets]


def _given(dataset: Dataset) -> Circumstances:
    return Circumstances(
        standard=shipped(),
        dataset=dataset,
        organisations=Organisations(ids={OWN: 7, "9900000001": 8}, names={}, allowed=None),
        keys=Keys(seal=b"1" * 32, blind=b"2" * 32, other=b"3" * 32),
        sender=7,
        today=date(2026, 11, 1),
    )


def _taken(dataset: Dataset, content: bytes) -> tuple[int, int, list[Problem]]:
    """Rows read, rows good, what is wrong."""
    reading = begin(content, "模板.xlsx", _given(dataset))
    parts = list(reading.chunks())
    problems = [problem for part in parts for problem in part.problems if problem.severity is Severity.ERROR]
    return sum(part.read for part in parts), sum(part.good.height for part in parts), problems


def _row(dataset: Dataset) -> dict[str, str]:
    """The examples as a known row: codes for names, and an organisation of one's own."""
    row = {}
    for field in dataset.fields:
        codes = shipped().codes.get(field.values or "")
        entry = codes.by_name.get(field.example) if codes is not None and not codes.open else None
        row[field.id] = entry.code if entry else field.example
        if field.role is Role.ORGANISATION:
            row[field.id] = OWN
    return row


@pytest.mark.parametrize("name", DATASETS)
def test_an_empty_template_holds_no_row(name: str) -> None:
    dataset = shipped().by_id[name]
    assert _taken(dataset, template(shipped(), name))[:1] == (0,)


@pytest.mark.parametrize("name", DATASETS)
def test_a_filled_template_goes_through(name: str) -> None:
    dataset = shipped().by_id[name]
    read, good, problems = _taken(dataset, template(shipped(), name, [_row(dataset)]))
    assert [problem.words for problem in problems] == []
    assert (read, good) == (1, 1)
