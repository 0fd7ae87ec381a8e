from django.urls import path

from zhijiao.portal.desk.plans import beginning, carrying, editing, editions, listing, one, remarks

urlpatterns = [
    path("desk/plans", listing.view, name="plans"),
    path("desk/plans.xlsx", listing.file, name="plans_file"),
    path("desk/plans/new", beginning.view, name="plan_new"),
    path("desk/plans/<int:plan>", one.view, name="plan"),
    path("desk/plans/<int:plan>/step", one.step, name="plan_step"),
    path("desk/plans/<int:plan>/text", editing.view, name="plan_text"),
    path("desk/plans/<int:plan>/editions", editions.view, name="plan_editions"),
    path("desk/plans/<int:plan>/remark", remarks.remark, name="plan_remark"),
    path("desk/plans/<int:plan>/reply/<int:remark>", remarks.reply, name="plan_reply"),
    path("desk/plans/<int:plan>/carried", carrying.view, name="plan_carried"),
    path("desk/plans/<int:plan>/carried.xlsx", carrying.file, name="plan_carried_file"),
]
