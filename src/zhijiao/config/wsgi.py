"""What the web server calls."""

import gc
import os

from zhijiao.core.loading import uncollected

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
with uncollected():
    from django.core.wsgi import get_wsgi_application
    from django.urls import get_resolver

    _pages = get_wsgi_application()

    from zhijiao.portal.choices.straight import straight  # Django has to be set up first

    get_resolver().url_patterns  # noqa: B018 - loads all pages now instead of in front of the first reader
# What is loaded by now stays: later collections need not look through it.
gc.freeze()

application = straight(_pages)
