from django.urls import path

from zhijiao.portal.desk import claims, files, home
from zhijiao.portal.desk.organisations.urls import urlpatterns as organisations
from zhijiao.portal.desk.reports.urls import urlpatterns as reports

urlpatterns = [
    path("desk/", home.view, name="desk"),
    path("files/", files.upload_view, name="upload"),
    path("files/<int:file>", files.download_view, name="file"),
    path("desk/claims", claims.list_view, name="claims"),
    path("desk/claims.xlsx", claims.file_view, name="claims_file"),
    path("desk/claims/<str:number>", claims.one_view, name="claim"),
    *reports,
    *organisations,
]
