"""The program as an ASGI application: pages, streams and devices in one process."""

import gc
import os
from importlib import import_module

from django.core.asgi import get_asgi_application

from afterglow.conf.kept_threads import KeptThreads

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterglow.conf.settings")


def settle_memory() -> None:
    """The program itself, once loaded, is garbage to nobody: left out of the collector's rounds, which else hold a page up for 60 ms."""
    import_module("afterglow.conf.urls")  # with every view
    gc.collect()
    gc.freeze()


application = KeptThreads(get_asgi_application(), on_start=settle_memory)
