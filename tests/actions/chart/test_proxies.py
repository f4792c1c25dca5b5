"""Somebody acts for a person: with that person's consent alone, no longer than it stands, and never in what only the person can say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from afterglow.ground.access import links
from afterglow.ground.access.actor import Actor
from afterglow.ground.access.links import OpenLink
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.records.chart import access as chart
from afterglow.records.chart.actions.edit_person import edit_person
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.chart.actions.record_proxy import record_proxy, withdraw_proxy
from afterglow.records.chart.models import Proxy
from afterglow.records.chart.queries import medicines
from afterglow.records.chart.queries.proxies import ended_proxies, proxies_of
from tests.support.cast import Cast, register

pytestmark = pytest.mark.django_db
FILLS = frozenset({"may_fill_intake"})


def recorded(cast: Cast, at: datetime, **more: Any) -> UUID:
    said: dict[str, Any] = {
        "name": "Mia Marsh", "relation": "sister", "may": FILLS, "consented": True, "consent_how": "in_person", "consented_at": at, "by": cast.faye,
    }  # fmt: skip
    return record_proxy(person_id=cast.dan_id, at=at, **said | more)


def mia(cast: Cast, at: datetime, proxy_id: UUID, person_id: UUID | None = None) -> Actor:
    lasts = at + timedelta(days=14)
    return OpenLink(UUID(int=8), cast.clinic_id, person_id or cast.dan_id, links.PROXY, str(proxy_id), "Mia Marsh", lasts).actor()


# req: S4
def test_the_consent_is_recorded_with_when_how_and_by_whom(cast: Cast, at: datetime) -> None:
    made = recorded(cast, at, may=frozenset({"may_be_called", "may_hear_visits"}), phone="+1 555 0109", consented_at=at - timedelta(days=1))
    row = proxies_of(cast.dan_id)[0]
    assert (row.id, row.name, row.relation, row.phone, row.consent_how) == (made, "Mia Marsh", "sister", "+1 555 0109", "in_person")
    assert (row.may_be_called, row.may_hear_visits, row.may_fill_intake) == (True, True, False)
    assert (row.consented_at, row.recorded_at, row.recorded_by) == (at - timedelta(days=1), at, cast.faye.name)
    told = AuditRow.objects.get(event="chart.proxy_recorded", person_id=cast.dan_id)
    assert (told.actor_name, '"consent_how":"in_person"' in told.new_text) == (cast.faye.name, True)


def test_the_same_again_is_the_one_that_stands_and_other_words_are_refused(cast: Cast, at: datetime) -> None:
    made = recorded(cast, at)
    assert recorded(cast, at + timedelta(seconds=2)) == made
    with pytest.raises(Refusal, match="chart.proxy_stands"):
        recorded(cast, at, name="mia marsh", may=frozenset({"may_hear_visits"}))
    assert [row.id for row in proxies_of(cast.dan_id)] == [made]


# req: S4
@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"consented": False}, "chart.no_proxy_consent"),
        ({"consent_how": ""}, "chart.no_proxy_consent|chart.not_a_choice"),
        ({"consent_how": "guessed"}, "chart.not_a_choice"),
        ({"may": frozenset()}, "chart.proxy_nothing"),
        ({"may": frozenset({"may_sign"})}, "chart.proxy_nothing"),
        ({"may": frozenset({"may_be_called"})}, "chart.proxy_no_phone"),
        ({"name": "  "}, "chart.text_missing"),
        ({"relation": ""}, "chart.text_missing"),
        ({"name": "M\x00a"}, "chart.text_refused"),
    ],
)
def test_without_the_consent_there_is_no_proxy(cast: Cast, at: datetime, more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        recorded(cast, at, **more)
    with pytest.raises(Refusal, match="clock.future"):
        recorded(cast, at, consented_at=at + timedelta(hours=1))
    assert proxies_of(cast.dan_id) == []


# req: S4
def test_who_may_record_it_and_who_may_not(cast: Cast, at: datetime) -> None:
    own = OpenLink(UUID(int=7), cast.clinic_id, cast.dan_id, "intake", "", "Dan Marsh", at + timedelta(days=1)).actor()
    with pytest.raises(NotFound):
        recorded(cast, at, by=cast.cora)
    for by in (cast.olga, own):
        with pytest.raises(Forbidden):
            recorded(cast, at, by=by)
    made = recorded(cast, at)
    for by in (cast.olga, own, mia(cast, at, made)):
        with pytest.raises(Forbidden):
            withdraw_proxy(proxy_id=made, reason="x", by=by, at=at)
    with pytest.raises(NotFound):
        withdraw_proxy(proxy_id=made, reason="x", by=cast.cora, at=at)
    assert [row.id for row in proxies_of(cast.dan_id)] == [made]


# req: S4
def test_a_withdrawal_counts_at_once_and_ends_the_links(cast: Cast, at: datetime) -> None:
    made = recorded(cast, at)
    by = mia(cast, at, made)
    assert chart.fetch_person(by, cast.dan_id).id == cast.dan_id
    _, token = links.make_link(
        clinic_id=cast.clinic_id, person_id=cast.dan_id, holder="Mia Marsh", purpose=links.PROXY, subject=str(made), lasts=timedelta(days=1),
        by=cast.faye, at=at,
    )  # fmt: skip
    _, cookie = links.open_by_token(token, at=at)
    with pytest.raises(Refusal, match="chart.no_reason"):
        withdraw_proxy(proxy_id=made, reason=" ", by=cast.faye, at=at)
    gone = withdraw_proxy(proxy_id=made, reason="Dan asked for it.", by=cast.ben, at=at)
    assert withdraw_proxy(proxy_id=made, reason="Again.", by=cast.ben, at=at) == gone
    assert links.open_by_cookie(cookie, at=at) is None
    with pytest.raises(Refusal, match="link.not_open"):
        links.open_by_token(token, at=at)
    with pytest.raises(NotFound):
        record_medicine(person_id=cast.dan_id, name="Sertraline", by=by, at=at)  # the very same actor, a moment later
    assert proxies_of(cast.dan_id) == [] and medicines(cast.dan_id).rows == ()
    assert [(row.name, row.recorded_by, row.reason) for row in ended_proxies(cast.dan_id)] == [("Mia Marsh", cast.ben.name, "Dan asked for it.")]
    told = AuditRow.objects.get(event="chart.proxy_withdrawn", person_id=cast.dan_id)
    assert (told.actor_name, told.reason, told.new_text) == (cast.ben.name, "Dan asked for it.", '{"links_ended":1}')
    assert recorded(cast, at + timedelta(days=1)) != made, "the person may agree anew"


# req: S4
def test_a_link_without_a_consent_that_lets_it_opens_nothing(cast: Cast, at: datetime) -> None:
    other = register(cast.faye, at, "Other")
    only_told = recorded(cast, at, name="Bo Lind", may=frozenset({"may_hear_visits"}))
    for by in (mia(cast, at, UUID(int=9)), mia(cast, at, only_told), mia(cast, at, recorded(cast, at), other)):
        with pytest.raises(NotFound):
            chart.fetch_person(by, by.person_id or other)


# req: S4
def test_a_proxy_is_named_in_every_row_and_says_nothing_that_is_the_persons_own(cast: Cast, at: datetime) -> None:
    by = mia(cast, at, recorded(cast, at))
    record_medicine(person_id=cast.dan_id, name="Sertraline", by=by, at=at)
    assert [row.recorded_by for row in medicines(cast.dan_id).rows] == ["Mia Marsh (proxy)"]
    assert AuditRow.objects.get(event="chart.row_recorded", objects_text__contains="medicines").actor_name == "Mia Marsh"
    person = chart.fetch_person(by, cast.dan_id)
    for own in ({"phone": "+1 555 0666"}, {"email": "mia@example.org"}, {"contact_by": "none"}, {"could_be_pregnant": "yes"}):
        with pytest.raises(Refusal, match="chart.only_the_person"):
            edit_person(person_id=cast.dan_id, version=person.version, changes=own, by=by, at=at)
    edit_person(person_id=cast.dan_id, version=person.version, changes={"emergency_name": "Mia Marsh"}, by=by, at=at)
    assert chart.fetch_person(by, cast.dan_id).emergency_name == "Mia Marsh"
    with pytest.raises(Forbidden):
        chart.fetch_person(by, cast.dan_id, need="portal.consent.sign")


def test_the_database_keeps_every_consent_as_it_was(cast: Cast, at: datetime) -> None:
    made = recorded(cast, at)
    with pytest.raises(DatabaseError), transaction.atomic():
        Proxy.objects.filter(id=made).update(may_be_called=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Proxy.objects.filter(id=made).delete()
