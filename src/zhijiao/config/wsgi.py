"""What the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhijiao.config.settings")
_pages = get_wsgi_application()

from zhijiao.portal.choices.straight import straight  # noqa: E402 - Django has to be set up first

application = straight(_pages)
