"""Loading Django and the domains into a process, and what it costs."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Load many modules without the collector of garbage: it finds none among them, and looks for a quarter of the time."""
    active = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if active:
            gc.enable()


def load_django() -> None:
    """Django, ready for queries, with the product's settings unless the environment names others."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
    with uncollected():
        import django

        django.setup()
