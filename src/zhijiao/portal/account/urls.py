from django.urls import path

from zhijiao.portal.account import signing

urlpatterns = [
    path("login", signing.login, name="login"),
    path("logout", signing.logout, name="logout"),
]
