"""Every item that a rule names has a title: no page shows a person "Pump: agrees"."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from afterglow.science.titles import TITLES, title_of
from tests.support import house

SAYS = ("met", "unmet", "unknown")
NAMES_AN_ITEM = ("item", "key")
"""What a helper calls the parameter that becomes a finding's item."""


def items_named(root: Path) -> dict[str, str]:
    """Item -> a file that names it: the words of `Finding.met("...")`, `item = "..."` and of helpers that are handed an item first."""
    found: dict[str, str] = {}
    for path in sorted((root / "src/afterglow").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "science.verdict" in text and not {"doors", "views"} & set(path.parts):
            for item in _items(ast.parse(text)):
                found.setdefault(item, path.relative_to(root).as_posix())
    return found


def _items(tree: ast.Module) -> Iterator[str]:
    helpers = {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.args.args and node.args.args[0].arg in NAMES_AN_ITEM
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _finds(node.func, helpers):
            yield from _word(node.args[0])
        elif isinstance(node, ast.Assign):
            yield from _assigned(node)


def _finds(called: ast.expr, helpers: set[str]) -> bool:
    if isinstance(called, ast.Attribute):
        return called.attr in SAYS and isinstance(called.value, ast.Name) and called.value.id == "Finding"
    return isinstance(called, ast.Name) and called.id in helpers | {"taken_over"}


def _assigned(node: ast.Assign) -> Iterator[str]:
    """`item = "pressure"`, and `item, held = "pressure", facts.pressure`."""
    for target in node.targets:
        pairs = zip(target.elts, node.value.elts, strict=False) if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple) else []
        for name, value in [(target, node.value), *pairs]:
            if isinstance(name, ast.Name) and name.id == "item":
                yield from _word(value)


def _word(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
        yield str(value.values[0].value).rstrip(".")  # f"plan.{change.path}": the part that is known


def test_every_item_has_a_title() -> None:
    named = items_named(house.ROOT)
    assert len(named) > 150, "the search itself has lost its way"
    assert not {item: path for item, path in named.items() if not title_of(item)}


@pytest.mark.parametrize(
    "text",
    [
        'Finding.met("brand_new")',
        'item = "brand_new"\n',
        'item, held = "brand_new", 1\n',
        'def _say(item: str) -> object: ...\n_say("brand_new")',
        'taken_over("brand_new", None, "")',
        'Finding.unmet(f"brand_new.{x}", "")',
    ],
)
def test_an_item_without_a_title_goes_red(tmp_path: Path, text: str) -> None:
    path = tmp_path / "src/afterglow/pathway/session/rules/new.py"
    path.parent.mkdir(parents=True)
    path.write_text(f"from afterglow.science.verdict import Finding\n{text}", encoding="utf-8")
    assert [item for item in items_named(tmp_path) if not title_of(item)] == ["brand_new"]


def test_titles_are_words() -> None:
    assert not [item for item, title in TITLES.items() if "_" in title or len(title) > 60 or not title[:1].isupper()]


def test_an_item_with_parts_falls_back_on_its_first_ones() -> None:
    assert title_of("pump.agrees") == "The pump's rate gives the ordered dose"
    assert title_of("plan.course.days") == TITLES["plan.course"]
    assert title_of("plan.anything") == TITLES["plan"]
    assert title_of("never_heard") == title_of("") == ""
