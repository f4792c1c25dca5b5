"""The pages of a chart: who may open them, one audit row each, a fixed number of queries, and what comes back after bad input."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from afterglow.records.chart import queries
from afterglow.records.chart.access import fetch_person
from afterglow.records.chart.actions.edit_person import edit_person
from afterglow.records.chart.actions.record_allergy import record_allergy
from afterglow.records.chart.actions.record_weight import record_weight
from afterglow.records.chart.actions.write_note import write_note
from afterglow.records.chart.models import Person
from tests.support.cast import Cast, register
from tests.support.counting import audit_rows, queries_for

pytestmark = pytest.mark.django_db

PAGES = [
    ("person", ()),
    ("edit", ()),
    *[("list", (name,)) for name in ("problems", "allergies", "medicines", "trials")],
    ("body", ()),
    ("height", ()),
    ("comfort", ()),
    ("team", ()),
    ("notes", ()),
]


def page(name: str, person_id: UUID, *more: object) -> str:
    return reverse(f"chart:{name}", args=[person_id, *more])


@pytest.mark.parametrize(("name", "more"), PAGES)
def test_each_page_opens_and_leaves_one_row_about_the_person(cast: Cast, name: str, more: tuple[str, ...]) -> None:
    client = cast.client("ben")
    rows = audit_rows(lambda: client.get(page(name, cast.dan_id, *more)))
    assert [(row.person_id, row.actor_name, row.event.startswith("chart.")) for row in rows] == [(cast.dan_id, "Ben Okoye", True)]
    answer = client.get(page(name, cast.dan_id, *more))
    assert answer.status_code == 200
    assert "Dan Marsh" in answer.text and "0412" in answer.text


# req: S8, C27
@pytest.mark.parametrize(("name", "more"), PAGES)
def test_strangers_get_404_and_colleagues_without_the_right_403(cast: Cast, at: datetime, name: str, more: tuple[str, ...]) -> None:
    una = register(cast.faye, at, "Una")
    assert cast.client("cora").get(page(name, cast.dan_id, *more)).status_code == 404
    assert cast.client("ana").get(page(name, uuid4(), *more)).status_code == 404
    assert cast.client("theo").get(page(name, una, *more)).status_code == (403 if name == "edit" else 404)
    assert cast.client("olga").get(page(name, cast.dan_id, *more)).status_code == 403
    assert cast.client("faye").get(page(name, cast.dan_id, *more)).status_code == (200 if name in ("person", "edit", "team") else 403)


def test_the_front_desk_sees_who_but_no_clinical_facts(cast: Cast, at: datetime) -> None:
    record_allergy(person_id=cast.dan_id, substance="penicillin", by=cast.ben, at=at)
    text = cast.client("faye").get(page("person", cast.dan_id)).text
    assert "Dan Marsh" in text and "penicillin" not in text and "70.0 kg" not in text
    assert "penicillin" in cast.client("ben").get(page("person", cast.dan_id)).text


# hazard: H1
def test_the_band_says_when_nobody_asked_about_allergies(cast: Cast, at: datetime) -> None:
    una = register(cast.faye, at, "Una")
    client = cast.client("ben")
    assert "Allergies: not asked yet" in client.get(page("person", una)).text
    assert "No known allergies" in client.get(page("person", cast.dan_id)).text


@pytest.mark.parametrize("name", ["person", "notes", "body"])
def test_queries_do_not_grow_with_the_chart(cast: Cast, at: datetime, name: str) -> None:
    client = cast.client("ben")
    write_note(person_id=cast.dan_id, kind="phone", text="note 0", by=cast.ben, at=at)
    before = queries_for(client, page(name, cast.dan_id))
    for number in range(1, 50):
        write_note(person_id=cast.dan_id, kind="phone", text=f"note {number}", by=cast.ben, at=at)
        record_weight(person_id=cast.dan_id, value=f"70.{number:02d}", unit="kg", on_site=True, taken_at=at, by=cast.ben, at=at)
    assert queries_for(client, page(name, cast.dan_id)) == before


def test_a_person_is_registered_by_hand(cast: Cast) -> None:
    client = cast.client("faye")
    form = client.get(reverse("chart:register")).context["form"]
    told: dict[str, Any] = {
        "key": form.initial["key"], "given_name": "Eva", "family_name": "Nord", "born_on": "1990-02-28", "could_be_pregnant": "unknown",
        "contact_by": "phone", "language": "en", "needs_interpreter": "no",
    }  # fmt: skip
    bad = client.post(reverse("chart:register"), told | {"given_name": "", "phone": "555"})
    assert bad.status_code == 422 and 'value="555"' in bad.text and 'value="Nord"' in bad.text
    taken = client.post(reverse("chart:register"), told | {"record_no": "0412"})
    assert taken.status_code == 422 and "Another person has this record number." in taken.text
    made = client.post(reverse("chart:register"), told)
    assert made.status_code == 302
    assert client.post(reverse("chart:register"), told).url == made.url, "the same form sent twice is one person"


def form_of(cast: Cast, **other: str) -> dict[str, str]:
    person = fetch_person(cast.faye, cast.dan_id)
    told = {
        field: str(getattr(person, field) or "")
        for field in ("given_name", "family_name", "born_on", "pronouns", "could_be_pregnant", "phone", "email")
    }
    told |= {
        field: str(getattr(person, field))
        for field in ("contact_by", "address", "state", "language", "needs_interpreter", "emergency_name", "emergency_phone")
    }
    return told | {"version": str(person.version)} | other


def test_the_language_is_chosen_from_the_list_and_one_that_was_typed_before_stays(cast: Cast) -> None:
    client = cast.client("faye")
    assert client.post(page("edit", cast.dan_id), form_of(cast, language="es-MX")).status_code == 302
    assert "Spanish (Mexico)" in client.get(page("person", cast.dan_id)).text
    assert client.post(page("edit", cast.dan_id), form_of(cast, language="klingon")).status_code == 422
    Person.objects.filter(id=cast.dan_id).update(language="Mixteco")
    assert '<option value="Mixteco" selected>Mixteco</option>' in client.get(page("edit", cast.dan_id)).text
    kept = client.post(page("edit", cast.dan_id), form_of(cast, phone="+1 555 0888"))
    assert kept.status_code == 302 and fetch_person(cast.faye, cast.dan_id).language == "Mixteco"


# req: C26
def test_two_who_edit_at_once_see_both_values_and_lose_nothing(cast: Cast, at: datetime) -> None:
    client = cast.client("faye")
    told = form_of(cast, phone="+1 555 0777")
    edit_person(person_id=cast.dan_id, version=1, changes={"phone": "+1 555 0999"}, by=cast.ben, at=at)
    answer = client.post(page("edit", cast.dan_id), told)
    assert answer.status_code == 409
    assert "+1 555 0999" in answer.text and 'value="+1 555 0777"' in answer.text
    again = client.post(page("edit", cast.dan_id), told | {"version": str(answer.context["form"]["version"].value())})
    assert again.status_code == 302
    assert fetch_person(cast.faye, cast.dan_id).phone == "+1 555 0777"


def test_an_edit_with_a_mistake_comes_back_as_typed(cast: Cast) -> None:
    answer = cast.client("faye").post(page("edit", cast.dan_id), form_of(cast, born_on="2030-01-01", address="1 Pier Rd"))
    assert answer.status_code == 422 and "lies in the future" in answer.text and 'value="1 Pier Rd"' in answer.text


FILLED: dict[str, dict[str, str]] = {
    "problems": {"name": "Asthma", "code": "J45"},
    "allergies": {"substance": "latex", "severity": "severe"},
    "medicines": {"name": "sertraline", "dose_text": "50 mg", "stopped_on": "2026-11-01"},
    "trials": {
        "drug": "bupropion",
        "daily_dose_mg": "300",
        "weeks": "7",
        "improvement": "25_49",
        "this_episode": "yes",
        "stopped_because": "no_effect",
    },
}
READ = {"problems": queries.problems, "allergies": queries.allergies, "medicines": queries.medicines, "trials": queries.trials}


@pytest.mark.parametrize("name", FILLED)
def test_a_list_by_hand(cast: Cast, at: datetime, name: str) -> None:
    client, una = cast.client("ben"), register(cast.faye, at, "Una")
    first = next(iter(FILLED[name]))
    assert "Not asked yet" in client.get(page("list", una, name)).text
    assert client.post(page("list", una, name), FILLED[name] | {first: ""}).status_code == 422
    assert client.post(page("list", una, name), FILLED[name]).status_code == 302
    row = READ[name](una).rows[0]
    shown = client.get(page("row", una, name, row.id))
    assert shown.status_code == 200 and FILLED[name][first] in shown.text
    assert client.post(page("row", una, name, row.id), FILLED[name] | {first: "corrected"}).status_code == 302
    assert client.get(page("row", una, name, row.id)).status_code == 404, "what no longer stands is not corrected"
    assert client.post(page("reviewed", una, name), {"none_known": "yes"}).status_code == 422
    assert client.post(page("reviewed", una, name), {"none_known": "no"}).status_code == 302
    corrected = READ[name](una).rows[0].id
    assert client.post(page("withdraw", una, name, corrected), {"reason": ""}).status_code == 422
    assert client.post(page("withdraw", una, name, row.id), {"reason": "x"}).status_code == 422
    assert client.post(page("withdraw", una, name, corrected), {"reason": "told of someone else"}).status_code == 302
    assert client.post(page("reviewed", una, name), {"none_known": "yes"}).status_code == 302
    assert READ[name](una).state == "none_known"


def test_a_trial_keeps_its_dose_in_micrograms(cast: Cast) -> None:
    client = cast.client("ben")
    client.post(page("list", cast.dan_id, "trials"), FILLED["trials"] | {"daily_dose_mg": "37.5"})
    assert queries.trials(cast.dan_id).rows[0].daily_dose_ug == 37_500
    assert "37.5 mg a day" in client.get(page("list", cast.dan_id, "trials")).text


def test_an_unknown_list_is_not_there(cast: Cast) -> None:
    assert cast.client("ben").get(page("list", cast.dan_id, "wishes")).status_code == 404


def test_who_may_not_write_is_told_so(cast: Cast) -> None:
    theo = cast.client("theo")
    for name, told in (("list", ("problems",)), ("body", ()), ("comfort", ()), ("notes", ()), ("team", ())):
        answer = theo.post(page(name, cast.dan_id, *told), {"name": "x"})
        assert answer.status_code == 403, name


# hazard: H2
def test_the_weight_page_asks_before_it_believes(cast: Cast, at: datetime) -> None:
    client = cast.client("ben")
    empty = client.get(page("body", cast.dan_id)).text
    assert "checked" not in empty, "no unit is chosen beforehand"
    told = {"value": "154", "unit": "kg", "on_site": "yes", "taken_at": ""}
    mixed = client.post(page("body", cast.dan_id), told)
    assert mixed.status_code == 422 and "Pounds or kilograms?" in mixed.text and 'value="154"' in mixed.text
    assert client.post(page("body", cast.dan_id), told | {"unit": ""}).status_code == 422
    odd = client.post(page("body", cast.dan_id), told | {"value": "33"})
    assert "Pounds or kilograms?" in odd.text
    heavy = register(cast.faye, at, "Hal")
    asked = client.post(page("body", heavy), told | {"value": "171"})
    assert asked.status_code == 422 and 'name="confirmed"' in asked.text
    assert client.post(page("body", heavy), told | {"value": "171", "confirmed": "on"}).status_code == 302
    weight = queries.latest_weight(heavy)
    assert weight is not None and (weight.grams, weight.confirmed_by) == (171_000, "Ben Okoye")


# req: C21
def test_a_typed_time_is_the_clinics_own(cast: Cast) -> None:
    client = cast.client("ben")
    told = {"value": "70", "unit": "kg", "on_site": "yes", "taken_at": "2026-03-09T08:30"}
    assert client.post(page("body", cast.dan_id), told).status_code == 302
    taken = [row.taken_at for row in queries.body_measures(cast.dan_id, "weight")]
    assert datetime.fromisoformat("2026-03-09T15:30:00+00:00") in taken, "08:30 in Los Angeles, after the clocks went forward"


def test_height_comfort_team_and_notes_by_hand(cast: Cast, at: datetime) -> None:
    client = cast.client("ben")
    assert client.post(page("height", cast.dan_id), {"value": "172", "unit": "cm", "on_site": "yes"}).status_code == 302
    assert client.post(page("comfort", cast.dan_id), {"touch": "ask", "calm_by": "quiet voice"}).status_code == 302
    assert client.post(page("notes", cast.dan_id), {"kind": "phone", "text": ""}).status_code == 422
    assert client.post(page("notes", cast.dan_id), {"kind": "phone", "text": "called"}).status_code == 302
    assert client.post(page("team", cast.dan_id), {"user_id": str(cast.cora.user_id), "duty": "nurse"}).status_code == 422
    assert client.post(page("team", cast.dan_id), {"user_id": str(cast.ben.user_id), "duty": "nurse"}).status_code == 302
    text = client.get(page("person", cast.dan_id)).text
    for said in ("172 cm", "quiet voice", "called", "Ben Okoye"):
        assert said in text
    member = next(row.id for row in queries.care_team(cast.dan_id) if row.name == "Ben Okoye")
    assert client.post(page("leave_team", cast.dan_id, member), {"reason": "moved"}).status_code == 302
    assert [row.name for row in queries.care_team(cast.dan_id)] == ["Theo Lind"]


# req: N13
def test_a_newer_card_is_shown_before_it_is_replaced(cast: Cast, at: datetime) -> None:
    client = cast.client("ben")
    assert client.post(page("comfort", cast.dan_id), {"version": "", "touch": "no", "triggers": "doors that slam"}).status_code == 302
    stale = client.post(page("comfort", cast.dan_id), {"version": "", "touch": "yes", "call_me": "Danny"})
    assert stale.status_code == 422 and "Someone wrote a newer card" in stale.text
    assert "The card as it stands now" in stale.text and "doors that slam" in stale.text and 'value="Danny"' in stale.text
    version = re.search(r'name="version" value="([^"]+)"', stale.text)
    assert version is not None
    assert client.post(page("comfort", cast.dan_id), {"version": version[1], "touch": "yes", "call_me": "Danny"}).status_code == 302
    text = client.get(page("comfort", cast.dan_id)).text
    assert "Earlier cards" in text and "As told to Ben Okoye" in text and "doors that slam" in text
    assert "Danny" in client.get(page("person", cast.dan_id)).text


def test_signed_out_people_are_sent_to_sign_in(cast: Cast) -> None:
    from django.test import Client

    answer = Client().get(page("person", cast.dan_id))
    assert answer.status_code == 302 and "sign-in" in answer.url


def test_what_is_written_is_escaped(cast: Cast, at: datetime) -> None:
    write_note(person_id=cast.dan_id, kind="phone", text="<script>alert(1)</script>", by=cast.ben, at=at + timedelta(seconds=1))
    assert "<script>alert" not in cast.client("ben").get(page("notes", cast.dan_id)).text
