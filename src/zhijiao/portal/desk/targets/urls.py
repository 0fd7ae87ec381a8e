from django.urls import path

from zhijiao.portal.desk.targets import book, mine, splitting

urlpatterns = [
    path("desk/targets", mine.view, name="targets"),
    path("desk/targets.xlsx", mine.file, name="targets_file"),
    path("desk/targets/split", splitting.list_view, name="splits"),
    path("desk/targets/split.xlsx", splitting.list_file, name="splits_file"),
    path("desk/targets/split/<str:indicator>.xlsx", book.download, name="split_file"),
    path("desk/targets/split/<str:indicator>", splitting.one_view, name="split"),
]
