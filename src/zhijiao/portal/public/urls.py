from django.urls import path

from zhijiao.portal.public import admitting, developers, plans, recording, views

urlpatterns = [
    path("public/", views.home, name="public_home"),
    path("public/<str:pack>/", views.pack, name="public_pack"),
    path("public/<str:pack>/admissions", plans.view, name="public_plan"),
    path("public/<str:pack>/admissions.xlsx", plans.file, name="public_plan_file"),
    path("public/<str:pack>/admissions.json", plans.data, name="public_plan_data"),
    path("public/<str:pack>/admissions.docx", plans.document, name="public_plan_brochure"),
    path("public/<str:pack>/admissions/<str:season>/<str:code>", plans.one, name="public_plan_line"),
    path("public/<str:pack>/notices", recording.notices, name="record_notices"),
    path("public/<str:pack>/<str:indicator>", views.indicator, name="public_indicator"),
    path("developers", developers.view, name="developers"),
    path("publicity/<str:code>", admitting.notice, name="publicity"),
    path("publicity/<str:code>/object", admitting.objecting, name="publicity_object"),
    path("notices/<str:code>", recording.notice, name="record_notice"),
    path("letters/<str:code>", admitting.letter, name="letter"),
]
