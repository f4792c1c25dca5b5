"""The pages of aftercare: what they show, who may open them, what a form does, and what they cost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from afterglow.doors import clock
from afterglow.ground import ids
from afterglow.pathway.aftercare.actions.end_aftercare import end_aftercare
from afterglow.pathway.aftercare.actions.tasks import set_task
from afterglow.pathway.aftercare.models import AftercarePlan, Check, Task, TaskDay
from afterglow.pathway.aftercare.queries import aftercare as queries
from afterglow.pathway.plan.queries import plans
from afterglow.records.schedule import queries as schedule
from tests.support.aftercare import Given, a_booster, a_course, begun, reviewed, scored
from tests.support.cast import PASSWORD, ZONE, Cast, address, build_cast, register
from tests.support.contact import NOT_NOW, five_form
from tests.support.counting import audit_rows, queries_for

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
AGO = timedelta(days=60)
"""How long ago the course began: its first check is due."""


@pytest.fixture
def at() -> datetime:
    """The pages' own time: their views ask the clock."""
    return clock.now().astimezone(UTC)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    """The cast as it was before the course, licensed for a year."""
    return build_cast(at - AGO)


@pytest.fixture
def held(cast: Cast, at: datetime) -> tuple[Given, UUID]:
    course, aftercare_id, _ = begun(cast, at - AGO)
    return course, aftercare_id


def key_of(client: Client, url: str) -> str:
    return client.get(url).text.rpartition('name="key" value="')[2].split('"')[0]


# req: S62
def test_the_due_list_names_who_is_due(cast: Cast, held: tuple[Given, UUID]) -> None:
    page = cast.client("ben").get(reverse("aftercare:due"))
    assert page.status_code == 200
    assert "One month" in page.text and "Dan Marsh" in page.text and "overdue" in page.text
    assert "Nobody is due" in cast.client("cora").get(reverse("aftercare:due")).text
    assert "Dan Marsh" in cast.client("ben").get(reverse("desk:home")).text


# req: S61
def test_aftercare_is_begun_from_the_page_of_the_person(cast: Cast, at: datetime) -> None:
    course = a_course(cast, at - AGO)
    reviewed(cast, course, course.ended_at)
    url, ana = reverse("aftercare:person", args=[cast.dan_id]), cast.client("ana")
    assert "Begin aftercare" in ana.get(url).text and "Begin aftercare" not in cast.client("theo").get(url).text
    walk = reverse("desk:journey", args=[cast.dan_id])
    assert "to begin" in ana.get(walk).text
    assert ana.post(reverse("aftercare:start", args=[cast.dan_id])).headers["Location"] == url
    shown = ana.get(url).text
    assert "Not reviewed by a clinician yet." in shown and "One year" in shown
    assert "next: one month" in ana.get(walk).text


def test_without_a_review_nothing_is_begun(cast: Cast, at: datetime) -> None:
    a_course(cast, at - AGO)
    ana = cast.client("ana")
    assert "No aftercare yet" in ana.get(reverse("aftercare:person", args=[cast.dan_id])).text
    refused = ana.post(reverse("aftercare:start", args=[cast.dan_id]))
    assert refused.status_code == 422 and "No review is signed" in refused.text
    assert not AftercarePlan.objects.exists()


# req: S62 S64
def test_a_check_is_recorded_on_its_page(cast: Cast, held: tuple[Given, UUID], at: datetime) -> None:
    _, aftercare_id = held
    check = Check.objects.filter(aftercare_id=aftercare_id).earliest("due_on")
    url, ben = reverse("aftercare:check", args=[check.id]), cast.client("ben")
    half = ben.post(url, {"key": key_of(ben, url), "reached": "yes", "how": "phone", "note": "Well, works again.", "next_step": "continue"})
    assert half.status_code == 422 and "Ask the five questions about suicide" in half.text
    empty = ben.post(url, {"key": key_of(ben, url)})
    assert empty.status_code == 422 and "This field is required" in empty.text
    told = {"key": key_of(ben, url), "reached": "yes", "how": "phone", "note": "Well, works again.", "next_step": "continue"}
    without = ben.post(url, told | five_form())
    assert without.status_code == 422 and "PHQ-9 is due. Ask it at this contact, or write why it was not asked." in without.text
    told |= five_form(why_no_scale=NOT_NOW)
    assert ben.post(url, told).status_code == 302
    page = ben.get(url)
    assert "nothing since last contact" in page.text and "PHQ-9 not asked: Tired after the talk" in page.text
    assert "Well, works again." in page.text and "Correct what was recorded" in page.text
    assert queries.check(check.id, at).state == "done"


