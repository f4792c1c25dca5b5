"""The library as a reader sees it: every file with its standing, and who may do what by role."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docs_code import link_permissions
from docs_markdown import page, table
from docs_register import load

SHOWN = frozenset({"status", "title", "why", "sources", "reviewed_on", "review_by", "permissions", "by", "scope"})
"""What these pages say of a file: the rest of it is long, and slow to read."""


def files(root: Path) -> list[tuple[str, str, str, dict[str, Any]]]:
    """(kind, id, version, what is shown of it) of every `library/<kind>/<id>/<version>.yaml`, ordered, versions by number."""
    home = root / "src/afterglow/library"
    found = [(path.parent.parent.name, path.parent.name, path.stem, load(path, only=SHOWN)) for path in home.glob("*/*/*.yaml")]
    return sorted(found, key=lambda one: (one[0], one[1], _version(one[2])))


def library_page(root: Path) -> str:
    """A table for each kind: id, version, status, title, sources, and when the content must be looked at again."""
    chosen = files(root)
    unsigned = sum(content.get("status") != "released" for *_, content in chosen)
    note = (
        f"{len(chosen)} files, {unsigned} of them not signed by a clinician. Marks inside a file: V verified in a source, W own knowledge, "
        "D calculated, J judgement, U unreviewed limit that a site must accept by name."
    )
    parts = [note]
    for kind in dict.fromkeys(one[0] for one in chosen):
        body = [
            (f"`{id_}`", version, str(content.get("status", "")), str(content.get("title", "")), _sources(content), _review(content))
            for folder, id_, version, content in chosen
            if folder == kind
        ]
        parts += [f"## {kind}", table(("id", "version", "status", "title", "sources", "review"), body)]
    return page("The library", *parts)


def permissions_page(root: Path) -> str:
    """Permission by role, from the newest version of each role file."""
    roles: dict[str, dict[str, Any]] = {id_: content for kind, id_, _, content in files(root) if kind == "roles"}
    names = sorted(roles)
    permissions = sorted({permission for role in roles.values() for permission in role.get("permissions") or []})
    heads = [(f"`{name}`", str(roles[name].get("title", "")), _scope(roles[name]), str(roles[name].get("why", ""))) for name in names]
    body = [
        (f"`{permission}`", *("yes" if permission in (roles[name].get("permissions") or []) else "" for name in names)) for permission in permissions
    ]
    return page(
        "Who may do what",
        "Closed by default: what is not listed here, nobody may do. A stranger gets 404, someone who may see but not act gets 403 with who can.",
        "## Roles",
        table(("role", "title", "reach", "why"), heads),
        "## Permissions",
        table(("permission", *names), body),
        "## Personal links",
        "A link serves one purpose for one person and may do nothing else (`ground/access/links.py`).",
        table(("purpose", "may"), [(f"`{purpose}`", ", ".join(f"`{each}`" for each in may)) for purpose, may in link_permissions(root)]),
    )


def _version(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdigit() else (0, text)


def _sources(content: dict[str, Any]) -> str:
    return "; ".join(_source(source) for source in content.get("sources") or [])


def _source(source: Any) -> str:
    if not isinstance(source, dict):
        return str(source)
    return str(source.get("id") or source.get("cite") or source.get("citation") or source.get("title") or next(iter(source.values()), ""))


def _review(content: dict[str, Any]) -> str:
    if content.get("reviewed_on"):
        return f"reviewed {content['reviewed_on']}, again by {content.get('review_by')}"
    return f"never reviewed; due {content['review_by']}" if content.get("review_by") else "never reviewed"


def _scope(role: dict[str, Any]) -> str:
    return " ".join(part for part in (f"by {role['by']}" if role.get("by") else "", str(role.get("scope") or "").replace("_", " ")) if part)
