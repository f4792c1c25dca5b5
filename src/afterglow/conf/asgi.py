"""The program as an ASGI application: pages, streams and devices; on SQLite with readers beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.asgi import get_asgi_application

from afterglow.conf.kept_threads import KeptThreads
from afterglow.conf.memory import settle_memory
from afterglow.conf.readers.relay import Relay, how_many


def _write_down(reads: Sequence[Mapping[str, Any]]) -> None:
    from afterglow.ground.audit import trail  # models exist once Django is set up

    trail.write_down(reads)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterglow.conf.settings")
relay = Relay(get_asgi_application(), most=how_many(), write_down=_write_down)
application = KeptThreads(relay, on_start=settle_memory, on_stop=relay.stop)
