"""Dose and effect, session by session: what was charted, what nobody asked, and what published models say of a peak."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from tests.support.aftercare import a_dose
from tests.support.cast import Cast, build_cast, register
from tests.support.counting import audit_rows, queries_for
from tests.support.plan import a_plan, ready
from tests.support.response import doses_of_weeks

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at - timedelta(days=20))


def url(cast: Cast) -> str:
    return reverse("response:doses", args=[cast.dan_id])


def words_of(cast: Cast, who: str = "ana") -> str:
    answer = cast.client(who).get(url(cast))
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


# req: N2
def test_what_nobody_charted_is_said_and_the_next_dose_stands_beside_it(cast: Cast, at: datetime) -> None:
    doses_of_weeks(cast, at, 1)
    said = words_of(cast)
    assert "not charted" in said and "not asked" in said and "20 to 11" in said
    assert "How much went in, and when, is not on record." in said
    assert "Dose 2, as the plan gives it" in said and "35 mg over 40 min" in said and "0.50 mg/kg" in said
    assert "Guardrails of the protocol for ketAMINE (racemic): a reason is asked under 0.25 mg/kg" in said and "This page suggests no dose." in said
    assert "Illustrative, not for dosing or release." in said


# req: N3
def test_every_model_says_its_peak_with_its_site_or_why_it_did_not_run(cast: Cast, at: datetime) -> None:
    doses_of_weeks(cast, at, 1)
    text = cast.client("ana").get(url(cast)).text
    table = text[text.index("Peak of this dose by published models") :]
    assert len(re.findall(r"<tr><th scope=\"row\">[^<]+, version", table)) >= 4
    assert "not published" in table and "unreviewed" in table and "Models that did not run" in table
    assert "<td>Artery</td>" in table and "<td>Site not stated</td>" in table and text.count("It orders, changes and releases nothing.") == 1


def test_before_a_plan_there_is_nothing_to_compare(cast: Cast) -> None:
    assert "Nothing to compare yet" in words_of(cast)


def test_a_planned_course_without_a_dose_shows_the_planned_one(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    a_plan(cast, at)
    said = words_of(cast)
    assert "No dose has been given yet." in said and "Dose 1, as the plan gives it" in said


def test_a_dose_more_costs_no_question_more_and_each_look_is_in_the_trail(cast: Cast, at: datetime) -> None:
    plan_id = doses_of_weeks(cast, at, 1)
    ana = cast.client("ana")
    assert [row.event for row in audit_rows(lambda: ana.get(url(cast)))] == ["response.dose_effect_read"]
    one = queries_for(ana, url(cast))
    a_dose(cast, cast.dan_id, plan_id, 2, at - timedelta(days=4))
    assert queries_for(ana, url(cast)) <= one


@pytest.mark.parametrize(("who", "status"), [("ana", 200), ("ben", 200), ("theo", 200), ("faye", 403), ("cora", 404)])
def test_who_may_look(cast: Cast, who: str, status: int) -> None:
    assert cast.client(who).get(url(cast)).status_code == status


def test_who_may_not_read_orders_gets_no_link_to_one(cast: Cast, at: datetime) -> None:
    plan_id = doses_of_weeks(cast, at, 1)
    link = reverse("plan:order", args=[plan_id, 2])
    assert link in cast.client("ana").get(url(cast)).text
    assert link not in cast.client("theo").get(url(cast)).text


def test_the_trajectory_and_the_order_lead_here(cast: Cast, at: datetime) -> None:
    plan_id = doses_of_weeks(cast, at, 1)
    ana = cast.client("ana")
    assert url(cast) in ana.get(reverse("response:person", args=[cast.dan_id])).text
    assert url(cast) in ana.get(reverse("plan:order", args=[plan_id, 2])).text
    assert url(cast) in ana.get(reverse("plan:plan", args=[plan_id])).text


def test_without_a_weight_the_planned_dose_says_what_is_missing(cast: Cast, at: datetime) -> None:
    una = register(cast.faye, at, "Una")
    ready(cast, at, una)
    a_plan(cast, at, person_id=una)
    said = cast.client("ana").get(reverse("response:doses", args=[una])).text
    assert "How much the plan gives is not known before the weight it rests on is." in said and "amount not known" in said
