"""Questionnaires at the desk: listed, asked in person, read back with their wording, corrected."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from afterglow.ground.audit.models import AuditRow
from afterglow.records.flags import queries as flags
from afterglow.records.measures import queries
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from tests.support.cast import Cast
from tests.support.portal import follow, text_of

pytestmark = pytest.mark.django_db


def key_of(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def asked(cast: Cast, client: Client, instrument: str = "asq") -> str:
    return follow(client, f"/measures/of/{cast.dan_id}/ask/", {"instrument": instrument, "occasion": "screening"})


# req: S13
# hazard: H16
def test_the_asq_is_asked_and_read_back(cast: Cast, at: datetime) -> None:
    client = cast.client("ben")
    form = asked(cast, client)
    page = text_of(client, form)
    assert "In the past few weeks, have you wished you were dead?" in page
    assert " checked" not in page
    read = follow(client, form, {"key": key_of(page), "q1": "1", "q2": "0", "q3": "0", "q4": "declined", "q5": "0", "q4_said": "Not today."})
    page = text_of(client, read)
    for words in ("non-acute positive", "Declined to answer", "Not today.", "asked by Ben Okoye", "version 1"):
        assert words in page
    (flag,) = flags.open_for(cast.dan_id, at)
    assert flag.owner_id == cast.ben.user_id
    assert "ASQ" in text_of(client, f"/measures/of/{cast.dan_id}/") or "Ask Suicide" in text_of(client, f"/measures/of/{cast.dan_id}/")


def test_answers_that_are_open_are_said_to_be_open(cast: Cast) -> None:
    client = cast.client("ben")
    form = asked(cast, client, "phq9")
    page = text_of(client, follow(client, form, {"key": "k", "q1": "2"}))
    assert page.count("<strong>not answered</strong>") == 9
    assert "No score" in page


# req: C1 C4
def test_a_draft_at_the_desk_comes_back(cast: Cast) -> None:
    client = cast.client("ben")
    form = asked(cast, client, "phq9")
    saved = client.post(f"{form}draft/", {"q1": "2"}, headers={"X-Autosave": "1"}).json()
    assert (bool(saved["saved_at"]), saved["crisis"]) == (True, False)
    assert text_of(client, form).count(" checked>") == 1
    assert client.post(f"{form}draft/", {"q1": "9"}).status_code == 422
    assert client.post(f"{form}draft/", {"q9": "1"}).json()["crisis"] is True


def test_a_failed_form_keeps_what_was_chosen(cast: Cast) -> None:
    client = cast.client("ben")
    form = asked(cast, client, "phq9")
    for data in ({"key": "k", "q1": "2", "q2": "9"}, {"key": "", "q1": "2"}):
        answered = client.post(form, data)
        assert answered.status_code == 422
        assert 'value="2" checked' in re.sub(r"\s+", " ", answered.content.decode())


def test_a_correction_stands_beside_the_old_answers(cast: Cast) -> None:
    client = cast.client("ben")
    form = asked(cast, client, "gad7")
    first = follow(client, form, {"key": "k1", **{f"q{n}": "0" for n in range(1, 8)}})
    link = re.search(r'href="([^"]+replaces=[^"]+)"', text_of(client, first))
    assert link is not None
    page = text_of(client, link[1])
    assert " checked" not in page
    second = follow(client, link[1], {"key": key_of(page), **{f"q{n}": "1" for n in range(1, 8)}})
    assert "7 points" in text_of(client, second)
    old = text_of(client, first)
    assert "corrected later" in old
    assert "replaces=" not in old
    assert client.get(form)["Location"] == f"/measures/of/{cast.dan_id}/", "what was answered is not asked again"
    for wrong in ("x", str(uuid4())):
        assert client.get(f"{form}?replaces={wrong}").status_code == 404


def test_too_soon_is_said_on_the_page(cast: Cast) -> None:
    client = cast.client("ben")
    follow(client, asked(cast, client, "gad7"), {"key": "k1", **{f"q{n}": "0" for n in range(1, 8)}})
    again = client.post(f"/measures/of/{cast.dan_id}/ask/", {"instrument": "gad7", "occasion": "course"})
    assert again.status_code == 422
    assert "at most every 7 days" in again.content.decode()
    assert client.post(f"/measures/of/{cast.dan_id}/ask/", {"instrument": "nothing"}).status_code == 422


def test_taking_it_back(cast: Cast) -> None:
    client = cast.client("ben")
    form = asked(cast, client, "gad7")
    assert client.post(f"{form}withdraw/", {"reason": ""}).status_code == 422
    follow(client, f"{form}withdraw/", {"reason": "Wrong person."})
    assert queries.open_assignments(cast.dan_id) == []


def test_strangers_and_those_without_the_right(cast: Cast, at: datetime) -> None:
    form = asked(cast, cast.client("ben"))
    read = follow(cast.client("ben"), form, {"key": "k", "q1": "0"})
    for address in (f"/measures/of/{cast.dan_id}/", form, read):
        assert cast.client("cora").get(address).status_code == 404
        assert cast.client("faye").get(address).status_code == 403
        assert Client().get(address).status_code == 302
    assert cast.client("ben").get(f"/measures/answers/{uuid4()}/").status_code == 404


@pytest.mark.parametrize("what", ["list", "form", "answers"])
def test_one_audit_row_for_a_page_about_a_person(cast: Cast, what: str) -> None:
    client = cast.client("ana")
    form = asked(cast, client, "gad7")
    address = {"list": f"/measures/of/{cast.dan_id}/", "form": form, "answers": ""}[what] or follow(client, form, {"key": "k", "q1": "0"})
    before = AuditRow.objects.count()
    text_of(client, address)
    (row,) = AuditRow.objects.order_by("id")[before:]
    assert row.person_id == cast.dan_id


def test_the_number_of_queries_does_not_grow(cast: Cast, at: datetime) -> None:
    client = cast.client("ana")

    def give(number: int) -> UUID:
        assignment = assign(
            person_id=cast.dan_id,
            instrument="suicide_since_last_contact",
            occasion=f"visit {number}",
            channel="staff",
            site_id=cast.site_id,
            by=cast.ben,
            at=at,
        )
        none = dict.fromkeys(["wish_to_be_dead", "thoughts", "method", "intent_or_plan", "act_or_preparation"], 0)
        return answer(assignment_id=assignment, answers=none, taken_at=at, key=f"k{number}", by=cast.ben, at=at).response_id

    give(0)
    text_of(client, f"/measures/of/{cast.dan_id}/")
    with CaptureQueriesContext(connection) as one:
        text_of(client, f"/measures/of/{cast.dan_id}/")
    for number in range(1, 50):
        give(number)
    with CaptureQueriesContext(connection) as many:
        text_of(client, f"/measures/of/{cast.dan_id}/")
    assert len(many) == len(one) <= 40
