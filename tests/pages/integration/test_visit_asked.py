"""The page of a visit asks: the suicide interview in its form, a scale of change in one press, and back to the visit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from afterglow.ground import ids
from afterglow.pathway.integration.models import Visit
from afterglow.records.measures.models import Assignment, Response
from afterglow.records.schedule.models import Appointment
from tests.support.contact import QUESTIONS, five_form
from tests.support.counting import queries_for
from tests.support.integration import LATER, held, visit_id
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db
TOLD = {"key": "form", "state": "held", "held": "2026-12-08T16:00", "happened": "Calm.", "danger": "no", "danger_words": ""}


# req: S105
def test_each_question_is_shown_and_none_is_answered_beforehand(way: OnTheWay) -> None:
    client, url = way.cast.client("theo"), reverse("integration:visit", args=[visit_id(way)])
    text = client.get(url).text
    assert "Have you thought about ending your life since then?" in text and "Not reviewed by a clinician yet." in text
    assert all(f'name="asked_{name}"' in text for name in QUESTIONS)
    form = text[text.index("What became of it") : text.index("Record the visit")]
    assert " checked" not in form and "is due" not in form


# req: S105
# hazard: H16
def test_what_was_chosen_stays_when_something_is_missing_and_the_answers_are_shown(way: OnTheWay) -> None:
    client, url = way.cast.client("theo"), reverse("integration:visit", args=[visit_id(way)])
    part = TOLD | five_form(asked_method="not_asked")
    wrong = client.post(url, part)
    assert wrong.status_code == 422 and "Write why a question about suicide was not asked." in wrong.text and not Visit.objects.exists()
    assert wrong.text.count(" checked") == 7  # held, no danger, and the five
    assert client.post(url, TOLD | {"state": "held"}).status_code == 422
    assert client.post(url, TOLD | five_form(asked_method="9")).status_code == 422
    assert client.post(url, part | {"why_not_asked": "The line <b>broke</b>."}).status_code == 302
    text = client.get(url).text
    assert "not every question has an answer" in text and "Since last contact not asked: The line &lt;b&gt;broke&lt;/b&gt;." in text
    assert "The line" in way.cast.client("ana").get(url).text, "the prescriber reads it too"


# req: S96
def test_a_scale_is_asked_in_one_press_and_the_way_back_is_the_visit(way: OnTheWay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("afterglow.doors.clock.now", lambda: LATER + timedelta(days=10))
    client, url = way.cast.client("theo"), reverse("integration:visit", args=[visit_id(way)])
    text = client.get(url).text
    assert "Ask the PHQ-9 now" in text and "PHQ-9 is due" in text
    assert "Ask the PHQ-9 now" not in way.cast.client("ana").get(url).text
    opened = client.post(reverse("integration:ask", args=[visit_id(way)]), {"instrument": "phq9"})
    row = Assignment.objects.get(occasion="contact")
    form = opened.headers["Location"]
    assert opened.status_code == 302 and form.startswith(reverse("measures:ask", args=[row.id])) and url in client.get(form).text
    given = {"key": ids.new_token()} | {f"q{number}": "1" for number in range(1, 9)} | {"q9": "0", "q10": "1"}
    answered = client.post(form, given)
    assert answered.status_code == 302 and f'href="{url}"' in client.get(answered.headers["Location"]).text
    total = Response.objects.get(assignment_id=row.id).total
    text = client.get(url).text
    assert (
        total == 8
        and ">8</a>" in text
        and "points less" in text
        and "Latest: 8, today." in text
        and "looks back over dose 1" in text
        and "PHQ-9 is due" not in text
    )
    again = client.post(reverse("integration:ask", args=[visit_id(way)]), {"instrument": "phq9"})
    assert again.status_code == 422 and "the last answers are younger" in again.text
    assert client.post(reverse("integration:ask", args=[visit_id(way)]), {"instrument": "asq"}).status_code == 422


@pytest.mark.parametrize("elsewhere", ["https://example.org/x", "//example.org/x", "javascript:alert(1)", "x"])
def test_the_way_back_leads_nowhere_else(way: OnTheWay, elsewhere: str) -> None:
    held(way)
    row = Response.objects.get(instrument_name="suicide_since_last_contact")
    page = way.cast.client("theo").get(reverse("measures:response", args=[row.id]), {"back": elsewhere})
    assert f'href="{elsewhere}"' not in page.text and reverse("measures:of_person", args=[way.person_id]) in page.text


def test_more_answers_cost_the_page_of_a_visit_no_more_queries(way: OnTheWay) -> None:
    client, url = way.cast.client("theo"), reverse("integration:visit", args=[visit_id(way)])
    held(way)
    before = queries_for(client, url)
    row = Response.objects.get(instrument_name="suicide_since_last_contact")
    for number in range(20):
        copy = Response.objects.filter(instrument_name="phq9").first() or row
        copy.id, copy.instrument_name, copy.taken_at, copy.total = ids.new_id(LATER), "gad7", LATER - timedelta(days=number), number
        copy.save(force_insert=True)
    assert queries_for(client, url) == before
    assert Appointment.objects.get(id=visit_id(way)).state == "done"
