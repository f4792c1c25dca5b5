"""The small tables of tests/spec printed for clinicians: patient -> verdict, in the words that the test runs."""

from __future__ import annotations

import ast
from pathlib import Path

from docs_markdown import page, table


def spec_tables(root: Path) -> list[tuple[str, str, list[list[str]]]]:
    """(file, name, rows) of every `NAME = Table(\"\"\"...\"\"\")`; the first row is the head."""
    found = []
    for path in sorted((root / "tests/spec").glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and (text := _table_text(node.value)):
                name = node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""
                rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines() if "|" in line]
                found.append((path.relative_to(root).as_posix(), name, [row for row in rows if not set("".join(row)) <= set("-: ")]))
    return found


def specs_page(root: Path) -> str:
    """Every table under its own heading, ready to be read and signed."""
    parts = [
        "Each row is a test that runs: facts of a person on the left, Afterglow's answer on the right. No clinician has signed these tables yet."
    ]
    for file, name, rows in spec_tables(root):
        if rows:
            parts += [f"## {name.replace('_', ' ').capitalize()}", f"`{file}`", table(rows[0], rows[1:])]
    return page("Decisions as tables", *parts)


def _table_text(call: ast.Call) -> str:
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name != "Table" or not call.args or not isinstance(call.args[0], ast.Constant):
        return ""
    return str(call.args[0].value)
