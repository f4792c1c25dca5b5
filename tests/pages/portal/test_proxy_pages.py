"""The intake in the hands of somebody whom the person let fill it in: under their own name, and without what only the person can say."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.test import Client

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Refusal
from afterglow.pathway.consent.models import Consent
from afterglow.records.chart import access as chart
from afterglow.records.chart.actions.record_comfort import record_comfort
from afterglow.records.chart.queries.comfort import comfort
from afterglow.records.chart.queries.proxies import proxies_of
from afterglow.records.flags import queries as flags
from afterglow.records.measures import queries as measures
from afterglow.records.measures.models import Response
from tests.support.cast import Cast
from tests.support.portal import follow, phone, text_of

pytestmark = pytest.mark.django_db
CONSENT = {"name": "Mia Marsh", "relation": "sister", "may": ["may_fill_intake"], "consent_how": "by_phone", "consented": "on"}


@pytest.fixture(autouse=True)
def _now(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)


def proxied(cast: Cast) -> Client:
    """Mia's phone: recorded at the desk, the link made there, opened by her."""
    desk = cast.client("faye")
    follow(desk, f"/people/{cast.dan_id}/proxies/", CONSENT)
    page = text_of(desk, f"/intake/{cast.dan_id}/")
    form = re.search(r'action="([^"]+/proxy/[^"]+)".*?name="key" value="([^"]+)"', page, re.S)
    assert form is not None
    shown = desk.post(form[1], {"key": form[2]})
    assert shown.status_code == 200 and desk.post(form[1], {"key": form[2]}).status_code == 422, "shown once"
    token = re.search(r"http://testserver(/l/[^<\s]+/)", shown.content.decode())
    assert token is not None and "for Mia Marsh who acts for them" in shown.content.decode()
    client = Client()
    assert client.get(token[1])["Location"] == "/me/"
    return client


def questionnaire(cast: Cast, name: str = "phq9") -> str:
    return next(f"/me/questions/{row.id}/" for row in measures.open_assignments(cast.dan_id, "link") if row.paper.instrument.id == name)


# req: S85
# hazard: H43
def test_how_to_be_looked_after_only_the_person_says(cast: Cast, at: datetime) -> None:
    client = proxied(cast)
    assert "looked after" not in text_of(client, "/me/")
    assert client.get("/me/looked-after/").status_code == 404 and client.post("/me/looked-after/", {"touch": "yes"}).status_code == 404
    assert client.post("/me/draft/looked_after/", {"touch": "yes"}).status_code == 404
    (mia,) = proxies_of(cast.dan_id)
    by = Actor(
        kind="link", id="link:1", name="Mia Marsh", clinic_id=cast.clinic_id, permissions=frozenset({"portal.intake.fill"}),
        person_id=cast.dan_id, proxy_id=mia.id,
    )  # fmt: skip
    with pytest.raises(Refusal, match="chart.only_the_person"):
        record_comfort(person_id=cast.dan_id, touch="yes", by=by, at=at)
    assert comfort(cast.dan_id) is None


# req: S4
def test_she_fills_the_intake_under_her_name(cast: Cast) -> None:
    client = proxied(cast)
    page = text_of(client, "/me/")
    assert "Hello Mia Marsh" in page and "You fill in the intake of <b>Dan Marsh</b>" in page and "A private question" not in page
    assert client.get("/me/private/").status_code == 404 and client.post("/me/private/", {"could_be_pregnant": "no"}).status_code == 404
    follow(client, "/me/medicines/", {"name": "Sertraline", "add": "yes"})
    listed = text_of(client, "/me/medicines/")
    assert "Sertraline" in listed and "Remove" in listed
    follow(client, "/me/medicines/", {"done": "yes"})
    rows = AuditRow.objects.filter(person_id=cast.dan_id, actor_name="Mia Marsh").values_list("event", flat=True)
    assert {"access.link_opened", "portal.page_read", "chart.row_recorded", "chart.list_reviewed"} <= set(rows)


# req: S4
def test_how_to_reach_the_person_is_the_persons_word(cast: Cast) -> None:
    client = proxied(cast)
    before = chart.fetch_person(cast.faye, cast.dan_id)
    page = text_of(client, "/me/about/")
    assert not re.search(r'name="(phone|email|contact_by)"', page) and 'name="emergency_name"' in page
    said = {"version": before.version, "emergency_name": "Mia", "emergency_phone": "+1 555 0109", "phone": "+1 555 0666", "contact_by": "none"}
    follow(client, "/me/about/", said)
    after = chart.fetch_person(cast.faye, cast.dan_id)
    assert (after.emergency_name, after.phone, after.contact_by) == ("Mia", before.phone, before.contact_by)


