"""A visitor who reads every public page of computed figures cannot work out what they withhold."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from tests.support.duties import City, city_of
from tests.support.frozen import AT, PERIOD, RATE, freeze
from zhijiao.core.access.scope import bulk
from zhijiao.core.kinds import OrganisationKind
from zhijiao.core.models import Organisation
from zhijiao.engines.disclosure import Cause, Marker, Published, Rule, Table, attack, primary_only
from zhijiao.engines.disclosure.types import Key
from zhijiao.indicators import actions
from zhijiao.indicators.actions.computing import _lines_of
from zhijiao.indicators.models import Result, Run
from zhijiao.indicators.rules.computed import table_of

pytestmark = pytest.mark.django_db
RULE = Rule(threshold=10)
PAGE = f"/c/taizhou/indicators/{RATE}/computed"
SMALL = "school-2"
SCHOOLS = {
    "test-school": (90, 120),
    SMALL: (97, 100),  # three did not graduate
    "school-3": (50, 80),
    "school-4": (66, 90),
    "school-5": (40, 60),
    "school-6": (4, 40),
}
Shown = dict[int, tuple[int, int]]
"""Numerator and denominator by organisation."""


@pytest.fixture
def city(shipped_packs: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> City:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    made = city_of("taizhou")
    with bulk():
        for number in (2, 4):
            City.plant(f"school-{number}", OrganisationKind.SECONDARY_VOCATIONAL, made.county)
        for number in (3, 5, 6):
            City.plant(f"school-{number}", OrganisationKind.SECONDARY_VOCATIONAL, made.counties[1])
    return made


@pytest.fixture
def run(city: City, tmp_path: Path) -> int:
    number = actions.compute(snapshot_id=freeze(tmp_path, SCHOOLS), pack="taizhou", by=city.system, at=AT)
    assert number is not None
    return number


def read_everything(visitor: Client, organisations: list[int]) -> Shown:
    """What the pages show a visitor: of each organisation asked for by its address, and of each that a page lists."""
    shown: Shown = {}
    for number in organisations:
        for period in ("", PERIOD, "2021/2022"):
            answer = visitor.get(PAGE, {"at": number, "period": period} if period else {"at": number})
            assert answer.status_code in (200, 404)
            if answer.status_code == 200 and (found := _ratio(_figures(answer.content.decode()))):
                shown[number] = found
            for at, row in _rows(answer.content.decode()):
                if found := _ratio(row):
                    shown[at] = found
    return shown


def _figures(html: str) -> str:
    box = re.search(r'<div class="verdict-box.*?</dl>', html, re.DOTALL)
    return box[0] if box else ""


def _rows(html: str) -> list[tuple[int, str]]:
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", html, re.DOTALL)
    return [(int(at[1]), row) for row in rows if (at := re.search(r"[?&;]at=(\d+)", unescape(row)))]


def _ratio(html: str) -> tuple[int, int] | None:
    found = re.search(r"([\d,]+) ÷ ([\d,]+)", unescape(html))
    return (_count(found[1]), _count(found[2])) if found else None


def _count(text: str) -> int:
    return int(text.replace(",", ""))


def the_table(run: int) -> tuple[Table, dict[str, int]]:
    """The counts behind the pages, and the organisations by code."""
    with bulk():
        codes = dict(Organisation.objects.values_list("id", "code"))
        lines = [line for line in _lines_of(Run.objects.get(pk=run), codes) if line.indicator == RATE]
    return table_of(lines)[0], {code: number for number, code in codes.items()}


def as_published(table: Table, shown: dict[Key, int]) -> Published:
    """The publication that a visitor saw. A hidden small count is known to be one: more than the pages say."""
    markers = {
        key: Marker(Cause.PRIMARY if RULE.is_small(value or 0) else Cause.COMPLEMENTARY, "")
        for key, value in table.cells.items()
        if key not in shown and key not in table.unprinted
    }
    return Published(RULE, dict(shown), markers, {}, primary_only(table, RULE).sums)


def test_nothing_that_is_withheld_can_be_worked_out(city: City, run: int) -> None:
    table, ids = the_table(run)
    with bulk():
        withheld = set(
            Result.objects.filter(run=run, indicator=RATE, disclosed=False).values_list("id", flat=True)
        )
        organisations = list(Organisation.objects.values_list("id", flat=True))
    shown = read_everything(Client(), organisations)
    assert ids[SMALL] not in shown
    assert ids["school-6"] not in shown
    assert city.place.pk in shown, "the pages show something"
    for number in withheld:
        assert Client().get(f"/c/taizhou/computed/{number}").status_code == 404
    cells: dict[Key, int] = {}
    for key, value in table.cells.items():
        name, code = key[0], key[1]
        if len(key) == 3 and ids[code] in shown:
            cells[key] = shown[ids[code]][int(name)]
            assert cells[key] == value
    assert attack(as_published(table, cells)) == []


def test_hiding_the_small_counts_alone_would_have_given_them_away(city: City, run: int) -> None:
    table, _ = the_table(run)
    found = {recovery.key for recovery in attack(primary_only(table, RULE))}
    assert any("school-6" in key for key in found)
    # By hand: the county less its other schools.
    total = table.cells["0", city.counties[1].code, ""]
    others = [table.cells["0", code, ""] for code in ("school-3", "school-5")]
    assert (total or 0) - sum(other or 0 for other in others) == SCHOOLS["school-6"][0]


def test_programs_and_files_withhold_the_same(city: City, run: int) -> None:
    visitor = Client()
    county = city.counties[1]
    assert visitor.get("/api/v1/packs/taizhou/computed", {"indicator": RATE}).status_code in (401, 403)
    with bulk():
        of_county = Result.objects.get(run=run, indicator=RATE, organisation=county, major="")
        of_city = Result.objects.get(run=run, indicator=RATE, organisation=city.place, major="")
    assert of_city.disclosed
    answer = visitor.get(f"{PAGE}.xlsx", {"at": county.pk})
    assert answer.status_code == (200 if of_county.disclosed else 404)
    row = next(
        row
        for row in visitor.get("/api/v1/packs/taizhou/board", {"live": "true", "on": "2023-09-30"}).json()
        if row["indicator"] == RATE
    )
    assert row["way"] == "computed"
    assert row["computed"]["numerator"] == 347
