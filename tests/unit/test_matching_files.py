"""Plain files of a matching: what is read, what is refused with file, line and remedy, what is written byte for byte."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhijiao.cli.main import app
from zhijiao.engines.matching.digesting import Algorithm, digest, digest_text, whole_of
from zhijiao.engines.matching.files import (
    input_files,
    output_files,
    packed_input,
    packed_output,
    read_input,
    read_output,
    write_output,
)
from zhijiao.engines.matching.result import outcome
from zhijiao.engines.matching.running import match
from zhijiao.engines.matching.types import BadInput, Fault

FILES = {
    "plan.csv": (
        "cell,school,major,batch,origin,seats,min_total\n"
        "C1,east,cook,B1,,1,\nC2,east,cook,B1,hill,1,300\nC3,west,,B1,,2,\nC4,west,,B2,,1,\n"
    ),
    "applicants.csv": (
        "applicant,origin,total,数学\n007,hill,480.5,90\n010,hill;fen,500,\n02,,450,80\n1,,450,70.25\n"
    ),
    "choices.csv": (
        "applicant,batch,order,school,major,adjust\n"
        "010,B1,1,east,cook,\n007,B1,1,east,cook,\n02,B1,1,east,cook,\n02,B1,2,west,,\n1,B1,1,west,,\n1,B2,1,west,,\n"
    ),
    "rules.yaml": (
        "batches:\n- {id: B1, mechanism: parallel, stages: 1, max_choices: 2}\n- {id: B2, max_choices: 1}\n"
        "order: [total desc, 数学 desc]\nlast_seat: strict\n"
    ),
}

FILES_OF_NOBODY = (
    "applicant,batch,order,school,major,cell\n"
    "007,B1,1,east,cook,C1\n007,B1,1,east,cook,C2\n010,B1,1,east,cook,C2\n02,B1,2,west,,C4\n1,B1,3,east,cook,C1\n"
)
"""007 twice, 1 by a choice that she never made, 02 with a seat of another batch."""


def written(folder: Path, **changed: str | None) -> Path:
    """The files in a folder, some of them changed (`plan_csv=…`) or left out (None)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        text = changed.get(name.replace(".", "_"), text)
        if text is not None:
            (folder / name).write_bytes(text.encode())
    for name, text in changed.items():
        if text is not None:
            (folder / name.replace("_csv", ".csv").replace("_yaml", ".yaml")).write_bytes(text.encode())
    return folder


def faults(folder: Path) -> list[Fault]:
    """What is wrong with a folder."""
    with pytest.raises(BadInput) as caught:
        read_input(folder)
    return list(caught.value.faults)


def test_a_small_season_from_files(tmp_path: Path) -> None:
    """Ids are texts: 007 stays 007; the origin's seat is asked first; the empty number comes last."""
    market = read_input(written(tmp_path))
    found = outcome(market, match(market))
    assert [(each.applicant, each.cell) for each in found.placed] == [
        ("007", "C1"),
        ("010", "C2"),
        ("02", "C3"),
        ("1", "C3"),
    ]


def test_the_files_of_a_result(tmp_path: Path) -> None:
    """Columns of the contract, sorted, nothing for nothing."""
    market = read_input(written(tmp_path))
    files = output_files(market, match(market))
    assert files["result.csv"].decode() == (
        "applicant,batch,order,school,major,cell\n"
        "007,B1,1,east,cook,C1\n010,B1,1,east,cook,C2\n02,B1,2,west,,C3\n1,B1,1,west,,C3\n"
    )
    assert files["lines.csv"].decode() == (
        "cell,seats,admitted,last_total,last_rank,tied_at_line\n"
        "C1,1,1,480.5,2,1\nC2,1,1,500,1,1\nC3,2,2,450,4,1\nC4,1,0,,,0\n"
    )
    assert files["reasons.csv"].decode() == (
        "applicant,batch,order,code,line,own_place,ties\n"
        "007,B1,1,admitted,480.5,1,1\n010,B1,1,admitted,500,1,1\n02,B1,1,below_line,480.5,2,\n"
        "02,B1,2,admitted,450,1,1\n1,B1,1,admitted,450,2,1\n1,B2,1,placed_earlier,,,\n"
    )
    assert files["moved.csv"] == b"source,target,seats\n"


