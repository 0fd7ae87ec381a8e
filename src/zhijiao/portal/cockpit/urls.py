from django.urls import path

from zhijiao.portal.cockpit import admissions, carried, home, indicator, indicators, overview, task, tasks
from zhijiao.portal.cockpit.computed import book, levels, why

urlpatterns = [
    path("", home.view, name="home"),
    path("c/<str:pack>/", overview.view, name="overview"),
    path("c/<str:pack>/indicators", indicators.view, name="indicators"),
    path("c/<str:pack>/indicators/<str:indicator>/computed.xlsx", book.view, name="computed_file"),
    path("c/<str:pack>/indicators/<str:indicator>", indicator.view, name="indicator"),
    path("c/<str:pack>/indicators/<str:indicator>/computed", levels.view, name="computed"),
    path("c/<str:pack>/computed/<int:result>", why.view, name="computed_why"),
    path("c/<str:pack>/admissions", admissions.view, name="admissions"),
    path("c/<str:pack>/admissions.xlsx", admissions.file, name="admissions_file"),
    path("c/<str:pack>/carried/<str:document>", carried.view, name="carried"),
    path("c/<str:pack>/tasks", tasks.view, name="tasks"),
    path("c/<str:pack>/tasks/<str:row>", task.view, name="task"),
]
