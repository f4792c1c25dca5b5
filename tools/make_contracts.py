"""Writes `.importlinter`: the floors, the walk, the furniture and every package's protected models, as contracts that a test holds.

python tools/make_contracts.py [--check]

The order of the house stands here once; house tests for templates and keys read it from here too.  A part of the plan that has no folder
yet is written in brackets (optional), so that it finds its place the day it comes; a folder that is not in the plan fails the contract.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = Path("src/afterglow")

# Highest first, as house plan and walk have them; names on one line stand side by side and do not see each other.
FLOORS = (("conf",), ("simulator",), ("doors",), ("alarms",), ("pathway",), ("records",), ("ground",), ("science",))
STATIONS = (("registry",), ("aftercare",), ("response",), ("integration",), ("session",), ("plan",), ("consent",), ("screening",), ("enquiry",))
RECORDS = (("money",), ("staff", "measures", "schedule", "cabinet", "adverse"), ("flags", "messages"), ("chart",))
FURNITURE = (("urls",), ("views",), ("forms",), ("actions",), ("queries",), ("chain", "hub"), ("access", "events"), ("models",), ("rules",))
# Django's own needs in an app, which have no floor.
WITHOUT_A_LAYER = ("apps", "migrations")
# Data only: no Python, so nothing can import it.
NOT_CODE = ("library",)
# Science is arithmetic: no framework, no clock, no files, no network, no chance that is not handed in.
SCIENCE_NEVER = ("django", "io", "os", "pathlib", "random", "secrets", "socket", "sqlite3", "subprocess", "tempfile", "time")
RULES_NEVER = ("django",)
# The virtual clinic plays people: it comes in by actions and queries like everyone else, and speaks no SQL.
SIMULATOR_NEVER = ("django", "psycopg", "sqlite3")

HEAD = """\
# Written by tools/make_contracts.py (make contracts); a house test keeps it current.  Edit the plan there, not here.
[importlinter]
root_package = afterglow
include_external_packages = True
"""


def contracts(root: Path = ROOT) -> str:
    """The whole `.importlinter` for the packages that stand under `root` today."""
    tree = Tree(root / SOURCE)
    sections = [
        layers("floors", "Floors: an upper floor may use lower ones, never the reverse", "", FLOORS, tree, exhaustive=True),
        layers("walk", "The walk: a station may use earlier ones, never later ones", "pathway", STATIONS, tree, exhaustive=True),
        layers("records", "Records: chart, then flags and messages, then the rest, then money", "records", RECORDS, tree, exhaustive=True),
        furniture(tree),
        ground_furniture(tree),
        forbidden("science", "Science reaches no Django, no clock and no files", ["afterglow.science"], SCIENCE_NEVER, tree),
        forbidden("rules", "Rules reach no Django, even through a third module", tree.rules(), RULES_NEVER, tree),
        forbidden(
            "simulator", "The simulator writes through actions, never through the ORM", ["afterglow.simulator"], SIMULATOR_NEVER, tree, direct=True
        ),
        *(protected(package) for package in tree.with_models()),
    ]
    return "\n".join([HEAD, *(section for section in sections if section)])


class Tree:
    """What stands in the source folder."""

    def __init__(self, source: Path) -> None:
        self.source = source

    def has(self, dotted: str) -> bool:
        path = self.source.joinpath(*dotted.split("."))
        return (path / "__init__.py").exists() or path.with_suffix(".py").exists()

    def packages(self, floor: str) -> list[str]:
        """The stations or records of a floor, dotted from afterglow, in alphabetical order."""
        return [f"{floor}.{path.parent.name}" for path in sorted((self.source / floor).glob("*/__init__.py"))]

    def rules(self) -> list[str]:
        return [f"afterglow.{package}.rules" for floor in ("pathway", "records") for package in self.packages(floor) if self.has(f"{package}.rules")]

    def with_models(self) -> list[str]:
        floors = [name for row in FLOORS for name in row if (self.source / name).is_dir()]
        return [package for floor in floors for package in self.packages(floor) if self.has(f"{package}.models")]


def layers(key: str, title: str, container: str, plan: Sequence[Sequence[str]], tree: Tree, *, exhaustive: bool) -> str:
    """One layers contract; what does not stand yet is bracketed.  Empty when the container itself does not stand yet."""
    if container and not tree.has(container):
        return ""
    prefix = f"{container}." if container else ""
    rows = [" | ".join(name if tree.has(prefix + name) else f"({name})" for name in row) for row in plan]
    lines = [f"[importlinter:contract:{key}]", f"name = {title}", "type = layers", "layers =", *_listed(rows)]
    lines += ["containers =", *_listed([f"afterglow.{container}" if container else "afterglow"])]
    if exhaustive:
        lines += ["exhaustive = True"]
        if not container:
            lines += ["exhaustive_ignores =", *_listed(NOT_CODE)]
    return "\n".join([*lines, ""])


def furniture(tree: Tree) -> str:
    """Inside every station and record: urls > views > forms > actions > queries > access | events > models > rules, and nothing else."""
    rooms = [*tree.packages("pathway"), *tree.packages("records")]
    return _furniture("furniture", "Furniture: the same order inside every station and record", rooms, exhaustive=True) if rooms else ""


def ground_furniture(tree: Tree) -> str:
    """Ground's apps keep the same order where they have the same furniture; tools of their own (guards, trails) are theirs."""
    rooms = [package for package in tree.packages("ground") if tree.has(f"{package}.models")]
    return _furniture("ground_furniture", "Furniture: the same order inside the ground floor's apps", rooms, exhaustive=False) if rooms else ""


def _furniture(key: str, title: str, rooms: Iterable[str], *, exhaustive: bool) -> str:
    rows = [" | ".join(f"({name})" for name in row) for row in FURNITURE]
    lines = [f"[importlinter:contract:{key}]", f"name = {title}", "type = layers", "layers =", *_listed(rows)]
    lines += ["containers =", *_listed(f"afterglow.{room}" for room in rooms)]
    if exhaustive:
        lines += ["exhaustive = True", "exhaustive_ignores =", *_listed(WITHOUT_A_LAYER)]
    return "\n".join([*lines, ""])


def forbidden(key: str, title: str, sources: Sequence[str], never: Sequence[str], tree: Tree, *, direct: bool = False) -> str:
    """One forbidden contract, indirect imports included unless `direct`.  Empty when none of its sources stands yet."""
    standing = [source for source in sources if tree.has(source.removeprefix("afterglow."))]
    if not standing:
        return ""
    lines = [f"[importlinter:contract:{key}]", f"name = {title}", "type = forbidden", "source_modules =", *_listed(standing)]
    lines += ["forbidden_modules =", *_listed(never)]
    if direct:
        lines += ["allow_indirect_imports = True"]
    return "\n".join([*lines, ""])


def protected(package: str) -> str:
    """Other packages' models are protected: one comes in by their queries or actions."""
    lines = [f"[importlinter:contract:models_{package.replace('.', '_')}]", f"name = The models of {package} are its own", "type = protected"]
    lines += ["protected_modules =", *_listed([f"afterglow.{package}.models"]), "allowed_importers =", *_listed([f"afterglow.{package}"])]
    return "\n".join([*lines, ""])


def _listed(names: Iterable[str]) -> list[str]:
    return [f"    {name}" for name in names]


def main(words: Sequence[str]) -> int:
    file, wanted = ROOT / ".importlinter", contracts()
    if "--check" in words:
        if not file.exists() or file.read_text() != wanted:
            print(".importlinter does not match the packages that stand today. Run: make contracts", file=sys.stderr)
            return 1
        return 0
    file.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