def test_order_of_lines_encoding_and_line_ends_leave_no_trace(tmp_path: Path) -> None:
    """The same season from another office's program has the same canonical bytes and the same digest."""
    one = read_input(written(tmp_path / "one"))
    head, *rows = FILES["choices.csv"].splitlines()
    other = written(tmp_path / "two", choices_csv="\r\n".join([head, *reversed(rows), ""]))
    people = FILES["applicants.csv"].replace("480.5,", "480.50 ,").replace("hill;fen", '"fen； hill"')
    (other / "applicants.csv").write_bytes(people.encode("gb18030"))
    (other / "rules.yaml").write_bytes(b"\xef\xbb\xbf" + FILES["rules.yaml"].encode())
    two = read_input(other)
    assert input_files(one) == input_files(two)
    assert write_output(one, match(one), tmp_path / "a") == write_output(two, match(two), tmp_path / "b")


def test_all_faults_at_once_with_file_line_and_remedy(tmp_path: Path) -> None:
    """Nothing is hidden behind the first fault."""
    folder = written(
        tmp_path,
        plan_csv=FILES["plan.csv"] + "C1,north,,B9,,-1,abc\n",
        applicants_csv=FILES["applicants.csv"] + "02,,77,\nX,,many,\n",
        choices_csv=FILES["choices.csv"]
        + "02,B1,2,east,cook,\n02,B1,3,east,paint,\nghost,B1,1,west,,\n02,B2,first,west,,\n02,B2\n1,B1,2,east,cook,yes\n",
        rules_yaml=FILES["rules.yaml"]
        + "flows: [{from: C1, to: C8}]\nlimits: [{id: tall, require: 身高 > 160}]\n",
    )
    said = {(each.file, each.line) for each in faults(folder)}
    assert said == {
        ("plan.csv", 6),
        ("applicants.csv", 6),
        ("applicants.csv", 7),
        ("choices.csv", 8),
        ("choices.csv", 9),
        ("choices.csv", 10),
        ("choices.csv", 11),
        ("choices.csv", 12),
        ("choices.csv", 13),
        ("rules.yaml", 0),
    }
    assert all(each.words and each.remedy for each in faults(folder))


@pytest.mark.parametrize(
    ("changed", "where", "says"),
    [
        ({"plan_csv": None}, ("plan.csv", 0), "没有这个文件"),
        ({"rules_yaml": "batches: [\n"}, ("rules.yaml", 2), "不是合格的 YAML"),
        (
            {"rules_yaml": "batches: [{id: B1}, {id: B1}, {id: B2}]\norder: [total]\n"},
            ("rules.yaml", 0),
            "写了两次",
        ),
        ({"rules_yaml": FILES["rules.yaml"] + "colour: red\n"}, ("rules.yaml", 0), "colour"),
        (
            {"rules_yaml": FILES["rules.yaml"] + "flows: [{from: C4, to: C1}]\n"},
            ("rules.yaml", 0),
            "更早批次",
        ),
        (
            {"rules_yaml": FILES["rules.yaml"] + "flows: [{from: C1, to: C2}, {from: C2, to: C1}]\n"},
            ("rules.yaml", 0),
            "绕了一圈",
        ),
        ({"rules_yaml": FILES["rules.yaml"].replace("strict", "lottery")}, ("rules.yaml", 0), "seed"),
        ({"rules_yaml": FILES["rules.yaml"].replace("数学 desc", "数学 / 3")}, ("rules.yaml", 0), "除法"),
        ({"choices_csv": "applicant,batch,order,school\n"}, ("choices.csv", 1), "首行缺列 major"),
        ({"priorities_csv": "school,major,applicant,rank\nwest,,02,1\n"}, ("priorities.csv", 2), "parallel"),
        (
            {"reviews_csv": "batch,school,major,applicant,reason\nB1,west,,007,体检\n"},
            ("reviews.csv", 2),
            "没有填 west",
        ),
        ({"given_up_csv": "applicant,batch\n007,B1\n"}, ("given_up.csv", 2), "不许放弃"),
    ],
)
def test_what_is_refused(
    tmp_path: Path, changed: dict[str, str | None], where: tuple[str, int], says: str
) -> None:
    """Each with its place."""
    found = faults(written(tmp_path, **changed))
    assert any((each.file, each.line) == where and says in each.words for each in found), found


