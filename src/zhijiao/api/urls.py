"""The address space of the API, one version."""

from django.urls import path

from zhijiao.api.v1 import api

urlpatterns = [path("", api.urls)]
