"""The registers: requirements, hazards and the rules of our safety specification, printed beside what proves them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from docs_markdown import page, table
from docs_marks import Marks

REQUIREMENT_IDS = tuple(f"{letter}{number}" for letter, last in (("S", 116), ("N", 45), ("C", 36), ("R", 43)) for number in range(1, last + 1))
HAZARD_IDS = tuple(f"H{number}" for number in range(1, 62))  # 1 to 59 from the specification, the rest found while building
# 68 and 69 were never given; 70a to 70d came between.
RULE_IDS = tuple([str(n) for n in range(1, 68)] + ["70", "70a", "70b", "70c", "70d"] + [str(n) for n in range(71, 90)])
BUILT = {"yes": "built", "part": "in part", "no": "not yet"}
STATUSES = ("covered", "part", "not yet")
RULE_STATUSES = {"in place": "in place", "part": "in part", "later": "later", "not yet": "not yet", "not ours": "not ours"}


def load(path: Path, *, only: frozenset[str] = frozenset()) -> Any:
    """One YAML 1.2 file; duplicate keys are an error, as everywhere in the project.  `only`: of its top-level keys no more than these are read."""
    text = path.read_text(encoding="utf-8")
    try:
        return _parsed(_kept(text, only) if only else text)
    except YAMLError as error:
        raise SystemExit(f"{path}: {error}") from error


def _kept(text: str, only: frozenset[str]) -> str:
    """The lines of these top-level keys: what is indented, or an entry of a list, belongs to the key above it."""
    kept, lines = False, []
    for line in text.splitlines(keepends=True):
        if line[0] not in " -#\n":
            kept = line.split(":", 1)[0] in only
        if kept:
            lines.append(line)
    return "".join(lines)


@cache
def _parsed(text: str) -> Any:
    return YAML(typ="safe").load(text)


def requirement_rows(root: Path) -> list[dict[str, str]]:
    """Every row of docs/requirements.yaml, flat, with its group's name under `group`."""
    groups = load(root / "docs/requirements.yaml")
    return [{**row, "group": group["group"]} for group in groups for row in group["rows"]]


def requirement_problems(rows: list[dict[str, str]], marks: Marks) -> list[str]:
    """Missing or unknown ids, unknown words under `built`, rows called built that no test proves or that name something missing."""
    problems = _id_problems("docs/requirements.yaml", [row["id"] for row in rows], REQUIREMENT_IDS)
    for row in rows:
        if row["built"] not in BUILT:
            problems.append(f"docs/requirements.yaml: {row['id']} says built: {row['built']}; say yes, part or no.")
        if row["built"] == "yes" and row.get("missing"):
            problems.append(f"docs/requirements.yaml: {row['id']} says built: yes and names something missing.")
        if row["built"] == "yes" and not marks.tests.get(row["id"]):
            problems.append(f"docs/requirements.yaml: {row['id']} says built: yes, but no test carries `# req: {row['id']}`.")
    return problems


def requirements_page(rows: list[dict[str, str]], marks: Marks) -> str:
    """Groups of id, title, state and the tests that name the row; a row that only tests know reads 'begun'."""
    states = [_requirement_state(row, marks) for row in rows]
    words = ("built", "in part", "begun", "not yet")
    summary = ", ".join(f"{states.count(word)} {word}" for word in words)
    note = (
        f"{len(rows)} rows: {summary}. *Built*: met, and a test names it. *In part*: something is missing. "
        "*Begun*: tests prove pieces of it, nobody calls the row met. *Not yet*: nothing may be relied on."
    )
    parts = [note]
    for group in dict.fromkeys(row["group"] for row in rows):
        chosen = [row for row in rows if row["group"] == group]
        body = [(row["id"], row["title"] + _missing(row), _requirement_state(row, marks), _tests(marks, row["id"])) for row in chosen]
        parts += [f"## {group}", table(("id", "what it asks", "state", "proved by"), body)]
    return page("Requirements and the tests that prove them", *parts)