# req: S4 S105
# hazard: H16
def test_a_question_about_self_harm_is_left_to_the_person_and_raises_what_it_raises(cast: Cast, at: datetime) -> None:
    phone(cast, at, "phq9")
    client = proxied(cast)
    start = questionnaire(cast)
    assert "You are not asked: only they can say it" in text_of(client, start)
    for number in range(1, 9):
        leads_to = follow(client, f"{start}{number}/", {f"q{number}": "1"})
    assert leads_to == f"{start}10/", "the ninth is passed over"
    assert follow(client, f"{start}10/", {}) == f"{start}check/"
    assert client.get(f"{start}9/")["Location"] == f"{start}10/"
    assert f'href="{start}8/"' in text_of(client, f"{start}10/"), "the way back passes over it too"
    client.post(f"{start}9/", {"q9": "0"})
    assert client.post(f"{start}9/draft/", {"q9": "0"}).status_code == 404
    assert "only they can say it" in text_of(client, f"{start}check/")
    assert "were sent" in text_of(client, follow(client, f"{start}check/", {"key": "k"}))
    given = measures.latest(cast.dan_id, "phq9")
    assert given is not None and given.answers["q9"] is None and given.answers["q8"] == 1
    assert (given.asked_by, given.recorded_by, given.complete) == ("proxy", "Mia Marsh (proxy)", False)
    assert [flag.kind for flag in flags.open_for(cast.dan_id, at)] == ["suicide_item_not_answered"]
    assert "answered by Mia Marsh (proxy) for the person" in text_of(cast.client("ana"), f"/measures/answers/{given.id}/")


# req: S4
# hazard: H16
# hazard: H19
def test_what_the_person_said_of_self_harm_is_not_shown_to_her_and_not_sent_by_her(cast: Cast, at: datetime) -> None:
    own = phone(cast, at, "phq9")
    client, start = proxied(cast), questionnaire(cast)
    follow(client, f"{start}1/", {"q1": "2"})
    follow(own, f"{start}9/", {"q9": "3"})
    for address in (start, f"{start}1/", f"{start}9/", f"{start}check/", f"{start}sent/"):
        assert client.get(address).status_code == 404
    assert client.post(f"{start}check/", {"key": "k"}).status_code == 404 and not Response.objects.exists()
    assert start not in text_of(client, "/me/")
    assert [flag.kind for flag in flags.open_for(cast.dan_id, at)] == ["suicide_item_high"]
    assert "were sent" in text_of(own, follow(own, f"{start}check/", {"key": "own"}))


# req: S4
# hazard: H19
def test_what_the_person_typed_and_did_not_send_is_not_shown_to_her(cast: Cast, at: datetime) -> None:
    own, client = phone(cast, at), proxied(cast)
    assert own.post("/me/draft/problems/", {"name": "something private"}).status_code == 200
    assert "something private" not in text_of(client, "/me/problems/")
    assert client.post("/me/draft/problems/", {"name": "asthma, perhaps"}).status_code == 200
    assert "asthma" in text_of(client, "/me/problems/") and "something private" in text_of(own, "/me/problems/")


# req: S4
def test_each_takes_back_only_what_they_may(cast: Cast, at: datetime) -> None:
    own, client = phone(cast, at), proxied(cast)
    follow(own, "/me/allergies/", {"substance": "latex", "add": "yes"})
    assert "from the clinic" in text_of(client, "/me/allergies/"), "she removes nothing of his"
    follow(client, "/me/allergies/", {"substance": "nuts", "add": "yes"})
    assert text_of(own, "/me/allergies/").count("/remove/") == 2, "he may take back what was said for him"
    assert text_of(client, "/me/allergies/").count("/remove/") == 1


# req: S4 C9
def test_she_signs_nothing_and_a_withdrawal_shuts_the_door(cast: Cast) -> None:
    client = proxied(cast)
    for name in ("", "read/", "questions/", "sign/"):
        assert client.get(f"/me/documents/{name}").status_code == 404
    assert not Consent.objects.exists()
    proxy = proxies_of(cast.dan_id)[0]
    desk = cast.client("ben")
    assert desk.post(f"/people/{cast.dan_id}/proxies/{proxy.id}/withdraw/", {"reason": ""}).status_code == 422
    follow(desk, f"/people/{cast.dan_id}/proxies/{proxy.id}/withdraw/", {"reason": "Dan asked for it."})
    assert client.get("/me/").status_code == 404 and client.post("/me/medicines/", {"name": "x", "add": "yes"}).status_code == 404
    page = text_of(desk, f"/people/{cast.dan_id}/proxies/")
    assert "Nobody acts for this person" in page and "Dan asked for it." in page
    refused = desk.post(f"/intake/{cast.dan_id}/proxy/{proxy.id}/link/", {"key": "late"})
    assert refused.status_code == 422 and "does not stand" in refused.content.decode()


# req: S4
def test_without_the_persons_consent_the_form_is_refused(cast: Cast) -> None:
    answer = cast.client("faye").post(f"/people/{cast.dan_id}/proxies/", {**CONSENT, "consented": ""})
    assert answer.status_code == 422 and "own consent" in answer.content.decode() and proxies_of(cast.dan_id) == []
    assert cast.client("olga").post(f"/people/{cast.dan_id}/proxies/", CONSENT).status_code == 403
    answer = cast.client("faye").post(f"/people/{cast.dan_id}/proxies/", {**CONSENT, "may": ["may_be_called"]})
    assert answer.status_code == 422 and "no number" in answer.content.decode()


def test_the_chart_says_who_may_be_called(cast: Cast) -> None:
    follow(cast.client("faye"), f"/people/{cast.dan_id}/proxies/", {**CONSENT, "may": ["may_be_called", "may_hear_visits"], "phone": "+1 555 0109"})
    page = text_of(cast.client("theo"), f"/people/{cast.dan_id}/")
    assert "may be called: +1 555 0109" in page and "may hear when visits are" in page
