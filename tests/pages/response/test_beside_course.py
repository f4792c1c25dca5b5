"""Beside the leading scales: every other scale against its own baseline, and the symptoms under a total, in one query more."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from afterglow.ground import ids
from afterglow.ground.content.queries import library_file
from afterglow.records.measures.models import Assignment, Response
from tests.support.aftercare import a_dose
from tests.support.cast import Cast, build_cast
from tests.support.counting import queries_for
from tests.support.plan import a_plan
from tests.support.plan import ready as ready_for_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at)


def told(cast: Cast, name: str, when: datetime, total: int | None, replaces: Response | None = None, **answers: Any) -> Response:
    """A set of answers as it is kept, by whichever door it came."""
    paper = library_file("instruments", name).pk
    asked = Assignment.objects.create(
        id=ids.new_id(when), person_id=cast.dan_id, instrument_id=paper, occasion=f"{when:%j %H}", channel="staff", site_id=cast.site_id,
        assigned_at=when, assigned_by="test", state="answered",
    )  # fmt: skip
    return Response.objects.create(
        id=ids.new_id(when), person_id=cast.dan_id, assignment=asked, instrument_id=paper, instrument_name=name, answers_text=json.dumps(answers),
        taken_at=when, recorded_at=when, recorded_by="test", asked_by="staff", total=total, complete=total is not None, score_text="{}",
        replaces=replaces,
    )  # fmt: skip


def page(cast: Cast) -> str:
    text = cast.client("ana").get(reverse("response:person", args=[cast.dan_id])).text
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def one_dose(cast: Cast, at: datetime) -> None:
    ready_for_plan(cast, at)
    a_dose(cast, cast.dan_id, a_plan(cast, at), 1, at + timedelta(hours=1))


# req: S26
def test_each_scale_is_held_against_its_own_baseline_and_its_own_caseness(cast: Cast, at: datetime) -> None:
    before, after = at - timedelta(days=2), at + timedelta(days=4)
    for name, totals in {"ybocs": (24, 10), "qids_sr16": (9, 2), "pcl5": (50, 20), "who5": (10, None)}.items():
        told(cast, name, before, totals[0])
        if totals[1] is not None:
            told(cast, name, after, totals[1])
    assert "Other scales measured" not in page(cast), "no dose was given"
    one_dose(cast, at)
    said = page(cast)
    section = said[said.index("Other scales measured in this course") : said.index("Their scores stand in the record.")]
    assert "Y-BOCS remission 24 10 Remission: 24 before the first dose, 10 now" in section
    assert "Score criterion only" in section
    assert "QIDS-SR16 not evaluable 9 2" in section, "below caseness a percentage means nothing"
    assert section.rstrip().endswith("Measured too, with no whole rule of response: PCL-5.")
    assert "WHO" not in section and "PHQ-9" not in section


# req: S27
def test_a_symptom_that_rose_while_the_total_fell_is_seen(cast: Cast, at: datetime) -> None:
    rest = dict.fromkeys([f"q{number}" for number in range(4, 10)], 2)
    told(cast, "phq9", at - timedelta(days=2), 18, q1=3, q2=3, q3=0, **rest)
    one_dose(cast, at)
    assert "each symptom apart" not in page(cast), "nothing was answered since"
    wrong = told(cast, "phq9", at + timedelta(days=4), 0)
    told(cast, "phq9", at + timedelta(days=4, hours=1), 8, wrong, q1=1, q2=1, q3=3, **(dict.fromkeys(rest, 1) | {"q4": None}))
    said = page(cast)
    assert "PHQ-9: each symptom apart Graver than before, though the total fell: sleep." in said
    assert "Total 18 8" in said and "Sleep 0 3 higher against the total" in said and "Interest 3 1 lower" in said
    assert "Energy 2 not known not known" in said
    assert "Difficulty" not in said[said.index("each symptom apart") :], "it is no part of the total"


# req: S27
def test_the_symptoms_of_qids_are_those_of_its_file(cast: Cast, at: datetime) -> None:
    answers = dict.fromkeys([f"q{number}" for number in range(1, 17)], 1)
    told(cast, "qids_sr16", at + timedelta(days=4), 9, **(answers | {"q2": 3, "q6": None}))
    one_dose(cast, at)
    said = page(cast)
    assert "there is no baseline" in said
    assert "Falling asleep, sleep during the night, waking too early, sleeping too much 3 not known" in said
    assert "Less appetite, more appetite, weight lost, weight gained 1 not known" in said


def test_it_costs_the_same_for_one_set_of_answers_and_for_many(cast: Cast, at: datetime) -> None:
    one_dose(cast, at)
    client, url = cast.client("ana"), reverse("response:person", args=[cast.dan_id])
    told(cast, "qids_sr16", at + timedelta(days=1), 9, q1=1)
    queries_for(client, url)
    one = queries_for(client, url)
    for number in range(30):
        told(cast, ("qids_sr16", "ybocs", "phq9")[number % 3], at + timedelta(days=1, hours=number), 9, q1=1)
    assert queries_for(client, url) == one <= 45
