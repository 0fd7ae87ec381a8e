from django.urls import path

from zhijiao.portal.exports import views

LISTS = (
    "indicators",
    "tasks",
    "programmes",
    "rules",
    "standards",
    "systems",
    "obligations",
    "procedures",
    "reported",
    "coverage",
    "conflicts",
    "places",
    "industries",
)

# Joined before the pages: an ending is more special than a name that may hold any sign.
urlpatterns = [
    *(
        path(f"c/<str:pack>/{name}.xlsx", views.as_list, {"exporter": name}, name=f"{name}_file")
        for name in LISTS
    ),
    path("c/<str:pack>/policy.xlsx", views.as_list, {"exporter": "documents"}, name="documents_file"),
    path("c/<str:pack>/policy/clauses.xlsx", views.as_list, {"exporter": "clauses"}, name="clauses_file"),
    path("c/<str:pack>/policy/<str:document>.xlsx", views.document, name="document_file"),
    path("c/<str:pack>/board.xlsx", views.board, name="board_file"),
    path("c/<str:pack>/brief.docx", views.brief, name="brief_file"),
    path("c/<str:pack>/workbook.xlsx", views.workbook, name="workbook_file"),
    path("c/<str:pack>.xlsx", views.board, name="overview_file"),
    path("compare.xlsx", views.compare, name="compare_file"),
]
