"""Templates keep to the floors, are escaped, fetch nothing from elsewhere and hold no scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.house.test_sizes_and_names import plant
from tests.support import house

BASE = "src/afterglow/ground/face/templates/face/base.html"
PLAN = "src/afterglow/pathway/plan/templates/plan/plan.html"
SESSION = "src/afterglow/pathway/session/templates/session/room.html"


def test_templates_keep_to_the_floors() -> None:
    house.assert_none(house.template_faults(house.ROOT))


def test_a_page_may_use_lower_and_earlier_rooms(tmp_path: Path) -> None:
    plant(tmp_path, BASE, "<main></main>")
    plant(tmp_path, "src/afterglow/ground/face/templates/cotton/due_next.html", "<p></p>")
    plant(tmp_path, PLAN, '{% extends "face/base.html" %}')
    plant(tmp_path, SESSION, '{% extends "face/base.html" %}{% include "plan/plan.html" with x=1 %}<c-due-next />{# {% include "gone.html" %} #}')
    assert house.template_faults(tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        '{% include "session/room.html" %}',
        '{% extends "face/gone.html" %}',
        "{% include chosen %}",
        "<c-gone />",
        "{{ note|safe }}",
        '<script src="https://elsewhere.example/a.js"></script>',
        '<link rel="stylesheet" href="//elsewhere.example/a.css">',
        '<button type="button" onclick="go()">Go</button>',
        "<script>go()</script>",
    ],
)
def test_templates_can_go_red(tmp_path: Path, text: str) -> None:
    plant(tmp_path, BASE, "<main></main>")
    plant(tmp_path, SESSION, "<p></p>")
    plant(tmp_path, PLAN, text)
    assert len(house.template_faults(tmp_path)) == 1


def test_two_templates_of_one_name_go_red(tmp_path: Path) -> None:
    plant(tmp_path, PLAN, "<p></p>")
    plant(tmp_path, "src/afterglow/pathway/session/templates/plan/plan.html", "<p></p>")
    assert len(house.template_faults(tmp_path)) == 1


@pytest.mark.parametrize(
    ("user", "used", "may"),
    [
        ("pathway.session", "pathway.plan", True),
        ("pathway.plan", "pathway.session", False),
        ("records.cabinet", "records.flags", True),
        ("records.cabinet", "records.adverse", False),
        ("records.chart", "pathway.plan", False),
        ("doors.desk", "pathway.plan", True),
        ("ground.face", "records.chart", False),
        ("pathway.unplanned", "pathway.enquiry", False),
        ("cellar.box", "ground.face", False),
    ],
)
def test_who_may_use_whom(user: str, used: str, may: bool) -> None:
    assert house.Floors().may_use(user, used) is may


def components_without_an_example(root: Path) -> list[str]:
    """Components that no styleguide page shows, by itself or inside another one that it shows."""
    face = root / "src/afterglow/ground/face/templates"
    sources = {path.stem.replace("_", "-"): path.read_text() for path in sorted((face / "cotton").glob("*.html"))}
    pages = [path.read_text() for path in (face / "face").glob("styleguide*.html")]
    pages += [(face / f"face/{frame}.html").read_text() for frame in ("base", "phone", "room") if (face / f"face/{frame}.html").exists()]
    shown: set[str] = set()
    texts = [re.sub(r"{% comment %}.*?{% endcomment %}", "", text, flags=re.S) for text in pages]
    while texts:
        named = set(re.findall(r"<c-([a-z-]+)[\s/>]", texts.pop()))
        fresh = (named & set(sources)) - shown
        shown |= fresh
        texts += [re.sub(r"{% comment %}.*?{% endcomment %}", "", sources[name], flags=re.S) for name in fresh]
    return sorted(set(sources) - shown)


def test_every_component_stands_on_the_styleguide() -> None:
    assert components_without_an_example(house.ROOT) == []


def test_a_component_without_an_example_goes_red(tmp_path: Path) -> None:
    face = "src/afterglow/ground/face/templates"
    plant(tmp_path, f"{face}/face/styleguide.html", "<c-shown />")
    plant(tmp_path, f"{face}/cotton/shown.html", "{% comment %}as <c-forgotten />{% endcomment %}<c-inside />")
    for name in ("inside", "forgotten"):
        plant(tmp_path, f"{face}/cotton/{name}.html", "<p></p>")
    assert components_without_an_example(tmp_path) == ["forgotten"]


MOMENT_IN_NO_ZONE = re.compile(r"""_at\|date:|\|date:["'][^"']*[HGgPsi]""")


def moments_without_zone(root: Path) -> list[str]:
    """Django's own date filter writes a moment in the server's zone: a moment is written by {% when %}, {% moment %}, {% clock %} or {% local_day %}."""
    pages = sorted((root / "src/afterglow").rglob("templates/**/*.html"))
    return [
        f"{page.name}:{number}" for page in pages for number, line in enumerate(page.read_text().splitlines(), 1) if MOMENT_IN_NO_ZONE.search(line)
    ]


def test_no_moment_is_written_in_the_servers_own_zone() -> None:
    house.assert_none(moments_without_zone(house.ROOT))


@pytest.mark.parametrize("text", ['{{ flag.due_at|date:"j M" }}', '{{ flag.due|date:"j M, H:i" }}'])
def test_a_moment_in_the_servers_zone_goes_red(tmp_path: Path, text: str) -> None:
    plant(tmp_path, PLAN, text)
    assert len(moments_without_zone(tmp_path)) == 1
    plant(tmp_path, PLAN, '{{ day.on|date:"D j M" }} {{ link.ends_on|date:"j M Y" }} {% moment flag.due_at %}')
    assert moments_without_zone(tmp_path) == []
