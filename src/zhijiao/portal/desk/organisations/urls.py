from django.urls import path

from zhijiao.portal.desk.organisations import changing, importing, listing, one

urlpatterns = [
    path("desk/organisations.xlsx", listing.file, name="organisations_file"),
    path("desk/organisations", listing.view, name="organisations"),
    path("desk/organisations/template.xlsx", importing.template, name="organisations_template"),
    path("desk/organisations/import", importing.upload, name="organisations_import"),
    path("desk/organisations/import/apply", importing.apply, name="organisations_apply"),
    path("desk/organisations/import/marked", importing.marked, name="organisations_marked"),
    path("desk/organisations/<int:organisation>", one.view, name="organisation"),
    path("desk/organisations/<int:organisation>/<slug:verb>", changing.view, name="organisation_change"),
]
