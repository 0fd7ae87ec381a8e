from django.urls import path

from zhijiao.portal.desk.packs import accepting

urlpatterns = [
    path("desk/packs", accepting.view, name="packs_waiting"),
    path("desk/packs.xlsx", accepting.file, name="packs_waiting_file"),
]
