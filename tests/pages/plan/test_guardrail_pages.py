"""The guardrails of a site: read by who reads limits, ticked one by one and signed by a prescriber, few queries, nothing of other clinics."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from afterglow.doors import clock
from afterglow.ground import ids
from afterglow.ground.content.queries import library_file, released
from afterglow.pathway.plan.models import GuardrailAcceptance
from afterglow.pathway.plan.queries.guardrails import guardrails
from tests.support.cast import PASSWORD, Cast, accept_every_guardrail, build_cast
from tests.support.counting import audit_rows, queries_for
from tests.support.plan import a_draft, ready

pytestmark = pytest.mark.django_db
LIST = reverse("plan:guardrails")


@pytest.fixture
def at() -> datetime:
    """The pages' own time: their views ask the clock."""
    return clock.now().astimezone(UTC)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at, guardrails=False)


def page_of(cast: Cast) -> str:
    return reverse("plan:guardrails_of", args=[cast.site_id, library_file("protocols", "iv_mdd_standard").pk])


def everything(cast: Cast) -> list[str]:
    return [row.guardrail.id for row in guardrails(cast.site_id, library_file("protocols", "iv_mdd_standard")).rows]


# hazard: H50
def test_each_is_shown_with_its_bounds_basis_and_that_nobody_accepted_it(cast: Cast) -> None:
    text = cast.client("ana").get(page_of(cast)).text
    assert "30 of 30 are open" in text and "Above 120 mg in total" in text
    assert text.count('type="checkbox" name="part"') == 30 and " checked" not in text
    assert "Not reviewed by a clinician yet." in text


def test_a_prescriber_ticks_and_signs_and_the_rest_stays_open(cast: Cast) -> None:
    ana, page = cast.client("ana"), page_of(cast)
    sent: dict[str, Any] = {"part": ["hard_stop", "say_why"], "key": "k", "password": PASSWORD}
    assert ana.post(page, sent).status_code == 302
    text = ana.get(page).text
    assert "28 of 30 are open" in text and text.count('type="checkbox" name="part"') == 28 and "Ana Ruiz" in text
    assert ana.post(page, {**sent, "part": everything(cast), "key": "l"}).status_code == 302
    assert "All 30 are accepted" in ana.get(page).text and GuardrailAcceptance.objects.count() == 30


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"part": []}, "Tick each guardrail that you accept."),
        ({"part": ["courage"]}, "courage"),
        ({"password": "wrong"}, "Nothing was accepted"),
        ({"key": ""}, "Nothing was accepted"),
    ],
)
def test_a_wrong_form_is_refused_and_keeps_its_ticks(cast: Cast, wrong: dict[str, Any], says: str) -> None:
    answer = cast.client("ana").post(page_of(cast), {"part": ["hard_stop"], "key": "k", "password": PASSWORD, **wrong})
    assert answer.status_code == 422 and says in answer.text
    assert ('value="hard_stop" checked' in answer.text) == ("part" not in wrong)
    assert not GuardrailAcceptance.objects.exists()


def test_others_read_and_do_not_accept(cast: Cast) -> None:
    sent = {"part": ["hard_stop"], "key": "k", "password": PASSWORD}
    for who in ("ben", "olga"):
        text = cast.client(who).get(page_of(cast)).text
        assert "A prescriber of this site accepts guardrails." in text and "checkbox" not in text
        assert cast.client(who).post(page_of(cast), sent).status_code == 403
    assert cast.client("cora").get(page_of(cast)).status_code == 404
    assert cast.client("ana").get(reverse("plan:guardrails_of", args=[cast.site_id, ids.new_id(clock.now())])).status_code == 404
    assert not GuardrailAcceptance.objects.exists()


def test_the_list_says_how_many_wait_at_each_protocol_in_few_queries(cast: Cast, at: datetime) -> None:
    ana = cast.client("ana")
    text = ana.get(LIST).text
    assert text.count("open</strong>") == len(released("protocols")) and "nobody" in text
    before = queries_for(ana, LIST)
    accept_every_guardrail(cast.site_id, cast.ana, at)
    text = ana.get(LIST).text
    assert "open</strong>" not in text and "all 30 accepted" in text and "Ana Ruiz" in text
    assert queries_for(ana, LIST) == before <= 12
    assert queries_for(ana, page_of(cast)) <= 12
    assert [row.event for row in audit_rows(lambda: ana.get(LIST))] == ["plan.guardrails_read"]


# hazard: H50
def test_a_draft_says_that_they_wait_and_leads_there(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    draft = a_draft(cast, at)
    text = cast.client("ana").get(reverse("plan:plan", args=[draft])).text
    assert "30 guardrails of the protocol wait for a prescriber of this site" in text and f'href="{page_of(cast)}"' in text
    accept_every_guardrail(cast.site_id, cast.ana, at)
    text = cast.client("ana").get(reverse("plan:plan", args=[draft])).text
    assert "accepted for Harbour by Ana Ruiz" in text
