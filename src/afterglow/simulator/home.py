"""The folder of the demo: found, kept for a day, set aside when older, never mistaken for a clinic's."""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from afterglow.doors.ops.folder import check_folder
from afterglow.ground.errors import Refusal
from afterglow.simulator import kept

KEPT_FOR = timedelta(days=1)
MARK = "this-is-a-demo"
"""A file that only a demo's folder has: nothing without it is ever renamed or removed."""
PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Home:
    """`said`: what was done with an older demo, in a sentence; "" when nothing was."""

    folder: Path
    said: str = ""

    @property
    def played(self) -> Path:
        return self.folder / kept.PLAYED

    @property
    def log(self) -> Path:
        return self.folder / "monitors.log"


def default_folder() -> Path:
    """The project's own `.demo`, whatever folder the command is called from; outside a project the folder it is called from."""
    named = os.environ.get("AFTERGLOW_HOME")
    if named:
        return Path(named).resolve()
    project = PROJECT if (PROJECT / "pyproject.toml").exists() else Path.cwd()
    return project / ".demo"


def prepare(folder: Path, *, reset: bool, at: datetime) -> Home:
    """A folder fit for the demo.  Raises Refusal `ops.folder_not_writable`, `demo.not_a_demo`, `demo.runs_already`."""
    check_folder(folder.parent)
    _refuse_a_clinic(folder)
    said = _make_room(folder, reset=reset, at=at) if folder.exists() else ""
    check_folder(folder)
    (folder / MARK).write_text("Everything in this folder is synthetic and may be deleted.\n", encoding="utf-8")
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    return Home(folder, said)


def hold(folder: Path) -> int:
    """One demo at a time in one folder; the lock ends with the process.  Returns the open file; raises Refusal `demo.runs_already`."""
    handle = os.open(folder / MARK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise Refusal(
            "demo.runs_already", f"A demo already runs in {folder}.", "Use that one, stop it first, or choose another folder with --home."
        ) from error
    return handle


def _refuse_a_clinic(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise Refusal("demo.not_a_demo", f"{folder} holds something that is not a demo, so it was not touched.", "Choose another folder with --home.")


def _make_room(folder: Path, *, reset: bool, at: datetime) -> str:
    """Remove, set aside or keep the demo that is there; it must not be running."""
    if not (folder / MARK).exists():
        return ""
    os.close(hold(folder))
    built = kept.first_start(folder / kept.PLAYED)
    if reset:
        shutil.rmtree(folder)
        return "The demo starts over."
    if built is None:
        unfinished = any(folder.glob("*.sqlite3"))
        shutil.rmtree(folder)
        return "An earlier start was interrupted before the demo was whole; it is built again." if unfinished else ""
    ours = (kept.read(folder / kept.PLAYED) or {}).get("made_by") == kept.maker()
    if ours and at - built < KEPT_FOR:
        return ""
    aside = _free_name(folder, built)
    folder.rename(aside)
    why = "was more than a day old" if ours else "was made by another version of Afterglow"
    return f"The demo of {built.astimezone(UTC):%d %b %Y, %H:%M} UTC {why}. It is kept as {aside.name}, and a new one is built."


def _free_name(folder: Path, built: datetime) -> Path:
    name = f"{folder.name}-{built.astimezone(UTC):%Y%m%d-%H%M}"
    aside, number = folder.with_name(name), 2
    while aside.exists():
        aside, number = folder.with_name(f"{name}-{number}"), number + 1
    return aside
