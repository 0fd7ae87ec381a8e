"""A reader who follows every link of the product meets no dead end."""

from __future__ import annotations

import io
import zipfile
from urllib.parse import unquote, urlsplit

import pytest
from django.urls import resolve

from tests.support.crawl import Walk, fetch, walk
from zhijiao.portal.urls import urlpatterns


@pytest.fixture(scope="module")
def walked(site: str) -> Walk:
    return walk(f"{site}/")


def test_every_link_answers(walked: Walk) -> None:
    assert walked.broken == []


def test_every_link_into_a_page_finds_its_place(walked: Walk) -> None:
    assert walked.lost_anchors == []


def test_the_walk_reached_the_whole_product(walked: Walk) -> None:
    """Every clause, indicator and task row of the three packs has a page that a link leads to."""
    paths = [urlsplit(address).path for address in walked.answers]
    assert sum("/clauses/" in path for path in paths) >= 528
    assert sum(path.count("/") == 4 and "/indicators/" in path for path in paths) >= 127
    assert sum("/tasks/" in path for path in paths) >= 52 + 17 + 8 + 20 + 4


NOT_LINKED = {
    "board_file",  # the overview's file under a name that says what it is; tests/integration/test_export_files.py
    "carried",  # from a closed board, once a plan that follows it is in force; none is in the shipped packs
    "computed_file",  # once there are records to compute from; tests/functional/test_computed_pages.py
    "computed_why",
    *(
        "publicity",
        "publicity_object",
        "letter",
    ),  # by a code that is handed on; tests/functional/test_admission_pages.py
    "admissions_file",  # once a season has figures; tests/functional/test_admission_pages.py
    # Once a plan of admissions is locked; tests/integration/test_season_pages.py
    *("public_plan", "public_plan_file", "public_plan_data", "public_plan_brochure", "public_plan_line"),
    # Once somebody is called in public; tests/integration/test_record_notices.py
    *("record_notices", "record_notice"),
    "clauses_file",  # a list across documents, for who knows its address; tests/integration/test_export_files.py
}
FOR_PEOPLE = ("desk/", "account", "inbox", "files/", "login/", "logout", "join/receipt", "choices")
"""Where who has signed in goes on: a visitor's walk ends at the door. tests/integration/test_strangers.py asks each of them,
and the journeys of tests/functional reach them."""


def test_every_kind_of_page_was_reached(walked: Walk) -> None:
    """A page to which no link leads is a page that nobody finds."""
    reached = {resolve(unquote(path)).url_name for path in _own_paths(walked)}
    for_visitors = {p.name for p in urlpatterns if not str(p.pattern).startswith(FOR_PEOPLE)}
    assert for_visitors - reached == NOT_LINKED


def _own_paths(walked: Walk) -> set[str]:
    paths = {urlsplit(address).path for address in walked.answers}
    return {path for path in paths if not path.startswith("/static/")}


def test_every_file_that_is_offered_opens(site: str, walked: Walk) -> None:
    files = [a for a in walked.answers if urlsplit(a).path.endswith((".xlsx", ".docx"))]
    assert len(files) >= 3 * 8
    for address in files:
        with zipfile.ZipFile(io.BytesIO(fetch(address).body)) as opened:
            assert opened.testzip() is None, address
