"""The program as an ASGI application: pages, streams and devices in one process."""

import gc
import os
from importlib import import_module

from django.core.asgi import get_asgi_application

from afterglow.conf.kept_threads import KeptThreads

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterglow.conf.settings")

ROUNDS = (20_000, 20, 50)
"""New objects to one round of the collector, those to one of the middle-aged, and those to one of all.  A page of forty rooms makes tens of
thousands that are dropped by counting; Python's own 700, 10 and 10 start rounds far oftener."""


def settle_memory() -> None:
    """The program itself, once loaded, is garbage to nobody: left out of the collector's rounds, which else hold a page up for 60 ms."""
    import_module("afterglow.conf.urls")  # with every view
    gc.collect()
    gc.freeze()
    gc.set_threshold(*ROUNDS)


application = KeptThreads(get_asgi_application(), on_start=settle_memory)
