"""The data folder, looked at before Django is set up: the settings keep a key in it."""

from __future__ import annotations

import os
from pathlib import Path

from afterglow.ground.errors import Refusal


def check_home() -> None:
    """The folder that AFTERGLOW_HOME names, or `.afterglow` here.  Raises as `check_folder`."""
    check_folder(Path(os.environ.get("AFTERGLOW_HOME", Path.cwd() / ".afterglow")).resolve())


def check_folder(home: Path) -> None:
    """Made where it is missing, and written to.  Raises Refusal `ops.folder_not_writable`."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = home / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise Refusal(
            "ops.folder_not_writable", f"The data folder {home} cannot be written.", "Choose another with AFTERGLOW_HOME, or change its owner."
        ) from error
