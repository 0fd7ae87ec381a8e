from django.urls import path

from zhijiao.portal.policy import clause, documents, reader

urlpatterns = [
    path("c/<str:pack>/policy", documents.view, name="policy"),
    path("c/<str:pack>/policy/<str:document>", reader.view, name="document"),
    path("c/<str:pack>/clauses/<str:clause>", clause.view, name="clause"),
]
