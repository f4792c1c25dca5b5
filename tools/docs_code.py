"""What the code says about itself, read from its syntax tree and never by running it: refusals, audit events, settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from docs_markdown import page, table

SETTING = re.compile(r"^AFTERGLOW_[A-Z0-9_]+$")
EVENT = re.compile(r"^[a-z_]+(\.[a-z_]+)+$")
RAISED_AT_RUN_TIME = "(made from facts)"


@dataclass(frozen=True, slots=True, order=True)
class RefusalLine:
    """One place that refuses: its code, the sentence with {holes} for facts, what to do now, and the room it is in."""

    code: str
    room: str
    sentence: str
    now: str


@dataclass(frozen=True, slots=True, order=True)
class EventLine:
    """One audit event: its text, the room that owns it, and the comment or docstring beside it."""

    event: str
    room: str
    says: str


@dataclass(frozen=True, slots=True, order=True)
class SettingLine:
    """One environment variable: its name, the default written in the code, and the room that reads it."""

    name: str
    default: str
    room: str


def modules(root: Path) -> Iterator[tuple[str, str, ast.Module]]:
    """Every module below src/afterglow as (path in the package, text, syntax tree), migrations left out."""
    home = root / "src/afterglow"
    for path in sorted(home.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        yield path.relative_to(home).as_posix(), text, parsed_once(text)


@cache
def parsed_once(text: str) -> ast.Module:
    """The syntax tree of a text; several pages read the same modules."""
    return ast.parse(text)


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Everything in a module, in the order of `ast.walk`; several pages look through the same modules."""
    return tuple(ast.walk(tree))


def refusals(root: Path) -> list[RefusalLine]:
    """Every `Refusal(...)` and every call of a subclass whose first argument is a code."""
    parsed = list(modules(root))
    names = _refusal_names([tree for _, _, tree in parsed])
    found = set()
    for room, _, tree in parsed:
        for node in nodes(tree):
            if isinstance(node, ast.Call) and _called(node) in names and (node.args or node.keywords):
                code = _text(_argument(node, 0, "code"))
                if _called(node) != "Refusal" and not EVENT.match(code):
                    continue
                found.add(RefusalLine(code, room, _text(_argument(node, 1, "sentence")), _text(_argument(node, 2, "now"), absent="")))
    return sorted(found)


def events(root: Path) -> list[EventLine]:
    """Every event text of an `events.py`, and every text handed to the audit trail directly."""
    found: dict[tuple[str, str], str] = {}
    for room, text, tree in modules(root):
        if room.endswith("/events.py"):
            for statement in tree.body:
                for event in _events_of(statement):
                    found[event, room] = _comment_at(text, statement.lineno)
        for node in nodes(tree):
            if isinstance(node, ast.Call) and _called(node) in ("record", "read", "record_event") and node.args:
                event = _text(node.args[0], absent="")
                if EVENT.match(event):
                    found.setdefault((event, room), "")
    return sorted(EventLine(event, room, says) for (event, room), says in found.items())


def settings(root: Path) -> list[SettingLine]:
    """Every AFTERGLOW_ variable that the code reads, with the default beside it where one is written."""
    found: dict[str, SettingLine] = {}
    for room, text, tree in modules(root):
        if "AFTERGLOW_" not in text:
            continue
        for node in nodes(tree):
            if isinstance(node, ast.Call) and node.args and SETTING.match(name := _text(node.args[0], absent="")):
                default = ast.unparse(node.args[1]) if len(node.args) > 1 else ""
                found[name] = SettingLine(name, default, room)
        for node in nodes(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SETTING.match(node.value):
                found.setdefault(node.value, SettingLine(node.value, "", room))
    return sorted(found.values())


def link_permissions(root: Path) -> list[tuple[str, list[str]]]:
    """What the holder of a link may do, by purpose: the `PERMISSIONS` of ground/access/links.py; empty where there is no such page."""
    path = root / "src/afterglow/ground/access/links.py"
    if not path.exists():
        return []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.AnnAssign) and _last(node.target) == "PERMISSIONS" and isinstance(node.value, ast.Dict):
            pairs = zip(node.value.keys, node.value.values, strict=True)
            return [(_text(purpose), sorted(_text(each) for each in ast.walk(may) if isinstance(each, ast.Constant))) for purpose, may in pairs]
    return []


