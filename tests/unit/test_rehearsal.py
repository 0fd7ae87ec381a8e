"""A rehearsal: made-up applicants under a pack's rules, and what each rule moves."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.support.packs import shipped
from zhijiao.admissions.queries.rehearsing import added, rehearsal, without_each_item
from zhijiao.cli.main import app
from zhijiao.engines.matching.cohort import Setting, season
from zhijiao.engines.matching.files import input_files, read_input, write_input
from zhijiao.engines.matching.running import match
from zhijiao.engines.matching.sensitivity import Variation, difference, sensitivity, variations
from zhijiao.engines.matching.types import BadInput
from zhijiao.engines.matching.verifying import verify


def _rules(pack: str) -> dict[str, object]:
    rules = shipped().index(pack).admission
    assert rules is not None
    return rules.model_dump(mode="json")


def test_the_same_seed_makes_the_same_season() -> None:
    first, again, other = (rehearsal(_rules("taizhou"), 300, seed).market for seed in (5, 5, 6))
    assert input_files(first) == input_files(again)
    assert input_files(first) != input_files(other)


def test_a_rehearsal_holds_all_guarantees_and_every_rule_is_varied() -> None:
    rehearsed = rehearsal(_rules("taizhou"), 1500, 1)
    market = rehearsed.market
    result = match(market)
    assert verify(market, result) == ()
    tried = [*variations(market), *without_each_item(rehearsed)]
    ids = [each.id for each in tried]
    assert len(set(ids)) == len(ids)
    assert {each.split(":")[0] for each in ids} >= {
        "order",
        "last_seat",
        "max_choices",
        "flows",
        "origins",
        "bonus",
    }
    for each in sensitivity(market, result, tried):
        assert each.moved == each.better + each.worse + each.elsewhere


def test_no_change_moves_nobody() -> None:
    market = season(Setting(1000, 4))
    result = match(market)
    unchanged = difference(market, result, Variation("same", "", market), match(market))
    assert (unchanged.moved, unchanged.placed) == (0, int((result.cell >= 0).sum()))


def test_marks_are_added_as_the_season_says() -> None:
    rules = _rules("taizhou")
    rehearsed = rehearsal(rules, 5000, 2)
    points = added(rehearsed)
    assert set(np.unique(points)) <= {0, 5, 10, 20}
    merit = rehearsed.has["soldier-merit"]
    assert (points[merit] == 20).all()
    assert (added(rehearsed, without="minority") <= points).all()


def test_the_command_says_it_all_and_what_it_writes_can_be_verified(tmp_path: Path) -> None:
    run = CliRunner().invoke(
        app, ["season", "rehearse", "--applicants", "400", "--seed", "7", "--out", str(tmp_path), "--json"]
    )
    assert run.exit_code == 0, run.output
    said = json.loads(run.stdout)
    assert (said["applicants"], said["seed"], said["ok"], said["synthetic"]) == (400, 7, True, True)
    assert sum(said["by_batch"].values()) == said["placed"] == sum(said["by_choice"].values())
    assert sum(said["reasons"].values()) == said["choices"]
    verified = CliRunner().invoke(
        app, ["match", "verify", str(tmp_path / "input"), str(tmp_path / "result"), "--json"]
    )
    assert verified.exit_code == 0, verified.output
    assert json.loads(verified.stdout)["digest"] == said["digest"]


def test_a_pack_that_is_not_there_is_said() -> None:
    run = CliRunner().invoke(app, ["season", "rehearse", "--applicants", "10", "--pack", "nowhere"])
    assert run.exit_code != 0
    assert "nowhere" in run.output


def test_made_up_lists_keep_to_the_caps_of_groups(tmp_path: Path) -> None:
    rules = _rules("taizhou")
    batches = [dict(each) for each in rules["batches"]]  # type: ignore[attr-defined]
    batches[-1]["groups"] = [
        {"id": "far", "name": "示例外地志愿", "most": 2, "beyond": True},
        {"id": "two", "name": "示例两校", "most": 1, "schools": ["示例甲校", "示例乙校"]},
    ]
    market = rehearsal({**rules, "batches": batches}, 400, 3).market
    free = rehearsal(rules, 400, 3).market
    assert len(market.choice_unit) < len(free.choice_unit)
    assert [len(each.groups) for each in market.rules.batches] == [0] * (len(batches) - 1) + [2]
    write_input(market, tmp_path)
    assert len(read_input(tmp_path).choice_unit) == len(market.choice_unit)
    write_input(replace(free, rules=market.rules), tmp_path)
    with pytest.raises(BadInput, match="最多"):
        read_input(tmp_path)
    assert verify(market, match(market)) == ()
