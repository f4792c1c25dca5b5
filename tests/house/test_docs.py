"""The documents are current, and the gate that says so can go red: each mistake is planted in a small tree of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
TOP = ("README", "ARCHITECTURE", "GLOSSARY", "CONTRIBUTING", "TESTING", "SECURITY", "CHANGELOG")
Check = Callable[[], tuple[int, str]]


@pytest.fixture(scope="module")
def make_docs() -> ModuleType:
    """The tool itself, imported the way `python tools/make_docs.py` finds its own pieces."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import make_docs as tool
    finally:
        sys.path.remove(str(ROOT / "tools"))
    return tool


@cache
def _text(name: str) -> str:
    return json.dumps(YAML(typ="safe").load((ROOT / name).read_text(encoding="utf-8")))


def _rows(name: str) -> list[dict]:
    return json.loads(_text(name))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _register(tree: Path, name: str, rows: list[dict]) -> None:
    _write(tree / name, json.dumps(rows))  # JSON is YAML


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree with every id of the real registers, nothing claimed, one refusal, one event, one setting and one test."""
    requirements = _rows("docs/requirements.yaml")
    for group in requirements:
        for row in group["rows"]:
            row["built"] = "no"
    hazards = [{**row, "status": "not yet", "missing": ""} for row in _rows("docs/safety/hazards.yaml")]
    rules = [{**row, "status": "later"} for row in _rows("docs/safety/corrections.yaml")]
    _register(tmp_path, "docs/requirements.yaml", requirements)
    _register(tmp_path, "docs/safety/hazards.yaml", hazards)
    _register(tmp_path, "docs/safety/corrections.yaml", rules)
    _write(tmp_path / "docs/settings.yaml", "AFTERGLOW_TREE: A planted setting.\n")
    home = tmp_path / "src/afterglow"
    _write(home / "pathway/gate.py", 'def start():\n    raise Refusal("gate.shut", f"The gate is shut for {name}.", "Knock.")\n')
    _write(home / "pathway/events.py", 'gate_opened = "gate.opened"\n')
    _write(home / "conf/settings.py", 'import os\nTREE = os.environ.get("AFTERGLOW_TREE", "oak")\n')
    _write(home / "library/roles/owner/1.yaml", "title: Owner\nscope: clinic\nwhy: Runs the clinic.\nstatus: unreviewed\npermissions: [gate.open]\n")
    _write(tmp_path / "tests/unit/test_gate.py", "# req: S1\n# hazard: H1\ndef test_gate():\n    assert 1 + 1 == 2\n")
    _write(tmp_path / "tests/spec/test_table.py", 'GATE = Table("""\n    knock | verdict\n    yes   | met\n""")\n')
    _write(tmp_path / "README.md", "Read [the requirements](docs/reference/requirements.md).\n")
    return tmp_path


@pytest.fixture
def check(make_docs: ModuleType, tree: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Write the pages once; each call then runs `--check` and gives exit code and complaints."""
    assert make_docs.main(["--root", str(tree)]) == 0, capsys.readouterr().err

    def run() -> tuple[int, str]:
        capsys.readouterr()
        code = make_docs.main(["--check", "--root", str(tree)])
        return code, capsys.readouterr().err

    assert run() == (0, "")
    return run


