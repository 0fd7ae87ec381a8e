"""Seasons over the API and the command line: what is public to everybody, figures only to whom they may be told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from tests.support.people import seat_at
from tests.support.planning_season import PACK, plant_planners
from tests.support.whole_season import Pupil, allocate, marks, publish, whole
from zhijiao.cli.main import app

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shipped_packs")]

TWO = (Pupil(marks(500), (0, 1)), Pupil(marks(480), (0, 1)))


def get(path: str, client: Client | None = None, status: int = 200) -> Any:
    answer = (client or Client()).get(f"/api/v1/packs/{PACK}/seasons{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works in the tests' database."""

    @contextmanager
    def here() -> Iterator[None]:
        yield

    monkeypatch.setattr("zhijiao.cli.product.product", here)


def _run(*words: str) -> Any:
    told = CliRunner().invoke(app, ["season", *words])
    return told


def test_everybody_reads_plan_and_leaflet_of_a_locked_season() -> None:
    scene = whole(TWO)
    assert [each["code"] for each in get("")] == ["2026"]
    one = get("/2026")
    assert one["plan_digest"] == scene.season.plan_digest
    assert [each["bureau"] for each in one["signed"]] == ["reform", "education", "labour"]
    assert get("/2026/plan")["digest"] == scene.season.plan_digest
    lines = get("/2026/lines")
    assert [row["code"] for row in lines] == sorted(line.code for line in scene.lines)
    assert get(f"/2026/lines?after={lines[0]['code']}&limit=1")[0]["code"] == lines[1]["code"]
    assert get("/2026/lines?kind=technician")[0]["kind"] == "technician"
    assert get(f"/2026/lines/{lines[0]['code']}") == lines[0]
    assert get("/2026/brochure")["windows"][1].startswith("正式填报")
    for path in ("/2027", "/2026/lines/999", "/2027/statistics"):
        assert "detail" in get(path, status=404)


def test_figures_are_told_as_the_page_tells_them() -> None:
    scene = whole(TWO)
    told = get("/2026/statistics")
    assert (told["handed_in"], told["candidates"], told["lines"][0]["asked"]) == (None, None, None)
    office = seat_at(Client(), scene.officer)
    assert get("/2026/statistics", office)["handed_in"] == 2
    publish(scene, allocate(scene))
    told = get("/2026/statistics")
    assert told["placed"] == 2
    assert sum(row["admitted"] for row in told["lines"]) == 2


def test_an_operator_opens_and_reads_seasons(at_hand: None) -> None:
    plant_planners()
    assert "还没有招生季" in _run("list").stdout
    made = _run("open", PACK, "--year", "2027", "--document", "示例〔2026〕1号", "--json")
    assert made.exit_code == 0, made.output
    said = json.loads(made.stdout)
    assert (said["code"], said["phase"], len(said["rounds"])) == ("2027", "preparing", 3)
    assert json.loads(_run("show", "2027", "--json").stdout) == said
    assert "规则取自政策包" in _run("show", "2027").stdout
    assert [each["code"] for each in json.loads(_run("list", "--json").stdout)] == ["2027"]
    missing = _run("show", "2030")
    assert (missing.exit_code, "2027" in missing.output) == (1, True)
    # Not public before the plan is locked.
    assert get("") == []
    again = _run("open", PACK, "--year", "2027")
    assert again.exit_code == 1
    assert "已有代码" in str(again.exception) + again.output
    assert _run("open", "wenzhou").exit_code == 1
    assert _run("list", "--tenant", "x").exit_code == 1
