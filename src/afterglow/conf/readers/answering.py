"""One page from one request, by the same middleware and views as in the server, on a connection that only reads."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core import signals
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from afterglow.conf.readers.wire import Page, Refused
from afterglow.ground.audit import trail

READS: Final = ("SELECT", "WITH", "PRAGMA", "EXPLAIN")
"""The first words of what a reader may ask; anything else is for the server, the beginning of a transaction too."""


class NeedsWriter(BaseException):
    """A page wanted to write.  Not an Exception: no view and no middleware may take it for an error of its own."""


class Answering(BaseHandler):
    """Holds the loaded middleware; `answer` may be called again and again, by the thread that made it."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()
        options = connection.settings_dict["OPTIONS"]
        options["init_command"] = f"{options['init_command']} PRAGMA query_only=ON;"  # what slips past `only_reads` is refused by SQLite
        connection.close()
        connection.execute_wrappers.append(only_reads)

    def answer(self, scope: Mapping[str, Any]) -> Page | Refused:
        """The whole page, or `Refused` where only the server can give it."""
        set_script_prefix(scope.get("root_path", ""))
        signals.request_started.send(sender=self.__class__, scope=scope)
        try:
            with trail.handed_on() as reads:
                response = self.get_response(ASGIRequest(scope, io.BytesIO()))
        except NeedsWriter:
            signals.request_finished.send(sender=self.__class__)
            return Refused(always=True)
        response._handler_class = self.__class__
        try:
            if response.streaming or response.status_code >= 500:
                return Refused(always=response.streaming)
            return Page(response.status_code, headers_of(response), bytes(response.content), reads)
        finally:
            response.close()


def only_reads(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
    """Around each statement.  Raises NeedsWriter before one that writes."""
    if not sql.lstrip(" \n(").upper().startswith(READS):
        raise NeedsWriter
    return execute(sql, params, many, context)


def headers_of(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    """As Django's own ASGI handler sends them."""
    plain = [(name.encode("ascii"), value.encode("latin1")) for name, value in response.items()]
    return plain + [(b"Set-Cookie", cookie.output(header="").encode("ascii").strip()) for cookie in response.cookies.values()]