# req: S64
def test_the_list_of_the_person_is_kept_on_the_page(cast: Cast, held: tuple[Given, UUID], at: datetime) -> None:
    _, aftercare_id = held
    url, theo = reverse("aftercare:person", args=[cast.dan_id]), cast.client("theo")
    add = reverse("aftercare:task", args=[aftercare_id])
    assert theo.post(add, {"key": "x", "text": "", "per_week": "3"}).status_code == 422
    assert theo.post(add, {"key": "walk", "text": "Walk <b>early</b>", "per_week": "3"}).status_code == 302
    task = Task.objects.get()
    today = queries.aftercare(aftercare_id, at).today
    assert theo.post(reverse("aftercare:days", args=[task.id]), {"days": [today.isoformat()]}).status_code == 302
    shown = theo.get(url).text
    assert "Walk &lt;b&gt;early&lt;/b&gt;" in shown and "Ticked 1 time in 1 day" in shown and "What was kept up" in shown
    assert theo.post(reverse("aftercare:days", args=[task.id]), {"days": ["2001-01-01"]}).status_code == 422
    assert theo.post(reverse("aftercare:days", args=[task.id]), {}).status_code == 302
    assert TaskDay.objects.count() == 1, "a page that did not show the tick takes none back"
    assert theo.post(reverse("aftercare:days", args=[task.id]), {"shown": [today.isoformat()]}).status_code == 302
    assert list(TaskDay.objects.order_by("at", "id").values_list("done", flat=True)) == [True, False]
    assert theo.post(reverse("aftercare:end_task", args=[task.id])).status_code == 302
    assert Task.objects.get().ended_on == today


def own_days(dose_at: datetime, scored_at: datetime) -> int:
    """Days of the site's own calendar: a summer that ends between the two makes one of the nights an hour longer."""
    first, last = (moment.astimezone(ZoneInfo(ZONE)).date() for moment in (dose_at, scored_at))
    return (last - first).days


# req: S60 S62 S63
def test_a_relapse_stands_on_the_pages(cast: Cast, at: datetime) -> None:
    scored(cast, cast.dan_id, 20, at - AGO - DAY)
    course, _, _ = begun(cast, at - AGO)
    scored(cast, cast.dan_id, 6, at - 30 * DAY)
    scored(cast, cast.dan_id, 14, at - DAY)
    held, gone = own_days(course.ended_at, at - 30 * DAY), own_days(course.ended_at, at - DAY)
    for url in (reverse("aftercare:due"), reverse("aftercare:person", args=[cast.dan_id]), reverse("desk:home")):
        assert "Relapse watch: 14 now, 6 at best." in cast.client("ana").get(url).text
    aftercare_id = AftercarePlan.objects.get().id
    for url in (reverse("aftercare:person", args=[cast.dan_id]), reverse("aftercare:booster", args=[aftercare_id])):
        assert f"Response held until at least {held} days after the last infusion and was gone at {gone} days." in cast.client("ana").get(url).text
        own = " ".join(re.sub(r"<[^>]+>", " ", cast.client("ana").get(url).text).split())
        assert "The response after the course is gone since" in own and "It stands on one own relapse alone." in own
        assert f"held until at least {held} days, gone at {gone} days" in own and "Not reviewed by a clinician yet." in own


# req: S63
def test_without_an_own_relapse_no_date_is_proposed(cast: Cast, at: datetime) -> None:
    scored(cast, cast.dan_id, 20, at - AGO - DAY)
    course, _, _ = begun(cast, at - AGO)
    scored(cast, cast.dan_id, 6, at - 30 * DAY)
    held = own_days(course.ended_at, at - 30 * DAY)
    url = reverse("aftercare:person", args=[cast.dan_id])
    page = cast.client("ana").get(url).text
    assert "No date is proposed: no relapse of this person is on record." in page
    assert f"response at the last score, {held} days after it; not lost until now, so it is no relapse" in page
    end_aftercare(aftercare_id=AftercarePlan.objects.get().id, reason="Moved away.", by=cast.ana, at=at)
    assert "When to look again" not in cast.client("ana").get(url).text


