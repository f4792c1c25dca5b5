"""Personal links: a secret in an address, exchanged for a cookie, ended or expired."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from afterglow.ground.access import links
from afterglow.ground.access.models import AccessLink
from afterglow.ground.access.sweep import sweep_links
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Refusal
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def a_link(cast: Cast, at: datetime) -> tuple[AccessLink, str]:
    return links.make_link(
        clinic_id=cast.clinic_id, person_id=cast.dan_id, holder="Dan Marsh", purpose="intake", lasts=timedelta(days=14), by=cast.faye, at=at
    )


# req: R21
def test_neither_token_nor_cookie_is_stored(cast: Cast, at: datetime) -> None:
    link, token = a_link(cast, at)
    _, cookie = links.open_by_token(token, at=at)
    stored = " ".join(str(value) for row in AccessLink.objects.values() for value in row.values())
    trail = " ".join(f"{row.objects_text}{row.new_text}" for row in AuditRow.objects.all())
    assert token not in stored + trail
    assert cookie not in stored + trail


def test_a_link_works_again_until_it_expires(cast: Cast, at: datetime) -> None:
    _, token = a_link(cast, at)
    for day in (0, 3, 13):
        opened, cookie = links.open_by_token(token, at=at + timedelta(days=day))
        assert opened.person_id == cast.dan_id
        assert links.open_by_cookie(cookie, at=at + timedelta(days=day)) == opened
    with pytest.raises(Refusal, match="link.not_open"):
        links.open_by_token(token, at=at + timedelta(days=14))
    assert links.open_by_cookie(cookie, at=at + timedelta(days=14)) is None


def test_an_ended_link_is_closed_for_open_browsers_too(cast: Cast, at: datetime) -> None:
    link, token = a_link(cast, at)
    _, cookie = links.open_by_token(token, at=at)
    links.end_link(link.id, "answered", by=cast.faye, at=at)
    links.end_link(link.id, "again", by=cast.faye, at=at)
    assert links.open_by_cookie(cookie, at=at) is None
    assert AccessLink.objects.get(id=link.id).end_reason == "answered"


@pytest.mark.parametrize("token", ["", "guess", "x" * 400])
def test_a_guess_opens_nothing(cast: Cast, at: datetime, token: str) -> None:
    a_link(cast, at)
    with pytest.raises(Refusal, match="link.not_open") as refused:
        links.open_by_token(token, at=at)
    assert "988" in refused.value.now


def test_its_holder_may_do_one_thing_for_one_person(cast: Cast, at: datetime) -> None:
    _, token = a_link(cast, at)
    actor = links.open_by_token(token, at=at)[0].actor()
    assert actor.may("portal.intake.fill")
    assert not actor.may("chart.person.read")
    assert (actor.person_id, actor.clinic_id, actor.scope) == (cast.dan_id, cast.clinic_id, "own_patients")


def test_old_links_are_swept(cast: Cast, at: datetime) -> None:
    _, token = a_link(cast, at)
    links.open_by_token(token, at=at)
    assert sweep_links(at) == 0
    assert sweep_links(at + timedelta(days=15)) == 1


def test_a_new_link_ends_the_one_before_it(cast: Cast, at: datetime) -> None:
    _, lost = a_link(cast, at)
    _, cookie = links.open_by_token(lost, at=at)
    _, fresh = a_link(cast, at)
    with pytest.raises(Refusal, match="link.not_open"):
        links.open_by_token(lost, at=at)
    assert links.open_by_cookie(cookie, at=at) is None
    assert links.open_by_token(fresh, at=at)[0].person_id == cast.dan_id
