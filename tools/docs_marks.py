"""Which test names which requirement or hazard: the `# req: S71` and `# hazard: H11` comments of the test files.

A comment counts for the test function it stands in; otherwise for the test right below it, with nothing but comments and empty lines between.
One that stands at no test, and a second mark on the same line, are refused: they would look like a proof and be none.
Only real comments count: the tokenizer decides, so that an example inside a string proves nothing.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MARK = re.compile(r"#\s*(?P<kind>req|hazard):\s*(?P<ids>.*)$")
ONE = re.compile(r"^([SNCRH])(\d+)$")
SECOND = re.compile(r"\b(req|hazard):")
RANGE = re.compile(r"^([SNCRH])(\d+)-(?:([SNCRH]))?(\d+)$")

Test = ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Tests by id (`tests/unit/test_gate.py::test_start`), and a sentence for every comment that could not be read."""

    tests: dict[str, tuple[str, ...]]
    problems: tuple[str, ...]


def read_marks(root: Path, known: dict[str, frozenset[str]]) -> Marks:
    """Read every test file under `root/tests`.  `known` maps the kind (`req`, `hazard`) to the ids that exist."""
    tests: dict[str, set[str]] = defaultdict(set)
    problems: list[str] = []
    for path in sorted((root / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "req:" not in text and "hazard:" not in text:
            continue
        name = path.relative_to(root).as_posix()
        for line, kind, written in _comments(text):
            ids = expand(written)
            strangers = [one for one in ids if one not in known[kind]]
            if not ids:
                problems.append(f"{name}:{line}: `# {kind}: {written}` names no id.")
            problems += [f"{name}:{line}: `# {kind}: {one}` names an id that does not exist." for one in strangers]
            if SECOND.search(written):
                problems.append(f"{name}:{line}: a second mark on one line is not read. Put each on its own line.")
            owner = _owner(text, line)
            if owner is None:
                problems.append(f"{name}:{line}: `# {kind}: {written}` stands at no test. Put it right above one.")
                continue
            for one in ids:
                tests[one].add(f"{name}::{owner}")
    return Marks(tests={one: tuple(sorted(names)) for one, names in tests.items()}, problems=tuple(problems))


def expand(written: str) -> list[str]:
    """`S12-S14, N1` -> S12, S13, S14, N1.  A word that is no id comes back as it is, to be refused as unknown."""
    found: list[str] = []
    for word in re.split(r"[,\s]+", written.strip()):
        if not word or word == "and":
            continue
        span = RANGE.match(word)
        if span and span.group(3) in (None, span.group(1)):
            found += [f"{span.group(1)}{number}" for number in range(int(span.group(2)), int(span.group(4)) + 1)]
        elif ONE.match(word) or not found:
            found.append(word)
        else:
            break  # words after the ids are a remark for the reader
    return found


def _comments(text: str) -> list[tuple[int, str, str]]:
    found = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and (match := MARK.search(token.string)):
            found.append((token.start[0], match.group("kind"), match.group("ids")))
    return found


def _owner(text: str, line: int) -> str | None:
    """The name of the test that a mark on this line belongs to."""
    tests = _tests(text)
    for node in tests:
        if _first_line(node) <= line <= (node.end_lineno or node.lineno):
            return _name(node)
    below = line + next((gap for gap, words in enumerate(text.splitlines()[line:]) if words.strip() and not words.strip().startswith("#")), 0) + 1
    return next((_name(node) for node in tests if _first_line(node) == below), None)


@cache
def _tests(text: str) -> tuple[Test, ...]:
    """Test functions, and what is a test by its name: `TestWalk = Machine.TestCase`."""
    tops = ast.parse(text).body
    nodes = [*tops, *(node for top in tops if isinstance(top, ast.ClassDef) for node in top.body)]
    found = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign) and _is_test(node)]
    return tuple(sorted(found, key=_first_line))


def _is_test(node: Test) -> bool:
    return _name(node).startswith("Test" if isinstance(node, ast.Assign) else "test")


def _name(node: Test) -> str:
    if isinstance(node, ast.Assign):
        return node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""
    return node.name


def _first_line(node: Test) -> int:
    decorators = [] if isinstance(node, ast.Assign) else node.decorator_list
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