# req: R30
def test_the_reference_is_current(make_docs: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    """In this process, which has read the library already."""
    code = make_docs.main(["--check", "--root", str(ROOT)])
    assert code == 0, capsys.readouterr().err


@pytest.mark.slow
def test_the_command_says_so_too() -> None:
    """Run as a person runs it, in a process of its own."""
    done = subprocess.run([sys.executable, "tools/make_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr + done.stdout


def test_a_requirement_that_does_not_exist_goes_red(tree: Path, check: Check) -> None:
    _write(tree / "tests/unit/test_more.py", "# req: S117\ndef test_more():\n    assert 1\n")
    code, said = check()
    assert code == 1
    assert "tests/unit/test_more.py:1: `# req: S117` names an id that does not exist." in said


def test_a_hazard_that_does_not_exist_goes_red(tree: Path, check: Check) -> None:
    _write(tree / "tests/unit/test_more.py", "def test_more():\n    assert 1  # hazard: H999\n")
    code, said = check()
    assert code == 1
    assert "`# hazard: H999` names an id that does not exist" in said


def test_a_mark_without_an_id_goes_red(tree: Path, check: Check) -> None:
    _write(tree / "tests/unit/test_more.py", "# req:\ndef test_more():\n    assert 1\n")
    assert "names no id" in check()[1]


@pytest.mark.parametrize("line", ["# req: S1 # req: S2", "# req: S1 # hazard: H1", "# hazard: H1, req: S1"])
def test_a_second_mark_on_one_line_goes_red(tree: Path, check: Check, line: str) -> None:
    _write(tree / "tests/unit/test_more.py", f"{line}\ndef test_more():\n    assert 1\n")
    code, said = check()
    assert code == 1
    assert "test_more.py:1: a second mark on one line is not read" in said


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# req: S2\nx = 1\n\ndef test_more():\n    assert 1\n", 1),
        ("def test_more():\n    assert 1\n\n# req: S2\n", 4),
        ("# req: S2\ndef helper():\n    assert 1\n\ndef test_more():\n    helper()\n", 1),
    ],
)
def test_a_mark_at_no_test_goes_red(tree: Path, check: Check, text: str, line: int) -> None:
    _write(tree / "tests/unit/test_more.py", text)
    code, said = check()
    assert code == 1
    assert f"test_more.py:{line}: `# req: S2` stands at no test" in said


def test_a_mark_inside_a_string_proves_nothing(make_docs: ModuleType, tree: Path, check: Check) -> None:
    _write(tree / "tests/unit/test_more.py", 'def test_more():\n    assert "# req: S2" != "# hazard: H99"\n')
    assert check() == (0, "")
    pages, _ = make_docs.build(tree)
    assert "test_more" not in pages["docs/reference/requirements.md"]


def test_marks_find_their_test(make_docs: ModuleType, tree: Path) -> None:
    lines = ["# req: S12-S14, N1 the gate", "@mark", "def test_first():", "    assert 1", ""]
    lines += ["TABLE = 1  # req: S20", "", "def test_second():", "    assert 1", "", "# req: S21", "# remark", "TestThird = Machine.TestCase"]
    _write(tree / "tests/unit/test_more.py", "\n".join(lines) + "\n")
    page = make_docs.build(tree)[0]["docs/reference/requirements.md"]
    first, second, third = (f"`unit/test_more.py::{name}`" for name in ("test_first", "test_second", "TestThird"))
    proven = {match[1]: match[2].strip() for match in re.finditer(r"^\| (\w+) \|[^|]*\| begun \|([^|]*)\|$", page, re.MULTILINE)}
    assert proven == {"S1": "`unit/test_gate.py::test_gate`", "S12": first, "S13": first, "S14": first, "N1": first, "S20": second, "S21": third}


@pytest.mark.parametrize("page", ["requirements", "hazards", "permissions", "library", "refusals", "audit_events", "settings", "decision_tables"])
def test_a_stale_page_goes_red(tree: Path, check: Check, page: str) -> None:
    path = tree / f"docs/reference/{page}.md"
    path.write_text(path.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")
    assert check() == (1, f"docs/reference/{page}.md is out of date. Run `make docs`.\n")


def test_a_missing_and_an_orphan_page_go_red(tree: Path, check: Check) -> None:
    (tree / "docs/reference/library.md").unlink()
    _write(tree / "docs/reference/old.md", "# Old\n")
    code, said = check()
    assert code == 1
    assert "docs/reference/library.md is missing" in said
    assert "docs/reference/old.md is made by nothing" in said


def test_the_pages_say_what_the_code_says(tree: Path, check: Check) -> None:
    read = {path.stem: path.read_text(encoding="utf-8") for path in (tree / "docs/reference").glob("*.md")}
    assert "| `gate.shut` | The gate is shut for {name}. | Knock. | `pathway/gate.py` |" in read["refusals"]
    assert "| `gate.opened` | `pathway/events.py` |" in read["audit_events"]
    assert "| `AFTERGLOW_TREE` | `'oak'` | A planted setting. | `conf/settings.py` |" in read["settings"]
    assert "| `gate.open` | yes |" in read["permissions"]
    assert "| yes | met |" in read["decision_tables"]
    assert "| `owner` | 1 | unreviewed |" in read["library"]
    _write(tree / "src/afterglow/pathway/gate.py", 'def start():\n    raise Refusal("gate.shut", "The gate is shut.", "Wait.")\n')
    assert check() == (1, "docs/reference/refusals.md is out of date. Run `make docs`.\n")


def test_a_setting_nobody_explains_goes_red(tree: Path, check: Check) -> None:
    _write(tree / "docs/settings.yaml", "AFTERGLOW_BUSH: A setting that is gone.\n")
    code, said = check()
    assert code == 1
    assert "does not say what AFTERGLOW_TREE does" in said
    assert "explains AFTERGLOW_BUSH, which nothing reads" in said


def test_built_without_a_test_goes_red(tree: Path, check: Check) -> None:
    rows = _rows_of(tree, "docs/requirements.yaml")
    rows[0]["rows"][0] |= {"built": "yes", "missing": ""}  # S1, which a test names
    rows[0]["rows"][1] |= {"built": "yes", "missing": "half of it"}  # S2, which none names
    _register(tree, "docs/requirements.yaml", rows)
    said = check()[1]
    assert "S2 says built: yes, but no test carries" in said
    assert "S2 says built: yes and names something missing" in said
    assert "S1 says" not in said


def test_a_lost_or_doubled_row_goes_red(tree: Path, check: Check) -> None:
    rows = _rows_of(tree, "docs/requirements.yaml")
    rows[0]["rows"][1] = rows[0]["rows"][0]
    _register(tree, "docs/requirements.yaml", rows)
    said = check()[1]
    assert "docs/requirements.yaml: S2 is missing." in said
    assert "docs/requirements.yaml: S1 stands twice." in said


def test_a_hazard_claimed_without_proof_goes_red(tree: Path, check: Check) -> None:
    rows = _rows_of(tree, "docs/safety/hazards.yaml")
    rows[0] |= {"status": "covered", "owner": ["pathway/gate"]}  # H1, which a test names
    rows[1] |= {"status": "covered", "owner": ["pathway/gate"]}
    rows[2] |= {"status": "part", "owner": ["pathway/nowhere"]}
    rows[3] |= {"status": "fine"}
    _register(tree, "docs/safety/hazards.yaml", rows)
    said = check()[1]
    assert "H1 " not in said
    assert "H2 is called covered, but no test carries `# hazard: H2`" in said
    assert "H3 is covered in part and does not say what is missing" in said
    assert "H3 names pathway/nowhere, which is not there" in said
    assert "H4 has status fine" in said


def test_a_rule_claimed_without_a_room_goes_red(tree: Path, check: Check) -> None:
    rows = _rows_of(tree, "docs/safety/corrections.yaml")
    rows[0] = {"id": 1, "rule": "x", "status": "in place"}
    rows[1] = {"id": 2, "rule": "x", "status": "part", "where": ["pathway/nowhere"]}
    _register(tree, "docs/safety/corrections.yaml", rows)
    said = check()[1]
    assert "corrections.yaml: 1 names no room" in said
    assert "corrections.yaml: 2 names pathway/nowhere, which is not there" in said


def test_a_link_that_leads_nowhere_goes_red(tree: Path, check: Check) -> None:
    _write(tree / "docs/page.md", "See [gone](gone.md), [here](#top), [web](https://example.org).\n\n```\n[not a link](code.md)\n```\n")
    assert check() == (1, "docs/page.md: the link to gone.md leads nowhere.\n")


def test_the_pages_are_the_same_every_time(tree: Path) -> None:
    """Sets and dictionaries must not decide an order: two processes with different hash seeds write the same bytes."""
    written = []
    for seed in ("1", "2"):
        command = [sys.executable, str(ROOT / "tools/make_docs.py"), "--root", str(tree)]
        subprocess.run(command, check=True, capture_output=True, timeout=120, env={**os.environ, "PYTHONHASHSEED": seed})
        written.append({path.name: path.read_bytes() for path in (tree / "docs/reference").glob("*.md")})
    assert written[0] == written[1]


@pytest.fixture
def addresses(tree: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Give the tree a root urls page and run the tool as a process of its own: Django can be set up only once in each."""
    home = tree / "src/afterglow"
    settings = 'import os\nos.environ.get("AFTERGLOW_TREE")\nSECRET_KEY = "x"\nINSTALLED_APPS = []\nROOT_URLCONF = "afterglow.conf.urls"\n'
    _write(home / "__init__.py", "")
    _write(home / "conf/__init__.py", "")
    _write(home / "conf/settings.py", settings)

    def run(urls: str) -> subprocess.CompletedProcess[str]:
        _write(home / "conf/urls.py", urls)
        command = [sys.executable, str(ROOT / "tools/make_docs.py"), "--root", str(tree)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    return run


URLS = """
from types import SimpleNamespace
from django.urls import include, path
def gate(request): ...
def hole(request): ...
gate.guard = SimpleNamespace(kind="staff", name="gate.open")
urlpatterns = [path("doors/", include(([path("gate/<int:n>", gate, name="gate")], "doors"))), path("hole", hole)]
"""


def test_addresses_are_listed_with_their_guard(tree: Path, addresses: Callable[[str], subprocess.CompletedProcess[str]]) -> None:
    done = addresses(URLS)
    assert done.returncode == 0, done.stderr
    page = (tree / "docs/reference/urls.md").read_text(encoding="utf-8")
    assert "| `/doors/gate/<int:n>` | `doors:gate` | staff `gate.open` | `afterglow.conf.urls.gate` |" in page
    assert "| `/hole` |  | **none** |" in page


def test_addresses_that_cannot_be_read_go_red(addresses: Callable[[str], subprocess.CompletedProcess[str]]) -> None:
    done = addresses("import afterglow.nowhere\n")
    assert done.returncode == 1
    assert "docs/reference/urls.md cannot be made: ModuleNotFoundError" in done.stderr


def test_the_house_has_its_documents() -> None:
    for name in TOP:
        assert (ROOT / f"{name}.md").read_text(encoding="utf-8").startswith("# "), f"{name}.md has no title"
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= 200


def test_a_room_describes_itself_in_sixty_lines() -> None:
    home = ROOT / "src/afterglow"
    long = [path for floor in ("pathway", "records") for path in (home / floor).glob("*/README.md") if len(path.read_text("utf-8").splitlines()) > 60]
    assert not long, f"Shorten to 60 lines: {long}"


def test_decisions_are_numbered_and_say_their_parts() -> None:
    records = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1)), "a number is missing or doubled"
    for path in records:
        text = path.read_text(encoding="utf-8")
        missing = [part for part in ("**Status:**", "## Why", "## Decision", "## What follows") if part not in text]
        assert not missing, f"{path.name} lacks {missing}"


def _rows_of(tree: Path, name: str) -> list[dict]:
    return json.loads((tree / name).read_text(encoding="utf-8"))
