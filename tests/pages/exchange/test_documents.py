"""Documents as they leave: tagged PDFs, one line in the trail each, only for those who may, and nothing evaluated that somebody typed."""

from __future__ import annotations

import hashlib
import io
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from afterglow.ground.access import links
from afterglow.ground.access.middleware import LINK_COOKIE
from afterglow.pathway.consent.actions.withdraw import withdraw
from afterglow.pathway.consent.queries import in_force
from afterglow.pathway.session import chain
from afterglow.pathway.session.actions.chart_event import chart_event
from afterglow.pathway.session.actions.chart_note import chart_note
from afterglow.pathway.session.actions.leave import ExitWords, discharge, leave_against_advice
from afterglow.pathway.session.actions.rate_person import rate_person
from tests.support.cast import register
from tests.support.counting import audit_rows, queries_for
from tests.support.course import list_answered, recovered, vitals
from tests.support.session import OnTheWay


def summary(way: OnTheWay) -> str:
    return f"/documents/sessions/{way.session_id}/"


def leaflet(way: OnTheWay) -> str:
    return f"/documents/sessions/{way.session_id}/leaflet/"


def note(way: OnTheWay) -> str:
    return f"/documents/sessions/{way.session_id}/note/"


def consent(way: OnTheWay) -> str:
    return f"/documents/consents/{in_force(way.person_id, at=timezone.now()).consent_id}/"


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "application/pdf", "no-store"), answer.content[:300]
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())


# req: S76
def test_the_summary_says_what_was_given_and_how_it_ended(home: OnTheWay) -> None:
    said = text_of(home.cast.client("ben"), summary(home))
    for words in (
        "Summary of dosing session 1",
        "Dan Marsh, born 04 Mar 1982, record 0412",
        "Went home by the list",
        "No driving until",
        "Handed over to Mia Marsh",
        "35 mg over 40 min",
        "Given 35 mg",
        "mL of ketAMINE (racemic)",
        " mg/mL = 35 mg, lot",
        "read back by",
        "Pump",
        "as read back",
        "Order signed by Ana Ruiz",
        "for a weight of 70 kg",
        "35 mg drawn, 35 mg given, 0 mg wasted, 0 mg returned, nothing unaccounted for",
        "Pressure, mmHg",
        "Heart rate, /min",
        "Saturation, %",
        "Breaths, /min",
        "MOAA/S, 0 to 5",
        "Allergies on record none known",
        "None was recorded.",
        "120/76",
        "Started: 35 mg",
        "Oriented yes",
    ):
        assert words in said, words
    assert list(chain.links_of(home.session_id))[-1].sha256 in said.replace(" ", "")


# req: S53
# req: S77
def test_the_summary_says_how_it_was_for_the_person_and_what_was_not_asked(running: OnTheWay) -> None:
    vitals(running, running.at + timedelta(minutes=10), words={}, detached=7)
    leaving = recovered(running)
    kept = {"session_id": running.session_id, "by": running.cast.ben, "at": leaving}
    rate_person(item="mood_end", value=2, key="mood", **kept)
    rate_person(item="cadss_end", value=None, declined="fell asleep", key="cadss", **kept)
    list_answered(running, leaving)
    discharge(session_id=running.session_id, key="home", by=running.cast.ben, at=leaving)
    said = text_of(running.cast.client("ben"), summary(running))
    for words in (
        "How it was for the person",
        "Low mood before the dose, 0 to 10 not asked",
        "at the end, 0 to 10 2,",
        "fell asleep",
        "Highest rating 7 of 10",
    ):
        assert words in said, words


def test_a_demo_is_called_synthetic_on_every_page_and_a_real_clinic_is_not(home: OnTheWay) -> None:
    assert "SYNTHETIC" not in text_of(home.cast.client("ben"), summary(home))


def test_the_documents_are_tagged_for_readers(home: OnTheWay) -> None:
    for url in (summary(home), leaflet(home), note(home), consent(home)):
        made = PdfReader(io.BytesIO(home.cast.client("ben").get(url).content))
        root = made.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
        assert str(root["/Lang"]).startswith("en")
        assert "pdfuaid" in root["/Metadata"].get_object().get_data().decode()
        assert made.metadata is not None
        assert made.metadata.title


def test_the_same_record_gives_the_same_bytes(home: OnTheWay, monkeypatch: pytest.MonkeyPatch) -> None:
    from afterglow.doors.exchange import views

    seen: list[object] = []
    real = views.pdf
    monkeypatch.setattr(views, "pdf", lambda document, *, made_at: seen.append((document, made_at)) or real(document, made_at=made_at))
    first = home.cast.client("ben").get(summary(home)).content
    document, made_at = seen[0]  # type: ignore[misc]
    assert real(document, made_at=made_at) == first


