"""Scripts, styles and fonts: WhiteNoise finds the file and its headers, and the answer is whole.

WhiteNoise answers with a file that is read as it is sent.  Under ASGI Django has to read such a file in one piece anyway, on another thread, and warns
of it at each request; ours are small (the largest is a font), so they are read where they are found.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class StaticMiddleware(WhiteNoiseMiddleware):
    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """The file, a part of it, or 304, with exactly the headers that WhiteNoise made."""
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file as file:
                body = file.read()
        answer = HttpResponse(body, status=int(found.status))
        del answer.headers["Content-Type"]
        for name, value in found.headers:
            answer.headers[name] = value
        return answer
