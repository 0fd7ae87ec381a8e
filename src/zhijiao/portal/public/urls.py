from django.urls import path

from zhijiao.portal.public import developers, views

urlpatterns = [
    path("public/", views.home, name="public_home"),
    path("public/<str:pack>/", views.pack, name="public_pack"),
    path("public/<str:pack>/<str:indicator>", views.indicator, name="public_indicator"),
    path("developers", developers.view, name="developers"),
]
