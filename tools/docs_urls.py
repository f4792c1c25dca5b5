"""Every address that the server answers, with the guard in front of it.  Needs the project's own Django settings."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docs_markdown import page, table

HOME, SETTINGS, DATABASE = "AFTERGLOW_HOME", "DJANGO_SETTINGS_MODULE", "AFTERGLOW_DATABASE_URL"


class UrlsUnreadable(Exception):
    """The project's settings or urls could not be loaded; the message is a sentence for the reader."""


def has_urls(root: Path) -> bool:
    """Whether this tree has root urls and settings; a bare copy of the documents has not."""
    return (root / "src/afterglow/conf/urls.py").exists() and (root / "src/afterglow/conf/settings.py").exists()


def urls_page(root: Path) -> str:
    """Set Django up on an empty data folder and walk the resolver.  Raises UrlsUnreadable with the reason when that fails."""
    try:
        return _page(root)
    except Exception as error:  # whatever the project's own code raises while it is read
        raise UrlsUnreadable(f"docs/reference/urls.md cannot be made: {type(error).__name__}: {error}") from error


def _page(root: Path) -> str:
    with _nobodys_home():
        sys.path.insert(0, str(root / "src"))
        import django
        from django.urls import get_resolver

        django.setup()
        rows = sorted(set(_walk(get_resolver().url_patterns, "/", "")))
    body = [(f"`{pattern}`", f"`{name}`" if name else "", guard, f"`{view}`") for pattern, name, guard, view in rows]
    return page("Addresses", f"{len(rows)} addresses, each behind a guard.", table(("address", "name", "guard", "view"), body))


@contextmanager
def _nobodys_home() -> Iterator[None]:
    """An empty data folder and no database named, whatever surrounds us; afterwards the surroundings are as they were."""
    before = {name: os.environ.get(name) for name in (HOME, SETTINGS, DATABASE)}
    with tempfile.TemporaryDirectory(prefix="afterglow-docs-") as home:
        os.environ.update({HOME: home, SETTINGS: "afterglow.conf.settings"})
        os.environ.pop(DATABASE, None)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _walk(patterns: list[Any], prefix: str, space: str) -> Iterator[tuple[str, str, str, str]]:
    for entry in patterns:
        here = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry.url_patterns, here, inner)
        else:
            yield here, f"{space}{entry.name}" if entry.name else "", _guard(entry.callback), f"{entry.callback.__module__}.{entry.callback.__name__}"


def _guard(view: Any) -> str:
    guard = getattr(view, "guard", None)
    if guard is None:
        return "**none**"
    return f"{guard.kind} `{guard.name}`" if guard.name else str(guard.kind)
