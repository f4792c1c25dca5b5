"""Research: asked apart from the treatment, a yes and a no that are kept, taken back at any moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.content.queries import library_file
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.consent import queries
from afterglow.pathway.consent.actions.decline import decline
from afterglow.pathway.consent.actions.lock_until import lock_until
from afterglow.pathway.consent.actions.offer import offer
from afterglow.pathway.consent.actions.withdraw import withdraw
from afterglow.pathway.consent.models import Declined, Offer
from afterglow.pathway.consent.queries.research import DOCUMENT, research_answers, research_state
from tests.support.cast import Cast
from tests.support.consent import a_document, dans_link, offered, signed
from tests.support.screening import cleared

pytestmark = pytest.mark.django_db


# req: S116
def test_research_is_answered_without_being_cleared_and_a_yes_covers_no_treatment(cast: Cast, at: datetime) -> None:
    assert research_state(cast.dan_id).answer == "not_asked"
    offer_id = offered(cast, at, DOCUMENT)
    assert research_state(cast.dan_id).answer == "open"
    signed(cast, at, offer_id)
    assert (research_state(cast.dan_id).answer, research_state(cast.dan_id).at) == ("yes", at)
    assert queries.in_force(cast.dan_id, at=at).state == "absent", "a yes to research is none to treatment"
    assert list(research_answers(cast.clinic_id).values()) == ["yes"]
    assert research_answers(cast.other_clinic_id) == {}


# req: S116
# hazard: H28
def test_nothing_about_research_is_signed_while_a_drug_may_act(cast: Cast, at: datetime) -> None:
    offer_id = offered(cast, at, DOCUMENT)
    lock_until(person_id=cast.dan_id, until=at + timedelta(days=1), by=cast.ben, at=at)
    with pytest.raises(Refusal) as refused:
        signed(cast, at, offer_id)
    assert [finding.item for finding in refused.value.findings] == ["clear_headed"]
    assert research_state(cast.dan_id).answer == "open"


# req: S116
def test_a_no_is_kept_and_nobody_asks_again_unless_the_person_does(cast: Cast, at: datetime) -> None:
    dan, _ = dans_link(cast, at)
    offer_id = offered(cast, at, DOCUMENT)
    for _ in range(2):
        decline(offer_id=offer_id, said="I would rather not.", by=dan, at=at)
    held = Declined.objects.get()
    assert (held.offer_id, held.at, held.said) == (offer_id, at, "I would rather not.")
    assert research_state(cast.dan_id).answer == "no"
    assert list(research_answers(cast.clinic_id).values()) == ["no"]
    with pytest.raises(Refusal, match=r"consent.research_not_now") as refused:
        offered(cast, at, DOCUMENT)
    assert refused.value.field == "asked_for"
    later = at + timedelta(days=1)
    again = offer(person_id=cast.dan_id, document=DOCUMENT, asked_for=True, by=cast.ben, at=later)
    assert research_state(cast.dan_id).answer == "no", "until they answer anew"
    signed(cast, later, again)
    assert research_state(cast.dan_id).answer == "yes"
    assert AuditRow.objects.filter(event="consent.consent_declined", person_id=cast.dan_id).count() == 1


# req: S116
def test_a_no_after_a_yes_counts_as_a_no(cast: Cast, at: datetime) -> None:
    signed(cast, at, offered(cast, at, DOCUMENT))
    later = at + timedelta(hours=1)
    decline(offer_id=offered(cast, later, DOCUMENT), by=dans_link(cast, later)[0], at=later)
    assert research_state(cast.dan_id).answer == "no"
    assert list(research_answers(cast.clinic_id).values()) == ["no"]


# req: S116
def test_research_is_never_asked_beside_an_open_treatment_document(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    offered(cast, at)
    with pytest.raises(Refusal, match=r"consent.research_not_now") as refused:
        offered(cast, at, DOCUMENT)
    assert (refused.value.field, refused.value.findings[0].item) == ("document", "research.apart")
    assert Offer.objects.count() == 1
    signed(cast, at)
    assert offered(cast, at, DOCUMENT) == offered(cast, at, DOCUMENT)


# req: S116
@pytest.mark.parametrize("who", ["dan", "ben", "theo"])
def test_a_yes_is_taken_back_at_once_by_the_person_or_on_their_word(cast: Cast, at: datetime, who: str) -> None:
    consent_id = signed(cast, at, offered(cast, at, DOCUMENT))
    by = dans_link(cast, at)[0] if who == "dan" else getattr(cast, who)
    lock_until(person_id=cast.dan_id, until=at + timedelta(days=1), by=cast.ben, at=at)
    later = at + timedelta(minutes=1)
    for _ in range(2):
        withdraw(consent_id=consent_id, by=by, at=later)
    assert (research_state(cast.dan_id).answer, research_state(cast.dan_id).at) == ("taken_back", later)
    assert list(research_answers(cast.clinic_id).values()) == ["taken_back"]
    with pytest.raises(Refusal, match=r"consent.research_not_now"):
        offered(cast, later, DOCUMENT)


# req: S116
def test_a_yes_to_an_earlier_version_counts_for_no_list_of_today(cast: Cast, at: datetime) -> None:
    signed(cast, at, offered(cast, at, DOCUMENT))
    newer = {**library_file("consents", DOCUMENT).content}
    del newer["version"]
    a_document(at, 2, **newer)
    assert research_state(cast.dan_id).answer == "yes_to_earlier"
    assert list(research_answers(cast.clinic_id).values()) == ["yes_to_earlier"]
    signed(cast, at, offered(cast, at, DOCUMENT))
    assert research_state(cast.dan_id).answer == "yes"


@pytest.mark.parametrize("who", ["faye", "olga", "cora"])
def test_who_may_not_ask(cast: Cast, at: datetime, who: str) -> None:
    with pytest.raises((Forbidden, NotFound)):
        offer(person_id=cast.dan_id, document=DOCUMENT, by=getattr(cast, who), at=at)
