"""Write the generated reference, or check that it is current.

    python tools/make_docs.py            write docs/reference/ and docs/safety/corrections.md
    python tools/make_docs.py --check    change nothing; exit 1 and say which page is stale, which id does not exist

`--root` names another tree (the tests plant mistakes in a copy and see this go red).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import docs_code
import docs_library
import docs_pk
import docs_register as register
import docs_specs
import docs_urls
from docs_markdown import broken_links
from docs_marks import read_marks

REFERENCE = "docs/reference"


def build(root: Path) -> tuple[dict[str, str], list[str]]:
    """Every generated page by its path, and a sentence for every problem found in the sources."""
    known = {"req": frozenset(register.REQUIREMENT_IDS), "hazard": frozenset(register.HAZARD_IDS)}
    marks = read_marks(root, known)
    requirements = register.requirement_rows(root)
    hazards = register.load(root / "docs/safety/hazards.yaml")
    rules = register.load(root / "docs/safety/corrections.yaml")
    meanings = register.load(root / "docs/settings.yaml")
    problems = [
        *marks.problems,
        *register.requirement_problems(requirements, marks),
        *register.hazard_problems(root, hazards, marks),
        *register.rule_problems(root, rules),
        *docs_code.setting_problems(root, meanings),
    ]
    pages = {
        f"{REFERENCE}/requirements.md": register.requirements_page(requirements, marks),
        f"{REFERENCE}/hazards.md": register.hazards_page(hazards, marks),
        f"{REFERENCE}/permissions.md": docs_library.permissions_page(root),
        f"{REFERENCE}/library.md": docs_library.library_page(root),
        f"{REFERENCE}/refusals.md": docs_code.refusals_page(root),
        f"{REFERENCE}/audit_events.md": docs_code.events_page(root),
        f"{REFERENCE}/settings.md": docs_code.settings_page(root, meanings),
        f"{REFERENCE}/decision_tables.md": docs_specs.specs_page(root),
        "docs/safety/corrections.md": register.rules_page(rules),
    }
    if docs_pk.has_models(root):
        pages[f"{REFERENCE}/pk_observed.md"] = docs_pk.observed_page(root)
    if docs_urls.has_urls(root):
        try:
            pages[f"{REFERENCE}/urls.md"] = docs_urls.urls_page(root)
        except docs_urls.UrlsUnreadable as error:
            problems.append(str(error))
    return pages, problems


def stale(root: Path, pages: dict[str, str]) -> list[str]:
    """A sentence for every page that is missing, out of date, or no longer made by anything."""
    problems = []
    for name, text in pages.items():
        path = root / name
        if not path.exists():
            problems.append(f"{name} is missing. Run `make docs`.")
        elif path.read_text(encoding="utf-8") != text:
            problems.append(f"{name} is out of date. Run `make docs`.")
    made = {(root / name).resolve() for name in pages}
    orphans = [path for path in sorted((root / REFERENCE).glob("*.md")) if path.resolve() not in made]
    return problems + [f"{path.relative_to(root)} is made by nothing. Delete it." for path in orphans]


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when everything is written (or current), 1 with the reasons on stderr otherwise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing, only compare")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent, help="the tree to read and write")
    chosen = parser.parse_args(arguments)
    root = chosen.root.resolve()
    pages, problems = build(root)
    if chosen.check:
        problems += stale(root, pages)
    else:
        for name, text in pages.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
    problems += broken_links(root)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(pages)} pages {'compared' if chosen.check else 'written'}, {len(problems)} problems.")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
