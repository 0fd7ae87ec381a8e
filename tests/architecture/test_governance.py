"""Every table says who may see it, how personal it is and how long it is kept."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from zhijiao.core.governance import Governance, Privacy, Scope

TABLES = [model for model in apps.get_models() if model.__module__.startswith("zhijiao.")]


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
def test_a_model_governs_itself(model: type[models.Model]) -> None:
    governance = model.__dict__.get("governance")
    assert isinstance(governance, Governance), f"{model._meta.label} needs `governance = Governance(...)`"
    assert governance.retention.why, "a retention time needs its reason"


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model._meta.label)
def test_personal_rows_are_not_public(model: type[models.Model]) -> None:
    governance = model.governance  # type: ignore[attr-defined]
    if governance.privacy in {Privacy.PERSONAL, Privacy.SENSITIVE}:
        assert governance.scope in {Scope.ORGANISATION, Scope.PERSON, Scope.SYSTEM}
        assert governance.retention.years is not None, "personal rows are not kept for good"
