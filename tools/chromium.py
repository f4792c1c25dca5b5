"""Finds the Chromium that browser tests drive; installs Debian's when we are root and may; otherwise says what to install.

python tools/chromium.py      prints the program's path; exit code 1 and one sentence when there is none and none may be installed
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CANDIDATES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# The sandbox needs rights that root in a container does not have; the rest keeps the browser from calling anyone.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    "The browser tests need Chromium, and none is on this machine. Install it (Debian: apt-get install chromium; Ubuntu, where chromium is a snap "
    "that tests cannot drive: Google Chrome's .deb), or name one with AFTERGLOW_CHROMIUM=/path/to/chromium, then run make test again."
)


class NoChromium(RuntimeError):
    """There is no browser to test with; the message says what to install."""


def find() -> str | None:
    """The path of a Chromium that starts, or None.  AFTERGLOW_CHROMIUM goes first."""
    named = os.environ.get("AFTERGLOW_CHROMIUM")
    for candidate in (named,) if named else CANDIDATES:
        path = shutil.which(candidate)
        if path and not _is_snap_stub(Path(path)) and _starts(path):
            return path
    return None


def require() -> str:
    """The path of a Chromium that starts; raises NoChromium with the sentence that says what to install."""
    found = find()
    if found is None:
        raise NoChromium(MISSING)
    return found


def install() -> None:
    """Debian's Chromium, by apt-get: only as root, and only where apt-get is.  Its output is shown if it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]):
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise NoChromium(f"`{' '.join(command)}` failed:\n{(done.stdout + done.stderr)[-1500:]}\n{MISSING}")


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None and not os.environ.get("AFTERGLOW_CHROMIUM")


def _is_snap_stub(path: Path) -> bool:
    """Ubuntu's chromium-browser is a shell script that sends one to the snap; the snap cannot read our folders."""
    real = path.resolve()
    if "snap" in real.parts:
        return True
    with real.open("rb") as program:
        head = program.read(4096)
    return head.startswith(b"#!") and b"snap" in head


def _starts(path: str) -> bool:
    try:
        return subprocess.run([path, "--version", "--no-sandbox"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> int:
    try:
        if find() is None and may_install():
            print("Installing Chromium from Debian, for the browser tests ...", flush=True)
            install()
        print(require())
    except NoChromium as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
