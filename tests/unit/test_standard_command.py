"""`zhijiao standard` and `zhijiao template` on files alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from openpyxl import load_workbook
from typer.testing import CliRunner

from zhijiao.cli.main import app
from zhijiao.exchange.rules.standard import shipped
from zhijiao.exchange.rules.standard.reading import SHIPPED

RUN = CliRunner()


def test_list_and_show() -> None:
    listed = json.loads(RUN.invoke(app, ["standard", "list", "--shipped", "--json"]).stdout)
    assert [each["id"] for each in listed] == [each.id for each in shipped().datasets]
    lists = json.loads(RUN.invoke(app, ["standard", "list", "--codes", "--shipped", "--json"]).stdout)
    assert {each["id"] for each in lists if each["open"]} == {
        "majors",
        "industries",
        "regions",
        "occupations",
    }
    assert "毕业去向" in RUN.invoke(app, ["standard", "show", "graduates", "--shipped"]).stdout
    schema = json.loads(RUN.invoke(app, ["standard", "show", "graduates", "--shipped", "--schema"]).stdout)
    assert schema["x-key"] == ["organisation", "person", "year"]
    assert "employed" in RUN.invoke(app, ["standard", "show", "destinations", "--shipped"]).stdout
    unknown = RUN.invoke(app, ["standard", "show", "nothing", "--shipped"])
    assert unknown.exit_code == 1
    assert "zhijiao standard list" in unknown.stderr


def test_check_says_where(tmp_path: Path) -> None:
    assert RUN.invoke(app, ["standard", "check"]).exit_code == 0
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "standard"))
    path = folder / "ratings.yaml"
    path.write_text("id: ratings\n", encoding="utf-8")
    done = RUN.invoke(app, ["standard", "check", str(folder), "--json"])
    assert done.exit_code == 1
    problems = json.loads(done.stdout)
    assert problems[0]["file"] == "ratings.yaml"
    assert problems[0]["remedy"]


def test_template(tmp_path: Path) -> None:
    out = tmp_path / "模板.xlsx"
    done = RUN.invoke(app, ["template", "classes", "-o", str(out), "--shipped"])
    assert done.exit_code == 0
    assert load_workbook(out).sheetnames[:2] == ["班级", "填表说明"]
    unknown = RUN.invoke(app, ["template", "nothing", "-o", str(out), "--shipped"])
    assert unknown.exit_code == 1
    assert "classes" in unknown.stderr
    nowhere = RUN.invoke(app, ["template", "classes", "-o", str(tmp_path / "a" / "b.xlsx"), "--shipped"])
    assert nowhere.exit_code == 1
    assert "写不了" in nowhere.stderr
