"""`built` is a promise: each built capability has a test that a person's task stands behind."""

from __future__ import annotations

import ast

import pytest

from tests.architecture import house
from zhijiao.policy.capabilities import capabilities

PROOF = {
    "policy.documents": "functional/test_policy_pages.py::test_a_document_is_read_whole_and_in_its_order",
    "policy.clauses": "functional/test_policy_pages.py::test_beside_a_clause_stand_the_objects_it_became",
    "policy.compare": "functional/test_compare_pages.py::test_each_city_with_a_pack_is_a_column",
    "policy.packs": "functional/test_fourth_city.py::test_its_board_stands_on_the_first_page",
    "board.indicators": "functional/test_cockpit.py::test_see_where_every_target_stands",
    "board.tasks": "functional/test_cockpit.py::test_find_what_my_unit_leads",
    "board.exports": "integration/test_export_files.py::test_the_brief_is_a_document_with_a_chinese_name",
    "portal.public": "functional/test_public_pages.py::test_sees_the_verdicts_and_how_to_read_them",
    "portal.search": "functional/test_search_pages.py::test_hits_stand_by_kind_with_counts_and_the_city_named",
    "api.read": "integration/test_api.py::test_the_board_is_that_of_the_command_line",
    "rules.catalogue": "functional/test_policy_pages.py::test_a_rule_without_a_parameter_refuses_and_names_it",
    "programmes.catalogue": "functional/test_policy_pages.py::test_every_object_of_every_pack_has_a_page",
    "standards.checklists": "functional/test_policy_pages.py::test_every_object_of_every_pack_has_a_page",
    "duties.accounts": "functional/test_administration.py::test_a_post_is_handed_over_under_a_document",
    "duties.reporting": "functional/test_hand_in.py::test_hand_in_20_figures_with_the_workbook_in_30_clicks",
    "duties.plans": "functional/test_plans.py::test_write_a_plan_have_it_returned_and_filed",
    "duties.tasks": "functional/test_duties.py::test_a_county_reports_progress_with_evidence_and_the_bureau_confirms",
    "hub.exchange": "functional/test_data_pages.py::test_a_school_hands_in_its_own_file_and_takes_it_back",
    "hub.metrics": "spec/test_twin_indicators.py::test_every_computed_measure_is_what_was_counted",
    "admissions.unified": "functional/test_admission_pages.py::test_choices_are_handed_in_and_the_round_is_run_and_signed",
    "records.status": "functional/test_record_pages.py::test_a_student_moves_to_a_technician_school_in_one_case",
    "duties.inspection": "functional/test_duties.py::test_draw_a_batch_record_a_problem_and_recheck_it",
}
"""The test that would fail first if the capability were gone."""

BUILT = {name for name, capability in capabilities().items() if capability.state == "built"}


def test_what_is_built_is_proved_and_nothing_else_is() -> None:
    assert set(PROOF) == BUILT


@pytest.mark.parametrize("capability", sorted(PROOF))
def test_the_proof_is_there(capability: str) -> None:
    file, name = PROOF[capability].split("::")
    tree = ast.parse((house.ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