# req: S63
# hazard: H42
def test_a_booster_is_decided_and_booked_on_its_pages(cast: Cast, held: tuple[Given, UUID], at: datetime) -> None:
    course, aftercare_id = held
    url, ana = reverse("aftercare:booster", args=[aftercare_id]), cast.client("ana")
    today = queries.aftercare(aftercare_id, at).today
    told = {"key": key_of(ana, url), "earliest_on": today.isoformat(), "reason": "Relapse after good weeks.", "password": PASSWORD}
    looked = ana.post(url, told | {"check": "1", "password": ""})
    assert looked.status_code == 200 and "Nobody has asked this time about ketamine from elsewhere" in looked.text
    assert ana.post(url, told).status_code == 422
    assert ana.post(url, told | {"elsewhere": "no", "password": "wrong"}).status_code == 422
    for typed in ({"in_week": "2"}, {"in_review": "often"}, {"in_week": "-1"}, {"elsewhere_on": f"{at:%Y-%m-%d}"}):
        refused = ana.post(url, told | {"elsewhere": "no"} | typed)
        assert refused.status_code == 422 and next(iter(typed.values())) in refused.text, "refused, and what was typed stays"
    lonely = ana.post(url, told | {"elsewhere": "no", "second_email": address("ben")})
    assert lonely.status_code == 422 and "needs both address and password" in lonely.text
    assert plans.plan(course.plan_id).boosters == 0
    signed = ana.post(url, told | {"elsewhere": "no", "second_email": address("ben"), "second_password": PASSWORD})
    assert signed.status_code == 302 and plans.plan(course.plan_id).boosters == 1
    person = ana.get(reverse("aftercare:person", args=[cast.dan_id])).text
    assert "book the visit" in person and "Decide about a booster" not in person

    place, faye = reverse("aftercare:visit", args=[aftercare_id, 7]), cast.client("faye")
    assert place in faye.get(reverse("desk:home")).text
    shown = faye.get(place).text
    body = re.sub(r'value="[^"]*"', "", shown.split("<main")[1].split("</main")[0])  # a token may hold any letters
    assert "0412" in shown and "mg" not in body
    soon = {"key": key_of(faye, place), "day": (today + 2 * DAY).isoformat(), "starts": "10:00", "room_id": str(cast.room_id)}
    early = faye.post(place, soon | {"day": (today - DAY).isoformat()})
    assert early.status_code == 422 and "It is allowed from" in early.text
    assert faye.post(place, soon | {"starts": ""}).status_code == 422
    assert faye.post(place, soon).headers["Location"] == reverse("chart:person", args=[cast.dan_id])
    assert [row.dose_no for row in schedule.of_person(cast.dan_id) if row.state == "booked"].count(7) == 1
    assert "has its visit" in faye.get(place).text
    order = ana.get(reverse("plan:order", args=[course.plan_id, 7]))
    assert order.status_code == 200 and "Order for booster 1" in order.text
    assert "booster 1" in ana.get(reverse("plan:plan", args=[course.plan_id])).text
    assert ana.get(reverse("plan:order", args=[course.plan_id, 8])).status_code == 404
    assert faye.get(reverse("aftercare:visit", args=[aftercare_id, 8])).status_code == 404


def test_ending_needs_a_reason_and_shows_it(cast: Cast, held: tuple[Given, UUID]) -> None:
    _, aftercare_id = held
    ana, url = cast.client("ana"), reverse("aftercare:end", args=[aftercare_id])
    assert ana.post(url, {"reason": ""}).status_code == 422
    assert ana.post(url, {"reason": "Goes on with the family doctor."}).status_code == 302
    assert "Goes on with the family doctor." in ana.get(reverse("aftercare:person", args=[cast.dan_id])).text
    assert ana.post(reverse("aftercare:task", args=[aftercare_id]), {"key": "t", "text": "Walk", "per_week": "3"}).status_code == 422


