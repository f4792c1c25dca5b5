"""A reader's process: one page after the other until the server is gone.

`python -m afterglow.conf.readers.child FD` is started by the server alone; FD is its end of their line.
"""

from __future__ import annotations

import signal
import socket
import sys
from contextlib import suppress


def main(number: int) -> None:
    """Answer until the other end is closed, which the end of the server does by itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the server, and its end ours
    import django

    django.setup(set_prefix=False)
    from afterglow.conf.memory import settle_memory
    from afterglow.conf.readers.answering import Answering
    from afterglow.conf.readers.wire import length_of, packed, unpacked

    answering = Answering()
    settle_memory()
    with socket.socket(fileno=number) as line, line.makefile("rb") as heard, suppress(BrokenPipeError, ConnectionResetError):
        line.sendall(packed("ready"))
        while head := heard.read(8):
            line.sendall(packed(answering.answer(unpacked(heard.read(length_of(head))))))


if __name__ == "__main__":
    main(int(sys.argv[1]))
