"""Run the clinic: pages, streams, devices and jobs, in one process or, on PostgreSQL, in several."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import threading

from django.db import connection

from afterglow.doors import clock
from afterglow.doors.ops import folder, migrate
from afterglow.ground.errors import Refusal

HELP = "start the server"
HOST, PORT = "127.0.0.1", 8000
TICK_EVERY_S = 15
LOCAL = frozenset({"127.0.0.1", "localhost", "::1", "[::1]", "testserver"})
log = logging.getLogger("afterglow")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default=HOST, help=f"address to listen on (default {HOST})")
    parser.add_argument("--port", type=int, default=PORT, help=f"port to listen on (default {PORT})")
    parser.add_argument("--workers", type=_count, default=1, help="server processes on this port; more than one needs PostgreSQL (default 1)")
    parser.add_argument(
        "--readers",
        type=_count_or_none,
        help="on SQLite: processes that work out pages beside the one that writes (default one for each further core, 3 at most; 0 for none)",
    )
    parser.add_argument("--no-jobs", action="store_true", help="leave reminders, escalation and seals to another process")


def choose_home(options: argparse.Namespace) -> None:
    """Before Django: a folder that cannot be written is refused first."""
    folder.check_home()


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1 on")
    return int(text)


def _count_or_none(text: str) -> int:
    return 0 if text == "0" else _count(text)


def run(options: argparse.Namespace) -> int:
    refuse_several_processes_on_sqlite(options.workers)
    choose_readers(options.readers)
    prepare(options.host, options.port)
    refuse_mixed_data()
    refuse_demo_data_on_a_real_address(options.host)
    refuse_a_shifted_clock_on_real_data()
    print(f"Afterglow listens on http://{options.host}:{options.port}/  (stop it with Ctrl-C)", flush=True)
    listen(options.host, options.port, jobs=not options.no_jobs, workers=options.workers)
    return 0


def refuse_several_processes_on_sqlite(workers: int) -> None:
    """SQLite lets one writer in at a time, and a process that waits for another keeps its people waiting.  Raises Refusal `ops.one_process_on_sqlite`."""
    if workers > 1 and connection.vendor == "sqlite":
        raise Refusal(
            "ops.one_process_on_sqlite",
            f"SQLite serves a clinic from one process, and {workers} were asked for.",
            "Leave --workers out, or set AFTERGLOW_DATABASE_URL to a PostgreSQL database.",
        )


def choose_readers(readers: int | None) -> None:
    """What the application finds when it is loaded.  Raises Refusal `ops.readers_on_sqlite`."""
    if readers is None:
        return
    if connection.vendor != "sqlite":
        raise Refusal("ops.readers_on_sqlite", "Readers stand beside the one process that SQLite has.", "Leave --readers out; use --workers.")
    os.environ["AFTERGLOW_READERS"] = str(readers)


def prepare(host: str, port: int) -> None:
    """Everything that can be refused before listening: the port, the database.  Raises Refusal with one sentence each."""
    check_port(host, port)
    migrate.bring_up_to_date()


def check_port(host: str, port: int) -> None:
    """Raises Refusal `ops.port_taken` or `ops.address_unknown`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if isinstance(error, socket.gaierror):
                raise Refusal("ops.address_unknown", f"There is no address {host} on this machine.", "Use 127.0.0.1.") from error
            raise Refusal(
                "ops.port_taken", f"Port {port} on {host} is in use by another program.", f"Stop it, or choose another port: --port {port + 1}."
            ) from error


def refuse_demo_data_on_a_real_address(host: str) -> None:
    """Demo sign-ins are printed for everyone, so a demo clinic answers on this machine only.  Raises Refusal `ops.demo_data_outside`."""
    from django.conf import settings

    from afterglow.ground.accounts.queries import has_demo_clinic

    # A proxy in front of 127.0.0.1 is an address outside too: it needs a host name or TLS of its own.
    outside = host not in LOCAL or settings.BEHIND_TLS or not set(settings.ALLOWED_HOSTS) <= LOCAL
    if has_demo_clinic() and outside:
        raise Refusal(
            "ops.demo_data_outside",
            "This database holds the demo clinic, whose passwords everyone knows.",
            "Serve it on 127.0.0.1 only, or make a real clinic with `afterglow create-clinic` in another folder.",
        )


def refuse_a_shifted_clock_on_real_data() -> None:
    """Raises Refusal `ops.clock_shifted`: times in a real record are real."""
    from afterglow.ground.accounts.queries import has_real_clinic

    if clock.OFFSET and has_real_clinic():
        raise Refusal(
            "ops.clock_shifted",
            "AFTERGLOW_CLOCK_OFFSET_S shifts the clock, and this database holds a real clinic.",
            "Unset it: the shift is for demo clinics only.",
        )


def refuse_mixed_data() -> None:
    """A clinic that treats people never shares a database with the demo.  Raises Refusal `ops.demo_data_mixed`."""
    from afterglow.ground.accounts.queries import has_demo_clinic, has_real_clinic

    if has_demo_clinic() and has_real_clinic():
        raise Refusal(
            "ops.demo_data_mixed",
            "This database holds the demo clinic beside a real one.",
            "Restore the real clinic's database from its backup into a folder of its own, and point AFTERGLOW_HOME at that.",
        )


def listen(host: str, port: int, *, jobs: bool = True, workers: int = 1) -> None:
    """Serve until stopped.  On SQLite this one process does everything; on PostgreSQL it may have workers, and keeps the jobs for itself."""
    import uvicorn

    from afterglow.doors.ops.workers import WorkerConfig, Workers

    server = (uvicorn.Server if workers == 1 else Workers)(
        WorkerConfig(
            "afterglow.conf.asgi:application",
            host=host,
            port=port,
            access_log=False,  # paths of personal links are secrets
            log_level="warning",
            server_header=False,
            lifespan="on",
            workers=workers,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=3,
            forwarded_allow_ips=os.environ.get("AFTERGLOW_PROXY", "127.0.0.1"),
        )
    )
    stopping = threading.Event()
    if jobs:
        threading.Thread(target=_tick_until, args=(stopping,), name="jobs", daemon=True).start()
    try:
        server.run()
    finally:
        stopping.set()
        if not server.started:
            raise Refusal("ops.not_started", "The server could not start.", "The lines above say why.")


def _tick_until(stopping: threading.Event) -> None:
    from afterglow.doors.jobs.tick import JobsFailed, tick

    while not stopping.wait(TICK_EVERY_S):
        try:
            tick(clock.now())
        except JobsFailed:
            pass  # each is in the log already, and is tried again at the next tick
        except Exception as error:  # a job that fails must not end the others; it is logged without its values and tried again
            log.error("a job failed: %s", type(error).__name__)
        finally:
            connection.close()


def stop_when_told() -> None:
    """A request to end is answered like Ctrl-C, so that everything that was started is stopped in order."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
