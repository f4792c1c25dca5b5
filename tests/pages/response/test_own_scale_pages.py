"""The scale of what is treated on the pages of staff: it leads the review, and a check-in that the clinic may not ask says so."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from afterglow.doors import clock
from afterglow.doors.jobs import check_ins as jobs
from afterglow.pathway.response.actions.plan_check_ins import plan_on_days
from afterglow.pathway.response.actions.send_check_ins import Reach, send_check_ins
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from tests.support.aftercare import a_dose
from tests.support.cast import Cast, build_cast
from tests.support.counting import queries_for
from tests.support.plan import a_plan, ready
from tests.support.scales import own_scale

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def at() -> datetime:
    """Nine days before the pages' own time: their views ask the clock."""
    return clock.now().astimezone(UTC) - 9 * DAY


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at)


def begun(cast: Cast, at: datetime, indication: str, protocol: str) -> None:
    ready(cast, at, indication=indication)
    a_dose(cast, cast.dan_id, a_plan(cast, at, protocol=protocol), 1, at + timedelta(hours=1))


def rated(cast: Cast, name: str, total: int, at: datetime, most: int = 4) -> None:
    paper = assign(person_id=cast.dan_id, instrument=name, occasion=f"{at:%j}", channel="staff", site_id=cast.site_id, by=cast.ben, at=at)
    items = {"pcl5": 20, "ybocs": 10}[name]
    given = {f"q{number}": max(0, min(most, total - most * (number - 1))) for number in range(1, items + 1)}
    answer(assignment_id=paper, answers=given, taken_at=at, key=f"{name} {at}", by=cast.ben, at=at)


def text_of(cast: Cast, address: str, who: str = "ana") -> str:
    answered = cast.client(who).get(address)
    assert answered.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answered.text).split())


def person_page(cast: Cast) -> str:
    return text_of(cast, reverse("response:person", args=[cast.dan_id]))


# req: S17
def test_the_scale_of_ptsd_leads_and_calls_its_scores_nothing(cast: Cast, at: datetime) -> None:
    rated(cast, "pcl5", 50, at - 2 * DAY)
    begun(cast, at, "ptsd", "iv_ptsd")
    said = person_page(cast)
    assert "PCL-5 no score since the first dose" in said
    assert "A fall of 10 points was called meaningful" in said, "what is known of change stands beside it"
    assert said.index("PCL-5") < said.index("PHQ-9")
    assert "Measured too, with no whole rule" not in said, "it is not told twice"


# req: S20
def test_the_scale_of_ocd_leads_with_its_rule_and_what_the_rule_leaves_out(cast: Cast, at: datetime) -> None:
    own_scale(cast, at - 3 * DAY, "ybocs")
    rated(cast, "ybocs", 24, at - 2 * DAY)
    begun(cast, at, "ocd", "iv_ocd_exposure")
    rated(cast, "ybocs", 10, at + 8 * DAY)
    said = person_page(cast)
    assert "Y-BOCS: remission: 24 before the first dose, 10 now" in said
    assert said.count("Score criterion only") == 1


def test_where_nothing_leads_it_says_what_is_missing(cast: Cast, at: datetime) -> None:
    begun(cast, at, "alcohol", "iv_aud_relapse_prevention")
    said = person_page(cast)
    assert "Days of use (timeline follow-back) is what the trials counted" in said
    assert "A review is held against PHQ-9." in said


def test_one_more_scale_costs_the_same_at_one_answer_and_at_many(cast: Cast, at: datetime) -> None:
    own_scale(cast, at - 80 * DAY, "ybocs")
    rated(cast, "ybocs", 24, at - 75 * DAY)
    begun(cast, at, "ocd", "iv_ocd_exposure")
    client, url = cast.client("ana"), reverse("response:person", args=[cast.dan_id])
    queries_for(client, url)
    one = queries_for(client, url)
    for number in range(8):
        rated(cast, "ybocs", 20, at - (67 - 8 * number) * DAY)
    assert queries_for(client, url) == one <= 47


# req: S20
def test_a_scale_that_the_clinic_may_not_use_stands_on_the_lists_as_not_asked(cast: Cast, at: datetime) -> None:
    begun(cast, at, "ocd", "iv_ocd_exposure")
    by = jobs.job(cast.clinic_id)
    for moment in (at + 7 * DAY, at + 8 * DAY):
        plan_on_days(by=by, at=moment)
        send_check_ins(reach=Reach(on_call={}, ways=frozenset({"sms"})), by=by, at=moment)
    for address in (reverse("response:check_ins"), reverse("response:check_ins_of", args=[cast.dan_id])):
        said = text_of(cast, address, "ben")
        assert "OCD scale, one week after" in said
        assert "not asked Needs your licence: not asked. The licence of Y-BOCS does not let its wording be shipped" in said
