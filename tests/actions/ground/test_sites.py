"""A clinic's second site: added by its owner once, with nothing in it, and worked at."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from afterglow.ground.accounts import queries
from afterglow.ground.accounts.models import Site
from afterglow.ground.accounts.sites import add_site
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, Refusal
from afterglow.pathway.session.queries.limits import site_limits
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.actions.add_room import add_room
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def asked(cast: Cast, at: datetime, **other: Any) -> dict[str, Any]:
    told = {
        "name": "Airport",
        "zone": "America/New_York",
        "state": "ny",
        "address": "1 Runway",
        "phone": "+1 555 0190",
        "open_days": "67",
        "opens": time(10),
        "closes": time(18),
        "key": "k1",
        "by": cast.olga,
        "at": at,
    }
    return told | other


def second_site(cast: Cast, at: datetime) -> UUID:
    return add_site(**asked(cast, at))


# req: S9
def test_a_second_site_is_written_once_and_audited(cast: Cast, at: datetime) -> None:
    made = second_site(cast, at)
    assert second_site(cast, at) == made
    row = queries.site(made, clinic_id=cast.clinic_id)
    assert (row.name, row.zone, row.state, row.open_days, row.opens, row.closes) == ("Airport", "America/New_York", "NY", "67", time(10), time(18))
    assert AuditRow.objects.filter(event="accounts.site_added", clinic_id=cast.clinic_id).count() == 1
    assert len(site_limits(made).open) == len(site_limits(made).rows) > 0, "no prescriber has accepted its limits: no session starts there"


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"name": " "}, "accounts.site_name"),
        ({"name": "hARBOUR"}, "accounts.site_name"),
        ({"zone": "America/Nowhere"}, "accounts.unknown_zone"),
        ({"state": " "}, "accounts.no_state"),
        ({"open_days": ""}, "accounts.opening_hours"),
        ({"open_days": "8"}, "accounts.opening_hours"),
        ({"closes": time(9)}, "accounts.opening_hours"),
        ({"key": ""}, "write.no_key"),
    ],
)
def test_what_is_refused(cast: Cast, at: datetime, other: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        add_site(**asked(cast, at, **other))
    assert Site.objects.filter(clinic_id=cast.clinic_id).count() == 1


def test_only_the_owner_adds_one_and_only_to_the_own_clinic(cast: Cast, at: datetime) -> None:
    with pytest.raises(Forbidden):
        add_site(**asked(cast, at, by=cast.ana))
    add_site(**asked(cast, at))
    assert Site.objects.filter(clinic_id=cast.other_clinic_id).count() == 1


# req: S9
def test_a_new_site_with_an_earlier_name_moves_no_time_and_no_telephone_of_the_clinic(cast: Cast, at: datetime) -> None:
    """What no site is named for stays with the founding one: a name cannot shift a typed time by three hours."""
    before = queries.clinic(cast.clinic_id)
    second_site(cast, at)
    assert [row.name for row in queries.sites_of(cast.clinic_id)] == ["Airport", "Harbour"]
    assert queries.clinic(cast.clinic_id) == before and queries.founding_site(cast.clinic_id).id == cast.site_id


# req: S9
def test_the_site_somebody_works_at_is_remembered_on_every_page_that_has_sites(cast: Cast, at: datetime) -> None:
    second = second_site(cast, at)
    add_room(site_id=second, name="Gate room", kind="dosing", by=cast.olga, at=at)
    client = cast.client("ana")
    assert "Rooms of Harbour" in client.get(reverse("schedule:rooms")).text
    there = client.get(f"{reverse('schedule:rooms')}?site={second}").text
    assert "Rooms of Airport" in there and "Gate room" in there and "Room 1" not in there
    for name in ("schedule:rooms", "schedule:today", "staff:roster", "session:day", "session:board", "session:limits", "cabinet:day"):
        page = client.get(reverse(name)).text
        assert "Airport" in page, name
    assert "Times: America/New_York" in client.get(reverse("schedule:today")).text
    assert "Room 1" not in client.get(reverse("session:board")).text
    assert "Rooms of Harbour" in client.get(f"{reverse('schedule:rooms')}?site={cast.site_id}").text
    assert "Rooms of Harbour" in client.get(reverse("schedule:rooms")).text


def test_a_site_of_another_clinic_is_not_found_and_not_remembered(cast: Cast, at: datetime) -> None:
    client = cast.client("ana")
    for name in ("schedule:rooms", "staff:roster", "session:board", "cabinet:day"):
        for wrong in (cast.other_site_id, "no-uuid"):
            assert client.get(f"{reverse(name)}?site={wrong}").status_code == 404, name
    assert "Rooms of Harbour" in client.get(reverse("schedule:rooms")).text


# req: S9
def test_the_owner_adds_it_on_a_page_and_sees_what_it_lacks(cast: Cast, at: datetime) -> None:
    client, url = cast.client("olga"), reverse("accounts:add_site")
    form = client.get(url)
    assert "Add a site" in form.text and url in client.get(reverse("desk:setup")).text
    told = {
        "key": form.context["form"].initial["key"], "name": "Airport", "zone": "America/New_York", "state": "NY", "open_days": ["6", "7"],
        "opens": "10:00", "closes": "18:00",
    }  # fmt: skip
    wrong = client.post(url, told | {"zone": "Nowhere", "address": "1 Runway"})
    assert wrong.status_code == 422 and "There is no time zone called Nowhere." in wrong.text and 'value="1 Runway"' in wrong.text
    assert client.post(url, told | {"open_days": []}).status_code == 422
    assert client.post(url, told).status_code == 302 and client.post(url, told).status_code == 302
    assert [row.name for row in queries.sites_of(cast.clinic_id)] == ["Airport", "Harbour"]
    made = queries.sites_of(cast.clinic_id)[0].id
    page = client.get(reverse("desk:setup")).text
    assert f"{reverse('schedule:rooms')}?site={made}" in page and f"{reverse('schedule:rooms')}?site={cast.site_id}" in page
    assert cast.client("faye").get(url).status_code == 403


# req: S9
def test_a_shift_and_a_booking_stay_at_the_site_of_their_page(cast: Cast, at: datetime) -> None:
    """The form names its site: another window that changed the site cannot move what is sent from this one."""
    second = second_site(cast, at)
    client = cast.client("faye")
    book = reverse("schedule:book", args=[cast.dan_id])
    page = client.get(f"{book}?site={cast.site_id}").text
    assert f'action="?site={cast.site_id}"' in page
    client.get(f"{reverse('schedule:today')}?site={second}")
    told = {"key": "form-1", "kind": "review", "day": "2099-06-01", "starts": "09:00", "minutes": "60", "room_id": "", "staff_user_id": ""}
    assert client.post(f"{book}?site={cast.site_id}", told).status_code == 302
    row = schedule.of_person(cast.dan_id)[0]
    assert (row.site_id, row.zone) == (cast.site_id, "America/Los_Angeles") and row.starts_at.isoformat() == "2099-06-01T16:00:00+00:00"
