"""Finds strace, which the fault tests use to see what reaches the disk before an answer leaves; installs Debian's when we are root and may.

python tools/strace.py      prints the program's path; exit code 1 and one sentence when there is none, or none that may watch a program
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

MISSING = "The fault tests need strace, and none is on this machine. Install it (Debian, Ubuntu: apt-get install strace), then run make test again."
FORBIDDEN = (
    "strace is on this machine but may not watch a program it starts. In a container, allow it (docker run --cap-add=SYS_PTRACE), "
    "then run make test again."
)


class NoStrace(RuntimeError):
    """Nothing can watch the server's calls; the message says what to do."""


def require() -> str:
    """The path of a strace that works here; raises NoStrace with the sentence that says what to do."""
    path = shutil.which("strace")
    if path is None:
        raise NoStrace(MISSING)
    if not _works(path):
        raise NoStrace(FORBIDDEN)
    return path


def install() -> None:
    """Debian's strace, by apt-get: only as root, and only where apt-get is.  Its output is shown if it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "--no-install-recommends", "strace"]):
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise NoStrace(f"`{' '.join(command)}` failed:\n{(done.stdout + done.stderr)[-1500:]}\n{MISSING}")


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _works(path: str) -> bool:
    try:
        return subprocess.run([path, "-D", "-f", "-o", os.devnull, sys.executable, "-c", ""], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> int:
    try:
        if shutil.which("strace") is None and may_install():
            print("Installing strace from Debian, for the fault tests ...", flush=True)
            install()
        print(require())
    except NoStrace as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