@pytest.mark.parametrize(("who", "status"), [("ana", 200), ("ben", 200), ("theo", 200), ("faye", 403), ("olga", 403), ("cora", 404)])
def test_who_may_take_a_document(home: OnTheWay, who: str, status: int) -> None:
    client = home.cast.client(who)
    assert [client.get(url).status_code for url in (summary(home), leaflet(home), note(home), consent(home))] == [status] * 4


def test_nobody_takes_one_without_signing_in(home: OnTheWay) -> None:
    answer = Client().get(summary(home))
    assert answer.status_code == 302
    assert "next" in answer["Location"]
    assert Client().get("/documents/my-visit/").status_code == 404


def test_what_is_not_there_is_not_there(home: OnTheWay) -> None:
    client = home.cast.client("ben")
    for path in (f"/documents/sessions/{uuid4()}/", f"/documents/sessions/{uuid4()}/leaflet/", f"/documents/consents/{uuid4()}/"):
        assert client.get(path).status_code == 404
    assert client.post(summary(home)).status_code == 405


def test_each_document_is_one_line_in_the_trail_with_its_fingerprint(home: OnTheWay) -> None:
    client = home.cast.client("ben")
    for url, kind in (
        (summary(home), "session_summary"),
        (leaflet(home), "visit_leaflet"),
        (note(home), "work_note"),
        (consent(home), "signed_consent"),
    ):
        answers: list[bytes] = []
        rows = audit_rows(lambda url=url, answers=answers: answers.append(client.get(url).content))
        assert [(row.event, row.person_id) for row in rows] == [("exchange.document_made", home.person_id)]
        assert list(json.loads(rows[0].objects_text)) == [kind]
        assert json.loads(rows[0].new_text)["sha256"] == hashlib.sha256(answers[0]).hexdigest()


def test_there_is_no_summary_of_a_visit_that_is_not_over(running: OnTheWay) -> None:
    answer = running.cast.client("ben").get(summary(running))
    assert answer.status_code == 409
    assert b"no end on record yet" in answer.content


def test_there_is_no_summary_of_a_changed_record(home: OnTheWay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "first_broken_link", lambda session_id: 17)
    answer = home.cast.client("ben").get(summary(home))
    assert answer.status_code == 409
    assert b"Line 17" in answer.content
    assert home.cast.client("ben").get(leaflet(home)).status_code == 409


# hazard: H54
def test_somebody_who_left_early_is_said_to_have_left(running: OnTheWay) -> None:
    told = ExitWords(last_state="Angry, steady on the feet.", called=("the escort",), warned=True, pump_stopped_at=running.at + timedelta(minutes=20))
    leave_against_advice(session_id=running.session_id, words=told, key="left", by=running.cast.ben, at=running.at + timedelta(minutes=21))
    said = text_of(running.cast.client("ben"), summary(running))
    for words in ("Left against advice", "Angry, steady on the feet.", "Called the escort", "Not recorded at the time", "not charted"):
        assert words in said, words


def test_what_looks_like_markup_is_printed_as_text(running: OnTheWay) -> None:
    """Engineering 11: a note that was pasted into a document used to be executed."""
    evil = '#read("/etc/passwd") *bold* $x^2$ <b>no</b> #import "x"'
    chart_note(session_id=running.session_id, text=evil, key="evil", by=running.cast.ben, at=running.at + timedelta(minutes=5))
    chart_event(
        session_id=running.session_id, kind="nausea", grade=1, done="#panic()", key="event", by=running.cast.ben, at=running.at + timedelta(minutes=6)
    )
    leave_against_advice(session_id=running.session_id, words=ExitWords(), key="left", by=running.cast.ben, at=running.at + timedelta(minutes=21))
    said = text_of(running.cast.client("ben"), summary(running))
    assert '#read("/etc/passwd")' in said.replace("“", '"').replace("”", '"')
    assert "root:" not in said
    assert "#panic()" in said
    assert "Nausea" in said


def test_the_leaflet_speaks_plainly_and_gives_the_crisis_line(home: OnTheWay) -> None:
    said = text_of(home.cast.client("ben"), leaflet(home))
    for words in ("Your visit", "ketamine 35 mg into a vein", "No driving, no machines", "call or text 988", "Call 911"):
        assert words in said, words
    for word in ("MOAA", "mg/mL", "chain", "Aldrete"):
        assert word not in said


# req: S88
def test_the_note_for_work_says_when_and_until_when_and_nothing_about_why(home: OnTheWay) -> None:
    for said in (text_of(home.cast.client("ben"), note(home)), text_of(holder(home), "/documents/my-visit/note/")):
        for words in ("Note of attendance", "Dan Marsh", "was at an appointment from", "do not work, drive or use machines", "Office"):
            assert words in said, words
        for word in ("ketamine", "Ketamine", "mg", "dose", "0412", "1982", "Quay", "Harbour", "depress"):
            assert word not in said, word
    assert "A note for work" in holder(home).get("/documents/my-visit/").text


