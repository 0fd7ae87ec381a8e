from django.urls import path

from zhijiao.portal.searching import views

urlpatterns = [path("search", views.view, name="search")]
