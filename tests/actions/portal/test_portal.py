"""Drafts of the intake, its steps, and the invitation that goes out with a link."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from afterglow.doors.portal import drafts, steps
from afterglow.doors.portal.invite import LINK_LASTS, invite, on_call_ids, pageable
from afterglow.doors.portal.models import IntakeDraft
from afterglow.ground.access import links
from afterglow.ground.access.actor import Actor
from afterglow.ground.access.links import OpenLink
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.records.chart import access as chart
from afterglow.records.chart.actions.edit_person import edit_person
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.chart.actions.review_list import review_list
from afterglow.records.measures import queries as measures
from afterglow.records.staff.actions.record_paging_phone import record_paging_phone
from tests.support.cast import Cast, register

pytestmark = pytest.mark.django_db


def holder(cast: Cast, at: datetime, person_id: UUID) -> Actor:
    return OpenLink(UUID(int=7), cast.clinic_id, person_id, "intake", "", "Holder", at + timedelta(days=14)).actor()


def sent(cast: Cast, at: datetime, *instruments: str, key: str = "i1", by: Actor | None = None) -> str:
    return invite(person_id=cast.dan_id, site_id=cast.site_id, instruments=instruments, key=key, by=by or cast.faye, at=at).token


# req: S13
def test_the_invitation_assigns_and_makes_one_link(cast: Cast, at: datetime) -> None:
    token = sent(cast, at, "phq9", "gad7")
    link, cookie = links.open_by_token(token, at=at)
    assert (link.person_id, link.purpose, link.expires_at) == (cast.dan_id, "intake", at + LINK_LASTS)
    assert links.open_by_cookie(cookie, at=at + LINK_LASTS) is None, "it ends after 14 days"
    assert [row.paper.short_name for row in measures.open_assignments(cast.dan_id, "link")] == ["GAD-7", "PHQ-9"]
    with pytest.raises(Refusal, match="portal.link_shown"):
        sent(cast, at, "gad7", "phq9")


# hazard: H16
def test_nothing_goes_out_when_one_part_may_not(cast: Cast, at: datetime) -> None:
    later = at + timedelta(days=30)
    assert on_call_ids(cast.site_id, at) == (cast.ana.user_id,)
    assert on_call_ids(cast.site_id, later) == ()
    with pytest.raises(Refusal, match="measures.not_by_link"):
        sent(cast, later, "gad7", "phq9")
    assert measures.open_assignments(cast.dan_id) == []
    assert links.open_by_token(sent(cast, later, "gad7", key="i2"), at=later)


# req: N43
# hazard: H16
def test_a_question_about_self_harm_goes_out_only_where_somebody_can_be_paged(cast: Cast, at: datetime, settings: Any) -> None:
    settings.MAIL = None
    assert on_call_ids(cast.site_id, at) == (cast.ana.user_id,)
    assert pageable(cast.site_id, at) == ()
    with pytest.raises(Refusal, match="measures.not_by_link") as refused:
        sent(cast, at, "gad7", "phq9")
    assert "can be paged" in str(refused.value.findings)
    assert measures.open_assignments(cast.dan_id) == []
    settings.SMS_URL = "https://gateway.example/"
    assert pageable(cast.site_id, at) == (), "a gateway reaches nobody who gave no number"
    record_paging_phone(user_id=cast.ana.user_id, number="+1 555 010 0200", by=cast.ana, at=at)
    assert pageable(cast.site_id, at) == (cast.ana.user_id,)
    assert links.open_by_token(sent(cast, at, "gad7", "phq9", key="i2"), at=at)


def test_who_may_invite(cast: Cast, at: datetime) -> None:
    with pytest.raises(NotFound):
        sent(cast, at, by=cast.cora)
    with pytest.raises(Forbidden):
        sent(cast, at, by=cast.olga)


# req: C1
def test_a_draft_is_kept_encrypted_and_given_back(cast: Cast, at: datetime) -> None:
    me = holder(cast, at, cast.dan_id)
    drafts.keep(person_id=cast.dan_id, step="medicines", typed={"name": "Sertr"}, by=me, at=at)
    drafts.keep(person_id=cast.dan_id, step="medicines", typed={"name": "Sertraline"}, by=me, at=at)
    assert drafts.typed_so_far(cast.dan_id, "medicines", by=me) == {"name": "Sertraline"}
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT draft_text FROM "{IntakeDraft._meta.db_table}"')  # noqa: S608
        assert "Sertr" not in cursor.fetchone()[0]
    drafts.drop(cast.dan_id, "medicines", by=me)
    assert drafts.typed_so_far(cast.dan_id, "medicines", by=me) == {}


def test_a_draft_has_bounds_and_an_owner(cast: Cast, at: datetime) -> None:
    me, other = holder(cast, at, cast.dan_id), register(cast.faye, at, "Other")
    with pytest.raises(Refusal, match="portal.draft_too_long"):
        drafts.keep(person_id=cast.dan_id, step="about", typed={"address": "a" * 20_001}, by=me, at=at)
    with pytest.raises(NotFound):
        drafts.keep(person_id=other, step="about", typed={}, by=me, at=at)
    drafts.keep(person_id=cast.dan_id, step="about", typed={"address": "a"}, by=me, at=at)
    assert (drafts.forget_drafts(at), drafts.forget_drafts(at + timedelta(seconds=1))) == (0, 1)


def test_one_step_at_a_time(cast: Cast, at: datetime) -> None:
    new = register(cast.faye, at, "New")
    me = holder(cast, at, new)

    def states() -> dict[str, str]:
        return {step.slug: step.state for step in steps.steps_of(chart.fetch_person(me, new))}

    assert states() == {
        "about": "current",
        "private": "later",
        "problems": "later",
        "medicines": "later",
        "allergies": "later",
        "treatments": "later",
    }
    edit_person(person_id=new, version=1, changes={"born_on": date(1980, 1, 2), "phone": "+1 555 1", "emergency_phone": "+1 555 2"}, by=me, at=at)
    assert states()["about"] == "current", "nobody has said yet how they want to be written to"
    edit_person(person_id=new, version=2, changes={"contact_by": "phone"}, by=me, at=at)
    assert states()["private"] == "current"
    drafts.keep(person_id=new, step="private", typed={"could_be_pregnant": "unknown"}, by=me, at=at)
    assert (states()["private"], states()["problems"]) == ("done", "current"), "asked in person later is an answer for the walk, not for the chart"
    assert chart.fetch_person(me, new).could_be_pregnant == "unknown"
    for name in ("problems", "medicines", "allergies", "trials"):
        review_list(person_id=new, list_name=name, none_known=True, by=me, at=at)
    assert steps.next_of(steps.steps_of(chart.fetch_person(me, new))) is None


def test_a_list_is_done_when_someone_went_through_it_after_its_last_entry(cast: Cast, at: datetime) -> None:
    me = holder(cast, at, cast.dan_id)

    def medicines() -> steps.Step:
        return next(step for step in steps.steps_of(chart.fetch_person(me, cast.dan_id)) if step.slug == "medicines")

    record_medicine(person_id=cast.dan_id, name="Sertraline", by=me, at=at)
    assert (medicines().state != "done", medicines().note) == (True, "1 so far")
    review_list(person_id=cast.dan_id, list_name="medicines", none_known=False, by=me, at=at)
    assert (medicines().state, medicines().note) == ("done", "1 on the list")
    record_medicine(person_id=cast.dan_id, name="Lithium", by=cast.ben, at=at + timedelta(minutes=1))
    assert medicines().state != "done"
