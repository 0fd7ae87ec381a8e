from django.urls import path

from zhijiao.portal.desk.candidates import importing, listing, one, windows

urlpatterns = [
    path("desk/candidates", listing.view, name="candidates"),
    path("desk/candidates.xlsx", listing.file_view, name="candidates_file"),
    path("desk/candidates/remind", listing.remind_view, name="candidates_remind"),
    path("desk/candidates/slips", listing.slips_view, name="candidates_slips"),
    path("desk/candidates/import", importing.view, name="candidates_import"),
    path("desk/candidates/import/withdraw", importing.withdraw_view, name="candidates_import_withdraw"),
    path(
        "desk/candidates/import/<int:season>/<str:kind>.xlsx",
        importing.template_view,
        name="candidates_import_template",
    ),
    path("desk/candidates/<int:candidate>", one.view, name="candidate"),
    path("desk/rounds/<int:round_>", windows.view, name="round"),
]
