from django.urls import path

from zhijiao.portal.desk.seats import school, season

urlpatterns = [
    path("desk/seasons/<int:season>/seats", season.view, name="season_seats"),
    path("desk/seasons/<int:season>/seats.xlsx", season.file, name="season_seats_file"),
    path("desk/seasons/<int:season>/seats/act", season.act, name="season_seats_act"),
    path("desk/seasons/<int:season>/seats/<int:organisation>", school.view, name="season_school"),
    path("desk/seasons/<int:season>/seats/<int:organisation>.xlsx", school.file, name="season_school_file"),
    path("desk/seasons/<int:season>/seats/<int:organisation>/act", school.act, name="season_school_act"),
]