def test_choices_beyond_a_cap_are_refused(tmp_path: Path) -> None:
    """Caps of the batch and of a group of schools out of the own district."""
    rules = FILES["rules.yaml"].replace(
        "max_choices: 2}", "max_choices: 2, groups: [{id: far, most: 0, schools: [east], beyond: true}]}"
    )
    choices = FILES["choices.csv"] + "007,B1,2,west,,\n007,B1,3,west,,\n"
    found = faults(written(tmp_path, rules_yaml=rules, choices_csv=choices))
    assert [(each.file, each.line) for each in found] == [("choices.csv", 9), ("choices.csv", 4)]


def test_a_seat_given_up_that_was_never_given(tmp_path: Path) -> None:
    """That shows only when the batch has been run."""
    rules = FILES["rules.yaml"].replace("max_choices: 2}", "max_choices: 2, can_decline: true}")
    folder = written(
        tmp_path,
        rules_yaml=rules,
        plan_csv=FILES["plan.csv"].replace("C3,west,,B1,,2,", "C3,west,,B1,,1,"),
        given_up_csv="applicant,batch\n1,B1\n",
    )
    with pytest.raises(BadInput, match="考生 1 "):
        match(read_input(folder))


def test_one_zip_each_for_keeping(tmp_path: Path) -> None:
    """The same season gives the same bytes."""
    market = read_input(written(tmp_path))
    result = match(market)
    assert packed_input(market) == packed_input(market)
    with zipfile.ZipFile(BytesIO(packed_output(market, result))) as archive:
        assert sorted(archive.namelist()) == [
            "digest.txt",
            "lines.csv",
            "moved.csv",
            "reasons.csv",
            "result.csv",
        ]


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    """The reader of results and their writer agree."""
    market = read_input(written(tmp_path))
    result = match(market)
    write_output(market, result, tmp_path / "out")
    assert outcome(market, read_output(market, tmp_path / "out")) == outcome(market, result)


def test_digests_known_from_elsewhere() -> None:
    """The published values of "abc"; the whole depends on names and bytes, not on the order of files."""
    assert digest(b"abc").startswith("ba7816bf8f01cfea414140de5dae2223")
    assert digest(b"abc", Algorithm.SM3).startswith("66c7f0f462eeedd9d1f2d46bdc10e4e2")
    one, two = {"a": b"1", "b": b"2"}, {"b": b"2", "a": b"1"}
    assert digest_text(one, "engine") == digest_text(two, "engine")
    assert whole_of(digest_text(one, "engine")) != whole_of(digest_text({"a": b"2", "b": b"1"}, "engine"))


def test_the_command_runs_and_verifies(tmp_path: Path) -> None:
    """0 done; 3 with guarantee, applicant and choice when somebody changed the result; 2 with the faults of bad input."""
    run = CliRunner().invoke
    folder, out = written(tmp_path / "in"), tmp_path / "out"
    done = run(app, ["match", "run", str(folder), "-o", str(out), "--json"])
    assert done.exit_code == 0, done.output
    came = json.loads(done.stdout)
    assert (came["ok"], came["placed"], came["digest"]) == (
        True,
        4,
        whole_of((out / "digest.txt").read_text()),
    )
    assert run(app, ["match", "verify", str(folder), str(out)]).exit_code == 0

    result = out / "result.csv"
    result.write_text(result.read_text().replace("02,B1,2,west,,C3", "02,,,,,"))
    broken = run(app, ["match", "verify", str(folder), str(out), "--json"])
    assert broken.exit_code == 3
    told = json.loads(broken.stdout)
    assert told["withheld"] == ["B1", "B2"]
    assert ("digest", "") in {(each["guarantee"], each["applicant"]) for each in told["violations"]}
    assert ("waste", "02", 2) in {
        (each["guarantee"], each["applicant"], each["order"]) for each in told["violations"]
    }

    result.write_text(FILES_OF_NOBODY)
    lost = run(app, ["match", "verify", str(folder), str(out), "--json"])
    assert lost.exit_code == 3
    said = {
        (each["guarantee"], each["applicant"], each["cell"]) for each in json.loads(lost.stdout)["violations"]
    }
    assert {("two_seats", "007", "C2"), ("two_seats", "1", "C1"), ("two_seats", "02", "C4")} <= said

    result.unlink()
    assert run(app, ["match", "verify", str(folder), str(out)]).exit_code == 2

    (folder / "plan.csv").unlink()
    bad = run(app, ["match", "run", str(folder), "-o", str(tmp_path / "no"), "--json"])
    assert bad.exit_code == 2
    assert json.loads(bad.stdout)["faults"][0]["file"] == "plan.csv"
    assert not (tmp_path / "no").exists()
