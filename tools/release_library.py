"""Release library files: write the SHA-256 of each new version into `src/afterglow/library/RELEASED`.

    python tools/release_library.py                    every file that is not released yet
    python tools/release_library.py roles consents     only these kinds
    python tools/release_library.py --check            change nothing; fail if a file is not released, changed or gone

A line that is there never changes: a changed or missing released file is refused, and nothing is written.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
sys.path.insert(0, str(SOURCE))

from afterglow.ground.content.files import LIBRARY_ROOT, RELEASED_NAME, LibraryError, check_released, load_library, read_released  # noqa: E402


def unreleased(root: Path, kinds: frozenset[str] = frozenset()) -> dict[str, str]:
    """Path -> SHA-256 of files that are in order and not released; all kinds when none is named.

    Raises LibraryError when any file of the library is not in order, or a released one was changed or taken away.
    """
    files, released = load_library(root), read_released(root)
    check_released(files, released)
    return {file.path: file.sha256 for file in files if file.path not in released and (not kinds or file.kind in kinds)}


def release(root: Path, kinds: frozenset[str] = frozenset()) -> dict[str, str]:
    """Release what is new; gives what was added.  The file is replaced in one step, so that half of it is never read."""
    fresh = unreleased(root, kinds)
    if fresh:
        lines = [f"{sha256}  {path}\n" for path, sha256 in sorted((read_released(root) | fresh).items())]
        draft = root / f".{RELEASED_NAME}.new"
        draft.write_text("".join(lines), encoding="utf-8")
        draft.replace(root / RELEASED_NAME)
    return fresh


def main(arguments: list[str]) -> int:
    reader = argparse.ArgumentParser(description="Release library files (see the head of this file).")
    reader.add_argument("kinds", nargs="*", help="only these kinds, such as roles or protocols")
    reader.add_argument("--check", action="store_true", help="change nothing; exit code 1 when something is not released")
    reader.add_argument("--root", type=Path, default=LIBRARY_ROOT, help="the library's folder")
    asked = reader.parse_args(arguments)
    kinds = frozenset(asked.kinds)
    try:
        fresh = unreleased(asked.root, kinds) if asked.check else release(asked.root, kinds)
    except LibraryError as refused:
        print(f"Nothing was released. {refused}", file=sys.stderr)
        return 2
    for path in sorted(fresh):
        print(f"{'not released' if asked.check else 'released'}: {path}")
    if asked.check and fresh:
        print("Run: python tools/release_library.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
