"""The commands' own manners: a missing tool is one clear sentence and an exit code that is not 0."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import engine
from tests.support.house import ROOT
from tools import chromium, postgres

COMMANDS = ("help", "setup", "setup-test", "demo", "demo-reset", "check", "test", "bench", "soak", "docs", "lock")


def bare_machine(folder: Path, **programs: str) -> dict[str, str]:
    """An environment whose PATH holds only these programs, each a shell script."""
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return {"PATH": str(folder)}


@pytest.mark.parametrize(
    ("programs", "sentence"),
    [
        ({}, "needs git"),
        ({"git": "exit 0"}, "needs Python 3.11, 3.12 or 3.13"),
        ({"git": "exit 0", "python3": "exit 1"}, "needs Python 3.11, 3.12 or 3.13"),
        ({"git": "exit 0", "python3": 'case "$2" in *ensurepip*) exit 1;; esac'}, "python3-venv"),
    ],
)
def test_a_missing_tool_is_one_sentence(tmp_path: Path, programs: dict[str, str], sentence: str) -> None:
    done = subprocess.run(["/bin/sh", ROOT / "tools/need.sh"], env=bare_machine(tmp_path, **programs), capture_output=True, text=True)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_machine_with_everything_is_told_which_python(tmp_path: Path) -> None:
    done = subprocess.run(["/bin/sh", ROOT / "tools/need.sh"], env=bare_machine(tmp_path, git="", python3=""), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "python3\n")


def test_help_lists_every_command() -> None:
    said = subprocess.run(["make", "-C", ROOT, "--no-print-directory", "help"], capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make ([a-z-]+) ", said, flags=re.MULTILINE)) >= set(COMMANDS)


def test_locks_are_hashed_and_name_no_host() -> None:
    for name in ("base", "test"):
        lock = (ROOT / f"requirements/{name}.txt").read_text()
        assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links", lock) == []
        pinned, hashed = (
            re.findall(r"^[A-Za-z0-9_.-]+==", lock, re.MULTILINE),
            re.findall(r"^[^\s#].*==.*\\\n(?:\s+--hash=sha256:)", lock, re.MULTILINE),
        )
        assert len(pinned) == len(hashed) > 10


def test_without_a_browser_it_says_what_to_install() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools/chromium.py"], env={**os.environ, "AFTERGLOW_CHROMIUM": "/nowhere/chromium"}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.strip() == chromium.MISSING


def test_a_snap_stub_is_not_a_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub = tmp_path / "chromium-browser"
    stub.write_text("#!/bin/sh\nexec /snap/bin/chromium\n")
    stub.chmod(0o755)
    monkeypatch.setenv("AFTERGLOW_CHROMIUM", str(stub))
    assert chromium.find() is None


def test_an_unknown_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERGLOW_TEST_ENGINE", "oracle")
    with pytest.raises(ValueError, match="sqlite or postgresql"):
        engine.engine()


@pytest.mark.slow
def test_postgresql_starts_and_leaves_nothing_behind() -> None:
    with postgres.running() as cluster, socket.create_connection(("127.0.0.1", cluster.port), timeout=5):
        pass
    assert not cluster.folder.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", cluster.port), timeout=5)


@pytest.mark.slow
def test_a_cluster_whose_owner_was_killed_is_cleared_away() -> None:
    program = [sys.executable, str(ROOT / "tools/postgres.py"), "start"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        port = int(owner.stdout.readline().strip().rpartition(":")[2].split("/")[0])
        owner.kill()
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
    postgres.clear_abandoned()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
