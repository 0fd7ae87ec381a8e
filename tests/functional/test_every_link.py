"""A reader who follows every link of the product meets no dead end."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import unquote, urlsplit

import pytest
from django.urls import resolve

from tests.support.crawl import Few, Walk, walk
from tests.support.packs import shipped
from zhijiao.portal.urls import urlpatterns


def kind(address: str) -> tuple[str, str]:
    """Pages of one kind differ only by what they are about: the name of the address, and the city."""
    path = unquote(urlsplit(address).path)
    if path.startswith("/static/"):
        return path, ""
    match = resolve(path)
    return str(match.url_name), str(match.kwargs.get("pack", ""))


@pytest.fixture(scope="module")
def walked(site: str) -> Walk:
    """Some pages of every kind; tests/trial/test_every_page.py opens them all."""
    return walk(f"{site}/", chosen=Few(kind))


def test_every_link_answers(walked: Walk) -> None:
    assert walked.broken == []


def test_every_link_into_a_page_finds_its_place(walked: Walk) -> None:
    assert walked.lost_anchors == []


@pytest.mark.parametrize("room", ["clauses", "indicators", "tasks"])
def test_the_walk_reached_the_whole_product(walked: Walk, room: str) -> None:
    """Every clause, indicator and task row of the packs has a page that a link leads to, and no link leads to another."""
    paths = {unquote(urlsplit(address).path) for address in walked.linked}
    found = {path for path in paths if re.fullmatch(rf"/c/[^/]+/{room}/[^/]+", path)}
    shelf = shipped()
    own, above = set(), set()
    for index in map(shelf.index, shelf.ids()):
        own |= {f"/c/{index.pack.manifest.id}/{room}/{one.id}" for one in getattr(index.pack, room)}
        above |= {f"/c/{index.pack.manifest.id}/{room}/{clause}" for clause in index.clauses}
    assert own <= found
    assert found <= own | above, "what stands above a city is read below it"


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


def test_every_file_that_is_offered_opens(walked: Walk) -> None:
    assert len(walked.files) >= 3 * 8
    for address, body in walked.files.items():
        with zipfile.ZipFile(io.BytesIO(body)) as opened:
            assert opened.testzip() is None, address
