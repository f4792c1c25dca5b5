"""Templates keep to the floors, are escaped, fetch nothing from elsewhere and hold no scripts."""

from __future__ import annotations

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
