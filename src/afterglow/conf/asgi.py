"""The program as an ASGI application: pages, streams and devices; on SQLite with readers beside it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterglow.conf.settings")
pages = get_asgi_application()  # sets Django up, which the rest needs

from afterglow.conf.kept_threads import KeptThreads  # noqa: E402
from afterglow.conf.memory import settle_memory  # noqa: E402
from afterglow.conf.readers.relay import Relay, how_many  # noqa: E402

relay = Relay(pages, most=how_many())
application = KeptThreads(relay, on_start=settle_memory, on_stop=relay.stop)