def refusals_page(root: Path) -> str:
    """Every refusal a person can meet."""
    lines = refusals(root)
    body = [(f"`{line.code}`", line.sentence, line.now, f"`{line.room}`") for line in lines]
    note = f"{len({line.code for line in lines})} codes in {len(lines)} places. A {{hole}} is filled with a fact when the refusal is shown."
    return page("Refusals", note, table(("code", "what it says", "what to do now", "raised in"), body))


def events_page(root: Path) -> str:
    """Every kind of row in the audit trail."""
    lines = events(root)
    note = f"{len({line.event for line in lines})} events. Every row also keeps who, when, about whom, old and new, reason and request."
    if any(line.says for line in lines):
        body = [(f"`{line.event}`", line.says, f"`{line.room}`") for line in lines]
        return page("Audit events", note, table(("event", "when", "written in"), body))
    return page("Audit events", note, table(("event", "written in"), [(f"`{line.event}`", f"`{line.room}`") for line in lines]))


def settings_page(root: Path, meanings: Mapping[str, str]) -> str:
    """Every environment variable, with its default and what it does (docs/settings.yaml)."""
    note = "All settings are environment variables; none is needed for the demo."
    body = [(f"`{line.name}`", f"`{line.default}`" if line.default else "", meanings.get(line.name, ""), f"`{line.room}`") for line in settings(root)]
    return page("Settings", note, table(("name", "default", "what it does", "read in"), body))


def setting_problems(root: Path, meanings: Mapping[str, str]) -> list[str]:
    """A variable that docs/settings.yaml does not explain, and an explanation of a variable that nothing reads."""
    names = {line.name for line in settings(root)}
    problems = [f"docs/settings.yaml does not say what {name} does." for name in sorted(names - set(meanings))]
    return problems + [f"docs/settings.yaml explains {name}, which nothing reads." for name in sorted(set(meanings) - names)]


def _refusal_names(trees: list[ast.Module]) -> set[str]:
    names = {"Refusal"}
    classes = [node for tree in trees for node in nodes(tree) if isinstance(node, ast.ClassDef)]
    for _ in range(3):  # children of children of Refusal
        names |= {node.name for node in classes for base in node.bases if isinstance(base, ast.Name | ast.Attribute) and _last(base) in names}
    return names


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _called(node: ast.Call) -> str:
    return _last(node.func)


def _argument(node: ast.Call, place: int, name: str) -> ast.expr | None:
    if len(node.args) > place and not any(isinstance(arg, ast.Starred) for arg in node.args[: place + 1]):
        return node.args[place]
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def _text(node: ast.expr | None, absent: str = RAISED_AT_RUN_TIME) -> str:
    """A literal as it is, an f-string with its holes named, anything else as `absent`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{" + _hole(part) + "}" for part in node.values)
    return absent


def _hole(part: ast.expr) -> str:
    return ast.unparse(part.value) if isinstance(part, ast.FormattedValue) else ast.unparse(part)


def _events_of(node: ast.stmt) -> list[str]:
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.ClassDef):
        return []
    return [item.value for item in ast.walk(node) if isinstance(item, ast.Constant) and isinstance(item.value, str) and EVENT.match(item.value)]


def _comment_at(text: str, line: int) -> str:
    """The comment at the end of the line, else the comment lines directly above it."""
    lines = text.splitlines()
    here = re.search(r"(?:\s|^)#\s?(.*)$", lines[line - 1])
    if here and not re.search(r"noqa|type:", here.group(1)):
        return here.group(1)
    above: list[str] = []
    for earlier in reversed(lines[: line - 1]):
        if not earlier.strip().startswith("#"):
            break
        above.insert(0, earlier.strip().lstrip("# "))
    return " ".join(above)
