"""The same work as a plain Django view would do it: sessions, the usual middleware, the ORM in one transaction."""

from __future__ import annotations

import hashlib
import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")

from django.conf import settings

settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# The rows are protected; a plain product would not have that, so this one passes.
settings.DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c role=zhijiao_bulk"

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

from zhijiao.admissions.models import Candidate, Extension, PlanLine, Round, Submission  # noqa: E402
from zhijiao.core.models import AuditEvent, Message, User  # noqa: E402


def submit(request: HttpRequest, candidate: int) -> HttpResponse:
    """Hand in, with permission, window, list, version, row, audit line and note."""
    said, at = json.loads(request.body), timezone.now()
    user = User.objects.get(pk=request.session[SESSION_KEY], is_active=True)
    assert request.session[HASH_SESSION_KEY] == user.get_session_auth_hash()
    with transaction.atomic():
        row = Candidate.objects.select_for_update(of=("self",)).select_related("season").get(pk=candidate)
        if row.user_id != user.pk and not row.guardians.filter(user=user, ended_at__isnull=True).exists():
            return JsonResponse({}, status=404)
        round_ = Round.objects.get(season=row.season_id, code="main")
        longer = Extension.objects.filter(Q(candidate=row) | Q(school=row.school_id), round=round_)
        closes = max([round_.closes_at, *longer.values_list("until", flat=True)])
        if not round_.opens_at <= at < closes or round_.frozen_at:
            return JsonResponse({}, status=409)
        made, fresh = Submission.objects.filter(candidate=row, round=round_, key=said["key"]).first(), False
        if made is None:
            lines = list(
                PlanLine.objects.filter(pk__in=said["lines"], season=row.season_id, state="approved")
            )
            assert len(lines) == len(said["lines"])
            last = Submission.objects.filter(candidate=row, round=round_).order_by("-version").first()
            version = last.version + 1 if last else 1
            codes = {line.pk: line.code for line in lines}
            text = "\n".join(
                [row.number, str(version), at.isoformat(), *(codes[one] for one in said["lines"])]
            )
            digest = hashlib.sha256(text.encode()).hexdigest()
            made, fresh = (
                Submission(
                    candidate=row,
                    round=round_,
                    version=version,
                    lines=said["lines"],
                    at=at,
                    user=user.pk,
                    name=user.name,
                    digest=digest,
                    receipt=digest[:20],
                    key=said["key"],
                ),
                True,
            )
            made.save()
        if fresh:
            AuditEvent.objects.create(
                at=at,
                user=user.pk,
                name=user.name,
                tenant=user.tenant,
                organisation_id=row.school_id,
                action="admissions.submit",
                object_kind="candidate",
                object_id=str(row.pk),
                summary=f"提交第 {made.version} 版志愿",
                detail={"receipt": made.receipt},
            )
            people = {
                row.user_id,
                *row.guardians.filter(ended_at__isnull=True).values_list("user", flat=True),
            }
            for person in people - {None}:
                Message.objects.get_or_create(
                    user_id=person,
                    key=f"choices-{made.receipt}",
                    defaults={"subject": "志愿已提交", "sent_at": at},
                )
    return JsonResponse({"receipt": made.receipt, "version": made.version})


urlpatterns = [path("choices/<int:candidate>/main/submit", submit)]
