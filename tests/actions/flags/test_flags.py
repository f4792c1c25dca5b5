"""Flags: opened once per source, owned by one person, closed with a note."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import actions as accounts
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.records.flags import queries
from afterglow.records.flags.actions.close_flag import close_flag
from afterglow.records.flags.actions.escalate_overdue import escalate_overdue, release_ownerless
from afterglow.records.flags.actions.note_flag import note_flag
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.flags.actions.own_flag import own_flag
from afterglow.records.flags.models import Flag
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
NOTE = "Spoke to Dan for ten minutes; safe tonight; call tomorrow 09:00."


def a_flag(cast: Cast, at: datetime, *, by: Actor | None = None, source: str = "response-1") -> UUID:
    return open_flag(
        person_id=cast.dan_id,
        kind="suicide_item",
        urgency="urgent",
        sentence="PHQ-9 item 9 was answered above 0.",
        source_kind="response",
        source_id=source,
        by=by or Actor.job("test", cast.clinic_id),
        at=at,
    )


def test_the_same_source_opens_one_flag(cast: Cast, at: datetime) -> None:
    assert a_flag(cast, at) == a_flag(cast, at + timedelta(minutes=1))
    assert a_flag(cast, at, source="response-2") != a_flag(cast, at)
    assert queries.open_count(cast.clinic_id) == 2


# req: N43
# hazard: H16
def test_it_closes_only_with_an_owner_and_a_note(cast: Cast, at: datetime) -> None:
    flag = a_flag(cast, at)
    with pytest.raises(Refusal, match="flags.not_closed") as refused:
        close_flag(flag_id=flag, note="ok", key="c1", by=cast.ana, at=at)
    assert [finding.item for finding in refused.value.findings] == ["owner", "note"]
    own_flag(flag_id=flag, by=cast.ana, at=at)
    with pytest.raises(Refusal, match="flags.not_closed"):
        close_flag(flag_id=flag, note=NOTE, key="c2", by=cast.ben, at=at)
    close_flag(flag_id=flag, note=NOTE, key="c3", by=cast.ana, at=at)
    close_flag(flag_id=flag, note=NOTE, key="c3", by=cast.ana, at=at)
    assert queries.open_count(cast.clinic_id) == 0
    assert [event.what for event in queries.story(flag)] == ["opened", "owned", "closed"]
    assert AuditRow.objects.filter(event="flags.flag_closed").count() == 1


def test_the_database_holds_the_same_rule(cast: Cast, at: datetime) -> None:
    flag = a_flag(cast, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Flag.objects.filter(id=flag).update(closed_at=at)


def test_a_closed_flag_cannot_be_taken(cast: Cast, at: datetime) -> None:
    flag = a_flag(cast, at)
    own_flag(flag_id=flag, by=cast.ana, at=at)
    close_flag(flag_id=flag, note=NOTE, key="c", by=cast.ana, at=at)
    with pytest.raises(Refusal, match="flags.closed"):
        own_flag(flag_id=flag, by=cast.ben, at=at)


def test_strangers_and_roles_without_the_right(cast: Cast, at: datetime) -> None:
    flag = a_flag(cast, at)
    with pytest.raises(NotFound):
        own_flag(flag_id=flag, by=cast.cora, at=at)
    with pytest.raises(Forbidden):
        own_flag(flag_id=flag, by=cast.olga, at=at)


def test_overdue_flags_are_escalated_once(cast: Cast, at: datetime) -> None:
    flag = a_flag(cast, at)
    assert escalate_overdue(at + timedelta(minutes=14)) == 0
    assert escalate_overdue(at + timedelta(minutes=15)) == 1
    assert escalate_overdue(at + timedelta(minutes=16)) == 0
    assert queries.flag_row(flag, at).escalated_at == at + timedelta(minutes=15)


# hazard: H16
def test_a_flag_whose_owner_left_stands_at_the_top_again(cast: Cast, at: datetime) -> None:
    flag = a_flag(cast, at)
    own_flag(flag_id=flag, by=cast.ben, at=at)
    accounts.end_membership(user_id=cast.ben.user_id, by=cast.olga, at=at + timedelta(minutes=1))
    assert release_ownerless(cast.clinic_id, at + timedelta(minutes=1)) == 1
    row = queries.flag_row(flag, at + timedelta(minutes=1))
    assert (row.owner_id, row.overdue) == (None, True)


def test_notes_are_kept_once_each(cast: Cast, at: datetime) -> None:
    flag = a_flag(cast, at)
    for _ in range(2):
        note_flag(flag_id=flag, text="No answer at 09:05.", key="n1", by=cast.ana, at=at)
    with pytest.raises(Refusal, match="flags.empty_note"):
        note_flag(flag_id=flag, text="  ", key="n2", by=cast.ana, at=at)
    assert [event.text for event in queries.story(flag) if event.what == "noted"] == ["No answer at 09:05."]


def test_the_longest_overdue_stands_first(cast: Cast, at: datetime) -> None:
    late, early = a_flag(cast, at, source="2"), a_flag(cast, at - timedelta(hours=1), source="1")
    assert [row.id for row in queries.open_flags(cast.ana, at)] == [early, late]
    assert queries.open_flags(cast.cora, at) == []
