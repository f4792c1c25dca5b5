"""A scale that a clinician rates: anchors and parts on its page, the parts apart in the result, and the prescriber called where it says so."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from afterglow.records.chart.actions.join_care_team import join_care_team
from afterglow.records.flags import queries as flags
from afterglow.records.measures import queries
from tests.support.cast import Cast
from tests.support.portal import follow, text_of
from tests.support.scales import own_scale

pytestmark = pytest.mark.django_db
CALM = {f"q{number}": "0" for number in range(1, 12)}


def rated(cast: Cast, instrument: str, answers: dict[str, str]) -> str:
    """The page of the result."""
    client = cast.client("ben")
    form = follow(client, f"/measures/of/{cast.dan_id}/ask/", {"instrument": instrument, "occasion": "course"})
    return text_of(client, follow(client, form, {"key": "k1", **answers}))


@pytest.fixture(autouse=True)
def _now(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)


# req: S20 N38
def test_the_page_shows_the_anchors_of_the_clinics_text_and_the_parts_apart(cast: Cast, at: datetime) -> None:
    own_scale(cast, at, "ybocs")
    client = cast.client("ben")
    listed = text_of(client, f"/measures/of/{cast.dan_id}/")
    assert re.search(r'<optgroup label="You rate">\s*<option value="bprs_plus">', listed)
    assert listed.index('<optgroup label="The person answers">') < listed.index('<option value="phq9">') < listed.index('<optgroup label="You rate">')
    page = text_of(client, follow(client, f"/measures/of/{cast.dan_id}/ask/", {"instrument": "ybocs", "occasion": "course"}))
    assert "You rate this," in page and "The past 7 days" in page and "recorded as yours, Ben Okoye" in page
    assert page.index("<h2>Obsessions</h2>") < page.index("first q5") < page.index("<h2>Compulsions</h2>") < page.index("first q6")
    assert "first q1 4" in page, "the anchor of the highest rating"
    assert " checked" not in page


# req: S20
def test_obsessions_and_compulsions_are_read_apart(cast: Cast, at: datetime) -> None:
    own_scale(cast, at, "ybocs")
    page = rated(cast, "ybocs", {f"q{number}": "3" if number <= 5 else "2" for number in range(1, 11)})
    assert "25 points, severe" in page
    assert re.search(r"Obsessions</th><td>15 of 20<", page) and re.search(r"Compulsions</th><td>10 of 20<", page)
    assert "rated by Ben Okoye" in page
    assert flags.open_for(cast.dan_id, at) == []


# req: S20
def test_an_item_that_was_not_rated_is_never_a_zero(cast: Cast, at: datetime) -> None:
    own_scale(cast, at, "ybocs")
    page = rated(cast, "ybocs", {f"q{number}": "4" for number in range(1, 10)})
    assert "No score" in page and page.count("<strong>not answered</strong>") == 1
    assert "Obsessions</th>" not in page


# req: S19
# hazard: H41
@pytest.mark.parametrize(("instrument", "over"), [("ymrs", {"q5": "8", "q1": "4", "q2": "1"}), ("asrm", {"q1": "4", "q2": "2"})])
def test_a_mania_scale_above_its_line_calls_the_prescriber_the_same_day(cast: Cast, at: datetime, instrument: str, over: dict[str, str]) -> None:
    own_scale(cast, at, instrument)
    calm = {question.id: "0" for question in queries.paper(instrument).questions}
    join_care_team(person_id=cast.dan_id, user_id=cast.ana.user_id, duty="prescriber", by=cast.faye, at=at)
    page = rated(cast, instrument, calm | over)
    assert "The dose waits; the prescriber decides the same day." in page and "A flag was opened for it." in page
    (flag,) = flags.open_for(cast.dan_id, at)
    assert (flag.kind, flag.urgency, flag.owner_id) == ("mania_hold", "today", cast.ana.user_id)
    assert "Help now" not in page, "it is no crisis of the person"


# req: S19
@pytest.mark.parametrize(("instrument", "answers"), [("ymrs", {"q5": "8", "q1": "4"}), ("asrm", {"q1": "4", "q2": "1"})])
def test_at_its_line_nobody_is_called(cast: Cast, at: datetime, instrument: str, answers: dict[str, str]) -> None:
    own_scale(cast, at, instrument)
    calm = {question.id: "0" for question in queries.paper(instrument).questions}
    page = rated(cast, instrument, calm | answers)
    assert "A flag was opened" not in page
    assert flags.open_for(cast.dan_id, at) == []


# req: S19
def test_a_mania_scale_that_could_not_be_scored_is_no_all_clear(cast: Cast, at: datetime) -> None:
    own_scale(cast, at, "ymrs")
    page = rated(cast, "ymrs", CALM | {"q5": "8", "q11": ""})
    assert "No score" in page and "remission" not in page.lower()
    later = at + timedelta(minutes=5)
    assert flags.open_for(cast.dan_id, later) == []


# req: N45
def test_another_anchoring_of_the_same_scale_is_named_in_words(cast: Cast) -> None:
    page = rated(cast, "bprs_plus", {f"q{number}": "2" for number in range(1, 5)})
    assert re.search(r"Total with items from 1 to 7</th><td>12<", page)
    assert "8 points" in page
