"""The program as an ASGI application: pages, streams and devices in one process."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterglow.conf.settings")
application = get_asgi_application()
