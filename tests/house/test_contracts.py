"""The import contracts: kept, current, and each of them able to fail."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.house import ROOT
from tools.make_contracts import RECORDS, STATIONS, Tree, contracts

LINT = Path(sys.executable).with_name("lint-imports")


@dataclass(frozen=True, slots=True)
class Planted:
    """A copy of the tree with one break for each contract, and what import-linter said of it."""

    sections: dict[str, str]
    said: str

    def broken(self, title: str) -> bool:
        return f"{title} BROKEN" in self.said

    def told(self, title: str) -> str:
        """What is said under this contract's own heading: up to the next line that is underlined in full."""
        parts = re.split(r"^(.+)\n-{3,}\n", self.said, flags=re.MULTILINE)
        return dict(zip(parts[1::2], parts[2::2], strict=True)).get(title, "")


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--config", root / ".importlinter", "--no-cache", "--no-logo"],
        cwd=root,
        env={"PYTHONPATH": str(root / "src"), "PATH": "/usr/bin:/bin", "COLUMNS": "400", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )


def names(text: str) -> dict[str, str]:
    parsed = ConfigParser()
    parsed.read_string(text)
    return {section.rpartition(":")[2]: parsed[section]["name"] for section in parsed.sections() if ":" in section}


KEYS = sorted(names(contracts()))


def test_contracts_are_current() -> None:
    """A new package is placed by `make contracts`."""
    assert (ROOT / ".importlinter").read_text() == contracts()


def test_contracts_are_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    root = _copy(tmp_path_factory.mktemp("planted"))
    sections = names(contracts(root))
    for key in sections:
        _plant(key, root / "src/afterglow")
    (root / ".importlinter").write_text(contracts(root))
    done = lint(root)
    assert done.returncode == 1, done.stdout + done.stderr
    return Planted(sections, done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_each_contract_can_fail(planted: Planted, key: str) -> None:
    title = planted.sections[key]
    assert planted.broken(title), planted.said
    assert f"planted_{key}" in planted.told(title), f"{title} broke, but not on the planted import"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "title"),
    [
        ("cellar", "Floors: an upper floor may use lower ones, never the reverse"),
        ("pathway/detour", "The walk: a station may use earlier ones, never later ones"),
        ("records/pile", "Records: chart, then flags and messages, then the rest, then money"),
        ("pathway/plan/attic", "Furniture: the same order inside every station and record"),
    ],
)
def test_a_room_without_a_place_fails(tmp_path: Path, folder: str, title: str) -> None:
    root = _copy(tmp_path)
    room = root / "src/afterglow" / folder
    if not room.parent.is_dir():
        pytest.fail(f"{room.parent.name} does not stand yet: the house needs it before this issue ends")
    room.mkdir()
    (room / "__init__.py").touch()
    (root / ".importlinter").write_text(contracts(root))
    done = lint(root)
    assert done.returncode == 1
    assert f"{title} BROKEN" in done.stdout
    assert room.name in done.stdout


def _copy(folder: Path) -> Path:
    """The Python files alone: import-linter needs no more."""
    for path in (ROOT / "src").rglob("*.py"):
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return folder


def _plant(key: str, source: Path) -> None:
    """One import that contract `key` forbids, in or from a module called planted_<key>."""
    tree = Tree(source)
    mark = f"planted_{key}"
    if key.startswith("models_"):
        package = next(name for name in tree.with_models() if name.replace(".", "_") == key.removeprefix("models_"))
        _add(source / "conf" / f"{mark}.py", f"import afterglow.{package}.models")
    elif key == "floors":
        _add(source / "science" / f"{mark}.py", "def lazy() -> None:\n    import afterglow.ground.clock")
    elif key in ("walk", "records"):
        floor, plan = ("pathway", STATIONS) if key == "walk" else ("records", RECORDS)
        standing = [name for row in plan for name in row if tree.has(f"{floor}.{name}")]
        (source / floor / standing[-1] / "actions").mkdir(exist_ok=True)
        (source / floor / standing[-1] / "actions" / "__init__.py").touch()
        _add(source / floor / standing[-1] / "actions" / f"{mark}.py", f"import afterglow.{floor}.{standing[0]}")
    elif key in ("furniture", "ground_furniture"):
        room = "pathway.plan" if key == "furniture" else next(name for name in tree.packages("ground") if tree.has(f"{name}.models"))
        views = _as_package(source.joinpath(*room.split("."), "views"))
        _add(views / f"{mark}.py", "x = 1")
        _append(source.joinpath(*room.split(".")), "models", f"import afterglow.{room}.views.{mark}")
    elif key == "science":
        _add(source / "science" / f"{mark}.py", "def lazy() -> None:\n    import django.conf")
    elif key == "rules":
        _add(source / "ground" / f"{mark}.py", "import django.db")
        _append(source.joinpath(*tree.rules()[0].split(".")[1:-1]), "rules", f"import afterglow.ground.{mark}")
    elif key == "simulator":
        _add(source / "simulator" / f"{mark}.py", "import django.db")
    else:
        pytest.fail(f"contract {key} has no planted break: add one here")


def _add(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


def _as_package(path: Path) -> Path:
    """`views.py` or nothing becomes `views/__init__.py`, so that a planted module fits in."""
    path.mkdir(exist_ok=True)
    module = path.with_suffix(".py")
    if module.exists():
        module.rename(path / "__init__.py")
    (path / "__init__.py").touch()
    return path


def _append(room: Path, furniture: str, line: str) -> None:
    module = room / f"{furniture}.py"
    target = module if module.exists() or not (room / furniture).is_dir() else room / furniture / "__init__.py"
    target.write_text((target.read_text() if target.exists() else "") + f"\n{line}\n")
