"""The twin city: in the shape that the packs say, consistent, marked, reproducible, and counted twice with one result."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.support.packs import shipped
from zhijiao.core.errors import Refusal
from zhijiao.exchange.queries.twin import Twin, plan_twin, write_twin
from zhijiao.exchange.rules.folder import content_id, faults, read_manifest
from zhijiao.exchange.twin.truth import WORDS
from zhijiao.lib.codes import is_credit_code

PACKS = ("taizhou", "wenzhou")
ROWS = 3_000
SHELF = shipped()
Frames = Mapping[str, pl.DataFrame]


def read(folder: Path) -> Frames:
    """Every file of a folder by data set."""
    return {path.stem: pl.read_parquet(path) for path in folder.glob("*.parquet")}


@pytest.fixture(scope="module", params=PACKS)
def twin(request: pytest.FixtureRequest) -> Twin:
    return plan_twin(SHELF, [request.param], str(ROWS), 7)


@pytest.fixture(scope="module")
def folder(twin: Twin, tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("twin") / "folder"
    write_twin(twin, where, dirt=0.05)
    return where


@pytest.fixture(scope="module")
def frames(folder: Path) -> Frames:
    return read(folder)


@pytest.fixture(scope="module")
def truth(folder: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return found


# --- the folder


def test_the_folder_says_what_it_is_and_that_it_is_an_example(
    twin: Twin, folder: Path, frames: Frames
) -> None:
    manifest = read_manifest(folder)
    assert manifest.marked == "演示"
    assert manifest.tenant == "demo"
    assert faults(folder, manifest) == []
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert content_id(content) == manifest.id
    assert set(manifest.parts) == {d.id for d in twin.standard.datasets} | {"organisations"}
    assert {name: part.rows for name, part in manifest.parts.items()} == {
        n: f.height for n, f in frames.items()
    }
    assert frames["students"].height == ROWS


def test_a_folder_is_written_once(twin: Twin, folder: Path) -> None:
    with pytest.raises(Refusal, match=r"已有 manifest\.json"):
        write_twin(twin, folder)


def test_one_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    ids = []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        plan = plan_twin(SHELF, ["taizhou"], "600", seed)
        ids.append(write_twin(plan, tmp_path / name).manifest.id)
    assert ids[0] == ids[1] != ids[2]


def test_an_altered_file_is_found(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "a")
    with (tmp_path / "a" / "schools.parquet").open("ab") as stream:
        stream.write(b" ")
    assert faults(tmp_path / "a", read_manifest(tmp_path / "a")) == ["schools.parquet 写成之后被改过"]


# --- the standard


def test_mandatory_fields_are_filled_and_codes_are_those_of_the_standard(twin: Twin, frames: Frames) -> None:
    wrong = []
    for dataset in twin.standard.datasets:
        frame = frames[dataset.id]
        assert frame.height, dataset.id
        assert frame.columns == [f.id for f in dataset.fields]
        for field in dataset.fields:
            column = frame[field.id]
            if field.mandatory and column.null_count():
                wrong.append(f"{dataset.id}.{field.id} is missing")
            if field.values and not (codes := twin.standard.codes[field.values]).open:
                wrong += [
                    f"{dataset.id}.{field.id} {v}" for v in set(column.drop_nulls()) - set(codes.by_code)
                ]
            if column.dtype == pl.String and (column.str.len_chars().max() or 0) > max(32, field.length):
                wrong.append(f"{dataset.id}.{field.id} is too long")
    assert not wrong


def test_keys_are_unique_and_rows_stand_in_their_order(twin: Twin, frames: Frames) -> None:
    for dataset in twin.standard.datasets:
        keys = frames[dataset.id].select(dataset.key)
        assert not keys.is_duplicated().any(), dataset.id


def test_every_row_belongs_to_an_organisation_of_the_tree(twin: Twin, frames: Frames) -> None:
    tree = set(frames["organisations"]["code"])
    for dataset in twin.standard.datasets:
        assert set(frames[dataset.id]["organisation"]) <= tree, dataset.id


# --- nobody is real


def test_nobody_can_be_a_real_person(twin: Twin) -> None:
    for name, _, frame in twin.pieces():
        if "person" in frame.columns:
            assert (frame["person"] // 10**15).is_between(92, 99).all(), name
        if "name" in frame.columns and "person" in frame.columns:
            assert frame["name"].drop_nulls().str.ends_with("示例").all(), name


def test_identity_numbers_and_credit_codes_check(folder: Path, frames: Frames) -> None:
    assert all(map(is_credit_code, frames["enterprises"]["organisation"].to_list()))
    spoilt = {
        (s["file"], s["row"]) for s in json.loads((folder / "dirt.json").read_text(encoding="utf-8"))["spots"]
    }
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    path = next(p for p in sorted(folder.glob("csv/*/students.csv")))
    numbers = pl.read_csv(path, infer_schema=False)["身份证件号"].to_list()
    name = path.relative_to(folder).as_posix()
    clean = [n for row, n in enumerate(numbers, 2) if (name, row) not in spoilt]
    assert clean
    for number in clean:
        assert (
            "10X98765432"[sum(int(d) * w for d, w in zip(number, weights, strict=False)) % 11] == number[17]
        )


# --- consistency


def test_classes_add_up_to_their_students(frames: Frames) -> None:
    here = frames["students"].filter(pl.col("status") == "enrolled")
    listed = here.group_by("organisation", "class_no").len("listed")
    open_ones = frames["classes"].filter(pl.col("ended_on").is_null())
    joined = open_ones.join(listed, on=["organisation", "class_no"], how="left").with_columns(
        pl.col("listed").fill_null(0)
    )
    assert (joined["students"] == joined["listed"]).all()
    assert joined["listed"].sum() == here.height


def test_graduates_were_students_three_years_before(frames: Frames) -> None:
    students = frames["students"].select("organisation", "person", "grade", "status")
    graduates = frames["graduates"].join(students, on=["organisation", "person"], how="left")
    assert (graduates["grade"] == graduates["year"] - 3).all()
    assert (graduates["graduated_on"].is_not_null() == (graduates["status"] == "graduated")).all()


def test_receipts_stay_within_their_contracts(frames: Frames) -> None:
    paid = (
        frames["technology_receipts"]
        .group_by("organisation", "contract")
        .agg(pl.col("amount").sum().alias("paid"))
    )
    joined = paid.join(frames["technology_contracts"], on=["organisation", "contract"], how="left")
    assert (joined["paid"] <= joined["amount"]).all()


def test_part_timers_have_contracts_and_certificates_of_students_belong_to_students(frames: Frames) -> None:
    part = frames["teachers"].filter(pl.col("employment") == "part_time")
    assert part.height
    assert part["contract_since"].null_count() == 0
    held = frames["certificates"].filter(pl.col("audience") == "students")
    known = held.join(frames["students"], on=["organisation", "person"], how="semi")
    assert known.height == held.height > 0


def test_two_schools_became_one(frames: Frames) -> None:
    ended = frames["organisations"].filter(pl.col("until").is_not_null())
    assert ended.height == 1
    (code,), (until,) = ended["code"], ended["until"]
    left = frames["students"].filter((pl.col("organisation") == code) & (pl.col("status") == "transferred"))
    came = frames["students"].filter(
        pl.col("person").is_in(left["person"].implode()) & (pl.col("organisation") != code)
    )
    assert (left["left_on"] == until).all()
    assert (came["enrolled_on"] == until).all()
    assert came.height == left.height


def test_enterprises_that_cooperate_have_a_valid_contract(frames: Frames, truth: Mapping[str, Any]) -> None:
    for year, levels in truth["counts"]["cooperating_enterprises"].items():
        begun = pl.col("since") <= pl.date(int(year), 12, 31)
        alive = pl.col("until").is_null() | (pl.col("until") > pl.date(int(year), 12, 31))
        firms = frames["contracts"].filter(begun & alive)["enterprise"].n_unique()
        assert firms == sum(levels["city"].values())


# --- what was published comes out


def figure(pack: str, name: str) -> Decimal:
    shape = SHELF.twin(pack)
    assert shape is not None
    return next(f.value for f in shape.figures if f.id == name)


def test_published_figures_of_a_city_come_out_exactly() -> None:
    plan = plan_twin(SHELF, ["taizhou"], "city", 1)
    for _ in plan.pieces():
        pass
    (city,) = plan.cities

    def counted(quantity: str) -> int | Decimal:
        return plan.truth.value(quantity, city.shape.last, "city", city.code)

    assert counted("schools_open") == 30
    assert counted("majors_offered") == figure("taizhou", "majors_offered") == 339
    assert counted("graduates_to_enterprises") == figure("taizhou", "entrants_to_enterprises") == 33_000
    stay, base = counted("college_graduates_insured_here"), counted("college_graduates_not_studying")
    assert round(100 * Decimal(stay) / Decimal(base), 1) == figure("taizhou", "retained_percent")
    assert counted("cooperating_enterprises") == 1_500
    assert counted("training_person_times") == 200_000
    assert counted("technology_transfers") == 450
    assert counted("technology_services") == 400
    assert sum(school.double_high for school in city.schools) == 17


# --- counted again from the files


def end(year: int) -> pl.Expr:
    return pl.date(year, 12, 31)


def standing(since: str, until: str, year: int) -> pl.Expr:
    return (pl.col(since) <= end(year)) & (pl.col(until).is_null() | (pl.col(until) > end(year)))


EMPLOYED = ["employed", "flexible", "self_employed", "project", "army"]
FROM_FILES: dict[str, Any] = {
    "students": lambda f, y: f["students"].filter(standing("enrolled_on", "left_on", y)),
    "students_male": lambda f, y: f["students"].filter(
        standing("enrolled_on", "left_on", y) & (pl.col("sex") == "1")
    ),
    "new_students": lambda f, y: f["students"].filter(pl.col("enrolled_on") == pl.date(y, 9, 1)),
    "graduates": lambda f, y: f["graduates"].filter(
        (pl.col("year") == y) & pl.col("graduated_on").is_not_null()
    ),
    "graduates_due": lambda f, y: f["graduates"].filter(pl.col("year") == y),
    "graduates_employed": lambda f, y: f["graduates"].filter(
        (pl.col("year") == y) & pl.col("destination").is_in(EMPLOYED)
    ),
    "graduates_to_enterprises": lambda f, y: f["graduates"].filter(
        (pl.col("year") == y) & (pl.col("destination") == "employed")
    ),
    "graduates_further_study": lambda f, y: f["graduates"].filter(
        (pl.col("year") == y) & (pl.col("destination") == "further_study")
    ),
    "graduates_matched": lambda f, y: f["graduates"].filter(
        (pl.col("year") == y) & (pl.col("matched") == "yes")
    ),
    "college_graduates_insured_here": lambda f, y: f["graduates"].filter(
        (pl.col("year") == y) & (pl.col("education") == "college") & (pl.col("local") == "yes")
    ),
    "dual_teachers": lambda f, y: f["teachers"].filter(
        standing("since", "until", y) & (pl.col("dual_since") <= end(y)) & (pl.col("position") == "teacher")
    ),
    "part_time_teachers": lambda f, y: f["teachers"].filter(
        standing("since", "until", y) & (pl.col("employment") == "part_time")
    ),
    "teacher_practice": lambda f, y: f["teacher_practice"].filter(
        (pl.col("started_on").dt.year() == y) & (pl.col("confirmed") == "yes")
    ),
    "skill_evaluations": lambda f, y: f["certificates"].filter(pl.col("evaluated_on").dt.year() == y),
    "adult_education": lambda f, y: f["adult_education"].filter(pl.col("enrolled_on").dt.year() == y),
    "courses_hybrid": lambda f, y: f["courses"].filter((pl.col("year") == y) & (pl.col("hybrid") == "yes")),
    "schools_meeting_standards": lambda f, y: f["school_conditions"].filter(
        (pl.col("year") == y) & (pl.col("meets_standards") == "yes")
    ),
    "scale_enterprises": lambda f, y: f["enterprise_scale"].filter(pl.col("year") == y),
    "projects_in_force": lambda f, y: f["projects"].filter(standing("recognised_on", "ended_on", y)),
    "career_activities": lambda f, y: f["career_activities"].filter(
        (pl.col("held_on").dt.year() == y) & (pl.col("held") == "yes")
    ),
}


@pytest.mark.parametrize("quantity", FROM_FILES)
def test_what_was_counted_while_drawing_is_what_the_files_hold(
    quantity: str, twin: Twin, frames: Frames, truth: Mapping[str, Any]
) -> None:
    for year in twin.cities[0].shape.years:
        rows = FROM_FILES[quantity](frames, year)
        counted = truth["counts"][quantity][str(year)]
        assert rows.height == sum(counted["city"].values())
        if "school" in counted:
            by_school = dict(rows.group_by("organisation").len().iter_rows())
            schools = set(frames["organisations"].drop_nulls("school")["code"])
            assert {c: n for c, n in by_school.items() if c in schools} == {
                c: n for c, n in counted["school"].items() if n
            }


def test_every_quantity_is_counted_and_has_words(truth: Mapping[str, Any]) -> None:
    assert {name.split(".")[0] for name in truth["counts"]} == set(WORDS) == set(truth["words"])
    assert len(WORDS) >= 30


# --- dirt


def test_dirt_is_where_it_is_said_to_be(folder: Path, twin: Twin) -> None:
    spots = json.loads((folder / "dirt.json").read_text(encoding="utf-8"))["spots"]
    assert {s["kind"] for s in spots} == {
        "check_digit",
        "missing",
        "impossible_date",
        "ended_code",
        "contradiction",
        "shifted_decimal",
        "duplicate",
    }
    files: dict[str, list[dict[str, str]]] = {}
    for spot in spots:
        if spot["file"] not in files:
            files[spot["file"]] = pl.read_csv(folder / spot["file"], infer_schema=False).to_dicts()
        title = twin.standard.by_id[spot["dataset"]].by_id[spot["field"]].name
        cell = files[spot["file"]][spot["row"] - 2][title]
        assert (cell or "") == spot["now"] != spot["was"]


# --- sizes


def test_so_many_rows_are_spread_over_all_cities_that_were_named() -> None:
    plan = plan_twin(SHELF, PACKS, str(ROWS), 7)
    places = {SHELF.index(pack).pack.manifest.region for pack in PACKS}
    assert {city.code for city in plan.cities} == places
    rows = {city.code: 0 for city in plan.cities}
    cities = {school.code: city.code for city in plan.cities for school in city.schools}
    for dataset, owner, frame in plan.pieces():
        if dataset == "students":
            rows[cities[owner]] += frame.height
    assert sum(rows.values()) == ROWS
    assert min(rows.values()) > ROWS / 5


def test_where_there_are_more_rows_than_the_cities_have_others_stand_beside_them() -> None:
    plan = plan_twin(SHELF, PACKS, "3000000", 7)
    assert len({city.code for city in plan.cities}) == len(plan.cities) > len(PACKS)
    assert [city.number for city in plan.cities] == list(range(len(plan.cities)))


# --- refusals


@pytest.mark.parametrize(
    ("packs", "size", "words"),
    [
        (["taizhou"], "12", "规模“12”不认识"),
        (["taizhou"], "village", "不认识"),
        (["zhejiang"], "city", "没有 twin.yaml"),
    ],
)
def test_what_cannot_be_made_is_refused(packs: list[str], size: str, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        plan_twin(SHELF, packs, size, 1)
