from django.urls import path

from zhijiao.portal.desk.records import applying, cases, one, roster, school, settling

urlpatterns = [
    path("desk/records", roster.view, name="records"),
    path("desk/records.xlsx", roster.file_view, name="records_file"),
    path("desk/records/columns", roster.save_view, name="records_columns"),
    path("desk/records/new", applying.new_view, name="record_new"),
    path("desk/records/pending", applying.pending_view, name="record_pending"),
    path("desk/records/cases", cases.list_view, name="record_cases"),
    path("desk/records/cases.xlsx", cases.file_view, name="record_cases_file"),
    path("desk/records/cases/new/<slug:event>", applying.apply_view, name="record_apply_outside"),
    path("desk/records/cases/<int:case>", cases.view, name="record_case"),
    path("desk/records/cases/<int:case>/step", cases.step_view, name="record_case_step"),
    path("desk/records/cases/<int:case>/amend", applying.amend_view, name="record_case_amend"),
    path("desk/records/classes", school.classes_view, name="record_classes"),
    path("desk/records/classes.xlsx", school.classes_file_view, name="record_classes_file"),
    path("desk/records/terms", school.terms_view, name="record_terms"),
    path("desk/records/issues", settling.issues_view, name="record_issues"),
    path("desk/records/issues.xlsx", settling.issues_file_view, name="record_issues_file"),
    path("desk/records/registers", settling.registers_view, name="record_registers"),
    path("desk/records/registers/upload", settling.upload_view, name="record_upload"),
    path("desk/records/<int:record>", one.view, name="record"),
    path("desk/records/<int:record>/change", one.change_view, name="record_change"),
    path("desk/records/<int:record>/apply/<slug:event>", applying.apply_view, name="record_apply"),
]
