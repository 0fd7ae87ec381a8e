from django.urls import path

from zhijiao.portal.desk.people import listing, one, steps

urlpatterns = [
    path("desk/people", listing.view, name="people"),
    path("desk/people.xlsx", listing.file_view, name="people_file"),
    path("desk/people/roles", listing.roles_view, name="roles"),
    path("desk/people/new", steps.create_view, name="person_new"),
    path("desk/people/<int:user>", one.view, name="person"),
    path("desk/people/<int:user>/grant", steps.grant_view, name="person_grant"),
    path("desk/people/<int:user>/hand-over", steps.hand_over_view, name="person_hand_over"),
    path("desk/people/<int:user>/roles/<int:membership>/end", steps.end_view, name="person_end"),
    path("desk/people/<int:user>/<str:verb>", steps.step_view, name="person_step"),
]
