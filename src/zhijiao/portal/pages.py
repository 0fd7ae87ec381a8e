"""The one way from a view to a page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from zhijiao.portal.frame import Frame


def page(request: HttpRequest, template: str, frame: Frame, **context: Any) -> HttpResponse:
    """Render a template of `jinja2/portal/` inside its frame."""
    return render(request, f"portal/{template}", {"frame": frame, **context})
