"""Which test names which requirement or hazard: the `# req: S71` and `# hazard: H11` comments of the test files.

A comment counts for the test function it stands in; otherwise for the next test below it; otherwise for the file.
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
RANGE = re.compile(r"^([SNCRH])(\d+)-(?:([SNCRH]))?(\d+)$")


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
            for one in ids:
                tests[one].add(_owner(name, text, line))
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


def _owner(name: str, text: str, line: int) -> str:
    tests = _tests(text)
    for node in tests:
        if _first_line(node) <= line <= (node.end_lineno or node.lineno):
            return f"{name}::{node.name}"
    below = [node for node in tests if _first_line(node) > line]
    return f"{name}::{below[0].name}" if below else name


@cache
def _tests(text: str) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return tuple(sorted((node for node in functions if node.name.startswith("test")), key=_first_line))


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
