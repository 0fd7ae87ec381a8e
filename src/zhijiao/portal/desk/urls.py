from django.urls import path

from zhijiao.portal.desk import files, home
from zhijiao.portal.desk.reports.urls import urlpatterns as reports

urlpatterns = [
    path("desk/", home.view, name="desk"),
    path("files/", files.upload_view, name="upload"),
    path("files/<int:file>", files.download_view, name="file"),
    *reports,
]
