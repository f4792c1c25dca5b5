"""Home, navigation, search, the walk of one person, and the trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from afterglow.doors.desk import addresses, navigation
from afterglow.doors.desk.worklists import Worklist, worklists
from afterglow.pathway.enquiry.actions.receive_enquiry import public_page, receive_enquiry
from afterglow.pathway.session.actions.register_device import register_device
from afterglow.records.chart.actions.record_allergy import record_allergy
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.schedule.actions.book import book
from afterglow.science.vitals.devices import BEDSIDE_SECONDS
from tests.support import plan as plans
from tests.support.cabinet import a_lot
from tests.support.cast import Cast, register
from tests.support.counting import audit_rows, queries_for

pytestmark = pytest.mark.django_db
STAFF = ("ana", "ben", "theo", "faye", "olga")


def flag(cast: Cast, at: datetime, number: int = 0) -> None:
    open_flag(
        person_id=cast.dan_id,
        kind="suicide_item",
        urgency="urgent",
        sentence=f"PHQ-9 item 9 is {number}.",
        source_kind="response",
        source_id=f"r-{number}",
        due_at=at + timedelta(minutes=15),
        by=cast.ben,
        at=at,
    )


def test_every_page_the_desk_links_to_is_there() -> None:
    numbered = {"aftercare:visit": (uuid4(), 7)}  # all others are named by ids alone
    missing = [name for name, ids in addresses.LINKED.items() if not addresses.address(name, *numbered.get(name, [uuid4()] * ids))]
    assert missing == []


def test_an_address_that_is_not_listed_is_an_error() -> None:
    with pytest.raises(KeyError):
        addresses.address("chart:edit", uuid4())
    with pytest.raises(KeyError):
        addresses.address("chart:person")


@pytest.mark.parametrize(
    ("who", "labels"),
    [
        ("ana", "Today People Enquiries Calendar Rooms Cabinet Pharmacology Clinic Staff Roster Registry"),
        ("ben", "Today People Enquiries Calendar Rooms Cabinet Pharmacology Clinic Roster"),
        ("theo", "Today People Calendar Rooms Pharmacology Roster"),
        ("faye", "Today People Enquiries Calendar Roster"),
        ("olga", "Today Calendar Cabinet Clinic Staff Roster Outbox Registry Trail"),
    ],
)
def test_the_navigation_holds_what_this_person_may_open(cast: Cast, at: datetime, who: str, labels: str) -> None:
    items = navigation.for_page(getattr(cast, who), path="/desk/", at=at)["nav"]
    assert " ".join(item.label for item in items) == labels
    assert [item.label for item in items if item.current] == ["Today"]
    client = cast.client(who)
    assert {item.label: client.get(item.url).status_code for item in items} == {item.label: 200 for item in items}


def test_the_navigation_counts_flags_for_those_who_read_them(cast: Cast, at: datetime) -> None:
    flag(cast, at)
    una = register(cast.faye, at, "Una")
    open_flag(
        person_id=una,
        kind="left_against_advice",
        urgency="today",
        sentence="Left.",
        source_kind="session",
        source_id="s",
        due_at=at,
        by=cast.ben,
        at=at,
    )
    counts = {who: navigation.for_page(getattr(cast, who), path="/", at=at)["flags_open"] for who in STAFF}
    assert counts == {"ana": 2, "ben": 2, "theo": 1, "faye": 0, "olga": 0}


def test_a_page_of_the_chart_leads_to_the_walk(cast: Cast, at: datetime) -> None:
    path = reverse("chart:person", args=[cast.dan_id])
    assert navigation.for_page(cast.ben, path=path, at=at)["journey_url"] == reverse("desk:journey", args=[cast.dan_id])
    assert "journey_url" not in navigation.for_page(cast.ben, path=reverse("chart:register"), at=at)


@pytest.mark.parametrize(
    ("who", "titles"),
    [
        (
            "ana",
            ["Flags", "To call", "Dosing today", "Enquiries", "Screening", "Consent", "Plans and orders", "Integration", "Reviews", "Aftercare"],
        ),
        ("theo", ["Flags", "To call", "Dosing today", "Screening", "Consent", "Plans and orders", "Integration", "Reviews", "Aftercare"]),
        ("faye", ["Enquiries", "Visits to place"]),
        ("olga", []),
    ],
)
def test_home_holds_the_lists_of_each_role(cast: Cast, who: str, titles: list[str]) -> None:
    client = cast.client(who)
    rows = audit_rows(lambda: client.get(reverse("desk:home")))
    assert [(row.event, row.person_id) for row in rows] == [("desk.home_read", None)]
    assert [row.title for row in client.get(reverse("desk:home")).context["lists"]] == titles


def test_home_shows_what_waits_and_does_not_ask_more_for_more(cast: Cast, at: datetime) -> None:
    client, url = cast.client("ana"), reverse("desk:home")
    flag(cast, at)
    before = queries_for(client, url)
    for number in range(1, 50):
        flag(cast, at, number)
    assert queries_for(client, url) == before
    text = client.get(url).text
    assert "PHQ-9 item 9 is 0." in text and "Nobody owns it yet." in text and "All 50" in text


def test_a_list_that_was_not_read_to_its_end_says_so() -> None:
    whole = Worklist(title="Consent", items=(), total=199, url="", empty="Nobody.", most=200)
    assert whole.counted == "199" and replace(whole, total=200).counted == "200 or more" and replace(whole, total=500, most=None).counted == "500"


def test_the_desk_finds_whose_visits_are_to_be_placed(cast: Cast, at: datetime) -> None:
    client, url = cast.client("faye"), reverse("desk:home")
    before = queries_for(client, url)
    place = reverse("plan:visits", args=[plans.a_plan(cast, at, person_id=plans.ready(cast, at))])
    for number in range(5):
        plans.a_plan(cast, at, person_id=plans.ready(cast, at, register(cast.faye, at, f"Person{number}")), key=f"make {number}")
    text = client.get(url).text
    assert place in text and "the visits of the course are not in the calendar" in text and "All 6" not in text
    assert queries_for(client, url) == before
    assert place in client.get(reverse("desk:journey", args=[cast.dan_id])).text
    assert place not in cast.client("olga").get(url).text


def test_the_owner_sees_what_the_clinic_lacks_and_where_it_is_done(cast: Cast, at: datetime) -> None:
    client, url = cast.client("olga"), reverse("desk:setup")
    for words in ("None writes to Room 1, Room 2.", "No lot that is in date", "Not checked today", "No telephone", "It is done by a prescriber."):
        assert words in client.get(url).text, words
    assert f'href="{reverse("staff:people")}"' in client.get(url).text
    for page in ("staff:roster", "schedule:rooms", "session:devices"):
        assert f'href="{reverse(page)}?site={cast.site_id}"' in client.get(url).text, page
    limits = f'href="{reverse("session:limits_of", args=[cast.site_id])}"'
    assert limits not in client.get(url).text and limits in cast.client("ana").get(url).text
    before = queries_for(client, url)
    register_device(site_id=cast.site_id, room_id=cast.room_id, name="M1", profile=BEDSIDE_SECONDS.name, by=cast.olga, at=at)
    a_lot(cast, at)
    assert "None writes to Room 2." in client.get(url).text and "No lot that" not in client.get(url).text
    assert queries_for(client, url) <= before + 1, "a lot's balance"
    assert [cast.client(who).get(url).status_code for who in ("ana", "ben", "theo", "faye")] == [200, 200, 403, 403]


# hazard: H16
def test_an_enquiry_in_danger_is_strong_from_its_first_minute(cast: Cast, at: datetime) -> None:
    for danger in ("yes", "unknown", "no"):
        receive_enquiry(channel="web", given_name=danger, may_contact=False, danger_now=danger, key=danger, by=public_page(cast.clinic_id), at=at)
    (listed,) = (row for row in worklists(cast.faye, at) if row.title == "Enquiries")
    assert [(item.label, item.strong) for item in listed.items] == [("yes", True), ("unknown", False), ("no", False)]


def test_signed_out_people_are_sent_to_sign_in() -> None:
    from django.test import Client

    assert Client().get(reverse("desk:home")).url.startswith(reverse("accounts:sign_in"))


def test_search(cast: Cast, at: datetime) -> None:
    client, url = cast.client("faye"), reverse("desk:search")
    assert audit_rows(lambda: client.get(url)) == [], "an empty search reads nobody"
    rows = audit_rows(lambda: client.get(url, {"q": "mársh DAN"}))
    assert [(row.event, row.objects_text, row.new_text) for row in rows] == [("desk.search_read", '{"query":"mársh DAN"}', '{"rows":1}')]
    for asked in ("0412", "412", "4 Mar 1982", "marsh"):
        assert reverse("desk:journey", args=[cast.dan_id]) in client.get(url, {"q": asked}).text, asked
    assert "Nobody found for &lt;b&gt;" in client.get(url, {"q": "<b>"}).text
    assert client.get(url, {"q": "a\x00b"}).status_code == 200
    assert "Dan Marsh" not in cast.client("cora").get(url, {"q": "marsh"}).text
    assert cast.client("olga").get(url, {"q": "marsh"}).status_code == 403
    for number in range(60):
        register(cast.faye, at, f"Twin{number:02d}", "Manyname")
    few, many = queries_for(client, f"{url}?q=marsh"), queries_for(client, f"{url}?q=manyname")
    assert few == many
    assert "Only the first 50 are shown" in client.get(url, {"q": "manyname"}).text


def test_the_walk_of_a_new_person(cast: Cast) -> None:
    client, url = cast.client("ana"), reverse("desk:journey", args=[cast.dan_id])
    rows = audit_rows(lambda: client.get(url))
    assert [(row.event, row.person_id) for row in rows] == [("desk.journey_read", cast.dan_id)]
    answer = client.get(url)
    assert [(step.id, step.state) for step in answer.context["walk"].steps] == [
        ("intake", "done"),
        ("screening", "current"),
        ("consent", "next"),
        ("plan", "later"),
        ("session", "later"),
    ]
    assert "Next: Screening" in answer.text and "Dan Marsh" in answer.text and "70.0 kg" in answer.text


# req: S8, C27
def test_the_walk_shows_each_reader_only_their_part(cast: Cast, at: datetime) -> None:
    record_allergy(person_id=cast.dan_id, substance="penicillin", by=cast.ben, at=at)
    flag(cast, at)
    una, url = register(cast.faye, at, "Una"), reverse("desk:journey", args=[cast.dan_id])
    desk = cast.client("faye").get(url).text
    assert "Dan Marsh" in desk and "penicillin" not in desk and "PHQ-9" not in desk and "not opened yet" not in desk
    assert "PHQ-9 item 9" in cast.client("theo").get(url).text
    for who, person, wanted in (("cora", cast.dan_id, 404), ("theo", una, 404), ("olga", cast.dan_id, 403), ("ana", uuid4(), 404)):
        assert cast.client(who).get(reverse("desk:journey", args=[person])).status_code == wanted


def test_the_walk_lists_appointments_at_a_fixed_cost(cast: Cast, at: datetime) -> None:
    client, url = cast.client("faye"), reverse("desk:journey", args=[cast.dan_id])

    def visit(number: int) -> None:
        starts = at + timedelta(days=number + 1)
        book(
            person_id=cast.dan_id, site_id=cast.site_id, room_id=None, staff_user_id=None, kind="review", starts_at=starts,
            ends_at=starts + timedelta(hours=1), key=f"v{number}", by=cast.faye, at=at,
        )  # fmt: skip

    visit(0)
    before = queries_for(client, url)
    for number in range(1, 50):
        visit(number)
    assert queries_for(client, url) == before
    assert "Review" in client.get(url).text


# req: R13
def test_the_trail_says_who_read_and_wrote(cast: Cast, at: datetime) -> None:
    cast.client("ben").get(reverse("chart:person", args=[cast.dan_id]))
    client, url = cast.client("olga"), reverse("desk:trail_of_person", args=[cast.dan_id])
    rows = audit_rows(lambda: client.get(url))
    assert [(row.event, row.person_id) for row in rows] == [("desk.trail_read", cast.dan_id)]
    text = client.get(url).text
    assert "Chart: overview read" in text and "Ben Okoye" in text and "0412" in text
    assert "Marsh" not in text and "+1 555 0100" not in text, "its reader answers for access, not for care"
    whole = client.get(reverse("desk:trail"))
    assert whole.status_code == 200 and "Older rows" not in whole.text and "Cora" not in whole.text
    assert client.get(reverse("desk:trail"), {"record": "412"}).url == url
    assert client.get(reverse("desk:trail"), {"record": "9999"}).status_code == 422
    assert client.get(reverse("desk:trail_of_person", args=[uuid4()])).status_code == 404
    other = register(cast.faye, at, "Una")
    assert client.get(reverse("desk:trail_of_person", args=[other])).status_code == 200
    for who in ("ana", "ben", "theo", "faye"):
        assert cast.client(who).get(url).status_code == 403
    assert cast.client("cora").get(url).status_code == 403


def test_a_long_trail_comes_in_pages_at_a_fixed_cost(cast: Cast, at: datetime) -> None:
    client, url = cast.client("olga"), reverse("desk:trail")
    before = queries_for(client, url)
    for number in range(120):
        register(cast.faye, at, f"P{number:03d}")
    assert queries_for(client, url) == before
    first = client.get(url)
    assert len(first.context["lines"]) == 100 and first.context["older_than"]
    second = client.get(url, {"older_than": first.context["older_than"]})
    assert {row.id for row, _ in first.context["lines"]} & {row.id for row, _ in second.context["lines"]} == set()
    assert client.get(url, {"older_than": "x"}).status_code == 200
