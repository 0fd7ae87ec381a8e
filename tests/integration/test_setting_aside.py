"""A file of which nobody knows yet what data it is: kept sealed for its sender, for a day, and for nobody else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.intake import AT, plant
from tests.support.people import hired
from zhijiao.core.access.actor import Invisible, NotAllowed
from zhijiao.core.access.roles import Role
from zhijiao.core.access.scope import bulk
from zhijiao.exchange import actions
from zhijiao.exchange.types import FileUnusable

pytestmark = pytest.mark.django_db
SAID = "示例，甲乙丙".encode()


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, db: None) -> dict[str, int]:
    monkeypatch.setenv("ZHIJIAO_DATA", str(tmp_path))
    with bulk():
        return plant()


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.glob("intake/aside/*/*") if path.is_file()]


def test_a_file_is_kept_sealed_for_who_sent_it_and_once(ids: dict[str, int], tmp_path: Path) -> None:
    clerk = hired("示例经办", Role.SCHOOL, ids["s1"])
    other = hired("示例另一人", Role.SCHOOL, ids["s1"])
    key = actions.set_aside(by=clerk, at=AT, organisation=ids["s1"], name="在校生.csv", chunks=[SAID])
    (path,) = kept(tmp_path)
    assert SAID not in path.read_bytes()
    assert actions.aside(by=clerk, at=AT, key=key).name == "在校生.csv"
    assert b"".join(actions.content_aside(by=clerk, at=AT, key=key)) == SAID
    for by, at, tried in (
        (other, AT, key),
        (clerk, AT + timedelta(days=1, seconds=1), key),
        (clerk, AT, key + "x"),
        (clerk, AT, "../../secret_key"),
    ):
        with pytest.raises(FileUnusable, match="请重新选择文件上传"):
            actions.aside(by=by, at=at, key=tried)
    again = actions.set_aside(by=clerk, at=AT, organisation=ids["s1"], name="乙.csv", chunks=[b"1"])
    assert len(kept(tmp_path)) == 1
    with pytest.raises(FileUnusable):
        actions.aside(by=clerk, at=AT, key=key)
    actions.let_go(by=clerk, at=AT, key=again)
    actions.let_go(by=clerk, at=AT, key=again)
    assert not kept(tmp_path)


def test_what_nobody_takes_up_goes_after_a_day(ids: dict[str, int], tmp_path: Path) -> None:
    from django.utils import timezone

    clerk, now = hired("示例经办", Role.SCHOOL, ids["s1"]), timezone.now()
    actions.set_aside(by=clerk, at=now, organisation=ids["s1"], name="甲.csv", chunks=[SAID])
    actions.clear_aside(at=now + timedelta(hours=23))
    assert kept(tmp_path)
    actions.clear_aside(at=now + timedelta(hours=25))
    assert not kept(tmp_path)


def test_only_who_may_hand_in_sets_aside(ids: dict[str, int], tmp_path: Path) -> None:
    leader = hired("示例领导", Role.LEADER, ids["s1"])
    with pytest.raises((NotAllowed, Invisible)):
        actions.set_aside(by=leader, at=AT, organisation=ids["s1"], name="甲.csv", chunks=[SAID])
    assert not kept(tmp_path)
