"""Django's view of the admissions domain."""

from django.apps import AppConfig


class AdmissionsConfig(AppConfig):
    """Seasons of admission: plan, candidates, choices, allocation, enrolment."""

    name = "zhijiao.admissions"
    label = "admissions"
