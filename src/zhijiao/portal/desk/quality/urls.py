from django.urls import path

from zhijiao.portal.desk.quality import listing, one

urlpatterns = [
    path("desk/quality", listing.view, name="quality"),
    path("desk/quality.xlsx", listing.file_view, name="quality_file"),
    path("desk/quality/<int:organisation>/<str:dataset>.xlsx", one.file_view, name="quality_one_file"),
    path("desk/quality/<int:organisation>/<str:dataset>", one.view, name="quality_one"),
]