def hazard_problems(root: Path, rows: list[dict[str, Any]], marks: Marks) -> list[str]:
    """A hazard without control or owner, covered without a test, part without `missing`, an owner that is not there."""
    problems = _id_problems("docs/safety/hazards.yaml", [row["id"] for row in rows], HAZARD_IDS)
    for row in rows:
        where = f"docs/safety/hazards.yaml: {row['id']}"
        problems += [f"{where} has no {key}." for key in ("hazard", "cause", "harm", "control", "owner") if not row.get(key)]
        if row["status"] not in STATUSES:
            problems.append(f"{where} has status {row['status']}; say covered, part or not yet.")
        if row["status"] == "covered" and not marks.tests.get(row["id"]):
            problems.append(f"{where} is called covered, but no test carries `# hazard: {row['id']}`.")
        if row["status"] == "part" and not row.get("missing"):
            problems.append(f"{where} is covered in part and does not say what is missing.")
        if row["status"] != "not yet":
            problems += _absent(root, where, row.get("owner") or [])
    return problems


def hazards_page(rows: list[dict[str, Any]], marks: Marks) -> str:
    """The hazard log as a table: what can happen, what stands against it, where, and which test shows it."""
    states = [_hazard_state(row, marks) for row in rows]
    counts = ", ".join(f"{states.count(word)} {word}" for word in ("covered", "part", "begun", "not yet"))
    body = [
        (
            row["id"],
            row["hazard"],
            f"{row['cause']} -> {row['harm']}",
            row["control"] + _missing(row),
            ", ".join(f"`{owner}`" for owner in row["owner"]),
            _hazard_state(row, marks),
            _tests(marks, row["id"]),
        )
        for row in rows
    ]
    note = (
        f"{len(rows)} hazards: {counts}. A control without a test is not called covered. *Begun*: tests prove pieces, nobody calls it covered. "
        "*Not yet*: nothing may be relied on, even where the owner named here already holds code. No clinician has signed this log."
    )
    return page("Hazard log", note, table(("id", "hazard", "cause and harm", "control", "owner", "status", "tests"), body))


def rule_problems(root: Path, rows: list[dict[str, Any]]) -> list[str]:
    """Missing ids, unknown states, and rules called in place (or part) whose room is not there."""
    problems = _id_problems("docs/safety/corrections.yaml", [str(row["id"]) for row in rows], RULE_IDS)
    for row in rows:
        where = f"docs/safety/corrections.yaml: {row['id']}"
        if row["status"] not in RULE_STATUSES:
            problems.append(f"{where} has status {row['status']}; say one of {', '.join(RULE_STATUSES)}.")
        if row["status"] in ("in place", "part"):
            problems += _absent(root, where, row.get("where") or []) or ([] if row.get("where") else [f"{where} names no room."])
    return problems


def rules_page(rows: list[dict[str, Any]]) -> str:
    """The numbered rules of our safety specification in our words, where each lives, and how far it is."""
    counts = ", ".join(f"{sum(row['status'] == status for row in rows)} {word}" for status, word in RULE_STATUSES.items())
    body = [(str(row["id"]), row["rule"], RULE_STATUSES[row["status"]], ", ".join(f"`{room}`" for room in row.get("where") or [])) for row in rows]
    note = (
        f"The rules that win over every other page, by their number: {counts}. *Later*: it belongs to a part that this version does not have. "
        "*Not ours*: it asks nothing of the software. The source is [corrections.yaml](corrections.yaml)."
    )
    return page("Safety rules and where they live", note, table(("no.", "rule", "state", "where, under src/afterglow"), body))


def _id_problems(name: str, found: list[str], expected: tuple[str, ...]) -> list[str]:
    problems = [f"{name}: {one} is missing." for one in expected if one not in found]
    problems += [f"{name}: {one} does not exist." for one in found if one not in expected]
    return problems + [f"{name}: {one} stands twice." for one in sorted({one for one in found if found.count(one) > 1})]


def _absent(root: Path, where: str, rooms: list[str]) -> list[str]:
    home = root / "src/afterglow"
    missing = [room for room in rooms if not (home / room).exists() and not (home / f"{room}.py").exists()]
    return [f"{where} names {room}, which is not there." for room in missing]


def _requirement_state(row: dict[str, str], marks: Marks) -> str:
    if row["built"] == "no" and marks.tests.get(row["id"]):
        return "begun"
    return BUILT.get(row["built"], row["built"])


def _missing(row: dict[str, Any]) -> str:
    return f" **Missing:** {row['missing']}" if row.get("missing") else ""


def _hazard_state(row: dict[str, Any], marks: Marks) -> str:
    return "begun" if row["status"] == "not yet" and marks.tests.get(row["id"]) else str(row["status"])


def _tests(marks: Marks, one: str) -> str:
    return "<br>".join(f"`{name.removeprefix('tests/')}`" for name in marks.tests.get(one, ()))
