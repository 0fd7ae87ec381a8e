from django.urls import path

from zhijiao.portal.desk import home

urlpatterns = [
    path("desk/", home.view, name="desk"),
]
