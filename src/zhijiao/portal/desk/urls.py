from django.urls import path

from zhijiao.portal.desk import audit, bindings, claims, files, home, inbox
from zhijiao.portal.desk.allocation.urls import urlpatterns as allocation
from zhijiao.portal.desk.bonus.urls import urlpatterns as bonus
from zhijiao.portal.desk.candidates.urls import urlpatterns as candidates
from zhijiao.portal.desk.data.urls import urlpatterns as data
from zhijiao.portal.desk.organisations.urls import urlpatterns as organisations
from zhijiao.portal.desk.packs.urls import urlpatterns as packs
from zhijiao.portal.desk.people.urls import urlpatterns as people
from zhijiao.portal.desk.plans.urls import urlpatterns as plans
from zhijiao.portal.desk.quality.urls import urlpatterns as quality
from zhijiao.portal.desk.records.urls import urlpatterns as records
from zhijiao.portal.desk.reports.urls import urlpatterns as reports
from zhijiao.portal.desk.seasons.urls import urlpatterns as seasons
from zhijiao.portal.desk.seats.urls import urlpatterns as seats
from zhijiao.portal.desk.targets.urls import urlpatterns as targets
from zhijiao.portal.desk.tasks.urls import urlpatterns as tasks

urlpatterns = [
    path("desk/", home.view, name="desk"),
    path("inbox", inbox.view, name="inbox"),
    path("inbox.xlsx", inbox.file_view, name="inbox_file"),
    path("inbox/read", inbox.read_all_view, name="inbox_read_all"),
    path("inbox/<int:message>", inbox.open_view, name="inbox_open"),
    path("desk/audit", audit.view, name="audit"),
    path("desk/audit.xlsx", audit.file_view, name="audit_file"),
    path("desk/audit/verify", audit.verify_view, name="audit_verify"),
    path("files/", files.upload_view, name="upload"),
    path("files/<int:file>", files.download_view, name="file"),
    path("desk/bindings", bindings.view, name="bindings"),
    path("desk/claims", claims.list_view, name="claims"),
    path("desk/claims.xlsx", claims.file_view, name="claims_file"),
    path("desk/claims/<str:number>", claims.one_view, name="claim"),
    *reports,
    *records,
    *candidates,
    *bonus,
    *data,
    *quality,
    *tasks,
    *organisations,
    *people,
    *plans,
    *packs,
    *targets,
    *seasons,
    *allocation,
    *seats,
]
