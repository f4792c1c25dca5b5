"""From a clone to the first page: `git clone`, `make demo`, the first answer; then `make demo` again.

The machine's package cache is used as it is (the report says so): what is measured is our part, not the line to the package index.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.bench_base import PROJECT
from tools.bench_server import answers, free_port

FIRST_WITHIN_S = 900
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Seconds to the first page.  `how`: a clone of the last commit, or a copy of a tree that is not committed."""

    how: str
    fetch_s: float
    first_s: float
    second_s: float


def measure(say: Say) -> Started:
    """Raises RuntimeError with the end of its output when the demo does not come up."""
    with tempfile.TemporaryDirectory(prefix="afterglow-clone-") as name:
        tree = Path(name) / "afterglow"
        began = time.monotonic()
        how = _fetch(tree)
        fetched = time.monotonic()
        first = _demo(tree)
        say(f"{how}, then make demo: first page after {first:.0f} s")
        second = _demo(tree)
        say(f"make demo again: first page after {second:.1f} s")
    return Started(how=how, fetch_s=fetched - began, first_s=first, second_s=second)


def _fetch(tree: Path) -> str:
    """The project as a newcomer gets it; what git ignores is never taken along."""
    if _git("status", "--porcelain") == "" and _git("rev-parse", "--verify", "--quiet", "HEAD"):
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(PROJECT), str(tree)], check=True)
        return "git clone"
    for file in _git("ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0"):
        if file and (PROJECT / file).is_file():
            (tree / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / file, tree / file)
    return "copy of a tree with changes not yet committed"


def _git(*words: str) -> str:
    return subprocess.run(["git", "-C", str(PROJECT), *words], capture_output=True, text=True).stdout.strip("\n")


def _demo(tree: Path) -> float:
    """Seconds from `make demo` to the first 200; it is stopped again like a program that someone ends with Ctrl-C."""
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith(("AFTERGLOW_", "VIRTUAL_ENV", "PYTHONPATH", "DJANGO_"))}
    log = tree.parent / "demo.log"
    began = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["make", "demo", f"ARGS=--port {port}"],
            cwd=tree,
            env=own,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not answers(port):
            if process.poll() is not None or time.monotonic() - began > FIRST_WITHIN_S:
                raise RuntimeError(f"make demo did not come up: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        return time.monotonic() - began
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