# req: S88
def test_who_did_not_pass_the_list_gets_no_note_from_here(running: OnTheWay) -> None:
    ben = running.cast.client("ben")
    assert (ben.get(note(running)).status_code, "no end on record yet" in ben.get(note(running)).text) == (409, True)
    leave_against_advice(session_id=running.session_id, words=ExitWords(), key="left", by=running.cast.ben, at=running.at + timedelta(minutes=21))
    refused = ben.get(note(running))
    assert refused.status_code == 409 and "did not end by the discharge list" in refused.text
    assert "Note for work" not in ben.get(f"/sessions/{running.session_id}/room/").text
    assert "A note for work" not in holder(running).get("/documents/my-visit/").text


# req: S66
def test_a_signed_consent_is_the_words_that_were_signed(home: OnTheWay) -> None:
    from afterglow.pathway.consent import queries

    signed = queries.signed_documents(home.person_id)[0]
    said = text_of(home.cast.client("ana"), consent(home))
    assert signed.shown_sha256 in said.replace(" ", "")
    page = queries.as_signed(signed.id).page
    for section in page["sections"]:
        assert " ".join(str(section["title"]).split()) in said
    assert signed.signer_name in said
    assert "able to decide, asked alone" in said
    assert "WITHDRAWN" not in said
    url = consent(home)
    withdraw(consent_id=signed.id, said="changed my mind", by=home.cast.ben, at=timezone.now())
    assert "WITHDRAWN" in text_of(home.cast.client("ana"), url)


def holder(way: OnTheWay, *, person_id: object = None, subject: str | None = None, purpose: str = "summary") -> Client:
    at = timezone.now()
    _, token = links.make_link(
        clinic_id=way.cast.clinic_id,
        person_id=person_id or way.person_id,  # type: ignore[arg-type]
        holder="Dan Marsh",
        purpose=purpose,
        subject=str(way.session_id) if subject is None else subject,
        lasts=timedelta(days=1),
        by=way.cast.ben,
        at=at,
    )
    client = Client()
    client.cookies[LINK_COOKIE] = links.open_by_token(token, at=at)[1]
    return client


def test_the_holder_of_a_link_reads_the_visit_it_names_and_no_other(home: OnTheWay) -> None:
    assert "Your visit" in text_of(holder(home), "/documents/my-visit/leaflet/")
    stranger = register(home.cast.faye, timezone.now(), "Other")
    for client in (
        holder(home, person_id=stranger),
        holder(home, subject="nonsense"),
        holder(home, subject=str(uuid4())),
        holder(home, purpose="intake"),
    ):
        assert [client.get(path).status_code for path in ("/documents/my-visit/", "/documents/my-visit/leaflet/")] == [404, 404]
    assert holder(home).get(summary(home)).status_code in (302, 404)


# req: S76
def test_after_the_visit_staff_make_a_link_and_the_person_reads_until_when_not_to_drive(home: OnTheWay) -> None:
    staff, page = home.cast.client("ben"), f"/documents/sessions/{home.session_id}/link/"
    assert "Make the link" in staff.get(page).text
    assert [home.cast.client(who).post(page).status_code for who in ("faye", "olga", "cora")] == [403, 403, 404]
    first, second = (re.search(r"http://testserver(/l/[^<\s]+)", staff.post(page).text)[1] for _ in range(2))
    phone = Client()
    assert phone.get(first).status_code == 410, "a new link ends the one before it"
    assert phone.get(second)["Location"] == "/documents/my-visit/"
    rows = audit_rows(lambda: phone.get("/documents/my-visit/"))
    assert [(row.event, row.person_id) for row in rows] == [("exchange.own_visit_read", home.person_id)]
    said = phone.get("/documents/my-visit/").text
    for words in ("No driving until", "35 mg", "call 911", "988", "Keep it as a document"):
        assert words in said, words
    assert phone.post("/documents/my-visit/leave/").status_code == 200
    assert phone.get("/documents/my-visit/").status_code == 404


def test_before_the_end_there_is_no_link(running: OnTheWay) -> None:
    staff, page = running.cast.client("ben"), f"/documents/sessions/{running.session_id}/link/"
    assert "no end on record" in staff.get(page).text and "Make the link" not in staff.get(page).text
    assert staff.post(page).status_code == 422


def test_a_document_costs_the_same_however_much_was_charted(running: OnTheWay) -> None:
    from tests.support.course import gone_home, vitals

    for number in range(50):
        vitals(running, running.at + timedelta(minutes=2, seconds=number), key=f"v{number}")
    gone_home(running)
    assert queries_for(running.cast.client("ben"), summary(running)) <= 40
