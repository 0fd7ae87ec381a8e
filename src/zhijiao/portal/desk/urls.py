from django.urls import path

from zhijiao.portal.desk import files, home

urlpatterns = [
    path("desk/", home.view, name="desk"),
    path("files/", files.upload_view, name="upload"),
    path("files/<int:file>", files.download_view, name="file"),
]
