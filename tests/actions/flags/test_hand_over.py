"""Every open flag stays with somebody who can answer it: owners who leave, whose licence ends, or whose duty is over; and flags that nobody owns."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from afterglow.doors.jobs.owners import settle_owners
from afterglow.doors.jobs.tick import tick
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import actions as accounts
from afterglow.ground.accounts.models import User
from afterglow.ground.audit.models import AuditRow
from afterglow.records.flags import queries
from afterglow.records.flags.actions.close_flag import close_flag
from afterglow.records.flags.actions.hand_over import hand_over
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.flags.actions.own_flag import own_flag
from afterglow.records.flags.models import Flag
from afterglow.records.staff.actions.end_credential import end_credential
from afterglow.records.staff.actions.roster import cancel_shift, roster
from afterglow.records.staff.models import Credential, Shift
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NOTE = "Spoke to Dan for ten minutes; safe tonight; call tomorrow 09:00."


@pytest.fixture(autouse=True)
def empty_roster(cast: Cast) -> None:
    Shift.objects.all().delete()


def a_flag(cast: Cast, at: datetime, owner: Actor | None = None, source: str = "1") -> UUID:
    return open_flag(
        person_id=cast.dan_id, kind="suicide_item", urgency="urgent", sentence="PHQ-9 item 9 was answered above 0.", source_kind="response",
        source_id=source, owner_id=owner.user_id if owner else None, by=Actor.job("test", cast.clinic_id), at=at,
    )  # fmt: skip


def on_duty(cast: Cast, who: Actor, starts_at: datetime, hours: int = 8, duty: str = "on_call") -> UUID:
    assert who.user_id is not None
    return roster(
        site_id=cast.site_id, user_id=who.user_id, duty=duty, starts_at=starts_at, ends_at=starts_at + hours * HOUR, by=cast.olga, at=starts_at
    )


def owner(flag_id: UUID, at: datetime) -> str:
    return queries.flag_row(flag_id, at).owner_name


def audited() -> list[tuple[str, str]]:
    return list(AuditRow.objects.filter(event="flags.flag_handed_over").order_by("id").values_list("old_text", "new_text"))


# hazard: H16
def test_an_owner_who_left_gives_it_to_whoever_is_on_call_once(cast: Cast, at: datetime) -> None:
    flag = a_flag(cast, at)
    own_flag(flag_id=flag, by=cast.ben, at=at)
    on_duty(cast, cast.ana, at)
    assert settle_owners(at) == 0, "who took it off the roster keeps it"
    accounts.end_membership(user_id=cast.ben.user_id, by=cast.olga, at=at + HOUR)
    tick(at + HOUR)
    assert owner(flag, at) == "Ana Ruiz"
    assert "Ana Ruiz is on call and owns it now." in queries.story(flag)[-1].text
    rows, story = len(audited()), len(queries.story(flag))
    assert rows == 1
    tick(at + HOUR)
    assert (len(audited()), len(queries.story(flag))) == (rows, story)


# hazard: H16
@pytest.mark.parametrize("duty", ["on_site", "on_call"])
def test_an_owner_whose_duty_is_over_gives_it_to_the_next(cast: Cast, at: datetime, duty: str) -> None:
    on_duty(cast, cast.ben, at, duty=duty)
    flag = a_flag(cast, at)
    own_flag(flag_id=flag, by=cast.ben, at=at)
    on_duty(cast, cast.ana, at + 4 * HOUR)
    assert settle_owners(at + 5 * HOUR) == 0
    assert settle_owners(at + 8 * HOUR) == 1
    assert owner(flag, at) == "Ana Ruiz"
    assert queries.flag_row(flag, at).due_at == at + timedelta(minutes=15), "its clock runs on"
    own_flag(flag_id=flag, by=cast.ben, at=at + 9 * HOUR)
    assert settle_owners(at + 9 * HOUR) == 0, "who takes it back while off the roster keeps it"


def test_with_nobody_on_call_the_one_who_went_home_keeps_it(cast: Cast, at: datetime) -> None:
    on_duty(cast, cast.ben, at)
    flag = a_flag(cast, at, owner=cast.ben)
    assert settle_owners(at + 20 * HOUR) == 0
    assert owner(flag, at) == "Ben Okoye"


def test_a_shift_that_was_cancelled_covers_no_longer(cast: Cast, at: datetime) -> None:
    shift = on_duty(cast, cast.ben, at)
    on_duty(cast, cast.ana, at)
    flag = a_flag(cast, at, owner=cast.ben)
    assert settle_owners(at) == 0
    cancel_shift(shift_id=shift, reason="Ill.", by=cast.olga, at=at + HOUR)
    assert settle_owners(at + HOUR) == 1
    assert owner(flag, at) == "Ana Ruiz"


# hazard: H16
def test_a_licence_that_ended_takes_the_flag_away_even_when_nobody_is_on_call(cast: Cast, at: datetime) -> None:
    flag = a_flag(cast, at)
    own_flag(flag_id=flag, by=cast.ben, at=at)
    licence = Credential.objects.get(user_id=cast.ben.user_id, kind="nursing_licence")
    end_credential(credential_id=licence.id, reason="Withdrawn.", by=cast.olga, at=at + HOUR)
    assert settle_owners(at + HOUR) == 1
    row = queries.flag_row(flag, at + HOUR)
    assert (row.owner_id, row.overdue) == (None, True)
    assert "Its owner's licence has ended. Nobody owns it now" in queries.story(flag)[-1].text
    assert settle_owners(at + HOUR) == 0


# hazard: H16
def test_what_nobody_owns_stands_at_the_top_and_goes_to_the_first_on_call(cast: Cast, at: datetime) -> None:
    flag = a_flag(cast, at)
    for who, seen in (("ana", True), ("ben", True), ("faye", False), ("olga", False)):
        page = cast.client(who).get(reverse("desk:home")).text
        assert ("Nobody owns this" in page) is seen, who
    assert "Nobody owns this" not in cast.client("cora").get(reverse("desk:home")).text
    assert settle_owners(at) == 0
    on_duty(cast, cast.ana, at + HOUR)
    assert settle_owners(at + timedelta(minutes=59)) == 0
    assert settle_owners(at + HOUR) == 1
    assert owner(flag, at) == "Ana Ruiz"
    page = cast.client("ben").get(reverse("desk:home")).text
    assert "Nobody owns this" not in page
    assert flag in [row.id for row in queries.untaken_urgent()], "named by the software, she is paged until she takes it"


def test_who_has_taken_a_flag_is_a_person_and_not_a_name(cast: Cast, at: datetime) -> None:
    """Two colleagues of one name: what one took is not taken by the other.  A colleague with a new name keeps what she took."""
    User.objects.filter(id=cast.ana.user_id).update(name="Ben Okoye")
    ana = replace(cast.ana, name="Ben Okoye")
    flag = a_flag(cast, at)
    own_flag(flag_id=flag, by=cast.ben, at=at)
    assert queries.is_taken(flag)
    Flag.objects.filter(id=flag).update(owner_id=ana.user_id)  # as the software names another owner
    assert not queries.is_taken(flag)
    assert [row.taken for row in queries.held_flags(cast.clinic_id) if row.id == flag] == [False]
    assert flag in [row.id for row in queries.untaken_urgent()]
    own_flag(flag_id=flag, by=ana, at=at)
    User.objects.filter(id=cast.ana.user_id).update(name="Ana Lind")
    assert queries.is_taken(flag) and flag not in [row.id for row in queries.untaken_urgent()]
    assert [row.taken for row in queries.held_flags(cast.clinic_id) if row.id == flag] == [True]


def test_somebody_on_call_who_may_not_see_the_person_gets_nothing(cast: Cast, at: datetime) -> None:
    flag = open_flag(
        person_id=cast.dan_id, kind="left_against_advice", urgency="today", sentence="Left.", source_kind="session", source_id="s",
        by=Actor.job("test", cast.clinic_id), at=at,
    )  # fmt: skip
    for who in (cast.faye, cast.olga):
        on_duty(cast, who, at)
    assert settle_owners(at) == 0
    assert owner(flag, at) == ""


def test_who_took_or_closed_it_meanwhile_is_not_overruled(cast: Cast, at: datetime) -> None:
    flag, job = a_flag(cast, at, owner=cast.ben), Actor.job("flags", cast.clinic_id, "flags.flag.read", "flags.flag.own")
    own_flag(flag_id=flag, by=cast.theo, at=at)
    words = {"flag_id": flag, "to": cast.ana.user_id, "to_name": "Ana Ruiz", "why": "Off duty.", "by": job, "at": at}
    assert not hand_over(seen=cast.ben.user_id, **words)  # type: ignore[arg-type]
    close_flag(flag_id=flag, note=NOTE, key="c", by=cast.theo, at=at)
    assert not hand_over(seen=cast.theo.user_id, **words)  # type: ignore[arg-type]
    assert owner(flag, at) == "Theo Lind"
    assert audited() == []
