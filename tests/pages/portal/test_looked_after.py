"""How the person wants to be looked after, in their own hand: nothing has to be answered, an open answer is no yes, staff read it."""

from __future__ import annotations

from datetime import datetime

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.records.chart.actions.record_comfort import record_comfort
from afterglow.records.chart.queries.comfort import comfort, earlier_cards
from tests.support.cast import Cast
from tests.support.portal import follow, phone, text_of

pytestmark = pytest.mark.django_db
PAGE = "/me/looked-after/"


@pytest.fixture(autouse=True)
def _now(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)


# req: S85
# req: N13
def test_the_person_writes_the_card_themselves(cast: Cast, at: datetime) -> None:
    client = phone(cast, at)
    assert PAGE in text_of(client, "/me/")
    assert "checked" not in text_of(client, PAGE), "nothing is chosen beforehand"
    assert follow(client, PAGE, {"call_me": "Danny", "avoid_words": "relax", "triggers": "a hand on my neck"}) == "/me/"
    card = comfort(cast.dan_id)
    assert card is not None and card.own_hand and (card.call_me, card.avoid_words) == ("Danny", "relax")
    assert card.touch == "unknown", "an open answer is no yes"
    row = AuditRow.objects.get(event="chart.comfort_recorded")
    assert (row.person_id, row.actor_kind) == (cast.dan_id, "link")
    assert "a hand on my neck" in text_of(client, PAGE)
    chart = text_of(cast.client("ben"), f"/people/{cast.dan_id}/comfort/")
    assert "Written by the person themselves" in chart and "a hand on my neck" in chart


# req: C1
def test_what_was_typed_comes_back_and_goes_when_it_is_sent(cast: Cast, at: datetime) -> None:
    client = phone(cast, at)
    assert client.post("/me/draft/looked_after/", {"triggers": "bright li"}, headers={"X-Autosave": "1"}).status_code == 200
    assert "bright li" in text_of(client, PAGE) and comfort(cast.dan_id) is None
    assert follow(client, PAGE, {"triggers": "bright light", "later": "yes"}) == "/me/"
    assert "bright light" in text_of(client, PAGE) and comfort(cast.dan_id) is None
    follow(client, PAGE, {"touch": "no"})
    assert "bright light" not in text_of(client, PAGE)


# hazard: H43
def test_a_newer_card_from_the_clinic_is_not_overwritten_unseen(cast: Cast, at: datetime) -> None:
    client = phone(cast, at)
    record_comfort(person_id=cast.dan_id, touch="no", by=cast.ben, at=at)
    answer = client.post(PAGE, {"version": "", "touch": "yes"})
    assert answer.status_code == 422 and "What stands now" in answer.content.decode()
    card = comfort(cast.dan_id)
    assert card is not None and card.touch == "no"
    follow(client, PAGE, {"version": str(card.id), "touch": "ask"})
    assert [earlier.touch for earlier in earlier_cards(cast.dan_id)] == ["no"]


def test_bad_input_comes_back_as_typed(cast: Cast, at: datetime) -> None:
    client = phone(cast, at)
    answer = client.post(PAGE, {"touch": "perhaps", "call_me": "Danny"})
    assert answer.status_code == 422 and 'value="Danny"' in answer.content.decode()
    assert client.post(PAGE, {"call_me": "D" * 81}).status_code == 422
    assert comfort(cast.dan_id) is None
