from django.urls import path

from zhijiao.portal.desk.bonus import listing, notices, one

urlpatterns = [
    path("desk/bonus", listing.view, name="bonus"),
    path("desk/bonus.xlsx", listing.file_view, name="bonus_file"),
    path("desk/bonus/<int:claim>", one.view, name="bonus_claim"),
    path("desk/bonus/notices/<int:season>", notices.view, name="bonus_notices"),
]