def test_each_page_about_the_person_is_one_row_in_the_trail(cast: Cast, held: tuple[Given, UUID]) -> None:
    _, aftercare_id = held
    check = Check.objects.filter(aftercare_id=aftercare_id).earliest("due_on")
    ana = cast.client("ana")
    for url in (
        reverse("aftercare:person", args=[cast.dan_id]),
        reverse("aftercare:check", args=[check.id]),
        reverse("aftercare:booster", args=[aftercare_id]),
    ):
        rows = audit_rows(lambda url=url: ana.get(url))  # type: ignore[misc]
        assert [row.person_id for row in rows] == [cast.dan_id]


def test_a_list_costs_the_same_with_one_person_and_with_fifty(cast: Cast, held: tuple[Given, UUID], at: datetime) -> None:
    course, aftercare_id = held
    a_booster(cast, aftercare_id, at)
    ana, urls = cast.client("ana"), (reverse("aftercare:due"), reverse("desk:home"))
    reviewed(cast, Given(register(cast.faye, at - AGO, "Una"), course.plan_id, course.started_at, course.ended_at), at - AGO, after=99)
    before = [queries_for(ana, url) for url in urls]
    row = AftercarePlan.objects.get(id=aftercare_id)
    for number in range(50):
        who = register(cast.faye, at - AGO, f"Person{number}")
        copied = Given(who, course.plan_id, course.started_at, course.ended_at)
        review = reviewed(cast, copied, at - AGO, after=100 + number)
        if number % 5 == 0:
            continue  # a review without its aftercare: somebody to begin with
        mine = AftercarePlan.objects.create(
            id=review, person_id=who, plan_id=row.plan_id, review_id=review, follow_up_id=row.follow_up_id, first_dose_at=row.first_dose_at,
            last_dose_on=row.last_dose_on, made_at=row.made_at, made_by="Ana Ruiz",
        )  # fmt: skip
        Check.objects.create(id=review, aftercare=mine, rule_id="month_1", kind="check", title="One month", due_on=row.last_dose_on)
    assert [queries_for(ana, url) for url in urls] == before


def test_a_long_due_list_comes_page_by_page_and_loses_nobody(cast: Cast, held: tuple[Given, UUID], at: datetime) -> None:
    """The longest overdue first; the counts are of the whole list on every page."""
    _, aftercare_id = held
    today = queries.aftercare(aftercare_id, at).today
    Check.objects.filter(aftercare_id=aftercare_id).update(state="dropped")
    wanted = [
        Check.objects.create(
            id=ids.new_id(at), aftercare_id=aftercare_id, rule_id=f"extra:{days}", kind="check", title=f"Look {days}", due_on=today + days * DAY
        )
        for days in range(-39, 21)
    ]  # fmt: skip
    ana, url = cast.client("ana"), reverse("aftercare:due")
    first, second = ana.get(url).text, ana.get(f"{url}?page=2").text
    shown = [re.findall(r"/aftercare/checks/([0-9a-f-]{36})/", page) for page in (first, second)]
    assert shown[0] + shown[1] == [str(check.id) for check in wanted]
    assert "1 to 50 of 60" in first and "51 to 60 of 60" in second and "?page=2" in first
    for page in (first, second):
        assert "32 overdue, 8 due, 20 in the next 28 days" in page


def test_a_page_costs_the_same_with_many_checks_and_tasks(cast: Cast, held: tuple[Given, UUID], at: datetime) -> None:
    _, aftercare_id = held
    set_task(aftercare_id=aftercare_id, text="Walk", per_week=3, key="first", by=cast.ben, at=at)
    ana, url = cast.client("ana"), reverse("aftercare:person", args=[cast.dan_id])
    before = queries_for(ana, url)
    for number in range(50):
        set_task(aftercare_id=aftercare_id, text=f"Task {number}", per_week=3, key=f"task {number}", by=cast.ben, at=at)
    assert queries_for(ana, url) == before
    assert before <= 30
    end_aftercare(aftercare_id=aftercare_id, reason="The year is over.", by=cast.ana, at=at)
    assert "Add to the list" not in ana.get(url).text
