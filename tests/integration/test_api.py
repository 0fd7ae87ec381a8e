"""The API says what the pages and the command line say."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from tests.support.packs import shipped
from zhijiao.cli.main import app
from zhijiao.policy.packs.coverage import coverage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped_packs")]

PACKS = ("zhejiang", "taizhou", "wenzhou")
ROOMS = (
    "goals",
    "standards",
    "tasks",
    "programmes",
    "rules",
    "parameters",
    "reported",
    "systems",
    "mechanisms",
    "industries",
    "concepts",
    "scoring",
)


def get(path: str, **query: str) -> Any:
    answer = Client().get(f"/api/v1{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_description_names_every_address() -> None:
    described = get("/openapi.json")
    assert described["openapi"].startswith("3.")
    assert "/api/v1/packs/{pack}/indicators" in described["paths"]
    operations = [op for path in described["paths"].values() for op in path.values()]
    assert all(op["summary"] and op["tags"] for op in operations)


@pytest.mark.parametrize("pack", PACKS)
def test_the_board_is_that_of_the_command_line(pack: str) -> None:
    told = CliRunner().invoke(app, ["board", pack, "--on", "2023-12-31", "--json"])
    assert get(f"/packs/{pack}/indicators", on="2023-12-31") == json.loads(told.stdout)


@pytest.mark.parametrize("pack", PACKS)
def test_coverage_is_that_of_the_pack(pack: str) -> None:
    assert get(f"/packs/{pack}/coverage") == coverage(shipped().index(pack)).as_json()


@pytest.mark.parametrize("pack", PACKS)
def test_every_room_can_be_read(pack: str) -> None:
    loaded = shipped().load(pack)
    for room in ROOMS:
        assert len(get(f"/packs/{pack}/objects/{room}")) == len(getattr(loaded, room)), room
    assert len(get(f"/packs/{pack}/clauses")) == len(loaded.clauses)
    assert len(get(f"/packs/{pack}/documents")) == len(loaded.manifest.documents)
    assert len(get(f"/packs/{pack}/tasks")) == sum(len(row.items) for row in loaded.tasks)
    assert len(get(f"/packs/{pack}/organisations")["divisions"]) == len(loaded.places.divisions)


def test_every_indicator_and_clause_opens_by_its_id() -> None:
    for row in get("/packs/taizhou/indicators"):
        one = get(f"/packs/taizhou/indicators/{row['indicator']}")
        assert one["definition"]["words"]
        for clause in row["clauses"]:
            assert get(f"/packs/taizhou/clauses/{clause}")["objects"]


def test_a_unit_is_found_under_every_spelling() -> None:
    spelled = ("市人社局", "市人力社保局", "市人力资源和社会保障局")
    found = [{task["item"] for task in get("/packs/taizhou/tasks", unit=name)} for name in spelled]
    assert found[0]
    assert found[0] == found[1] == found[2]


def test_an_older_day_shows_the_older_board() -> None:
    def verdicts(on: date) -> dict[str, int]:
        found: dict[str, int] = get("/packs/taizhou/summary", on=on.isoformat())["verdicts"]
        return {verdict: n for verdict, n in found.items() if n}

    assert verdicts(date(2022, 1, 1)) == {"not_due": 20}
    assert verdicts(date(2024, 5, 1))["not_comparable"] == 7


@pytest.mark.parametrize(
    "path",
    [
        "/packs/nowhere/indicators",
        "/packs/taizhou/indicators/nothing",
        "/packs/taizhou/clauses/nothing",
        "/packs/taizhou/indicators?v=000000000000",
    ],
)
def test_what_is_not_there_is_404_with_a_sentence(path: str) -> None:
    answer = Client().get(f"/api/v1{path}")
    assert answer.status_code == 404
    assert "没有" in answer.json()["detail"]


@pytest.mark.parametrize("query", ["?on=yesterday", "?on=2023-02-30"])
def test_a_day_that_is_none_is_refused(query: str) -> None:
    answer = Client().get(f"/api/v1/packs/taizhou/indicators{query}")
    assert answer.status_code == 422
    assert "参数 on 不合格" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "first"), [("双师", True), ("校", True), ("台 州", True), ("不存在的词组啊", False)]
)
def test_search_finds_one_and_two_characters(query: str, first: bool) -> None:
    assert bool(get("/search", q=query)) is first


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/api/v1/nothing", 404, "没有接口 /api/v1/nothing"),
        ("/api/v1/packs/taizhou/scores", 404, "没有接口"),
        ("/api/v1/packs/taizhou/indicators?on=2023-13", 422, "参数 on 不合格，日期写成 2023-12-31 这样"),
        ("/api/v1/search", 422, "参数 q 没有给出"),
        ("/api/v1/search?q=", 422, "参数 q 不能为空"),
        ("/api/v1/search?q=a&limit=0", 422, "参数 limit 不能小于 1"),
        ("/api/v1/search?q=a&limit=many", 422, "参数 limit 应是整数"),
    ],
)
def test_what_cannot_be_answered_says_why_in_json(address: str, status: int, said: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/json")
    assert said in answer.json()["detail"]
    assert said in answer.content.decode()  # as itself, not as escapes


def test_the_description_names_the_refusal_of_parameters() -> None:
    described = get("/openapi.json")
    assert "422" in described["paths"]["/api/v1/packs/{pack}/indicators"]["get"]["responses"]
    assert "422" not in described["paths"]["/api/v1/packs"]["get"]["responses"]
