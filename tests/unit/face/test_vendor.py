"""What the browser gets is ours: vendored bytes are the published ones, and no file asks another machine for anything."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

FACE = Path(__file__).resolve().parents[3] / "src/afterglow/ground/face"
STATIC = FACE / "static/face"
ROWS = re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", (STATIC / "vendor/VENDOR.md").read_text(encoding="utf-8"), re.MULTILINE)
OWN = sorted([*FACE.glob("templates/**/*.html"), *STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")])
TEMPLATES = sorted(FACE.glob("templates/**/*.html"))


@pytest.mark.parametrize(("name", "sha256"), ROWS)
def test_a_vendored_file_is_the_published_one(name: str, sha256: str) -> None:
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == sha256


def test_every_vendored_file_is_listed() -> None:
    present = {str(p.relative_to(STATIC)) for p in (*STATIC.glob("vendor/*.js"), *STATIC.glob("fonts/*.woff2"))}
    assert present == {name for name, _ in ROWS}


@pytest.mark.parametrize("path", OWN, ids=lambda p: p.name)
def test_nothing_is_asked_of_another_machine(path: Path) -> None:
    addresses = re.findall(
        r"""(?:src|href|url|@import|fetch|EventSource)\s*[=(]?\s*["'(]+\s*(?:https?:)?//[^"')\s]+""", path.read_text(encoding="utf-8")
    )
    assert addresses == []


# The pages are served with a policy that allows no inline code: script, style, or handler.
@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_no_inline_code(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "<style" not in text
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"\son[a-z]+=", text)


def test_pages_leave_no_copy_in_the_browsers_history() -> None:
    head = (FACE / "templates/face/head.html").read_text(encoding="utf-8")
    for setting in ('"historyCacheSize": 0', '"allowEval": false', '"includeIndicatorStyles": false', '"selfRequestsOnly": true'):
        assert setting in head
