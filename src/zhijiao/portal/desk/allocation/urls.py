from django.urls import path

from zhijiao.portal.desk.allocation import rounds, run

urlpatterns = [
    path("desk/seasons/<int:season>/allocation", rounds.view, name="allocation"),
    path("desk/seasons/<int:season>/allocation/<int:round_>/act", rounds.act, name="allocation_act"),
    path("desk/seasons/<int:season>/runs/<int:number>", run.view, name="allocation_run"),
    path("desk/seasons/<int:season>/runs/<int:number>.xlsx", run.file, name="allocation_run_file"),
    path("desk/seasons/<int:season>/runs/<int:number>/files", run.files, name="allocation_run_files"),
    path("desk/seasons/<int:season>/runs/<int:number>/act", run.act, name="allocation_run_act"),
]
