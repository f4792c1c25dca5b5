"""Recording an event and saying more about it: what is written, each refusal, its audit line, a retry."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.records.adverse import queries, rules
from afterglow.records.adverse.actions.record_event import record_event, update_event
from afterglow.records.adverse.models import AdverseEvent
from afterglow.records.flags import queries as flags
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def recorded(cast: Cast, at: datetime, **other: Any) -> UUID:
    told: dict[str, Any] = {
        "person_id": cast.dan_id, "session_id": "s-1", "kind": "nausea", "grade": 1, "began_at": at - 20 * MINUTE, "done_text": "Cool cloth.",
        "key": "n", "by": cast.ben, "at": at,
    } | other  # fmt: skip
    return record_event(**told)


# req: S72, S73, S75
@pytest.mark.parametrize("kind", ["nausea", "vomiting", "dizziness"])
def test_an_event_is_graded_and_timed(cast: Cast, at: datetime, kind: str) -> None:
    event_id = recorded(cast, at, kind=kind)
    assert recorded(cast, at, kind=kind) == event_id
    rows = queries.of_session("s-1")
    assert [(row.id, row.title, row.grade_word, row.minutes) for row in rows] == [(event_id, kind, "mild", None)]
    assert AuditRow.objects.get(event="adverse.event_recorded", person_id=cast.dan_id).library == "codes/adverse_events version 1"
    assert flags.open_for(cast.dan_id, at) == []


def test_a_change_is_a_new_row_naming_the_old(cast: Cast, at: datetime) -> None:
    first = recorded(cast, at)
    later = at + 10 * MINUTE
    second = update_event(event_id=first, grade=2, ended_at=later, done_text="Ondansetron.", key="u", by=cast.ana, at=later)
    assert [(row.id, row.grade, row.minutes) for row in queries.of_person(cast.dan_id)] == [(second, 2, 30)]
    assert {row.id for row in queries.of_person(cast.dan_id, earlier_entries=True)} == {first, second}
    with pytest.raises(Refusal, match="adverse.not_recorded") as refused:
        update_event(event_id=first, grade=3, ended_at=None, done_text="", key="u2", by=cast.ana, at=later)
    assert [finding.item for finding in refused.value.findings] == ["event.newest"]
    assert AuditRow.objects.filter(event="adverse.event_updated").count() == 1


@pytest.mark.parametrize(
    ("other", "items"),
    [
        ({"kind": "spleen"}, ["event.kind"]),
        ({"grade": 6}, ["event.grade"]),
        ({"kind": "other", "done_text": " "}, ["event.words"]),
        ({"ended_at": "before"}, ["event.times"]),
    ],
)
def test_what_cannot_be_recorded(cast: Cast, at: datetime, other: dict[str, Any], items: list[str]) -> None:
    if other.get("ended_at"):
        other = {"ended_at": at - 30 * MINUTE}
    with pytest.raises(Refusal, match="adverse.not_recorded") as refused:
        recorded(cast, at, **other)
    assert [finding.item for finding in refused.value.findings] == items


def test_the_future_and_strangers_are_refused(cast: Cast, at: datetime) -> None:
    for other in ({"began_at": at + MINUTE}, {"ended_at": at + MINUTE}):
        with pytest.raises(Refusal, match="clock.future"):
            recorded(cast, at, **other)
    for actor in (cast.theo, cast.faye):
        with pytest.raises(Forbidden):
            recorded(cast, at, by=actor)
    with pytest.raises(NotFound):
        recorded(cast, at, by=cast.cora)
    event_id = recorded(cast, at)
    with pytest.raises(NotFound):
        update_event(event_id=event_id, grade=None, ended_at=None, done_text="", key="u", by=cast.cora, at=at)
    with pytest.raises(NotFound):
        update_event(event_id=UUID(int=1), grade=None, ended_at=None, done_text="", key="u", by=cast.ben, at=at)


@pytest.mark.parametrize(("kind", "grade", "urgency"), [("vomiting", 3, "today"), ("fall", 4, "urgent"), ("anaphylaxis", None, "urgent")])
def test_a_severe_event_is_someones_to_follow_up(cast: Cast, at: datetime, kind: str, grade: int | None, urgency: str) -> None:
    first = recorded(cast, at, kind=kind, grade=grade)
    update_event(event_id=first, grade=5, ended_at=None, done_text="", key="u", by=cast.ben, at=at)
    found = flags.open_for(cast.dan_id, at)
    assert [(row.kind, row.urgency) for row in found] == [("adverse_event", urgency)], "one flag for one event"


def test_an_ungraded_event_stays_ungraded(cast: Cast, at: datetime) -> None:
    recorded(cast, at, grade=None)
    assert queries.of_session("s-1")[0].grade_word == "not graded"


def test_the_database_keeps_an_event_as_it_was(cast: Cast, at: datetime) -> None:
    recorded(cast, at)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AdverseEvent.objects.update(grade=5)


def test_the_library_says_when_an_event_is_followed_up() -> None:
    for vignette in queries.library().content["vignettes"]:
        assert rules.wants_follow_up(queries.kinds()[vignette["kind"]], vignette["grade"]) is vignette["follow_up"]
