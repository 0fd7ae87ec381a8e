from django.urls import path

from zhijiao.portal.compare import views

urlpatterns = [path("compare", views.view, name="compare")]
