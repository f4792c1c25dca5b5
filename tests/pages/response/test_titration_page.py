"""Dose and effect in one place, and the review behind each change of the plan, on the trajectory."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.plan.rules.changes import Change
from afterglow.pathway.response.actions.carry_out import carry_out
from tests.support.aftercare import a_dose
from tests.support.cabinet import signature
from tests.support.cast import Cast, build_cast
from tests.support.counting import queries_for
from tests.support.plan import a_draft
from tests.support.response import doses_of_weeks, reviewed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at - timedelta(days=20))


def page_of(cast: Cast) -> str:
    text = cast.client("ana").get(reverse("response:person", args=[cast.dan_id])).text
    return " ".join(re.sub(r"<[^>]+>", " ", text[text.index('id="titration"') :]).split())


# req: S43
# req: S44
def test_a_changed_dose_says_what_it_was_why_and_which_review_is_behind_it(cast: Cast, at: datetime) -> None:
    plan_id = doses_of_weeks(cast, at, 3)
    before = page_of(cast)
    assert "first dose" in before and before.count("as before") == 2 and "Changes of the plan" not in before
    assert "20 none Dose 2" in before and "20 11 Each dose" in before.replace("Review", "Each dose", 1)
    review_id = reviewed(cast, at, plan_id, "change")
    newer = a_draft(cast, at, replaces=plan_id, changes=[Change(path="dose.over_min", value=50, reason="Pressure rose.")], key="newer")
    sign_plan(plan_id=newer, signed=signature(cast.ana, at), by=cast.ana, at=at + timedelta(minutes=1))
    carry_out(plan_id=newer, signed=signature(cast.ana, at), by=cast.ana, at=at + timedelta(minutes=2))
    url = reverse("response:person", args=[cast.dan_id])
    one = queries_for(cast.client("ana"), url)
    a_dose(cast, cast.dan_id, newer, 4, at + timedelta(minutes=5))
    after = page_of(cast)
    assert "over 40 min. Pressure rose." in after and "Version 2 , signed by" in after and "becomes 50 min, because Pressure rose." in after
    assert "It follows the review after infusion 3" in after and "which saw:" in after
    text = cast.client("ana").get(url).text
    assert f'href="#review-{review_id}"' in text and f'id="review-{review_id}"' in text
    assert queries_for(cast.client("ana"), url) <= one, "a dose more costs no question more"
    assert f'href="{url}#titration"' in cast.client("ana").get(reverse("plan:plan", args=[newer])).text


def test_a_version_without_a_review_says_so(cast: Cast, at: datetime) -> None:
    plan_id = doses_of_weeks(cast, at, 3)
    newer = a_draft(cast, at, replaces=plan_id, changes=[Change(path="dose.over_min", value=50, reason="A slower pump.")], key="newer")
    sign_plan(plan_id=newer, signed=signature(cast.ana, at), by=cast.ana, at=at + timedelta(minutes=1))
    assert "No review was signed between the version before and this one." in page_of(cast)


def test_before_any_dose_the_page_says_that_none_has_begun(cast: Cast) -> None:
    assert "No dose of this course has begun." in page_of(cast)
