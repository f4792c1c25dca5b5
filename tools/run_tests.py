"""Every test, on both engines: what `make test` runs after the set-up.

Three runs of pytest, each with its own closing line: rules and science with every branch counted; everything else on SQLite; what touches
a database again on PostgreSQL.  All three run even if one fails; words after the program's name go to the last two.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The kinds that walk every branch of rules and science, and need no database.
PURE = ("tests/unit", "tests/spec", "tests/reference")
PYTEST = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", "-q"]


def main(words: list[str]) -> int:
    pure = [kind for kind in PURE if (ROOT / kind).is_dir()]
    runs = [
        ("rules and science, every branch", [*PYTEST, *pure, "--cov", "--cov-report=term"], "sqlite"),
        ("everything else, on SQLite", [*PYTEST, *(f"--ignore={kind}" for kind in pure), *words], "sqlite"),
        ("all that touches a database, on PostgreSQL", [*PYTEST, "-m", "db and not soak", *words], "postgresql"),
    ]
    failed = []
    for title, command, engine in runs:
        print(f"\n== {title}", flush=True)
        began = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, env={**os.environ, "AFTERGLOW_TEST_ENGINE": engine}).returncode
        print(f"== {title}: {'passed' if code == 0 else f'failed (exit {code})'} after {time.monotonic() - began:.0f} s", flush=True)
        if code != 0:
            failed.append(title)
    if failed:
        print(f"\nmake test: failed in {'; '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
