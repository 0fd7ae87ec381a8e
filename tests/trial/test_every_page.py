"""The whole walk through what a visitor may read: some two thousand pages. `make test` opens some of every kind."""

from __future__ import annotations

import pytest

from tests.support.crawl import walk

pytestmark = pytest.mark.trial


def test_every_page_answers_and_every_link_into_a_page_finds_its_place(site: str) -> None:
    walked = walk(f"{site}/")
    assert walked.broken == []
    assert walked.lost_anchors == []
    assert walked.linked == set(walked.answers)
