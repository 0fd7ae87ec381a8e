from django.urls import path

from zhijiao.portal.choices import bonus, filling, handing, home, results

urlpatterns = [
    path("choices", home.view, name="choices"),
    path("choices/bonus/<int:candidate>", bonus.view, name="choices_bonus"),
    path("choices/proofs/<int:proof>", bonus.proof_view, name="bonus_proof"),
    path("choices/<int:candidate>/<slug:round_code>", filling.view, name="choices_fill"),
    path("choices/<int:candidate>/<slug:round_code>/plan", filling.plan_view, name="choices_plan"),
    path("choices/<int:candidate>/<slug:round_code>/submit", handing.view, name="choices_submit"),
    path("choices/<int:candidate>/<slug:round_code>/code", handing.code_view, name="choices_code"),
    path("choices/<int:candidate>/<slug:round_code>/history", filling.history_view, name="choices_history"),
    path("choices/<int:candidate>/<slug:round_code>/sheet", filling.sheet_view, name="choices_sheet"),
    path("choices/<int:candidate>/<slug:round_code>/result", results.view, name="choices_result"),
    path("choices/<int:candidate>/<slug:round_code>/result/act", results.act, name="choices_result_act"),
    path("choices/<int:candidate>/<slug:round_code>/letter", results.letter_view, name="choices_letter"),
]
