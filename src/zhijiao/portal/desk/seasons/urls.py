from django.urls import path

from zhijiao.portal.desk.seasons import book, brochure, correcting, editing, line, listing, one, opening, plan

urlpatterns = [
    path("desk/seasons", listing.view, name="seasons"),
    path("desk/seasons/new", opening.view, name="season_new"),
    path("desk/seasons/<int:season>", one.view, name="season"),
    path("desk/seasons/<int:season>/step", one.step, name="season_step"),
    path("desk/seasons/<int:season>/sign", one.sign, name="season_sign"),
    path("desk/seasons/<int:season>/plan", plan.view, name="season_plan"),
    path("desk/seasons/<int:season>/plan.xlsx", plan.file, name="season_plan_file"),
    path("desk/seasons/<int:season>/plan/act", plan.act, name="season_plan_act"),
    path("desk/seasons/<int:season>/plan/book", book.upload, name="season_book"),
    path("desk/seasons/<int:season>/plan/book.xlsx", book.template, name="season_book_template"),
    path("desk/seasons/<int:season>/plan/book/apply", book.apply, name="season_book_apply"),
    path("desk/seasons/<int:season>/plan/book/marked", book.marked_view, name="season_book_marked"),
    path("desk/seasons/<int:season>/plan/new", editing.new, name="season_line_new"),
    path("desk/seasons/<int:season>/plan/<int:line>", line.view, name="season_line"),
    path("desk/seasons/<int:season>/plan/<int:line>/act", line.act, name="season_line_act"),
    path("desk/seasons/<int:season>/plan/<int:line>/edit", editing.edit, name="season_line_edit"),
    path("desk/seasons/<int:season>/plan/<int:line>/correct", correcting.view, name="season_line_correct"),
    path("desk/seasons/<int:season>/brochure.docx", brochure.document, name="season_brochure"),
]
