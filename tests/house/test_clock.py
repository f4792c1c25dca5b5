"""No wall clock below the doors: ruff refuses it there, and only there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.house import ROOT

RUFF = Path(sys.executable).with_name("ruff")
LOOKS_AT_THE_CLOCK = """\
import time
from datetime import date, datetime, UTC
from django.utils import timezone

a = timezone.now()
b = datetime.now(UTC)
c = date.today()
d = time.time()
e = datetime.today()
"""


@pytest.mark.parametrize(
    ("folder", "refused"),
    [("ground", 5), ("records/chart", 5), ("pathway/plan", 5), ("science", 5), ("doors/desk", 0), ("conf", 0), ("simulator", 0)],
)
def test_the_clock_is_read_only_where_it_may_be(tmp_path: Path, folder: str, refused: int) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    file = tmp_path / "src/afterglow" / folder / "planted.py"
    file.parent.mkdir(parents=True)
    file.write_text(LOOKS_AT_THE_CLOCK)
    command = [RUFF, "check", "--no-cache", "--select", "TID251", "--output-format", "concise", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.count("TID251") == refused, done.stdout + done.stderr


def test_no_file_silences_the_rule() -> None:
    silenced = [path for path in (ROOT / "src").rglob("*.py") if "noqa: TID251" in path.read_text()]
    assert silenced == []
