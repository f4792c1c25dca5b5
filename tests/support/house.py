"""What the house forbids, as functions from a folder to a list of faults, so that each can be shown to go red on a planted one."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tools.make_contracts import FLOORS, RECORDS, STATIONS

ROOT = Path(__file__).resolve().parents[2]
LINES, TEST_LINES, FUNCTION_LINES, TEMPLATE_LINES, README_LINES = 400, 500, 50, 200, 60
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "signals", "admin"}
SOURCES = ("src/afterglow", "tests", "tools")

# Only the accounts listen to Django's own sign-in signals, to write audit rows; nobody makes signals of their own.
MAY_LISTEN_TO_SIGN_IN = "src/afterglow/ground/accounts/"
FORBIDDEN_IMPORTS = ("django.contrib.admin", "django.db.models.signals", "django.core.signals", "django.dispatch", "django.contrib.auth.signals")
# Ways around the protected models that an import contract cannot see.
WALKS_AROUND = {"get_model": "comes in by queries or actions, not by get_model", "get_user_model": "comes in by the accounts' queries and actions"}


def assert_none(faults: list[str]) -> None:
    """Fails with one fault a line."""
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults)


def python_files(root: Path) -> Iterator[Path]:
    for folder in SOURCES:
        yield from (path for path in sorted((root / folder).rglob("*.py")) if "__pycache__" not in path.parts)


@cache
def nodes(text: str) -> tuple[ast.AST, ...]:
    """Everything in a text, in the order of `ast.walk`; several rules look through the same files."""
    return tuple(ast.walk(ast.parse(text)))


def templates(root: Path) -> Iterator[Path]:
    yield from (path for path in sorted((root / "src/afterglow").rglob("*.html")) if "templates" in path.parts)


def size_faults(root: Path) -> list[str]:
    """Files, functions, templates and room READMEs longer than the house allows; migrations are exempt."""
    faults = []
    for path in python_files(root):
        name = path.relative_to(root).as_posix()
        if "/migrations/" in name:
            continue
        text = path.read_text()
        most = TEST_LINES if name.startswith("tests/") else LINES
        if text.count("\n") > most:
            faults.append(f"{name}: {text.count(chr(10))} lines, at most {most}")
        for node in nodes(text):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno + 1 > FUNCTION_LINES:
                faults.append(f"{name}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines, at most {FUNCTION_LINES}")
    limits = [(path, TEMPLATE_LINES) for path in templates(root)]
    limits += [(path, README_LINES) for path in sorted((root / "src/afterglow").glob("*/*/README.md"))]
    faults += [f"{path.relative_to(root)}: longer than {most} lines" for path, most in limits if path.read_text().count("\n") > most]
    return faults


def name_faults(root: Path) -> list[str]:
    """Rooms and files whose name says nothing, empty files, and migrations that a machine named."""
    faults = []
    for path in python_files(root):
        name = path.relative_to(root).as_posix()
        words = {part.removesuffix(".py") for part in path.relative_to(root).parts}
        faults += [f"{name}: `{word}` is a name that says nothing about what is inside" for word in sorted(words & EMPTY_NAMES)]
        if path.name != "__init__.py" and not path.read_text().strip():
            faults.append(f"{name}: empty file")
        if path.parent.name == "migrations" and re.match(r"\d{4}_(auto|alter|remove|rename|delete)_", path.name):
            faults.append(f"{name}: a migration is named after what it is for")
        if path.parent.name == "migrations" and path.name != "__init__.py" and not re.match(r"\d{4}_[a-z0-9_]+\.py$", path.name):
            faults.append(f"{name}: a migration is called NNNN_what_it_is_for.py")
    rooms = [path.parent for floor in ("pathway", "records") for path in sorted((root / "src/afterglow" / floor).glob("*/__init__.py"))]
    faults += [f"{room.relative_to(root)}: no README.md" for room in rooms if not (room / "README.md").exists()]
    return faults


def source_faults(root: Path) -> list[str]:
    """Django habits the house does not have: signals, admin, logic in save(), times that set themselves, ATOMIC_REQUESTS, ways around a contract."""
    faults = []
    for path in python_files(root):
        name = path.relative_to(root).as_posix()
        if not name.startswith("src/") or "/migrations/" in name:
            continue
        for node in nodes(path.read_text()):
            faults += [f"{name}:{getattr(node, 'lineno', 0)}: {fault}" for fault in _node_faults(node, name)]
    return faults


def _node_faults(node: ast.AST, name: str) -> Iterator[str]:
    modules = (
        [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    )
    for module in modules:
        listens = name.startswith(MAY_LISTEN_TO_SIGN_IN) and module in ("django.contrib.auth.signals", "django.dispatch")
        if module.startswith(FORBIDDEN_IMPORTS) and not listens:
            yield f"imports {module}: no signals and no admin in this house"
    if isinstance(node, ast.ClassDef) and name.endswith("models.py"):
        for part in node.body:
            if isinstance(part, ast.FunctionDef) and part.name in ("save", "delete"):
                yield f"{node.name}.{part.name}(): no logic in {part.name}(); write an action"
    if isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
        yield f"{node.arg}: a time is handed in as `at`"
    if isinstance(node, ast.Constant) and node.value == "ATOMIC_REQUESTS":
        yield "ATOMIC_REQUESTS: every page would take SQLite's write lock"
    called = node.func if isinstance(node, ast.Call) else None
    word = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    if word in WALKS_AROUND and not name.startswith("src/afterglow/ground/accounts/"):
        yield f"{word}(): one {WALKS_AROUND[word]}"
    if word in ("mark_safe", "SafeString") and name != DRAWS_BY_HAND:
        yield f"{word}(): text is escaped; use format_html or a template"


# The one file that writes markup by hand, for speed: every value in it passes through an escape, and a test compares it with its components.
DRAWS_BY_HAND = "src/afterglow/ground/face/drawn.py"


class Floors:
    """Who may use whom, by the order in tools/make_contracts.py.  A room is `floor` or `floor.package`."""

    def __init__(self) -> None:
        self.floor = {name: height for height, row in enumerate(reversed(FLOORS)) for name in row}
        self.order = {
            "pathway": {name: height for height, row in enumerate(reversed(STATIONS)) for name in row},
            "records": {name: height for height, row in enumerate(reversed(RECORDS)) for name in row},
        }

    def may_use(self, user: str, used: str) -> bool:
        """Own room, a lower floor, or, on the walk and among records, an earlier room.  A room without a place may use nothing."""
        if user == used:
            return True
        (floor, _, room), (below, _, other) = user.partition("."), used.partition(".")
        if floor not in self.floor or below not in self.floor:
            return False
        if floor != below:
            return self.floor[floor] > self.floor[below]
        places = self.order.get(floor)
        if places is None:
            return True
        return room in places and other in places and places[room] > places[other]


def room_of(path: Path, root: Path) -> str:
    """`pathway.plan` for anything under src/afterglow/pathway/plan/."""
    return ".".join(path.relative_to(root / "src/afterglow").parts[:2])


def template_faults(root: Path) -> list[str]:
    """Templates that use a template of a higher or later room, one that is not there, one named by a variable, or anything from elsewhere."""
    owners: dict[str, set[str]] = defaultdict(set)
    for path in templates(root):
        owners[_template_name(path)].add(room_of(path, root))
    faults = [f"{name}: the same template name in {', '.join(sorted(rooms))}" for name, rooms in sorted(owners.items()) if len(rooms) > 1]
    floors = Floors()
    for path in templates(root):
        name, text = path.relative_to(root).as_posix(), _without_comments(path.read_text())
        for used in _used(text):
            rooms = owners.get(used) or owners.get(used.replace("-", "_"))
            if used == "?":
                faults.append(f"{name}: a template named by a variable cannot be held to the floors")
            elif rooms is None:
                faults.append(f"{name}: uses {used}, which is not there")
            elif not all(floors.may_use(room_of(path, root), room) for room in rooms):
                faults.append(f"{name}: {room_of(path, root)} may not use {used} of {', '.join(sorted(rooms))}")
        faults += [f"{name}: {fault}" for fault in _page_faults(text)]
    return faults


def _page_faults(text: str) -> Iterator[str]:
    if re.search(r"\|\s*safe\b|\{%\s*autoescape\s+off", text):
        yield "turns escaping off"
    for tag in re.findall(r"<(?:script|link|img|iframe|source|video|audio)\b[^>]*\b(?:src|href)\s*=\s*[\"']?(?:https?:)?//[^>]*>", text):
        yield f"fetches from elsewhere: {tag[:100]}"
    for handler in re.findall(r"<[a-z][^<>]*\s(on[a-z]+)\s*=", text):
        yield f"{handler}=: scripts live in ES modules, never in an attribute"
    if re.search(r"<script(?![^>]*\b(?:src|type=[\"'](?:application|speculationrules|importmap))\b)[^>]*>", text):
        yield "a script written into the page: scripts live in ES modules"


def _template_name(path: Path) -> str:
    parts = path.parts
    return "/".join(parts[len(parts) - parts[::-1].index("templates") :])


def _without_comments(text: str) -> str:
    text = re.sub(r"\{%\s*comment.*?%\}.*?\{%\s*endcomment\s*%\}", "", text, flags=re.DOTALL)
    return re.sub(r"\{#.*?#\}|<!--.*?-->", "", text, flags=re.DOTALL)


def _used(text: str) -> Iterator[str]:
    """Names of the templates a page is built from; `?` for one that only running would tell."""
    for argument in re.findall(r"\{%\s*(?:extends|include)\s+(\S+)", text):
        yield argument[1:-1] if argument[0] in "\"'" else "?"
    for tag in re.findall(r"<c-([a-z0-9_.-]+)", text):
        if tag == "component":
            yield "?"
        elif tag not in ("vars", "slot"):
            yield f"cotton/{tag.replace('.', '/')}.html"
