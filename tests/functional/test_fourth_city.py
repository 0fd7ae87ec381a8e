"""Another city writes a pack and gets its board, its pages and its public portal, without a line of code."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import instance
from tests.support.crawl import fetch, walk
from tests.support.database import open_folder
from tests.support.prepared import Stage, prepared_folder
from zhijiao.policy.packs.starting import write_minimal


@pytest.fixture(scope="module")
def fourth_city() -> Iterator[str]:
    with prepared_folder(Stage.TABLES) as data, open_folder() as packs:
        write_minimal(packs / "fourth")
        with instance.running(data, env={"ZHIJIAO_PACKS": str(packs)}) as running:
            yield running.address


def test_its_board_stands_on_the_first_page(fourth_city: str) -> None:
    assert "/c/fourth/" in fetch(f"{fourth_city}/").text


def test_its_pages_are_all_there(fourth_city: str) -> None:
    for part, least in (("/c/fourth/", 12), ("/public/fourth/", 2)):
        found = walk(f"{fourth_city}{part}", within=part)
        assert found.broken == []
        assert len(found.answers) >= least


def test_its_figures_are_in_the_api(fourth_city: str) -> None:
    answer = fetch(f"{fourth_city}/api/v1/packs/fourth/indicators")
    assert answer.status == 200
    assert b"plan.target.1" in answer.body
